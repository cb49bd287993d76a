/** Figures as they are written, and what a cell's fraction looks like. Pure. */
import { clockOf, spanOf } from "../../lib/time";
import type { Figure, ReportRow } from "./types";

export const CONTACT_COLUMNS = ["offered", "answered", "abandoned", "service_level", "asa_s", "longest_wait_s", "aht_s", "occupancy", "people"] as const;
export const PEOPLE_COLUMNS = ["handled", "aht_s", "talk_s", "hold_s", "acw_s", "occupancy", "utilisation", "signed_in_s", "missed", "declined", "transferred"] as const;

export const isLevel = (figure: string): boolean => figure.startsWith("service_level");

/** "73.6%" in a level, "81%" elsewhere, "0:26", "54"; a dash where there is nothing to divide by. */
export function written(figure: string, unit: Figure["unit"], value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (unit === "share") return `${(100 * value).toFixed(isLevel(figure) || figure.startsWith("abandon") ? 1 : 0)}%`;
  if (unit === "seconds") return value >= 86_400 ? spanOf(value) : clockOf(Math.round(value));
  return String(Math.round(value));
}

export interface Term {
  figure: string;
  sign: 1 | -1;
  value: number;
}

export interface Fraction {
  above: Term[];
  below: Term[];
}

/** The numbers a computed figure is made of; null for what is simply counted. */
export function fractionOf(definition: Figure, values: ReportRow["values"]): Fraction | null {
  if (definition.numerator.length === 0) return null;
  const terms = (list: Figure["numerator"]): Term[] => list.map((term) => ({ figure: term.figure, sign: term.sign, value: values[term.figure] ?? 0 }));
  return { above: terms(definition.numerator), below: terms(definition.denominator) };
}

/** How a row's level stands to the goal: a bar of its own tone. */
export function toneOf(value: number | null | undefined, goal: number): "warn" | "off" {
  return value !== null && value !== undefined && value < goal ? "warn" : "off";
}

/** How many of the rows that say anything are averaged: the row's own is left out. */
export function othersMean(rows: readonly ReportRow[], row: ReportRow, figure: string): number | null {
  const values = rows.filter((each) => each !== row && !each.so_far && (each.values.offered ?? each.values.handled ?? 0) > 0).map((each) => each.values[figure]);
  const known = values.filter((value): value is number => typeof value === "number");
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Without the quiet hours before the first and after the last interval in which anything happened. */
export function trimmed(rows: readonly ReportRow[]): readonly ReportRow[] {
  const lively = (row: ReportRow): boolean => row.so_far || Object.values(row.values).some((value) => value !== null && value !== 0);
  const first = rows.findIndex(lively);
  return first === -1 ? [] : rows.slice(first, rows.findLastIndex(lively) + 1);
}

/** Where an arrow key leads from a cell, within the table. */
export function stepOf(key: string, row: number, column: number, rows: number, columns: number): [number, number] | null {
  const to: Record<string, [number, number]> = {
    ArrowUp: [row - 1, column],
    ArrowDown: [row + 1, column],
    ArrowLeft: [row, column - 1],
    ArrowRight: [row, column + 1],
    Home: [row, 0],
    End: [row, columns - 1],
  };
  const found = to[key];
  if (found === undefined) return null;
  return [Math.min(rows - 1, Math.max(0, found[0])), Math.min(columns - 1, Math.max(0, found[1]))];
}
