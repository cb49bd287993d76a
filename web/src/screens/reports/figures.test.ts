import { describe, expect, it } from "vitest";
import { fractionOf, othersMean, stepOf, toneOf, trimmed, written } from "./figures";
import type { Figure, ReportRow } from "./types";

const level: Figure = {
  figure: "service_level",
  name: "Service level",
  sentence: "",
  unit: "share",
  formula: "",
  counted: "",
  numerator: [{ figure: "answered_in_target", sign: 1 }],
  denominator: [{ figure: "answered", sign: 1 }, { figure: "abandoned", sign: 1 }, { figure: "short_abandoned", sign: -1 }],
};
const row = (values: Record<string, number | null>, so_far = false): ReportRow => ({ slot: 0, begin: null, end: null, label: "09:30", key: null, name: "", so_far, values });

describe("figures", () => {
  it("are written by their unit", () => {
    expect(written("service_level", "share", 39 / 53)).toBe("73.6%");
    expect(written("occupancy", "share", 0.884)).toBe("88%");
    expect(written("asa_s", "seconds", 26.4)).toBe("0:26");
    expect(written("signed_in_s", "seconds", 90_000)).toBe("25 h");
    expect(written("offered", "count", 54)).toBe("54");
    expect(written("asa_s", "seconds", null)).toBe("–");
  });

  it("show the numbers they are made of", () => {
    const fraction = fractionOf(level, { answered_in_target: 39, answered: 52, abandoned: 2, short_abandoned: 1 });
    expect(fraction?.above.map((term) => term.value)).toEqual([39]);
    expect(fraction?.below.map((term) => term.sign * term.value)).toEqual([52, 2, -1]);
    expect(fractionOf({ ...level, numerator: [], denominator: [] }, {})).toBeNull();
  });

  it("warn below the goal only", () => {
    expect(toneOf(0.79, 0.8)).toBe("warn");
    expect(toneOf(0.8, 0.8)).toBe("off");
    expect(toneOf(null, 0.8)).toBe("off");
  });

  it("compare an interval with the others that are over and had calls", () => {
    const chosen = row({ offered: 54, aht_s: 365 });
    const rows = [row({ offered: 40, aht_s: 340 }), chosen, row({ offered: 50, aht_s: null }), row({ offered: 0, aht_s: null }), row({ offered: 9, aht_s: 1 }, true)];
    expect(othersMean(rows, chosen, "offered")).toBe(45);
    expect(othersMean(rows, chosen, "aht_s")).toBe(340);
    expect(othersMean([chosen], chosen, "offered")).toBeNull();
  });
});

describe("the rows of a day", () => {
  it("begin and end with what happened, and keep a quiet hour between", () => {
    const [night, first, lunch, last] = [row({ offered: 0, asa_s: null }), row({ offered: 3 }), row({ offered: 0 }), row({ offered: 1 })];
    expect(trimmed([night, first, lunch, last, night])).toEqual([first, lunch, last]);
    expect(trimmed([night, night])).toEqual([]);
    expect(trimmed([night, row({ offered: 0 }, true)])).toHaveLength(1);
  });
});

describe("arrow keys", () => {
  it("move within the table", () => {
    expect(stepOf("ArrowDown", 0, 2, 3, 9)).toEqual([1, 2]);
    expect(stepOf("ArrowUp", 0, 2, 3, 9)).toEqual([0, 2]);
    expect(stepOf("End", 1, 2, 3, 9)).toEqual([1, 8]);
    expect(stepOf("Enter", 1, 2, 3, 9)).toBeNull();
  });
});
