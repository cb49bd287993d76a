/** The half second after a change of state in which a click meant for the old control does nothing. */

export const GUARD_MS = 500;

export class ClickGuard {
  readonly #now: () => number;
  #changedAt = Number.NEGATIVE_INFINITY;
  #key: string | null = null;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Tells what is on show; another key than the last starts the half second. */
  show(key: string): void {
    if (key === this.#key) return;
    if (this.#key !== null) this.#changedAt = this.#now();
    this.#key = key;
  }

  /** Whether a click counts just now. */
  get open(): boolean {
    return this.#now() - this.#changedAt >= GUARD_MS;
  }
}
