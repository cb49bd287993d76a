/** One case: read again every few seconds, changed with its version, and what to say when somebody was faster. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, get, NoAnswer, patch } from "../../api/client";
import { useLanguage } from "../../i18n";
import type { CaseChange, CaseView } from "../../api/types";

const AGAIN_MS = 8_000;

export type CaseEdit = Partial<Omit<CaseChange, "version">>;

/** Why a change was not made. `mine` is kept, to be made again or dropped. */
export type Unsaved =
  | { why: "changed"; who: string | null; at: string; mine: CaseEdit }
  | { why: "no_answer"; mine: CaseEdit }
  | { why: "refused"; detail: string; mine: CaseEdit };

/** Who changed the case after the version that was on screen, as its timeline tells it. */
export function whoChanged(before: CaseView, after: CaseView): { who: string | null; at: string } {
  const known = new Set(before.timeline.map((entry) => entry.id));
  const newest = after.timeline
    .filter((entry) => !known.has(entry.id))
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at))[0];
  const who = newest?.who ?? "";
  return { who: who === "" ? null : who, at: newest?.at ?? after.case.updated_at };
}

export function useCase(caseId: string) {
  const queries = useQueryClient();
  const key = ["case", caseId, useLanguage((s) => s.language)];
  const [unsaved, setUnsaved] = useState<Unsaved | null>(null);
  const read = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => get<CaseView>(`/api/cases/${caseId}`, { signal }),
    refetchInterval: AGAIN_MS,
    staleTime: 0,
  });
  const change = useMutation({
    mutationFn: async ({ view, edit }: { view: CaseView; edit: CaseEdit }) => patch<CaseView>(`/api/cases/${caseId}`, { version: view.version, ...edit }),
    onSuccess: (view) => {
      setUnsaved(null);
      queries.setQueryData(key, view);
      void queries.invalidateQueries({ queryKey: ["cases"] });
    },
    onError: async (error, { view, edit }) => {
      if (error instanceof ApiError && error.code === "case_changed") {
        const after = await get<CaseView>(`/api/cases/${caseId}`).catch(() => null);
        if (after) queries.setQueryData(key, after);
        setUnsaved({ why: "changed", ...(after ? whoChanged(view, after) : { who: null, at: view.case.updated_at }), mine: edit });
      } else if (error instanceof NoAnswer) {
        setUnsaved({ why: "no_answer", mine: edit });
      } else {
        setUnsaved({ why: "refused", detail: error.message, mine: edit });
      }
    },
  });
  return {
    view: read.data,
    error: read.error,
    pending: read.isPending,
    retry: () => void read.refetch(),
    saving: change.isPending,
    unsaved,
    drop: () => setUnsaved(null),
    /** Resolves with whether the change was made. It carries the version that is on screen now. */
    save: async (edit: CaseEdit): Promise<boolean> => {
      const view = queries.getQueryData<CaseView>(key);
      if (!view) return false;
      return change.mutateAsync({ view, edit }).then(() => true, () => false);
    },
  };
}
