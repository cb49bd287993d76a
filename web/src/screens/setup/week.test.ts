import { expect, it } from "vitest";
import { hoursOf, spansOf } from "./week";

it("hours are read as people write them", () => {
  expect(hoursOf("8-12, 13:00 - 18:30")).toEqual(["08:00-12:00", "13:00-18:30"]);
  expect(hoursOf("")).toEqual([]);
  expect(hoursOf("22:00–06:00")).toEqual(["22:00-06:00"]);
  expect([hoursOf("morning"), hoursOf("25-26"), hoursOf("8:75-9")]).toEqual([null, null, null]);
});

it("a day's bar shows them, past midnight up to it", () => {
  expect(spansOf(["06:00-12:00", "18:00-06:00"])).toEqual([[0.25, 0.5], [0.75, 1]]);
});
