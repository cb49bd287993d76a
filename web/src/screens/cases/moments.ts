/** What of a contact's events belongs onto its recording. Pure. */
import type { ContactEvent, Recording } from "./types";

export type MomentKind = "moment" | "case" | "hold" | "gap";

export interface Moment {
  /** Seconds from the start of the recording. */
  atS: number;
  /** For hold and gap: until when. */
  endS: number | null;
  kind: MomentKind;
  text: string;
}

const SPANS: Record<string, { kind: MomentKind; until: readonly string[] }> = {
  "contact.held": { kind: "hold", until: ["contact.resumed", "contact.ended"] },
  "recording.paused": { kind: "gap", until: ["recording.resumed", "recording.finished", "contact.ended"] },
};
/** What the talk led to. */
const CASE = new Set(["contact.case_attached", "note.saved", "contact.disposed", "contact.transferred"]);
/** Ends of spans, and what says nothing within the sound. */
const QUIET = new Set(["contact.answered", "contact.ended", "contact.queued", "part.ended", "acw.started", "acw.ended", "offer.made", "offer.accepted", "contact.resumed", "recording.resumed", "recording.started", "recording.finished", "agent.state"]);

/** Events from a little before the recording began to its end, in order; hold and pauses as spans. */
export function momentsOf(events: readonly ContactEvent[], recording: Recording, durationS: number): Moment[] {
  const start = Date.parse(recording.started_at);
  const offset = (event: ContactEvent): number => (Date.parse(event.at) - start) / 1000;
  const sorted = [...events].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return sorted.flatMap((event, i): Moment[] => {
    const atS = offset(event);
    const span = SPANS[event.kind];
    if (QUIET.has(event.kind) || atS < -0.5 || atS > durationS) return [];
    if (!span) return [{ atS: Math.max(0, atS), endS: null, kind: CASE.has(event.kind) ? "case" : "moment", text: event.text }];
    const end = sorted.slice(i + 1).find((later) => span.until.includes(later.kind));
    const endS = Math.min(durationS, end ? offset(end) : durationS);
    return [{ atS: Math.max(0, atS), endS, kind: span.kind, text: event.text }];
  });
}

/** Whole numbers of seconds to write below the lanes: a round step with at most eight labels. */
export function ticksOf(durationS: number): number[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_200, 3_600];
  const step = steps.find((s) => durationS / s <= 8) ?? 3_600;
  return Array.from({ length: Math.floor(durationS / step) + 1 }, (_, i) => i * step).filter((s) => s === 0 || durationS - s > step / 3);
}
