import { describe, expect, it } from "vitest";
import type { TargetPerson, TargetQueue, TransferTargets } from "../../api/types";
import { bareNumber, choosable, consultable, groupsOf, kindAfter, stepFrom, targetOf, wishOf } from "./targets";

const person = (name: string, over: Partial<TargetPerson> = {}): TargetPerson => ({
  agent_id: name.split(" ")[0]?.toLowerCase() ?? name, name, initials: "XX", role: "Billing", state: "available", since: "2025-11-19T10:43:00Z", reachable: true, detail: "", likely: 0, extension: null, ...over,
});
const queue = (queue_id: string, name: string, over: Partial<TargetQueue> = {}): TargetQueue => ({ queue_id, name, waiting: 0, free: 1, estimate_s: 0, closed: false, keeps_wait: true, ...over });
const TARGETS: TransferTargets = {
  people: [person("Dev Patel"), person("Leila Haddad", { role: "Team lead" }), person("Siân Pritchard", { role: "Welsh language" }), person("Kofi Mensah", { reachable: false }), person("Tom Reyes"), person("Ines Duarte")],
  queues: [queue("complaints", "Complaints"), queue("welsh", "Welsh language", { closed: true })],
  flows: [{ flow_id: "payment", name: "Take a payment", comes_back: true }],
  numbers: [{ number: "+441134960300", label: "Billing partner, Ardent", detail: "0113 496 0300" }],
  dialling: true, dialling_why: "", travels: [], ring_timeout_s: 20,
};
const keys = (text: string, kind: Parameters<typeof groupsOf>[2] = "all", targets = TARGETS) => groupsOf(targets, text, kind).flatMap((group) => group.entries.map((entry) => entry.key));

describe("the picker's list", () => {
  it("shows the five likeliest people, then queues, flows and numbers, while nothing is typed", () => {
    expect(groupsOf(TARGETS, "", "all").map((group) => [group.name, group.entries.length])).toEqual([["people", 5], ["queues", 2], ["outside", 2]]);
  });

  it("keeps the server's order of people", () => {
    expect(keys("", "people").slice(0, 2)).toEqual(["agent-dev", "agent-leila"]);
    expect(keys("", "people")).toHaveLength(6);
  });

  it("filters every kind at once by what words begin with, whatever the accents", () => {
    expect(keys("sian")).toEqual(["agent-siân"]);
    expect(keys("welsh")).toEqual(["agent-siân", "queue-welsh"]);
    expect(keys("bil part")).toEqual(["number-+441134960300"]);
    expect(keys("nobody")).toEqual([]);
  });

  it("finds a colleague by the extension, and by the whole number nobody else", () => {
    const withOwn = { ...TARGETS, people: [person("Dev Patel", { extension: "+442079460122" }), person("Tom Reyes")] };
    expect(keys("0122", "all", withOwn)).toEqual(["number-typed", "agent-dev"]);
    expect(keys("+44 20 7946 0122", "all", withOwn)).toEqual(["agent-dev"]);
    expect(keys("+44 20 7946 0122", "people", withOwn)).toEqual(["agent-dev"]);
  });

  it("dials a bare number as it was typed, and puts it first", () => {
    expect(keys("0113 496 0300")).toEqual(["number-typed", "number-+441134960300"]);
    const [group] = groupsOf(TARGETS, "0113 496 0300", "all");
    const [entry] = group?.entries ?? [];
    expect(entry && targetOf(entry)).toEqual({ kind: "number", id: "0113 496 0300" });
  });

  it("takes for a number only what may be one", () => {
    expect(["12", "room 12", "+", "12a45"].map(bareNumber)).toEqual([null, null, null, null]);
    expect([" 999 ", "+44 (0)20-7946.0100"].map(bareNumber)).toEqual(["999", "+44 (0)20-7946.0100"]);
  });

  it("keeps to a kind", () => {
    expect(keys("", "queues")).toEqual(["queue-complaints", "queue-welsh"]);
    expect(keys("", "numbers")).toEqual(["number-+441134960300"]);
    expect(keys("", "flows")).toEqual(["flow-payment"]);
  });
});

describe("what may be chosen", () => {
  const entry = (key: string, targets = TARGETS) => {
    const found = groupsOf(targets, key === "number-typed" ? "12345" : "", key.startsWith("agent") ? "people" : "all").flatMap((group) => group.entries).find((each) => each.key === key);
    if (!found) throw new Error(key);
    return found;
  };

  it("is not who cannot be reached, nor a closed queue, nor a number where nothing dials", () => {
    expect(choosable(entry("agent-kofi"), TARGETS)).toBe(false);
    expect(choosable(entry("queue-welsh"), TARGETS)).toBe(false);
    const inside = { ...TARGETS, dialling: false };
    expect(choosable(entry("number-typed", inside), inside)).toBe(false);
    expect(choosable(entry("number-typed"), TARGETS)).toBe(true);
  });

  it("is a flow to go to, never one to consult", () => {
    expect(choosable(entry("flow-payment"), TARGETS)).toBe(true);
    expect(consultable(entry("flow-payment"), TARGETS)).toBe(false);
  });

  it("is stepped through round the ends", () => {
    const usable = groupsOf(TARGETS, "", "all").flatMap((group) => group.entries).filter((each) => choosable(each, TARGETS));
    expect(usable.map((each) => each.key)).not.toContain("agent-kofi");
    expect(stepFrom(usable, "agent-dev", -1)).toBe(usable.at(-1)?.key);
    expect(stepFrom(usable, usable.at(-1)?.key ?? null, 1)).toBe("agent-dev");
    expect(stepFrom(usable, null, 1)).toBe("agent-dev");
    expect(stepFrom([], null, 1)).toBeNull();
  });
});

describe("the picker's keys", () => {
  const press = (key: string, over: Partial<KeyboardEvent> = {}) => wishOf({ key, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, isComposing: false, ...over });

  it("consult with Enter, transfer with Shift Enter, change the kind with Tab, close with Esc", () => {
    expect([press("Enter"), press("Enter", { shiftKey: true }), press("Tab"), press("Tab", { shiftKey: true }), press("Escape")]).toEqual(["consult", "transfer", "nextKind", "previousKind", "close"]);
  });

  it("leave letters, and Enter of a word being composed, to the field", () => {
    expect([press("d"), press("Enter", { isComposing: true }), press("Enter", { ctrlKey: true })]).toEqual([null, null, null]);
  });

  it("go round the kinds", () => {
    expect(kindAfter("all", 1)).toBe("people");
    expect(kindAfter("flows", 1)).toBe("all");
    expect(kindAfter("all", -1)).toBe("flows");
  });
});
