import { describe, expect, it } from "vitest";
import { askedOf, dayMoved, queryOf, recordingSearch, reportSearch } from "./search";

describe("a report's address", () => {
  it("keeps what it knows and drops the rest", () => {
    expect(reportSearch({ from: "2025-11-19", to: "soon", interval: 15, dimension: "queue", value: "billing", slot: 3, key: 5, figure: "asa_s", level: "x", other: 1 })).toEqual({
      from: "2025-11-19",
      interval: "15",
      dimension: "queue",
      value: "billing",
      slot: 3,
      key: "5",
      figure: "asa_s",
    });
    expect(reportSearch({ slot: -1, figure: "<b>", value: "" })).toEqual({});
  });

  it("asks for today by half hours when it says nothing", () => {
    expect(queryOf(askedOf({}, "2025-11-19"))).toBe("from=2025-11-19&to=2025-11-19&interval=30&dimension=queue");
  });

  it("narrows to one value, or splits by each", () => {
    expect(queryOf(askedOf({ value: "billing" }, "2025-11-19"))).toContain("&queue=billing");
    const each = queryOf(askedOf({ value: "*", dimension: "agent" }, "2025-11-19"));
    expect(each).toContain("interval=whole");
    expect(each).toContain("each=true");
    expect(queryOf(askedOf({ value: "+44", dimension: "dnis" }, "2025-11-19"))).toContain("dnis=%2B44");
  });

  it("ends on the day it begins when no other is named", () => {
    expect(askedOf({ from: "2025-11-01" }, "2025-11-19").to).toBe("2025-11-01");
  });

  it("moves days over months and the change of the clocks", () => {
    expect(dayMoved("2025-11-01", -1)).toBe("2025-10-31");
    expect(dayMoved("2025-03-29", 2)).toBe("2025-03-31");
  });
});

describe("a recording's address", () => {
  it("has the recording and the words", () => {
    expect(recordingSearch({ id: "rc_1", q: 48213, x: true })).toEqual({ id: "rc_1", q: "48213" });
  });
});
