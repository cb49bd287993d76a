import { describe, expect, it } from "vitest";
import { Bell, BELL_EVERY_MS, linesOf } from "./alerts";
import type { FloorAlert } from "./types";

const alert = (id: string, more: Partial<FloorAlert> = {}): FloorAlert =>
  ({ id, tone: "bad", kind: "agent_unreachable", subject: id, name: id, sound: true, taken_by: null, closed_at: null, ...more }) as FloorAlert;

describe("linesOf", () => {
  it("keeps few apart and tells many of one kind as one, queues never", () => {
    const few = ["a", "b", "c", "d"].map((id) => alert(id));
    expect(linesOf(few)).toHaveLength(4);
    const many = [...few, alert("e"), alert("q1", { kind: "queue_wait" })];
    expect(linesOf(many).map((line) => line.alerts.length)).toEqual([5, 1]);
    const queues = ["1", "2", "3", "4", "5"].map((id) => alert(id, { kind: "queue_wait" }));
    expect(linesOf(queues)).toHaveLength(5);
  });

  it("leaves those that are over out of the line", () => {
    const alerts = ["a", "b", "c", "d"].map((id) => alert(id));
    expect(linesOf([...alerts, alert("e", { tone: "ok" })])).toHaveLength(5);
  });
});

describe("Bell", () => {
  it("rings for what is new, not for what was there", () => {
    const bell = new Bell();
    expect(bell.hear([alert("a")], 0)).toBe(false);
    expect(bell.hear([alert("a")], 1000)).toBe(false);
    expect(bell.hear([alert("a"), alert("b")], 2000)).toBe(true);
  });

  it("rings at most every 30 s", () => {
    const bell = new Bell();
    bell.hear([], 0);
    expect(bell.hear([alert("a")], 0)).toBe(true);
    expect(bell.hear([alert("a"), alert("b")], BELL_EVERY_MS - 1)).toBe(false);
    expect(bell.hear([alert("a"), alert("b"), alert("c")], BELL_EVERY_MS)).toBe(true);
  });

  it("rings when a warning turns bad, and is silent for what is taken, over or has no sound", () => {
    const bell = new Bell();
    bell.hear([alert("a", { tone: "warn" })], 0);
    expect(bell.hear([alert("a", { tone: "bad" })], 1)).toBe(true);
    const quiet = [alert("b", { taken_by: "Leila" }), alert("c", { tone: "ok" }), alert("d", { sound: false })];
    expect(bell.hear(quiet, BELL_EVERY_MS * 2)).toBe(false);
  });
});
