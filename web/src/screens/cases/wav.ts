/** Reads the recording's own format, 16-bit PCM WAV, far enough to draw it. */

const PCM = 1;
const EXTENSIBLE = 0xfffe;

export interface Wav {
  rateHz: number;
  channels: number;
  /** Interleaved: channel 0, channel 1, channel 0, ... */
  samples: Int16Array;
  durationS: number;
}

/** Why a file cannot be drawn. It may still be playable. */
export class NotDrawable extends Error {
  constructor(why: string) {
    super(why);
    this.name = "NotDrawable";
  }
}

export function readWav(buffer: ArrayBuffer): Wav {
  const view = new DataView(buffer);
  if (buffer.byteLength < 12 || tag(view, 0) !== "RIFF" || tag(view, 8) !== "WAVE") throw new NotDrawable("not a WAV file");
  let format: { rateHz: number; channels: number } | null = null;
  for (let at = 12; at + 8 <= buffer.byteLength; ) {
    const name = tag(view, at);
    const body = at + 8;
    // A file that was cut off says more than it has.
    const size = Math.min(view.getUint32(at + 4, true), buffer.byteLength - body);
    if (name === "fmt ") format = readFormat(view, body);
    if (name === "data") {
      if (format === null) throw new NotDrawable("sound before its format");
      const frames = Math.floor(size / 2 / format.channels);
      const samples = new Int16Array(buffer.slice(body, body + frames * format.channels * 2));
      return { ...format, samples, durationS: frames / format.rateHz };
    }
    at = body + size + (size % 2);
  }
  throw new NotDrawable("no sound in the file");
}

function readFormat(view: DataView, at: number): { rateHz: number; channels: number } {
  const kind = view.getUint16(at, true);
  const channels = view.getUint16(at + 2, true);
  const bits = view.getUint16(at + 14, true);
  if ((kind !== PCM && kind !== EXTENSIBLE) || bits !== 16 || channels < 1) throw new NotDrawable("not 16-bit PCM");
  return { rateHz: view.getUint32(at + 4, true), channels };
}

function tag(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
}

/**
 * The loudest sample of each of `bars` equal parts of one channel, 0 to 1 of full scale. A channel the file does
 * not have is silent.
 */
export function peaksOf(wav: Wav, channel: number, bars: number): number[] {
  const frames = wav.samples.length / wav.channels;
  if (channel >= wav.channels) return Array.from({ length: bars }, () => 0);
  return Array.from({ length: bars }, (_, bar) => {
    const from = Math.floor((bar * frames) / bars);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * frames) / bars));
    let peak = 0;
    for (let frame = from; frame < to && frame < frames; frame++) {
      peak = Math.max(peak, Math.abs(wav.samples[frame * wav.channels + channel] ?? 0));
    }
    return peak / 32_768;
  });
}

const FLOOR_DB = -48;

/** Height of a bar, 0 to 1: loudness as it is heard, so that quiet speech is seen too. */
export function heightOf(peak: number): number {
  if (peak <= 0) return 0;
  return Math.max(0, 1 - (20 * Math.log10(peak)) / FLOOR_DB);
}
