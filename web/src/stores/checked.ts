/** Whether the check before the first call was passed on this computer since this person signed in. */
import { forget, keep, readKept } from "../lib/kept";

const KEY = "patchbay.checked";

interface Passed {
  userId: string;
  /** ms since 1970. */
  at: number;
}

/** A shift is shorter; the next one begins with a check of its own. */
const HOLDS_MS = 12 * 3_600_000;

const isPassed = (value: unknown): value is Passed => typeof value === "object" && value !== null && "userId" in value && "at" in value;

export function markChecked(userId: string): void {
  keep(KEY, { userId, at: Date.now() } satisfies Passed);
}

export function wasChecked(userId: string | undefined): boolean {
  const passed = readKept<Passed | null>(KEY, isPassed, null);
  return passed !== null && passed.userId === userId && Date.now() - passed.at < HOLDS_MS;
}

export function forgetCheck(): void {
  forget(KEY);
}
