/** Waiting in words: place in line and an honest estimate. Seconds come in, whole minutes go out. */
import { plural, selectOrdinal, t } from "@lingui/core/macro";

const MINUTE_S = 60;
/** Below this an estimate in minutes would be more exact than it is true. */
const SOON_S = 45;

/** At least one: "about 0 minutes" promises what nobody can keep. */
export function minutesAbout(seconds: number): number {
  return Math.max(1, Math.round(seconds / MINUTE_S));
}

export type Estimate = { kind: "unknown" } | { kind: "soon" } | { kind: "about"; minutes: number; low: number | null; high: number | null };

/**
 * @param seconds likeliest wait from now; null when nothing is known.
 * @param lowS lower end of the range, `highS` upper end; left out where the range says no more than the estimate.
 */
export function estimateOf(seconds: number | null, lowS: number | null, highS: number | null): Estimate {
  if (seconds === null) return { kind: "unknown" };
  if (seconds < SOON_S && (highS === null || highS < 2 * SOON_S)) return { kind: "soon" };
  const minutes = minutesAbout(seconds);
  if (highS === null) return { kind: "about", minutes, low: null, high: null };
  const low = Math.min(minutes, Math.floor((lowS ?? 0) / MINUTE_S));
  const high = Math.max(minutes, Math.ceil(highS / MINUTE_S));
  const says = high > minutes || (low > 0 && low < minutes);
  return { kind: "about", minutes, low: says ? low : null, high: says ? high : null };
}

/** "4 minutes", to stand in bold within a sentence. */
export function minutesInWords(minutes: number): string {
  return plural(minutes, { one: "# minute", other: "# minutes" });
}

/** "3rd". */
export function ordinal(n: number): string {
  return selectOrdinal(n, { one: "#st", two: "#nd", few: "#rd", other: "#th" });
}

export function placeInLine(position: number): string {
  if (position === 1) return t`You are next in line`;
  const place = ordinal(position);
  return t`You are ${place} in line`;
}

/** "It could be 1 to 4", or null where there is no range. */
export function rangeInWords(estimate: Estimate): string | null {
  if (estimate.kind !== "about" || estimate.low === null || estimate.high === null) return null;
  const { low, high } = estimate;
  if (low === high) return null;
  return low === 0 ? t`It could be up to ${high}: some calls take longer than others.` : t`It could be ${low} to ${high}: some calls take longer than others.`;
}

/** How many are waiting already, for somebody who has not called yet. */
export function aheadInWords(waiting: number): string {
  return plural(waiting, {
    0: "Nobody is ahead of you.",
    1: "One person is ahead of you.",
    2: "Two people are ahead of you.",
    3: "Three people are ahead of you.",
    4: "Four people are ahead of you.",
    5: "Five people are ahead of you.",
    6: "Six people are ahead of you.",
    7: "Seven people are ahead of you.",
    8: "Eight people are ahead of you.",
    9: "Nine people are ahead of you.",
    other: "# people are ahead of you.",
  });
}
