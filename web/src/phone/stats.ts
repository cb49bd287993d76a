import type { PhoneStats } from "./types";

interface Counts {
  lost: number;
  received: number;
}

type Report = Iterable<Record<string, unknown>>;

const numberOf = (value: unknown): number | null => (typeof value === "number" ? value : null);

/** Reads the round trip, the loss since the last look and the jitter out of a browser's report. */
export class StatsReader {
  #before: Counts = { lost: 0, received: 0 };

  read(report: Report): PhoneStats {
    let rttMs: number | null = null;
    let jitterMs = 0;
    let counts: Counts | null = null;
    for (const entry of report) {
      if (entry.type === "candidate-pair" && entry.nominated === true && entry.state === "succeeded") {
        const rttS = numberOf(entry.currentRoundTripTime);
        if (rttS !== null) rttMs = rttS * 1_000;
      }
      if (entry.type === "inbound-rtp" && entry.kind === "audio") {
        counts = { lost: numberOf(entry.packetsLost) ?? 0, received: numberOf(entry.packetsReceived) ?? 0 };
        jitterMs = (numberOf(entry.jitter) ?? 0) * 1_000;
      }
    }
    return { rttMs, lossFraction: counts ? this.#loss(counts) : 0, jitterMs };
  }

  /** A new connection counts from nothing. */
  reset(): void {
    this.#before = { lost: 0, received: 0 };
  }

  #loss(now: Counts): number {
    // `packetsLost` may fall when a late packet comes in after all.
    const lost = Math.max(0, now.lost - this.#before.lost);
    const received = Math.max(0, now.received - this.#before.received);
    this.#before = now;
    return lost + received === 0 ? 0 : lost / (lost + received);
  }
}
