import { expect, it } from "vitest";
import type { CaseView, TimelineEntry } from "../../api/types";
import { whoChanged } from "./useCase";

const entry = (id: string, at: string, who: string): TimelineEntry => ({ id, at, who, kind: "note" }) as TimelineEntry;
const view = (timeline: TimelineEntry[], updatedAt = "2025-11-19T10:40:00Z"): CaseView => ({ case: { updated_at: updatedAt }, timeline }) as CaseView;

it("names who wrote last after the version on screen", () => {
  const before = view([entry("1", "2025-11-19T10:36:00Z", "Amina Yusuf")]);
  const after = view([entry("3", "2025-11-19T10:43:00Z", "Dev Patel"), entry("2", "2025-11-19T10:41:00Z", "Tom Reyes"), ...before.timeline]);
  expect(whoChanged(before, after)).toEqual({ who: "Dev Patel", at: "2025-11-19T10:43:00Z" });
});

it("blames nobody when the timeline does not say", () => {
  const before = view([]);
  expect(whoChanged(before, view([], "2025-11-19T10:43:00Z"))).toEqual({ who: null, at: "2025-11-19T10:43:00Z" });
});
