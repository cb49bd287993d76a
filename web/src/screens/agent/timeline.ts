/** The history by day and by filter. Pure. */
import type { TimelineEntry } from "../../api/types";
import { daysAgo } from "../../lib/time";

export type Filter = "all" | "calls" | "messages" | "cases" | "payments";

const KINDS: Record<Exclude<Filter, "all">, readonly TimelineEntry["kind"][]> = {
  calls: ["call", "voicemail"],
  messages: ["email", "chat", "post"],
  cases: ["case", "note"],
  payments: ["payment"],
};

export function filtered(entries: readonly TimelineEntry[], filter: Filter, text: string): TimelineEntry[] {
  const words = text.toLowerCase().split(/\s+/).filter((w) => w !== "");
  return entries.filter((entry) => {
    if (filter !== "all" && !KINDS[filter].includes(entry.kind)) return false;
    const hay = [entry.title, entry.text, entry.who, entry.case_number ?? "", ...entry.chips.map((c) => c.text)].join(" ").toLowerCase();
    return words.every((word) => hay.includes(word));
  });
}

export type Era = "today" | "yesterday" | "month" | "year" | "older";

function eraOf(at: string, nowMs: number): Era {
  const days = daysAgo(at, nowMs);
  if (days <= 0) return "today";
  if (days === 1) return "yesterday";
  const then = new Date(at);
  const now = new Date(nowMs);
  if (then.getFullYear() !== now.getFullYear()) return "older";
  return then.getMonth() === now.getMonth() ? "month" : "year";
}

/** Newest first, under a heading per era; empty eras are left out. */
export function byEra(entries: readonly TimelineEntry[], nowMs: number): { era: Era; entries: TimelineEntry[] }[] {
  const sorted = [...entries].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  const groups: { era: Era; entries: TimelineEntry[] }[] = [];
  for (const entry of sorted) {
    const era = eraOf(entry.at, nowMs);
    const last = groups.at(-1);
    if (last?.era === era) last.entries.push(entry);
    else groups.push({ era, entries: [entry] });
  }
  return groups;
}
