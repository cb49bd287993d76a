import { describe, expect, it } from "vitest";
import { bandClockOf, clockOf, dayOf, daysAgo, leftOf, longOf, spanOf } from "./time";

describe("clockOf", () => {
  it.each([[0, "0:00"], [-3, "0:00"], [9.9, "0:09"], [74, "1:14"], [3599, "59:59"], [3600, "1:00:00"], [5025, "1:23:45"], [86_400, "1 d 0 h"], [100_800, "1 d 4 h"]])("%d s is %s", (s, words) => {
    expect(clockOf(s)).toBe(words);
  });
});

describe("bandClockOf", () => {
  it.each([[0, "00:00"], [402, "06:42"], [3_725, "1:02:05"]])("%d s is %s", (s, words) => {
    expect(bandClockOf(s)).toBe(words);
  });
});

describe("leftOf", () => {
  it("stands at 0:01 until nothing is left", () => {
    expect([leftOf(14.2), leftOf(0.1), leftOf(0), leftOf(-5)]).toEqual(["0:15", "0:01", "0:00", "0:00"]);
  });
});

describe("longOf", () => {
  it.each([[1102, "18:22"], [22_320, "6 h 12"], [100_800, "1 d 4 h"]])("%d s is %s", (s, words) => {
    expect(longOf(s)).toBe(words);
  });
});

describe("spanOf", () => {
  it.each([[58, "58 s"], [60, "1 min"], [74, "1 min 14 s"], [494, "8 min 14 s"], [3600, "1 h"], [9660, "2 h 41 min"]])("%d s is %s", (s, words) => {
    expect(spanOf(s)).toBe(words);
  });
});

describe("days", () => {
  const now = new Date(2025, 10, 19, 0, 5).getTime();

  it("are counted by midnight, not by hours", () => {
    expect(daysAgo(new Date(2025, 10, 18, 23, 55).getTime(), now)).toBe(1);
    expect(daysAgo(new Date(2025, 10, 19, 0, 1).getTime(), now)).toBe(0);
  });

  it("name the year only when it is another", () => {
    expect(dayOf(new Date(2025, 10, 12).getTime(), now, "en")).toBe("12 Nov");
    expect(dayOf(new Date(2024, 10, 12).getTime(), now, "en")).toBe("12 Nov 2024");
  });
});
