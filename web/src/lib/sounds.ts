/**
 * The desk's sounds, made here from a few partials: nothing is fetched, so they work when the server does not.
 *
 * Each loudspeaker has its own output: the ringer may be the laptop while the call is in the headset.
 */

export type SoundName =
  | "ring"
  | "click"
  | "muted"
  | "unmuted"
  | "acwEnding"
  | "serverLost"
  | "serverBack"
  | "alert"
  | "notes";

interface Note {
  /** Hertz. */
  f: number;
  /** Seconds after the start. */
  at: number;
  /** Seconds until it has died away. */
  s: number;
  gain?: number;
  /** Glides to this frequency. */
  to?: number;
}

const E5 = 659.26;
const B5 = 987.77;
const E4 = 329.63;
const G4 = 392;

const SCORES: Record<SoundName, readonly Note[]> = {
  ring: [{ f: E5, at: 0, s: 0.32 }, { f: B5, at: 0.17, s: 0.5 }],
  click: [{ f: 1400, at: 0, s: 0.02, gain: 0.5 }],
  muted: [{ f: 620, to: 420, at: 0, s: 0.04, gain: 0.5 }],
  unmuted: [{ f: 420, to: 620, at: 0, s: 0.04, gain: 0.5 }],
  acwEnding: [{ f: E4 / 2, at: 0, s: 0.6 }],
  serverLost: [{ f: G4, at: 0, s: 0.3 }, { f: E4, at: 0.2, s: 0.45 }],
  serverBack: [{ f: E4, at: 0, s: 0.3 }, { f: G4, at: 0.2, s: 0.45 }],
  // A bell rings on long after it was struck; nothing else here does.
  alert: [{ f: 1174.66, at: 0, s: 1.4, gain: 0.8 }],
  notes: [{ f: E5, at: 0, s: 0.3 }, { f: 783.99, at: 0.25, s: 0.3 }, { f: B5, at: 0.5, s: 0.5 }],
};

/** How loud the nth ring is (0 is the first): the third is 6 dB over the first, then it stays. */
export function ringGain(n: number): number {
  return 10 ** ((Math.min(n, 2) * 3 - 6) / 20);
}

/** Length of a sound in ms. */
export function lengthMs(name: SoundName): number {
  return Math.max(...SCORES[name].map((note) => (note.at + note.s) * 1000));
}

type SinkContext = AudioContext & { setSinkId?: (id: string) => Promise<void> };

/** One loudspeaker. Opens when it is first needed, because browsers allow sound only after a touch. */
export class Speaker {
  #context: SinkContext | null = null;
  #element: HTMLAudioElement | null = null;
  #target: AudioNode | null = null;
  #sink = "";
  volume = 1;

  /** True when a sound played now would be heard. */
  get unlocked(): boolean {
    return this.#context?.state === "running";
  }

  /** Call from a click or key press. */
  async unlock(): Promise<void> {
    const context = this.#open();
    if (context === null) return;
    if (context.state !== "running") await context.resume().catch(() => undefined);
    await this.#element?.play().catch(() => undefined);
  }

  /** Rejects when the device is gone; the old one stays. */
  async use(deviceId: string): Promise<void> {
    this.#sink = deviceId;
    if (this.#context !== null) await this.#applySink();
  }

  play(name: SoundName, gain = 1): void {
    const context = this.#open();
    if (context === null || this.#target === null) return;
    if (context.state === "suspended") void context.resume().catch(() => undefined);
    const start = context.currentTime + 0.01;
    for (const note of SCORES[name]) strike(context, this.#target, note, start, gain * this.volume);
  }

  #open(): SinkContext | null {
    if (this.#context !== null) return this.#context;
    if (typeof AudioContext === "undefined") return null;
    const context: SinkContext = new AudioContext({ latencyHint: "interactive" });
    this.#context = context;
    this.#target = context.destination;
    if (typeof context.setSinkId !== "function" && "setSinkId" in HTMLMediaElement.prototype) {
      const out = context.createMediaStreamDestination();
      this.#element = new Audio();
      this.#element.srcObject = out.stream;
      this.#target = out;
    }
    void this.#applySink().catch(() => undefined);
    return context;
  }

  async #applySink(): Promise<void> {
    if (this.#element !== null) await this.#element.setSinkId(this.#sink);
    else await this.#context?.setSinkId?.(this.#sink);
  }
}

/** A struck wooden bar: the ground tone, a weak tenth above it, and a quick decay. */
function strike(context: AudioContext, target: AudioNode, note: Note, start: number, gain: number): void {
  const at = start + note.at;
  for (const [ratio, part] of [[1, 1], [3.93, 0.16]] as const) {
    const tone = context.createOscillator();
    tone.frequency.setValueAtTime(note.f * ratio, at);
    if (note.to !== undefined) tone.frequency.linearRampToValueAtTime(note.to * ratio, at + note.s);
    const level = context.createGain();
    const peak = 0.35 * gain * part * (note.gain ?? 1);
    const lasts = ratio === 1 ? note.s : note.s * 0.3;
    level.gain.setValueAtTime(0, at);
    level.gain.linearRampToValueAtTime(peak, at + 0.004);
    level.gain.exponentialRampToValueAtTime(Math.max(peak * 0.001, 1e-6), at + lasts);
    tone.connect(level).connect(target);
    tone.start(at);
    tone.stop(at + lasts + 0.02);
  }
}

export const ringer = new Speaker();
export const headset = new Speaker();
