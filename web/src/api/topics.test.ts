import { describe, expect, it } from "vitest";
import { applyDelta, fromSnapshot, type TopicState } from "./topics";
import type { Delta, Snapshot } from "./types";

const state: TopicState = { seq: 4, data: { figures: { waiting: 2 }, agents: [{ id: "a", s: 1 }, { id: "b", s: 1 }] } };

const delta = (change: Partial<Delta>): Delta => ({ type: "delta", topic: "floor", seq: 5, set: {}, upsert: {}, remove: {}, ...change });

function applied(change: Partial<Delta>): TopicState["data"] {
  const result = applyDelta(state, delta(change));
  if (result.kind !== "applied") throw new Error(result.kind);
  return result.state.data;
}

describe("applyDelta", () => {
  it("replaces top-level members and leaves the others as they were", () => {
    const data = applied({ set: { figures: { waiting: 3 } } });
    expect(data.figures).toEqual({ waiting: 3 });
    expect(data.agents).toBe(state.data.agents);
  });

  it("changes an entry in its place and puts new ones at the end", () => {
    expect(applied({ upsert: { agents: [{ id: "c", s: 2 }, { id: "a", s: 2 }] } }).agents).toEqual([{ id: "a", s: 2 }, { id: "b", s: 1 }, { id: "c", s: 2 }]);
  });

  it("takes entries out before it puts others in", () => {
    expect(applied({ remove: { agents: ["a"] }, upsert: { agents: [{ id: "a", s: 9 }] } }).agents).toEqual([{ id: "b", s: 1 }, { id: "a", s: 9 }]);
  });

  it("starts a list that was not there", () => {
    expect(applied({ upsert: { alerts: [{ id: "x" }] } }).alerts).toEqual([{ id: "x" }]);
  });

  it("does not touch the state it was given", () => {
    applied({ remove: { agents: ["a", "b"] } });
    expect(state.data.agents).toHaveLength(2);
  });

  it("knows what it has and what is missing", () => {
    expect(applyDelta(state, delta({ seq: 4 })).kind).toBe("old");
    expect(applyDelta(state, delta({ seq: 6 })).kind).toBe("gap");
  });

  it("starts from a snapshot", () => {
    const snapshot = { type: "snapshot", topic: "floor", seq: 12, data: { agents: [] } } as unknown as Snapshot;
    expect(fromSnapshot(snapshot)).toEqual({ seq: 12, data: { agents: [] } });
  });
});
