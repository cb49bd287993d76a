/**
 * The server's time, as this page knows it. Every running time on a screen comes from here, so that
 * two pages side by side show the same second, whatever their own clocks say.
 */

/** Milliseconds that only ever grow; not the wall clock, which may jump. */
export type Monotonic = () => number;

export class ServerClock {
  readonly #monotonic: Monotonic;
  #serverMs: number;
  #localMs: number;
  #rate = 1;
  #errorMs = Number.POSITIVE_INFINITY;
  #setAtMs = 0;

  constructor(monotonic: Monotonic = () => performance.now(), startMs: number = Date.now()) {
    this.#monotonic = monotonic;
    this.#serverMs = startMs;
    this.#localMs = monotonic();
  }

  /** Server time in milliseconds since 1970. */
  now(): number {
    return this.#serverMs + (this.#monotonic() - this.#localMs) * this.#rate;
  }

  get rate(): number {
    return this.#rate;
  }

  /** `sure` once the server has told its time. */
  get sure(): boolean {
    return Number.isFinite(this.#errorMs);
  }

  /**
   * Takes a time the server sent. `tripMs` is how long the question and answer took; half of it is
   * the most the time can be off. A worse measurement is left aside for half a minute, unless the
   * rate changed or it disagrees by more than both errors allow.
   */
  set(serverTime: string, tripMs: number, rate: number = this.#rate): void {
    const told = Date.parse(serverTime);
    if (Number.isNaN(told)) return;
    const local = this.#monotonic();
    const error = Math.max(tripMs / 2, 1);
    const candidate = told + (tripMs / 2) * rate;
    const off = Math.abs(candidate - this.now());
    const stale = local - this.#setAtMs > 30_000;
    const better = error <= this.#errorMs || stale || rate !== this.#rate || off > error + this.#errorMs;
    if (!better) return;
    this.#serverMs = candidate;
    this.#localMs = local;
    this.#rate = rate;
    this.#errorMs = error;
    this.#setAtMs = local;
  }
}

export const serverClock = new ServerClock();
