import { expect, it } from "vitest";
import { searched } from "./search";
import type { ContactRow } from "./types";

const row = (name: string, agent: string | null = null, outcome = ""): ContactRow =>
  ({ contact_id: name, at: "", name, queue_name: "Billing", agent_name: agent, outcome, duration_s: null, recording_id: null });

const rows = [row("Margaret Okonjo", "Siân Pritchard", "Refund issued"), row("+44 7700 900 611", "Dev Patel", "Refund issued")];

it("finds by every word, in any part, without accents", () => {
  expect(searched(rows, "sian refund").map((r) => r.name)).toEqual(["Margaret Okonjo"]);
  expect(searched(rows, "refund")).toHaveLength(2);
  expect(searched(rows, "refund nobody")).toEqual([]);
});

it("finds a number however it is spaced", () => {
  expect(searched(rows, "7700900611").map((r) => r.name)).toEqual(["+44 7700 900 611"]);
});

it("shows all for an empty query", () => {
  expect(searched(rows, "  ")).toHaveLength(2);
});
