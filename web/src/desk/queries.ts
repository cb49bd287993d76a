/** What the desk asks the server for beside its live topic. */
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { get } from "../api/client";
import type { CaseList, CustomerCard, Reference, TimelineEntry, TransferTargets, WhyNoCalls } from "../api/types";
import { useLanguage } from "../i18n";

/** Lists to choose from, in the session's language. */
export function useReference(): UseQueryResult<Reference> {
  const language = useLanguage((s) => s.language);
  return useQuery({ queryKey: ["reference", language], queryFn: ({ signal }) => get<Reference>("/api/reference", { signal }), staleTime: 300_000 });
}

export function useMyCases(): UseQueryResult<CaseList> {
  return useQuery({
    queryKey: ["cases", "mine"],
    queryFn: ({ signal }) => get<CaseList>("/api/cases?mine=true&limit=50", { signal }),
    refetchInterval: 60_000,
  });
}

export function useHistory(customerId: string | null): UseQueryResult<TimelineEntry[]> {
  return useQuery({
    queryKey: ["history", customerId],
    queryFn: ({ signal }) => get<TimelineEntry[]>(`/api/customers/${encodeURIComponent(customerId ?? "")}/history`, { signal }),
    enabled: customerId !== null,
  });
}

export function useCustomerSearch(text: string): UseQueryResult<CustomerCard[]> {
  const q = text.trim();
  return useQuery({
    queryKey: ["customers", q],
    queryFn: ({ signal }) => get<CustomerCard[]>(`/api/customers?q=${encodeURIComponent(q)}`, { signal }),
    enabled: q.length >= 2,
  });
}

export function useCaseSearch(text: string): UseQueryResult<CaseList> {
  const q = text.trim();
  return useQuery({
    queryKey: ["cases", "search", q],
    queryFn: ({ signal }) => get<CaseList>(`/api/cases?q=${encodeURIComponent(q)}&limit=6`, { signal }),
    enabled: q.length >= 2,
  });
}

/** Whom this caller may go to; asked anew while the picker is open, so that states are true. */
export function useTargets(contactId: string): UseQueryResult<TransferTargets> {
  const language = useLanguage((s) => s.language);
  return useQuery({
    queryKey: ["targets", contactId, language],
    queryFn: ({ signal }) => get<TransferTargets>(`/api/transfer-targets?contact_id=${encodeURIComponent(contactId)}`, { signal }),
    refetchInterval: 3_000,
    placeholderData: (before) => before,
  });
}

/** Why this agent gets no calls, while somebody wants to know. */
export function useWhyNoCalls(asked: boolean): UseQueryResult<WhyNoCalls> {
  const language = useLanguage((s) => s.language);
  return useQuery({ queryKey: ["why-no-calls", language], queryFn: ({ signal }) => get<WhyNoCalls>("/api/agent/why", { signal }), enabled: asked, refetchInterval: 5_000 });
}
