import { describe, expect, it } from "vitest";
import type { FloorTopic } from "../../api/types";
import { filtered, teamsOf, toggled } from "./filters";

const floor = {
  figures: { waiting: 3, longest_since: "2025-11-19T10:40:00Z", longest_queue: "Billing", on_contact: 2, agents_signed_in: 3, available: 1, offered: 9 },
  queues: [
    { id: "billing", name: "Billing", waiting: 2, longest_since: "2025-11-19T10:40:00Z" },
    { id: "welsh", name: "Welsh language", waiting: 1, longest_since: "2025-11-19T10:42:00Z" },
  ],
  agents: [
    { id: "a", team: "Leeds", queue: "Billing", state: "on_contact" },
    { id: "b", team: "Cardiff", queue: "Welsh language", state: "hold" },
    { id: "c", team: "Cardiff", queue: null, state: "available" },
  ],
  waiting: [{ id: "1", queue_id: "billing" }, { id: "2", queue_id: "billing" }, { id: "3", queue_id: "welsh" }],
  alerts: [{ id: "x" }],
} as unknown as FloorTopic;

describe("filtered", () => {
  it("is the whole floor when nothing is chosen, or only what is gone", () => {
    expect(filtered(floor, { queues: [], teams: [] })).toBe(floor);
    expect(filtered(floor, { queues: ["closed down"], teams: [] })).toBe(floor);
  });

  it("counts this moment anew and keeps the day's figures and the alerts", () => {
    const seen = filtered(floor, { queues: ["welsh"], teams: ["Cardiff"] });
    expect(seen.queues.map((queue) => queue.id)).toEqual(["welsh"]);
    expect(seen.agents.map((agent) => agent.id)).toEqual(["b", "c"]);
    expect(seen.figures).toMatchObject({ waiting: 1, longest_queue: "Welsh language", on_contact: 1, agents_signed_in: 2, available: 1, offered: 9 });
    expect(seen.alerts).toEqual(floor.alerts);
  });
});

describe("choosing", () => {
  it("puts in and takes out", () => {
    expect(toggled(["a"], "b")).toEqual(["a", "b"]);
    expect(toggled(["a", "b"], "a")).toEqual(["b"]);
    expect(teamsOf(floor)).toEqual(["Cardiff", "Leeds"]);
  });
});
