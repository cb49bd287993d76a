import { IconAlertTriangle, IconMail } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { Inline } from "../../components/bits";
import { useLanguage } from "../../i18n";
import { useNow } from "../../lib/now";
import { localeOf } from "../../lib/time";
import { momentOf } from "../cases/words";
import { useSchedules } from "./queries";
import type { Schedule } from "./types";

/** "Mon, Tue, Wed"; every day in one word. */
export function daysOf(days: readonly number[], language: string, every: string): string {
  if (days.length === 7) return every;
  // 1 January 2024 was a Monday.
  return days.map((day) => new Date(Date.UTC(2024, 0, 1 + day)).toLocaleDateString(localeOf(language), { weekday: "short", timeZone: "UTC" })).join(", ");
}

/** The reports that are sent, in a line each, and how the last one went. */
export function ScheduleLines({ onChange }: { onChange: () => void }) {
  const { data } = useSchedules();
  if (data === undefined) return null;
  return (
    <>
      {data.schedules.length === 0 && <p className="t12 i3"><Trans>No report is sent yet.</Trans></p>}
      {data.schedules.map((each) => <Line key={each.schedule_id} schedule={each} />)}
      <button type="button" className="link t12 b5 rep-ch" onClick={onChange}>{data.schedules.length === 0 ? <Trans>Send regularly</Trans> : <Trans>Change</Trans>}</button>
      {data.mail === "outbox" && <p className="t12 i3 rep-say">{data.mail_detail}</p>}
    </>
  );
}

function Line({ schedule }: { schedule: Schedule }) {
  const { t } = useLingui();
  const language = useLanguage((s) => s.language);
  const now = useNow(60_000);
  const days = daysOf(schedule.days, language, t`Every day`);
  const { at, last } = schedule;
  const format = schedule.format.toUpperCase();
  const to = schedule.recipients.length > 1 ? t`${schedule.recipients[0] ?? ""} and ${schedule.recipients.length - 1} others` : (schedule.recipients[0] ?? "");
  const when = last?.settled_at ? momentOf(last.settled_at, now, language) : "";
  return (
    <div className="rep-sl">
      <div className="row g6"><IconMail size={15} stroke={1.8} color="var(--ink-3)" aria-hidden /><span className="grow cut">{schedule.enabled ? <Trans>{days} at {at}, {format}</Trans> : <Trans>Paused: {days} at {at}, {format}</Trans>}</span></div>
      <p className="t12 i3 cut">{to}</p>
      {last?.state === "failed" ? <Inline tone="bad" icon={<IconAlertTriangle size={15} stroke={1.9} aria-hidden />} title={<Trans>Not sent</Trans>}>{last.detail}</Inline> : last && <p className="t12 i3">{last.detail} {when}</p>}
    </div>
  );
}
