/** What is set up, as it is stored and as it is being changed. A change is kept here until it is saved or dropped. */
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { create } from "zustand";
import { ApiError, del, get, post, put } from "../../api/client";
import { useLanguage } from "../../i18n";
import { same, withEdit } from "./edits";
import { type CentreView, type Edit, type Finding, KEY, type Section, type SetUpSaved, type Settings, type SoundSetting, type StillWaiting } from "./types";

const CHECK_MS = 350;
const AGAIN_MS = 60_000;

export function useCentre(): UseQueryResult<CentreView> {
  const language = useLanguage((s) => s.language);
  return useQuery({ queryKey: ["setup", language], queryFn: ({ signal }) => get<CentreView>("/api/setup", { signal }), refetchInterval: AGAIN_MS });
}

export function useStillWaiting(queueId: string | null): UseQueryResult<StillWaiting> {
  return useQuery({
    queryKey: ["still-waiting", queueId],
    queryFn: ({ signal }) => get<StillWaiting>(`/api/setup/queues/${encodeURIComponent(queueId ?? "")}/still-waiting`, { signal }),
    enabled: queueId !== null,
    staleTime: 300_000,
  });
}

// --- drafts ---------------------------------------------------------------------------------------

interface Draft {
  setting: unknown;
  /** The version that was read when the change began; 0 for a new object. */
  version: number;
  /** What it was then; null for a new object. */
  from: unknown;
}

interface Drafts {
  drafts: Readonly<Record<string, Draft>>;
  put: (name: string, draft: Draft) => void;
  drop: (name: string) => void;
}

export const useDrafts = create<Drafts>((set) => ({
  drafts: {},
  put: (name, draft) => set((s) => ({ drafts: { ...s.drafts, [name]: draft } })),
  drop: (name) => set((s) => ({ drafts: Object.fromEntries(Object.entries(s.drafts).filter(([each]) => each !== name)) })),
}));

export const draftName = (section: Section, key: string): string => `${section}/${key}`;

/** Every object of a section, new ones that are not saved yet last. */
export function settingsOf<S extends Section>(view: CentreView | undefined, section: S): Settings[S][] {
  const stored = ((view?.centre[section] ?? []) as Settings[S][]).slice();
  if (section !== "sounds" || view === undefined) return stored;
  // Prompts that ship are there without having been set up: they can be recorded, and given other words.
  const own = new Set((stored as SoundSetting[]).map((each) => each.id));
  const shipped = view.sounds.filter((each) => each.shipped && !own.has(each.id)).map((each): SoundSetting => ({ id: each.id, kind: "prompt", name: "", texts: {} }));
  return [...stored, ...(shipped as Settings[S][])];
}

export function keyOf<S extends Section>(section: S, setting: Settings[S]): string {
  return String(setting[KEY[section]]);
}

export interface Editing<S extends Section> {
  /** As it is being changed; null when there is no such object. */
  setting: Settings[S] | null;
  /** As it is stored; null for a new one. */
  live: Settings[S] | null;
  version: number;
  changed: boolean;
  isNew: boolean;
  update: (next: Settings[S]) => void;
  set: (part: Partial<Settings[S]>) => void;
  make: (edit: Edit) => void;
  drop: () => void;
}

/** One object with the change that is being made to it. */
export function useEditing<S extends Section>(view: CentreView | undefined, section: S, key: string | null): Editing<S> {
  const name = draftName(section, key ?? "");
  const draft = useDrafts((s) => s.drafts[name]);
  const live = (key === null ? null : (settingsOf(view, section).find((each) => keyOf(section, each) === key) ?? null));
  const setting = (draft?.setting ?? live) as Settings[S] | null;
  const version = draft?.version ?? view?.versions[name] ?? 0;
  const update = (next: Settings[S]): void => {
    const from = draft === undefined ? live : draft.from;
    if (from !== null && same(from, next)) useDrafts.getState().drop(name);
    else useDrafts.getState().put(name, { setting: next, version, from });
  };
  return {
    setting,
    live,
    version,
    changed: draft !== undefined,
    isNew: draft?.version === 0,
    update,
    set: (part) => {
      if (setting !== null) update({ ...setting, ...part });
    },
    make: (edit) => {
      if (setting !== null) update(withEdit(setting, edit));
    },
    drop: () => useDrafts.getState().drop(name),
  };
}

/** What stands out about an object as it is being changed: asked of the server once typing rests. */
export function useFindings<S extends Section>(view: CentreView | undefined, section: S, key: string | null, editing: Editing<S>): { findings: Finding[]; checking: boolean; refused: ApiError | null } {
  const language = useLanguage((s) => s.language);
  const [settled] = useDebouncedValue(editing.changed ? editing.setting : null, CHECK_MS);
  const check = useQuery({
    queryKey: ["setup-check", section, key, language, settled],
    queryFn: ({ signal }) => post<{ findings: Finding[] }>(`/api/setup/${section}/${encodeURIComponent(key ?? "")}/check`, { setting: settled, version: editing.version }, { signal, retries: 0 }),
    enabled: settled !== null && key !== null,
    placeholderData: (before) => before,
    retry: false,
  });
  const stored = (view?.findings ?? []).filter((each) => each.section === section && each.id === key);
  const findings = editing.changed ? (check.data?.findings ?? stored) : stored;
  return { findings, checking: editing.changed && (check.isFetching || settled !== editing.setting), refused: editing.changed && check.error instanceof ApiError ? check.error : null };
}

/** `as`: another way to save than the whole object. */
export function useSaving<S extends Section>(section: S, as?: (setting: Settings[S], version: number) => Promise<SetUpSaved>) {
  const queries = useQueryClient();
  const again = () => queries.invalidateQueries({ queryKey: ["setup"] });
  const save = useMutation({
    mutationFn: ({ setting, version }: { setting: Settings[S]; version: number }) =>
      as ? as(setting, version) : put<SetUpSaved>(`/api/setup/${section}/${encodeURIComponent(keyOf(section, setting))}`, { setting, version }),
    onSuccess: async (_, { setting }) => {
      await again();
      useDrafts.getState().drop(draftName(section, keyOf(section, setting)));
    },
    onError: (error) => {
      if (error instanceof ApiError && error.code === "setup_changed") void again();
    },
  });
  const remove = useMutation({
    mutationFn: ({ key, version }: { key: string; version: number }) => del(`/api/setup/${section}/${encodeURIComponent(key)}?version=${version}`),
    onSuccess: async (_, { key }) => {
      useDrafts.getState().drop(draftName(section, key));
      await again();
    },
  });
  return { save, remove };
}

/** Begin a new object; it is stored when it is saved. */
export function startNew<S extends Section>(section: S, setting: Settings[S]): string {
  const key = keyOf(section, setting);
  useDrafts.getState().put(draftName(section, key), { setting, version: 0, from: null });
  return key;
}
