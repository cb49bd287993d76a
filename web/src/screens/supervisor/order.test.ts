import { describe, expect, it } from "vitest";
import { agentOrder, CalmOrder, MOVE_EVERY_MS, placed, queueOrder, RESTING_MS } from "./order";
import type { FloorAgent, FloorQueue } from "./types";

const queue = (id: string, level: FloorQueue["level"]): FloorQueue => ({ id, level }) as FloorQueue;
const agent = (id: string, state: FloorAgent["state"], since: string): FloorAgent => ({ id, state, since: `2025-11-19T${since}Z` }) as FloorAgent;

describe("queueOrder", () => {
  it("puts trouble on top and leaves the others where they were", () => {
    const queues = [queue("billing", "ok"), queue("welsh", "warn"), queue("chat", "ok"), queue("retention", "bad")];
    expect(queueOrder(queues)).toEqual(["retention", "welsh", "billing", "chat"]);
  });
});

describe("agentOrder", () => {
  it("groups by state, those that need help first and the longest first in each", () => {
    const agents = [
      agent("free", "available", "10:30:00"),
      agent("short", "on_contact", "10:42:00"),
      agent("held", "hold", "10:35:00"),
      agent("long", "on_contact", "10:20:00"),
      agent("gone", "unreachable", "10:41:00"),
    ];
    expect(placed(agentOrder(agents))).toEqual([
      { group: "unreachable", ids: ["gone"] },
      { group: "live", ids: ["long", "held", "short"] },
      { group: "available", ids: ["free"] },
    ]);
  });

  it("is the same for any order of arrival", () => {
    const agents = [agent("b", "acw", "10:00:00"), agent("a", "acw", "10:00:00")];
    expect(agentOrder(agents)).toEqual(agentOrder([...agents].reverse()));
  });
});

describe("CalmOrder", () => {
  it("moves rows at most every five seconds", () => {
    const calm = new CalmOrder();
    calm.take(["a", "b"], 0);
    expect(calm.take(["b", "a"], 1_000)).toEqual(["b", "a"]);
    expect(calm.take(["a", "b"], 1_000 + MOVE_EVERY_MS - 1)).toEqual(["b", "a"]);
    expect(calm.take(["a", "b"], 1_000 + MOVE_EVERY_MS)).toEqual(["a", "b"]);
  });

  it("never moves them under the pointer, unless it was left lying there", () => {
    const calm = new CalmOrder();
    calm.take(["a", "b"], 0);
    calm.point();
    expect(calm.take(["b", "a"], RESTING_MS - 1)).toEqual(["a", "b"]);
    expect(calm.take(["b", "a"], RESTING_MS)).toEqual(["b", "a"]);
  });

  it("moves them when the pointer has left", () => {
    const calm = new CalmOrder();
    calm.take(["a", "b"], 0);
    calm.point();
    calm.take(["b", "a"], 6_000);
    calm.release();
    expect(calm.take(["b", "a"], 7_000)).toEqual(["b", "a"]);
  });

  it("drops who is gone at once and shows who is new at the end", () => {
    const calm = new CalmOrder();
    calm.take(["live/a", "live/b", "acw/c"], 0);
    calm.point();
    expect(calm.take(["ringing/d", "live/b", "available/c"], 1_000)).toEqual(["live/b", "acw/c", "ringing/d"]);
  });
});
