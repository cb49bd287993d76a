import { IconAlertTriangle, IconPlus, IconSend, IconTrash } from "@tabler/icons-react";
import { Button, Checkbox, Modal, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, del, post, put } from "../../api/client";
import { Inline } from "../../components/bits";
import { useLanguage } from "../../i18n";
import { daysOf } from "./ScheduleLines";
import { useSchedules } from "./queries";
import type { Asked } from "./search";
import type { Schedule, ScheduleChange } from "./types";

const WEEK = [0, 1, 2, 3, 4, 5, 6];

function startOf(asked: Asked, name: string): ScheduleChange {
  const value = asked.value === "" || asked.value === "*" ? null : asked.value;
  const none = { queue: null, agent: null, team: null, dnis: null, disposition: null };
  return {
    name,
    report: { period: "yesterday", interval: asked.interval, dimension: asked.dimension, each: asked.value === "*", ...none, [asked.dimension]: value },
    format: "xlsx",
    recipients: [],
    days: [0, 1, 2, 3, 4],
    at: "07:30",
    enabled: true,
    version: 0,
  };
}

function changeOf({ name, report, format, recipients, days, at, enabled, version }: Schedule): ScheduleChange {
  return { name, report, format, recipients, days, at, enabled, version };
}

/** Which reports are sent to whom, and when; one at a time is open. */
export function ScheduleDialog({ asked, onClose }: { asked: Asked; onClose: () => void }) {
  const { t } = useLingui();
  const { data } = useSchedules();
  const language = useLanguage((s) => s.language);
  const [openId, setOpenId] = useState<string | null>(null);
  const schedules = data?.schedules ?? [];
  const open = schedules.find((each) => each.schedule_id === openId);
  return (
    <Modal opened onClose={onClose} title={<Trans>Send regularly</Trans>} size={680} closeButtonProps={{ "aria-label": t`Close` }}>
      <div className="rep-dlg">
        <ul className="rep-dl">
          {schedules.map((each) => (
            <li key={each.schedule_id}>
              <button type="button" className={`ci ${each.schedule_id === openId ? "on" : ""}`} onClick={() => setOpenId(each.schedule_id)}>
                <b className="cut">{each.name}</b>
                <span className="t12 i3 cut">{daysOf(each.days, language, t`Every day`)} {each.at}</span>
              </button>
            </li>
          ))}
          <li><button type="button" className={`ci ${open === undefined ? "on" : ""}`} onClick={() => setOpenId(null)}><span className="row g4"><IconPlus size={14} aria-hidden /><Trans>The report shown here</Trans></span></button></li>
        </ul>
        <Form key={`${open?.schedule_id ?? "new"}-${open?.version ?? 0}`} schedule={open} start={open === undefined ? startOf(asked, t`Report`) : changeOf(open)} onSaved={setOpenId} />
      </div>
      {data?.mail === "outbox" && <div className="rep-dn"><Inline tone="warn" icon={<IconAlertTriangle size={16} stroke={1.9} aria-hidden />} title={<Trans>No mail server is set up</Trans>}>{data.mail_detail}</Inline></div>}
      {data?.mail === "smtp" && <p className="t12 i3 rep-dn">{data.mail_detail}</p>}
    </Modal>
  );
}

