import { describe, expect, it } from "vitest";
import { readLimit, unitOf, writeLimit } from "./limits";

describe("limits", () => {
  it("reads what it writes", () => {
    for (const [unit, value] of [["time", 90], ["time", 3601], ["share", 0.826], ["share", 0.05], ["count", 12], ["count", null]] as const) {
      expect(readLimit(unit, writeLimit(unit, value))).toBe(value);
    }
  });

  it("takes times and shares as people type them", () => {
    expect(readLimit("time", "2:5")).toBe(125);
    expect(readLimit("time", "45 s")).toBe(45);
    expect(readLimit("share", "82,5")).toBeCloseTo(0.825);
    expect(readLimit("share", " ")).toBeNull();
  });

  it("refuses what is none", () => {
    expect(readLimit("time", "2:75")).toBeUndefined();
    expect(readLimit("share", "120%")).toBeUndefined();
    expect(readLimit("count", "1.5")).toBeUndefined();
    expect(readLimit("time", "soon")).toBeUndefined();
  });

  it("knows each measure's unit", () => {
    expect([unitOf("abandoned"), unitOf("waiting"), unitOf("long_call")]).toEqual(["share", "count", "time"]);
  });
});
