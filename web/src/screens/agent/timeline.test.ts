import { describe, expect, it } from "vitest";
import type { TimelineEntry } from "../../api/types";
import { byEra, filtered } from "./timeline";

const entry = (id: string, change: Partial<TimelineEntry>): TimelineEntry => ({
  id, kind: "call", at: "2025-11-19T10:00:00", title: "Call", text: "", who: "", direction: null, duration_s: null, case_number: null, contact_id: null, has_recording: false, chips: [], ...change,
});
const NOW = new Date("2025-11-19T10:43:00").getTime();
const ids = (entries: readonly TimelineEntry[]): string[] => entries.map((e) => e.id);

describe("filtered", () => {
  const all = [
    entry("mail", { kind: "email", title: "Second payment taken", case_number: 48213 }),
    entry("call", { kind: "call", who: "Ines Duarte" }),
    entry("pay", { kind: "payment", text: "Invoice 4471", chips: [{ tone: "bad", text: "Likely duplicate" }] }),
    entry("voice", { kind: "voicemail" }),
    entry("case", { kind: "case" }),
  ];

  it("shows one kind of thing", () => {
    expect(ids(filtered(all, "all", ""))).toEqual(["mail", "call", "pay", "voice", "case"]);
    expect(ids(filtered(all, "calls", ""))).toEqual(["call", "voice"]);
    expect(ids(filtered(all, "payments", ""))).toEqual(["pay"]);
  });

  it("finds words in title, text, name, case number and chips, all of them", () => {
    expect(ids(filtered(all, "all", "48213"))).toEqual(["mail"]);
    expect(ids(filtered(all, "all", "ines"))).toEqual(["call"]);
    expect(ids(filtered(all, "all", "duplicate 4471"))).toEqual(["pay"]);
    expect(ids(filtered(all, "all", "duplicate 9999"))).toEqual([]);
  });
});

describe("byEra", () => {
  it("puts the newest first under the day it belongs to", () => {
    const groups = byEra(
      [
        entry("old", { at: "2024-12-30T10:00:00" }),
        entry("october", { at: "2025-10-28T10:00:00" }),
        entry("today", { at: "2025-11-19T08:00:00" }),
        entry("night", { at: "2025-11-18T23:59:00" }),
        entry("month", { at: "2025-11-03T10:00:00" }),
        entry("now", { at: "2025-11-19T10:01:00" }),
      ],
      NOW,
    );
    expect(groups.map((g) => [g.era, ids(g.entries)])).toEqual([
      ["today", ["now", "today"]], ["yesterday", ["night"]], ["month", ["month"]], ["year", ["october"]], ["older", ["old"]],
    ]);
  });
});
