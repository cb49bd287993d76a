import { describe, expect, it } from "vitest";
import { changeOf, courseOf, type Edit, movedOf, scaleOf, secondsOf, type SlotOutcome, type TryGround, withEdit } from "./tries";

const ground = {
  days: [],
  across: "weight_then_longest",
  agents: [{ id: "dev", name: "Dev Patel", skills: { Billing: 9 }, queues: ["billing"] }],
  queues: [{ id: "billing", name: "Billing", weight: 1, requirements: { Billing: 2 }, steps: [{ id: "s1", after_s: 60, operation: "relax", skill: "Billing" }] }],
} as unknown as TryGround;

describe("changeOf", () => {
  it("puts what differs into the configuration's shape, one patch a queue", () => {
    const edits: Edit[] = [
      { kind: "weight", queue: "billing", weight: 3 },
      { kind: "needs", queue: "billing", skill: "Language:Welsh", level: 4 },
      { kind: "staff", queue: "billing", people: -1 },
      { kind: "skill", agent: "dev", skill: "Technical", level: 5 },
      { kind: "skill", agent: "dev", skill: "Billing", level: 0 },
    ];
    const change = changeOf(edits, ground);
    expect(change.queues).toEqual([{ id: "billing", weight: 3, requirements: { Billing: 2, "Language:Welsh": 4 } }]);
    expect(change.staff).toEqual([{ queue: "billing", people: -1 }]);
    expect(change.agents).toEqual([{ id: "dev", skills: { Technical: 5, Billing: 0 }, queues: null }]);
  });

  it("keeps the steps that are there when one moves and another is added", () => {
    const change = changeOf([{ kind: "step", queue: "billing", stepId: "s1", afterS: 30 }, { kind: "overflow", queue: "billing", to: "sales", afterS: 90 }], ground);
    expect(change.queues[0]).toMatchObject({ steps: [{ id: "s1", after_s: 30, skill: "Billing" }, { after_s: 90, operation: "overflow", queue: "sales" }] });
  });

  it("drops a requirement at level 0, and leaves the ground as it was", () => {
    const change = changeOf([{ kind: "needs", queue: "billing", skill: "Billing", level: 0 }], ground);
    expect(change.queues[0]).toMatchObject({ requirements: {} });
    expect(ground.queues[0]?.requirements).toEqual({ Billing: 2 });
  });
});

describe("withEdit", () => {
  it("lets the later edit of one thing count", () => {
    const first = withEdit([], { kind: "weight", queue: "billing", weight: 2 });
    const second = withEdit(first, { kind: "staff", queue: "billing", people: 1 });
    expect(withEdit(second, { kind: "weight", queue: "billing", weight: 5 })).toEqual([
      { kind: "staff", queue: "billing", people: 1 },
      { kind: "weight", queue: "billing", weight: 5 },
    ]);
  });
});

describe("secondsOf", () => {
  it("reads minutes and seconds, or seconds", () => {
    expect([secondsOf("2:00"), secondsOf(" 0:45 "), secondsOf("90"), secondsOf("2:61"), secondsOf("soon")]).toEqual([120, 45, 90, null, null]);
  });
});

describe("the chart", () => {
  const slots = [
    { at: "2026-11-18T08:00:00Z", service_level_before: 0.5, service_level_after: 0.75, asa_before_s: 40, asa_after_s: 12, abandoned_before: 3, abandoned_after: 1 },
    { at: "2026-11-18T08:30:00Z", service_level_before: null, service_level_after: null, asa_before_s: null, asa_after_s: null, abandoned_before: 0, abandoned_after: 0 },
  ] as SlotOutcome[];

  it("draws shares in percent and leaves out where nobody called", () => {
    expect(courseOf(slots, "level")).toEqual({ before: [50, null], after: [75, null] });
    expect(courseOf(slots, "wait")).toEqual({ before: [40, null], after: [12, null] });
    expect(courseOf(slots, "abandons")).toEqual({ before: [3, 0], after: [1, 0] });
  });

  it("has room for every value and for the goal", () => {
    expect(scaleOf([50, 75, null], "level", 80)).toEqual([40, 100]);
    expect(scaleOf([99, 100], "level")).toEqual([90, 100]);
    expect(scaleOf([12, 41], "wait")).toEqual([0, 60]);
    expect(scaleOf([], "level")).toEqual([0, 100]);
  });

  it("calls better what is better", () => {
    expect(movedOf(0.64, 0.75, 0.0005, true)).toBe("better");
    expect(movedOf(40, 12, 1, false)).toBe("better");
    expect(movedOf(40, 40.4, 1, false)).toBe("same");
    expect(movedOf(2, 9, 1, false)).toBe("worse");
    expect(movedOf(null, 9, 1, false)).toBe("same");
  });
});
