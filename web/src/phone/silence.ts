import type { MicrophoneState } from "./types";

/** Digital silence for this long means that the microphone gives nothing, not that nobody speaks. */
export const SILENT_AFTER_MS = 5_000;

/** Half a step of 16 bits: below it every sample is zero. A quiet room is far above. */
export const SILENCE_PEAK = 1 / 65_536;

export const LEVEL_DBFS_MIN = -120;

/** Root mean square of samples (-1 to 1) in dBFS, never below `LEVEL_DBFS_MIN`. */
export function levelDbfs(samples: Iterable<number>): number {
  let sum = 0;
  let count = 0;
  for (const sample of samples) {
    sum += sample ** 2;
    count += 1;
  }
  if (sum === 0) return LEVEL_DBFS_MIN;
  return Math.max(LEVEL_DBFS_MIN, 10 * Math.log10(sum / count));
}

export function peakOf(samples: Iterable<number>): number {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  return peak;
}

/**
 * Says `silent` only after `SILENT_AFTER_MS` of nothing but zeros. While the own track is muted or the
 * audio clock stands still, zeros prove nothing: the watch starts again.
 */
export class SilenceWatch {
  #quietSinceMs: number | null = null;
  #state: Extract<MicrophoneState, "ok" | "silent" | "unknown"> = "unknown";

  get state(): MicrophoneState {
    return this.#state;
  }

  /** A measurement at `nowMs`. `peak` is null when nothing could be measured. */
  observe(peak: number | null, nowMs: number): MicrophoneState {
    if (peak === null) {
      this.#quietSinceMs = null;
    } else if (peak >= SILENCE_PEAK) {
      this.#quietSinceMs = null;
      this.#state = "ok";
    } else {
      this.#quietSinceMs ??= nowMs;
      if (nowMs - this.#quietSinceMs > SILENT_AFTER_MS) this.#state = "silent";
    }
    return this.#state;
  }

  reset(): void {
    this.#quietSinceMs = null;
    this.#state = "unknown";
  }
}
