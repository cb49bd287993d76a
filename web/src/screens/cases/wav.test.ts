import { describe, expect, it } from "vitest";
import { momentsOf, ticksOf } from "./moments";
import type { ContactEvent, Recording } from "./types";
import { heightOf, NotDrawable, peaksOf, readWav } from "./wav";

/** A WAV file as the recorder writes it; `extra` bytes of another chunk stand before the sound. */
function wav(frames: number[][], { rateHz = 8000, bits = 16, extra = 0, claim = 0 } = {}): ArrayBuffer {
  const channels = frames[0]?.length ?? 2;
  const head = 44 + (extra > 0 ? 8 + extra + (extra % 2) : 0);
  const bytes = frames.length * channels * 2;
  const view = new DataView(new ArrayBuffer(head + bytes));
  const put = (at: number, text: string): void => new TextEncoder().encode(text).forEach((byte, i) => view.setUint8(at + i, byte));
  put(0, "RIFF");
  view.setUint32(4, head + bytes - 8, true);
  put(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, rateHz, true);
  view.setUint16(34, bits, true);
  if (extra > 0) {
    put(36, "LIST");
    view.setUint32(40, extra, true);
  }
  put(head - 8, "data");
  view.setUint32(head - 4, claim > 0 ? claim : bytes, true);
  frames.flat().forEach((sample, i) => view.setInt16(head + i * 2, sample, true));
  return view.buffer;
}

describe("readWav", () => {
  it("keeps the two sides apart", () => {
    const read = readWav(wav([[16_384, 0], [-32_768, 0], [0, 8_192], [0, 0]], { rateHz: 4 }));
    expect(read.durationS).toBe(1);
    expect(peaksOf(read, 0, 2)).toEqual([1, 0]);
    expect(peaksOf(read, 1, 2)).toEqual([0, 0.25]);
  });

  it("steps over other chunks, of odd length too", () => {
    expect(peaksOf(readWav(wav([[100, 200]], { extra: 7 })), 1, 1)).toEqual([200 / 32_768]);
  });

  it("reads as far as a cut-off file goes", () => {
    expect(readWav(wav([[1, 2], [3, 4]], { claim: 4_000_000 })).samples).toHaveLength(4);
  });

  it("draws a mono file's missing side as silence", () => {
    const read = readWav(wav([[500], [500]]));
    expect(peaksOf(read, 1, 3)).toEqual([0, 0, 0]);
  });

  it.each([
    ["no WAV", new TextEncoder().encode("not a sound at all").buffer],
    ["another depth", wav([[0, 0]], { bits: 24 })],
    ["nothing", new ArrayBuffer(0)],
  ])("refuses %s", (_, buffer) => {
    expect(() => readWav(buffer)).toThrow(NotDrawable);
  });
});

describe("heightOf", () => {
  it("grows with loudness and stays within the lane", () => {
    expect(heightOf(0)).toBe(0);
    expect(heightOf(1)).toBe(1);
    expect(heightOf(0.000_01)).toBe(0);
    expect(heightOf(0.1)).toBeGreaterThan(heightOf(0.05));
  });
});

describe("momentsOf", () => {
  const recording = { recording_id: "r", started_at: "2025-11-19T10:36:00Z", duration_s: 120, state: "ready" } as Recording;
  const event = (at: string, kind: string): ContactEvent => ({ at: `2025-11-19T${at}Z`, kind, details: [], text: kind, data: {} });

  it("spans hold and pauses up to what ends them, and leaves out what lies before and after", () => {
    const events = [
      event("10:35:00", "contact.queued"),
      event("10:36:30", "contact.held"),
      event("10:36:50", "contact.resumed"),
      event("10:37:00", "contact.case_attached"),
      event("10:37:10", "recording.paused"),
      event("10:37:40", "contact.ended"),
      event("10:39:00", "contact.disposed"),
    ];
    expect(momentsOf(events, recording, 120)).toEqual([
      { atS: 30, endS: 50, kind: "hold", text: "contact.held" },
      { atS: 60, endS: null, kind: "case", text: "contact.case_attached" },
      { atS: 70, endS: 100, kind: "gap", text: "recording.paused" },
    ]);
  });

  it("lets a hold that never ended run to the end", () => {
    expect(momentsOf([event("10:37:00", "contact.held")], recording, 120)[0]?.endS).toBe(120);
  });
});

describe("ticksOf", () => {
  it("labels round seconds and leaves room for the end", () => {
    expect(ticksOf(494)).toEqual([0, 120, 240, 360]);
    expect(ticksOf(7)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(ticksOf(0)).toEqual([0]);
  });
});
