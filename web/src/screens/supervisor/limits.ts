/** Limits as people write them: "2:00", "80%", "10". Pure. */
import type { Measure } from "./types";

const SHARES: ReadonlySet<Measure> = new Set(["service_level", "abandoned"]);
export const QUEUE_MEASURES: readonly Measure[] = ["longest_wait", "waiting", "service_level", "abandoned"];
export const AGENT_MEASURES: readonly Measure[] = ["unreachable", "long_call", "long_hold", "long_wrap_up", "long_break", "missed"];

export type Unit = "share" | "count" | "time";

export function unitOf(measure: Measure): Unit {
  return SHARES.has(measure) ? "share" : measure === "waiting" ? "count" : "time";
}

/** "2:00" of 120; "" of nothing. */
export function writeLimit(unit: Unit, value: number | null): string {
  if (value === null) return "";
  if (unit === "share") return `${Number((value * 100).toFixed(1))}%`;
  return unit === "count" ? String(value) : writeTime(value);
}

export function writeTime(seconds: number): string {
  const s = Math.round(seconds);
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}

/** The value of what was typed; null for nothing, undefined for what is no limit. */
export function readLimit(unit: Unit, text: string): number | null | undefined {
  const typed = text.trim().replace(",", ".");
  if (typed === "") return null;
  if (unit === "share") {
    const percent = /^(\d+(?:\.\d+)?)\s*%?$/.exec(typed);
    const share = percent ? Number(percent[1]) / 100 : Number.NaN;
    return share >= 0 && share <= 1 ? share : undefined;
  }
  if (unit === "count") return /^\d+$/.test(typed) ? Number(typed) : undefined;
  return readTime(typed);
}

/** Seconds of "1:30", "90" or "90 s". */
export function readTime(text: string): number | undefined {
  const clock = /^(\d+):([0-5]?\d)$/.exec(text);
  if (clock) return Number(clock[1]) * 60 + Number(clock[2]);
  const plain = /^(\d+)\s*s?$/.exec(text);
  return plain ? Number(plain[1]) : undefined;
}
