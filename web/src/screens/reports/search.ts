/** What a report's address says: which days, by what, and which cell is open. Pure. */
import type { Dimension, Interval } from "./types";

export const INTERVALS: readonly Interval[] = ["15", "30", "60", "day", "whole"];
export const DIMENSIONS: readonly Dimension[] = ["queue", "agent", "team", "dnis", "disposition"];
export const LEVELS = ["service_level", "service_level_answered", "service_level_all", "service_level_callbacks"] as const;
export type Level = (typeof LEVELS)[number];

export interface ReportSearch {
  from?: string;
  to?: string;
  interval?: Interval;
  dimension?: Dimension;
  /** One value of the dimension; "*" is a row for each. */
  value?: string;
  level?: Level;
  slot?: number;
  key?: string;
  figure?: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const text = (value: unknown): string | undefined => (typeof value === "string" || typeof value === "number" ? String(value) : undefined);

/** Anything unknown is dropped. */
export function reportSearch(search: Record<string, unknown>): ReportSearch {
  const from = text(search.from);
  const to = text(search.to);
  const interval = INTERVALS.find((each) => each === text(search.interval));
  const dimension = DIMENSIONS.find((each) => each === search.dimension);
  const level = LEVELS.find((each) => each === search.level);
  const value = text(search.value);
  const key = text(search.key);
  const figure = text(search.figure);
  return {
    ...(from !== undefined && DAY.test(from) && { from }),
    ...(to !== undefined && DAY.test(to) && { to }),
    ...(interval && { interval }),
    ...(dimension && { dimension }),
    ...(value !== undefined && value !== "" && { value }),
    ...(level && { level }),
    ...(typeof search.slot === "number" && Number.isInteger(search.slot) && search.slot >= 0 && { slot: search.slot }),
    ...(key !== undefined && { key }),
    ...(figure !== undefined && /^[a-z_]+$/.test(figure) && { figure }),
  };
}

export interface Asked {
  from: string;
  to: string;
  interval: Interval;
  dimension: Dimension;
  value: string;
}

/** What is asked when the address leaves things out: today, by half hours, over all queues. */
export function askedOf(search: ReportSearch, today: string): Asked {
  const from = search.from ?? today;
  return {
    from,
    to: search.to ?? from,
    interval: search.interval ?? (search.value === "*" ? "whole" : "30"),
    dimension: search.dimension ?? "queue",
    value: search.value ?? "",
  };
}

/** The same as the server reads it. */
export function queryOf(asked: Asked): string {
  const query = new URLSearchParams({ from: asked.from, to: asked.to, interval: asked.interval, dimension: asked.dimension });
  if (asked.value === "*") query.set("each", "true");
  else if (asked.value !== "") query.set(asked.dimension, asked.value);
  return query.toString();
}

/** `day` moved by whole days: "2025-11-19", -1 -> "2025-11-18". */
export function dayMoved(day: string, by: number): string {
  return new Date(Date.parse(`${day}T12:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10);
}

export function recordingSearch(search: Record<string, unknown>): { id?: string; q?: string } {
  const id = text(search.id);
  const q = text(search.q);
  return { ...(id !== undefined && id !== "" && { id }), ...(q !== undefined && q !== "" && { q }) };
}
