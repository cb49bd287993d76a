/** Cases and contacts in words and small marks. */
import { msg, t } from "@lingui/core/macro";
import type { MessageDescriptor } from "@lingui/core";
import type { SlaDue } from "../../api/types";
import { SlaClock, type Tone } from "../../components/bits";
import { useTicking } from "../../lib/now";
import { dayOf, daysAgo, localeOf, longOf, secondsUntil, spanOf, timeOf } from "../../lib/time";
import type { CaseStatus } from "./types";

export const STATUS: Record<CaseStatus, { tone: Tone; label: MessageDescriptor }> = {
  new: { tone: "ring", label: msg`New` },
  open: { tone: "live", label: msg`Open` },
  waiting_customer: { tone: "off", label: msg`Waiting for customer` },
  solved: { tone: "ok", label: msg`Solved` },
  closed: { tone: "off", label: msg`Closed` },
};

/** "Today 10:36", "Yesterday 16:40", "Mon 17:45" within the week, else the day alone. */
export function momentOf(at: string, nowMs: number, language: string): string {
  const time = timeOf(at);
  const days = daysAgo(at, nowMs);
  if (days === 0) return t`Today ${time}`;
  if (days === 1) return t`Yesterday ${time}`;
  if (days > 1 && days < 7) return `${new Date(at).toLocaleDateString(localeOf(language), { weekday: "short" })} ${time}`;
  return dayOf(at, nowMs, language);
}

/** When something is due, to stand within a sentence: "today 11:01", "Thu 16:52", "3 Dec". */
export function dueMoment(at: string, nowMs: number, language: string): string {
  const time = timeOf(at);
  const days = -daysAgo(at, nowMs);
  if (days === 0) return t`today ${time}`;
  if (days === 1) return t`tomorrow ${time}`;
  if (days === -1) return t`yesterday ${time}`;
  if (days > 1 && days < 7) return `${new Date(at).toLocaleDateString(localeOf(language), { weekday: "short" })} ${time}`;
  return dayOf(at, nowMs, language);
}

/** What is left until a promise is due, e.g. "16:40", "6 h 12", "41 min late", "paused". */
export function dueValue(due: SlaDue, nowMs: number): string {
  if (due.state === "paused") return t`paused`;
  if (due.due_at === null) return "";
  const left = secondsUntil(due.due_at, nowMs);
  if (left >= 0) return longOf(left);
  const late = -left < 3_600 ? spanOf(60 * Math.max(1, Math.floor(-left / 60))) : longOf(-left);
  return t`${late} late`;
}

/** The clock of a case beside its name; it ticks unless it is paused. */
export function DueClock({ due }: { due: SlaDue }) {
  const value = useTicking((now) => dueValue(due, now));
  return <SlaClock state={due.state} label={due.what} value={value} />;
}
