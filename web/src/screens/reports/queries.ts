/** What the reports' pages ask the server for. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import { useLanguage } from "../../i18n";
import { type Asked, queryOf } from "./search";
import type { Behind, Choices, Figure, ReportView, ScheduleList } from "./types";

const AGAIN_MS = 30_000;

export function useChoices() {
  return useQuery({ queryKey: ["report-choices", useLanguage((s) => s.language)], queryFn: ({ signal }) => get<Choices>("/api/reports/choices", { signal }) });
}

export function useReport(asked: Asked | null, live: boolean) {
  return useQuery({
    queryKey: ["report", asked, useLanguage((s) => s.language)],
    queryFn: ({ signal }) => get<ReportView>(`/api/reports?${queryOf(asked ?? { from: "", to: "", interval: "30", dimension: "queue", value: "" })}`, { signal }),
    enabled: asked !== null,
    placeholderData: keepPreviousData,
    refetchInterval: live ? AGAIN_MS : false,
  });
}

export function useFigures(queue: string) {
  const suffix = queue === "" ? "" : `?queue=${encodeURIComponent(queue)}`;
  return useQuery({
    queryKey: ["report-figures", queue, useLanguage((s) => s.language)],
    queryFn: async ({ signal }) => new Map((await get<Figure[]>(`/api/reports/figures${suffix}`, { signal })).map((each) => [each.figure, each])),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
}

export interface Cell {
  figure: string;
  slot: number | null;
  key: string | null;
}

export function useBehind(asked: Asked, cell: Cell | null) {
  const place = new URLSearchParams();
  if (cell !== null) {
    place.set("figure", cell.figure);
    if (cell.slot !== null) place.set("slot", String(cell.slot));
    if (cell.key !== null) place.set("key", cell.key);
  }
  return useQuery({
    queryKey: ["report-behind", asked, cell, useLanguage((s) => s.language)],
    queryFn: ({ signal }) => get<Behind>(`/api/reports/contacts?${queryOf(asked)}&${place.toString()}`, { signal }),
    enabled: cell !== null,
    placeholderData: keepPreviousData,
  });
}

export function useSchedules() {
  return useQuery({
    queryKey: ["report-schedules", useLanguage((s) => s.language)],
    queryFn: ({ signal }) => get<ScheduleList>("/api/reports/schedules", { signal }),
    refetchInterval: (query) => (query.state.data?.schedules.some((each) => each.last?.state === "waiting") ? 2_000 : false),
  });
}
