/** Short names of columns and choices, where the definition's own is too long for a table's head. */
import { t } from "@lingui/core/macro";
import type { Dimension, Figure, Interval, ReportView } from "./types";

export function columnName(figure: string, report: ReportView, figures: ReadonlyMap<string, Figure>): string {
  const seconds = String(Math.round(report.target_s));
  const names: Record<string, string> = {
    offered: t`Arrived`,
    answered: t`Answered`,
    abandoned: t`Gave up`,
    service_level: t`Answered in ${seconds} s`,
    service_level_answered: t`In ${seconds} s, of answered`,
    service_level_all: t`In ${seconds} s, of all`,
    service_level_callbacks: t`In ${seconds} s, callbacks count`,
    asa_s: t`Mean wait`,
    longest_wait_s: t`Longest`,
    aht_s: t`Handle time`,
    signed_in_s: t`Signed in`,
    people: t`People`,
  };
  return names[figure] ?? figures.get(figure)?.name ?? figure;
}

export function dimensionName(dimension: Dimension): string {
  return { queue: t`Queue`, agent: t`Agent`, team: t`Team`, dnis: t`Number`, disposition: t`Outcome` }[dimension];
}

export function allName(dimension: Dimension): string {
  return { queue: t`All queues`, agent: t`All agents`, team: t`All teams`, dnis: t`All numbers`, disposition: t`All outcomes` }[dimension];
}

export function eachName(dimension: Dimension): string {
  return { queue: t`Each queue`, agent: t`Each agent`, team: t`Each team`, dnis: t`Each number`, disposition: t`Each outcome` }[dimension];
}

export function intervalName(interval: Interval): string {
  return { "15": t`15 min`, "30": t`30 min`, "60": t`60 min`, day: t`Day`, whole: t`Whole` }[interval];
}
