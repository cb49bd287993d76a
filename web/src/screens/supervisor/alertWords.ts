/** Alerts and measures in the page's own language. */
import { i18n } from "@lingui/core";
import { msg, t } from "@lingui/core/macro";
import type { MessageDescriptor } from "@lingui/core";
import { secondsSince, spanOf, timeOf } from "../../lib/time";
import { unitOf, writeLimit } from "./limits";
import type { FloorAgent, FloorAlert, FloorQueue, Measure } from "./types";

export const MEASURE: Record<Measure, MessageDescriptor> = {
  waiting: msg`Callers waiting`,
  longest_wait: msg`Longest wait`,
  service_level: msg`Service level`,
  abandoned: msg`Share given up`,
  unreachable: msg`Unreachable`,
  long_call: msg`Long call`,
  long_hold: msg`Caller on hold`,
  long_wrap_up: msg`Long wrap-up`,
  long_break: msg`Long not ready`,
  missed: msg`Missed calls`,
};

/** Measures of an agent that end with a state, and which. */
const DURING: Partial<Record<Measure, FloorAgent["state"]>> = { long_call: "on_contact", long_hold: "hold", long_wrap_up: "acw", long_break: "not_ready" };

/**
 * What an alert's figure is just now: from the row or tile that shows it, else what it was when it changed. None when
 * the agent has gone on to something else: the alert then closes in a moment.
 */
export function valueNow(alert: FloorAlert, queue: FloorQueue | undefined, agent: FloorAgent | undefined, nowMs: number): number | null {
  switch (alert.measure) {
    case "longest_wait":
      if (queue === undefined) return alert.value;
      return queue.longest_since === null ? 0 : secondsSince(queue.longest_since, nowMs);
    case "waiting":
      return queue?.waiting ?? alert.value;
    case "service_level":
      return queue?.service_level ?? alert.value;
    case "abandoned":
      return queue?.abandoned ?? alert.value;
    default: {
      if (agent === undefined) return alert.value;
      const during = alert.measure === null ? undefined : DURING[alert.measure];
      return during === undefined || during === agent.state ? secondsSince(agent.since, nowMs) : null;
    }
  }
}

/** Whether the figure is good again while its alert is still open: an alert waits a while before it closes. */
export function isBack(alert: FloorAlert, value: number | null): boolean {
  if (alert.closed_at !== null || alert.measure === null || alert.limit === null) return false;
  if (value === null) return DURING[alert.measure] !== undefined;
  return alert.measure === "service_level" ? value >= alert.limit : value < alert.limit;
}

export function titleOf(alert: FloorAlert, value: number | null): string {
  const name = alert.name;
  if (alert.closed_at !== null) return t`${name} is back to normal`;
  if (alert.measure !== null && value === null && DURING[alert.measure] !== undefined) return t`${name}: ${i18n._(MEASURE[alert.measure])}`;
  const figure = alert.measure === null ? "" : writeLimit(unitOf(alert.measure), value);
  switch (alert.measure) {
    case "waiting":
      return t`${name}: ${figure} waiting`;
    case "longest_wait":
      return t`${name}: longest wait ${figure}`;
    case "service_level":
      return t`${name}: service level ${figure}`;
    case "abandoned":
      return t`${name}: ${figure} given up`;
    case "unreachable":
      return t`${name} is unreachable`;
    case "long_call":
      return t`${name} on a call ${figure}`;
    case "long_hold":
      return t`${name} holds a caller ${figure}`;
    case "long_wrap_up":
      return t`${name} in wrap-up ${figure}`;
    case "long_break":
      return t`${name} not ready ${figure}`;
    case "missed":
      return t`${name} missed calls`;
    default:
      return alert.title;
  }
}

/** The second line: the limit and since when, or how it ended. */
export function textOf(alert: FloorAlert, value: number | null, reason: string | null, nowMs: number): string {
  if (alert.closed_at !== null && alert.opened_at !== null) {
    const took = spanOf((Date.parse(alert.closed_at) - Date.parse(alert.opened_at)) / 1000);
    return alert.taken_by === null ? t`Lasted ${took}` : t`Lasted ${took}, taken by ${alert.taken_by}`;
  }
  if (alert.measure === "unreachable") return reason === null ? t`No calls are offered.` : t`${reason}. No calls are offered.`;
  if (alert.measure === "missed") return t`Set to not ready`;
  const limit = alert.measure === null ? "" : writeLimit(unitOf(alert.measure), alert.limit);
  if (isBack(alert, value)) {
    const passed = timeOf(alert.opened_at ?? alert.at);
    if (value === null || alert.measure === null) return t`Limit ${limit}, passed at ${passed}, no longer so`;
    const now = writeLimit(unitOf(alert.measure), value);
    return t`Limit ${limit}, passed at ${passed}, now ${now}`;
  }
  // A time says itself for how long it is over; any other figure does so since it was told.
  const growing = alert.measure !== null && unitOf(alert.measure) === "time" && value !== null && alert.limit !== null ? value - alert.limit : null;
  const over = growing ?? (alert.opened_at === null ? null : secondsSince(alert.opened_at, nowMs));
  if (over === null || over < 1) return t`Limit ${limit}`;
  const ago = spanOf(over);
  return t`Limit ${limit}, passed ${ago} ago`;
}
