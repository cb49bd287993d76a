/** Figures in writing. */

/** "81.4%"; a dash when nothing was measured. `value` is a share, 0 to 1. */
export function percentOf(value: number | null, digits: number): string {
  return value === null ? "–" : `${(value * 100).toFixed(digits)}%`;
}

/** The verdict's first sentence stands bold, the rest plain. */
export function firstSentence(text: string): [string, string] {
  const end = /[.!?](?=\s)/.exec(text);
  return end === null ? [text, ""] : [text.slice(0, end.index + 1), text.slice(end.index + 1).trim()];
}
