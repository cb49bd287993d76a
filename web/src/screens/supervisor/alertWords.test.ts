import { i18n } from "@lingui/core";
import { beforeAll, describe, expect, it } from "vitest";
import { isBack, textOf, titleOf, valueNow } from "./alertWords";
import type { FloorAgent, FloorAlert, FloorQueue } from "./types";

const NOW = Date.parse("2025-11-19T10:45:00");
const wait = { kind: "queue_wait", measure: "longest_wait", name: "Billing", value: 95, limit: 90, at: "2025-11-19T10:41:00", opened_at: "2025-11-19T10:41:00", closed_at: null, taken_by: null } as FloorAlert;
const call = { ...wait, kind: "agent_long", measure: "long_call", name: "Zoe", limit: 600 } as FloorAlert;
const queue = (longest_since: string | null): FloorQueue => ({ longest_since }) as FloorQueue;
const agent = (state: FloorAgent["state"]): FloorAgent => ({ state, since: "2025-11-19T10:30:00" }) as FloorAgent;

beforeAll(() => i18n.loadAndActivate({ locale: "en", messages: {} }));

describe("an alert whose figure is good again", () => {
  it("says when the limit was passed and what the figure is now", () => {
    const value = valueNow(wait, queue("2025-11-19T10:44:54"), undefined, NOW);
    expect(textOf(wait, value, null, NOW)).toBe("Limit 1:30, passed at 10:41, now 0:06");
    expect(valueNow(wait, queue(null), undefined, NOW)).toBe(0);
  });

  it("keeps the limit and the time over it while the figure is over", () => {
    const value = valueNow(wait, queue("2025-11-19T10:43:00"), undefined, NOW);
    expect(textOf(wait, value, null, NOW)).toBe("Limit 1:30, passed 30 s ago");
    expect(isBack(wait, 90)).toBe(false);
  });

  it("turns round for the service level, where low is bad", () => {
    const level = { ...wait, measure: "service_level", limit: 0.8 } as FloorAlert;
    expect([isBack(level, 0.79), isBack(level, 0.8)]).toEqual([false, true]);
  });

  it("never tells the time of another state as that of the call", () => {
    expect(valueNow(call, undefined, agent("on_contact"), NOW)).toBe(900);
    const value = valueNow(call, undefined, agent("available"), NOW);
    expect(value).toBeNull();
    expect(titleOf(call, value)).toBe("Zoe: Long call");
    expect(textOf(call, value, null, NOW)).toBe("Limit 10:00, passed at 10:41, no longer so");
  });
});
