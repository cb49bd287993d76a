/** What narrows the list of recordings. Pure. */
export interface Filters {
  queue: string | null;
  agent: string | null;
  outcome: string | null;
  days: 1 | 7 | 30 | null;
  length: "short" | "over3" | "over10" | null;
  kind: "message" | "talk" | "held" | null;
}

export const NO_FILTERS: Filters = { queue: null, agent: null, outcome: null, days: null, length: null, kind: null };

const DAY_MS = 86_400_000;

/** As the server reads it. Days count back from `nowMs`. */
export function filterQuery(filters: Filters, nowMs: number): Record<string, string> {
  const { queue, agent, outcome, days, length, kind } = filters;
  return {
    ...(queue !== null && { queue }),
    ...(agent !== null && { agent }),
    ...(outcome !== null && { outcome }),
    ...(days !== null && { since: new Date(nowMs - days * DAY_MS).toISOString() }),
    ...(length === "short" && { seconds_max: "60" }),
    ...(length === "over3" && { seconds_min: "180" }),
    ...(length === "over10" && { seconds_min: "600" }),
    ...(kind === "held" && { held: "true" }),
    ...(kind !== null && kind !== "held" && { message: String(kind === "message") }),
  };
}
