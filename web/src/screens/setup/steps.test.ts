import { describe, expect, it } from "vitest";
import { idFor, newStep, secondsOf, stepRows, ticksOf, trackOf } from "./steps";
import type { AgentSetting, QueueSetting, StepSetting } from "./types";

const bare = newStep({ steps: [], max_wait_s: null } as unknown as QueueSetting);
const step = (after_s: number, part: Partial<StepSetting>): StepSetting => ({ ...bare, id: `s${after_s}`, after_s, ...part });
const queue = (part: Partial<QueueSetting>): QueueSetting =>
  ({ id: "a", name: "A", requirements: { Billing: 5 }, steps: [], max_wait_s: null, ...part }) as QueueSetting;
const agent = (id: string, queues: string[], skills: Record<string, number>): AgentSetting =>
  ({ id, name: id.toUpperCase(), queues, skills }) as AgentSetting;

const AGENTS = [agent("ann", ["a"], { Billing: 7 }), agent("bob", ["a"], { Billing: 3 }), agent("cid", ["b"], { Billing: 6 })];

describe("steps over waiting", () => {
  it("say whom each adds, in the order they open", () => {
    const rows = stepRows(
      queue({ steps: [step(240, { operation: "widen", queue: "b" }), step(60, { operation: "relax", skill: "Billing", level: 2 })] }),
      AGENTS,
    );
    expect(rows.map((row) => [row.number, row.step.operation, row.people, row.adds])).toEqual([
      [1, "relax", 2, ["BOB"]],
      [2, "widen", 3, ["CID"]],
    ]);
  });

  it("never open at or after the longest wait, nor once the caller has left", () => {
    const late = step(480, { operation: "raise_priority", by: 1 });
    expect(stepRows(queue({ max_wait_s: 480, steps: [late] }), AGENTS)[0]?.never).toBe("longest_wait");
    expect(stepRows(queue({ max_wait_s: 481, steps: [late] }), AGENTS)[0]?.never).toBeNull();
    const gone = stepRows(queue({ steps: [step(60, { operation: "voicemail" }), late] }), AGENTS);
    expect(gone.map((row) => row.never)).toEqual([null, "left"]);
    const maybe = step(60, { operation: "voicemail", when: { ...bare.when, signed_in_at_most: 0 } });
    expect(stepRows(queue({ steps: [maybe, late] }), AGENTS)[1]?.never).toBeNull();
  });

  it("add up the priority", () => {
    const rows = stepRows(queue({ steps: [step(60, { operation: "raise_priority", by: 2 }), step(90, { operation: "raise_priority", by: 1 })] }), AGENTS);
    expect(rows.map((row) => row.priority)).toEqual([2, 3]);
  });

  it("have a track that shows them all, with few labels", () => {
    expect(trackOf(queue({}))).toBe(620);
    const long = queue({ max_wait_s: 3600 });
    expect(trackOf(long)).toBeGreaterThan(3600);
    expect(ticksOf(trackOf(long)).length).toBeLessThanOrEqual(12);
    expect(ticksOf(620)).toEqual([0, 60, 120, 180, 240, 300, 360, 420, 480, 540, 600]);
  });

  it("get a new one before the longest wait ends, with an id of its own", () => {
    const made = newStep(queue({ max_wait_s: 300, steps: [step(280, { id: "step_2" })] }));
    expect(made.after_s).toBe(290);
    expect(made.id).toBe("step_3");
  });
});

describe("times and names", () => {
  it("are read as people write them", () => {
    expect([secondsOf("4:00"), secondsOf("90"), secondsOf("1:05:00"), secondsOf(" 0:20 ")]).toEqual([240, 90, 3900, 20]);
    expect([secondsOf(""), secondsOf("4:75"), secondsOf("four"), secondsOf("-3"), secondsOf("1:2:3:4")]).toEqual([null, null, null, null, null]);
  });
  it("become free ids", () => {
    expect(idFor("Moving home", new Set())).toBe("moving_home");
    expect(idFor("Siân", new Set(["sian"]))).toBe("sian_2");
    expect(idFor("!", new Set())).toBe("new");
  });
});
