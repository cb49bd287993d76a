import { beforeAll, describe, expect, it } from "vitest";
import { speak } from "../../i18n";
import { aheadInWords, estimateOf, minutesInWords, ordinal, placeInLine, rangeInWords } from "./estimate";
import { progressOf } from "./PlaceLine";

describe("estimateOf", () => {
  it("says nothing it does not know", () => {
    expect(estimateOf(null, null, null)).toEqual({ kind: "unknown" });
  });

  it("does not promise a short wait when it may be long", () => {
    expect(estimateOf(20, 5, 60)).toEqual({ kind: "soon" });
    expect(estimateOf(20, 5, 300)).toEqual({ kind: "about", minutes: 1, low: 0, high: 5 });
  });

  it("rounds the range outwards and keeps the estimate within it", () => {
    expect(estimateOf(130, 70, 230)).toEqual({ kind: "about", minutes: 2, low: 1, high: 4 });
    expect(estimateOf(200, 190, 200)).toEqual({ kind: "about", minutes: 3, low: 3, high: 4 });
  });

  it("never says about 0 minutes", () => {
    expect(estimateOf(50, 0, 50)).toEqual({ kind: "about", minutes: 1, low: null, high: null });
    expect(estimateOf(50, 0, 100)).toMatchObject({ minutes: 1 });
  });

  it("leaves a range out that says no more than the estimate", () => {
    expect(estimateOf(120, 120, 120)).toEqual({ kind: "about", minutes: 2, low: null, high: null });
  });
});

describe("in English", () => {
  beforeAll(() => speak("en", false));

  it("counts places", () => {
    expect([1, 2, 3, 4, 11, 12, 13, 21, 22, 103].map(ordinal)).toEqual(["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "103rd"]);
    expect(placeInLine(3)).toBe("You are 3rd in line");
    expect(placeInLine(1)).toBe("You are next in line");
  });

  it("writes minutes, ranges and those ahead", () => {
    expect(minutesInWords(1)).toBe("1 minute");
    expect(minutesInWords(4)).toBe("4 minutes");
    expect(rangeInWords(estimateOf(130, 70, 230))).toBe("It could be 1 to 4: some calls take longer than others.");
    expect(rangeInWords(estimateOf(60, 0, 170))).toBe("It could be up to 3: some calls take longer than others.");
    expect(rangeInWords(estimateOf(130, null, null))).toBeNull();
    expect(aheadInWords(6)).toBe("Six people are ahead of you.");
    expect(aheadInWords(1)).toBe("One person is ahead of you.");
    expect(aheadInWords(0)).toBe("Nobody is ahead of you.");
    expect(aheadInWords(14)).toBe("14 people are ahead of you.");
  });
});

describe("in Welsh", () => {
  beforeAll(() => speak("cy", false));

  it("counts places its own way", () => {
    expect([1, 2, 3, 4, 5, 7, 11].map(ordinal)).toEqual(["1af", "2il", "3ydd", "4ydd", "5ed", "7fed", "11eg"]);
  });

  it("mutates after numbers", () => {
    expect(minutesInWords(2)).toBe("2 funud");
    expect(minutesInWords(4)).toBe("4 munud");
    expect(aheadInWords(3)).toBe("Mae tri pherson o’ch blaen.");
  });
});

describe("progressOf", () => {
  it("runs from where the caller began to the front", () => {
    expect(progressOf(6, 6)).toBe(0);
    expect(progressOf(1, 6)).toBe(1);
    expect(progressOf(3, 6)).toBeCloseTo(0.6);
    expect(progressOf(2, null)).toBe(0);
  });

  it("survives somebody being put before the caller", () => {
    expect(progressOf(8, 6)).toBe(0);
  });
});
