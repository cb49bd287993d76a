import { expect, it } from "vitest";
import { filterQuery, NO_FILTERS } from "./filters";

const NOW = Date.parse("2025-11-19T10:43:00Z");

it("asks for nothing when nothing is chosen", () => {
  expect(filterQuery(NO_FILTERS, NOW)).toEqual({});
});

it("says what is chosen as the server reads it", () => {
  expect(filterQuery({ ...NO_FILTERS, queue: "billing", days: 7, length: "over3", kind: "talk" }, NOW)).toEqual({
    queue: "billing",
    since: "2025-11-12T10:43:00.000Z",
    seconds_min: "180",
    message: "false",
  });
  expect(filterQuery({ ...NO_FILTERS, length: "short", kind: "held" }, NOW)).toEqual({ seconds_max: "60", held: "true" });
});