function Form({ schedule, start, onSaved }: { schedule: Schedule | undefined; start: ScheduleChange; onSaved: (id: string | null) => void }) {
  const { t } = useLingui();
  const language = useLanguage((s) => s.language);
  const queries = useQueryClient();
  const [change, setChange] = useState(start);
  const [to, setTo] = useState(start.recipients.join("\n"));
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const set = (part: Partial<ScheduleChange>): void => setChange((now) => ({ ...now, ...part }));
  const run = async (work: () => Promise<string | null>): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const id = await work();
      await queries.invalidateQueries({ queryKey: ["report-schedules"] });
      onSaved(id);
    } catch (reason) {
      setError(reason instanceof ApiError ? (reason.errors[0]?.what ?? reason.message) : t`The server does not answer. Nothing was saved.`);
    } finally {
      setBusy(false);
    }
  };
  const save = () => run(async () => {
    const body = { ...change, recipients: to.split(/[\s,;]+/).filter((each) => each !== "") };
    const saved = schedule === undefined ? await post<Schedule>("/api/reports/schedules", body) : await put<Schedule>(`/api/reports/schedules/${schedule.schedule_id}`, body);
    return saved.schedule_id;
  });
  const last = schedule?.last;
  return (
    <form className="rep-f" onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <TextInput size="xs" label={t`Name`} value={change.name} onChange={(event) => set({ name: event.currentTarget.value })} required maxLength={80} data-testid="schedule-name" />
      <div className="rep-f2">
        <NativeSelect size="xs" label={t`Days it shows`} value={change.report.period} onChange={(event) => set({ report: { ...change.report, period: event.currentTarget.value as ScheduleChange["report"]["period"] } })} data={[{ value: "today", label: t`The day it is sent` }, { value: "yesterday", label: t`The day before` }, { value: "last_7_days", label: t`The last 7 days` }, { value: "last_week", label: t`The last week, Monday to Sunday` }]} />
        <NativeSelect size="xs" label={t`File`} value={change.format} onChange={(event) => set({ format: event.currentTarget.value === "csv" ? "csv" : "xlsx" })} data={[{ value: "xlsx", label: "XLSX" }, { value: "csv", label: "CSV" }]} />
      </div>
      <fieldset className="rep-days"><legend className="t12"><Trans>Sent on</Trans></legend>
        {WEEK.map((day) => <button key={day} type="button" className={`chip ${change.days.includes(day) ? "tone-live" : "line"}`} aria-pressed={change.days.includes(day)} onClick={() => set({ days: change.days.includes(day) ? change.days.filter((each) => each !== day) : [...change.days, day].sort((a, b) => a - b) })}>{daysOf([day], language, "")}</button>)}
        <TextInput size="xs" type="time" aria-label={t`Time`} value={change.at} onChange={(event) => set({ at: event.currentTarget.value })} required />
      </fieldset>
      <Textarea size="xs" label={t`To, one address a line`} value={to} onChange={(event) => setTo(event.currentTarget.value)} autosize minRows={2} maxRows={5} required data-testid="schedule-to" />
      <Checkbox size="xs" label={t`Send it at these times`} checked={change.enabled} onChange={(event) => set({ enabled: event.currentTarget.checked })} />
      {error !== null && <Inline tone="bad" icon={<IconAlertTriangle size={16} stroke={1.9} aria-hidden />} title={<Trans>Not saved</Trans>}>{error}</Inline>}
      {last && <p className={`t12 ${last.state === "failed" ? "tone-bad toned" : "i3"}`} data-testid="schedule-last">{last.test ? <Trans>Last, as a test: {last.detail}</Trans> : <Trans>Last: {last.detail}</Trans>}</p>}
      <div className="row g6">
        <Button type="submit" loading={busy} disabled={change.days.length === 0} data-testid="schedule-save">{schedule === undefined ? <Trans>Send it regularly</Trans> : <Trans>Save</Trans>}</Button>
        {schedule !== undefined && <>
          <Button variant="default" leftSection={<IconSend size={14} stroke={1.8} />} disabled={busy} onClick={() => void run(async () => { await post(`/api/reports/schedules/${schedule.schedule_id}/send`); return schedule.schedule_id; })} data-testid="schedule-send"><Trans>Send now</Trans></Button>
          <span className="push" />
          <Button variant="default" leftSection={<IconTrash size={14} stroke={1.8} />} disabled={busy} onClick={() => void run(async () => { await del(`/api/reports/schedules/${schedule.schedule_id}`); return null; })}><Trans>Stop sending</Trans></Button>
        </>}
      </div>
    </form>
  );
}
