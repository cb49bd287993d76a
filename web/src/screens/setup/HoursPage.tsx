import { Button, Switch, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { use } from "react";
import { Section } from "../../components/bits";
import { FieldStateContext, PickRow, Row, TextRow, useProblem } from "./fields";
import { ObjectPage } from "./ObjectPage";
import { idFor } from "./steps";
import type { CalendarSetting } from "./types";
import { startNew } from "./useSetUp";
import { DAYS, hoursOf, spansOf, type Day } from "./week";

type Weekly = Exclude<CalendarSetting["weekly"], "always">;
const OFFICE: Weekly = { mon: ["09:00-17:00"], tue: ["09:00-17:00"], wed: ["09:00-17:00"], thu: ["09:00-17:00"], fri: ["09:00-17:00"] };

export function HoursPage() {
  const { t } = useLingui();
  return (
    <ObjectPage
      page="hours"
      section="calendars"
      nameOf={(hours) => (hours.name === "" ? hours.id : hours.name)}
      lineOf={(hours) => (hours.weekly === "always" ? t`day and night` : hours.zone)}
      add={{ label: t`New hours`, start: (view) => startNew("calendars", { id: idFor(t`New hours`, new Set((view.centre.calendars ?? []).map((each) => each.id))), name: t`New hours`, zone: view.centre.calendars?.[0]?.zone ?? "Europe/London", weekly: OFFICE, holidays: null, closures: [], openings: [] }) }}
      identify={(hours, view) => ({ ...hours, id: idFor(hours.name, new Set((view.centre.calendars ?? []).map((each) => each.id))) })}
      editor={({ setting, set }) => <Editor key={setting.id} hours={setting} set={set} />}
    />
  );
}

function Editor({ hours, set }: { hours: CalendarSetting; set: (part: Partial<CalendarSetting>) => void }) {
  const { t } = useLingui();
  const { readOnly, refused } = use(FieldStateContext);
  const problem = useProblem("weekly");
  const said = problem ?? refused.setting;
  const weekly = hours.weekly;
  const zones = Intl.supportedValuesOf("timeZone").map((zone) => ({ value: zone, label: zone }));
  const holidays = [{ value: "", label: t`none` }, { value: "GB-ENG", label: t`England` }, { value: "GB-WLS", label: t`Wales` }, { value: "GB-SCT", label: t`Scotland` }, { value: "GB-NIR", label: t`Northern Ireland` }, { value: "IE", label: t`Ireland` }, { value: "DE", label: t`Germany` }, { value: "US", label: t`United States` }];
  const now = hours.holidays === null ? "" : [hours.holidays.country, hours.holidays.region].filter((part) => part !== undefined && part !== "").join("-");
  const names: Readonly<Record<Day, string>> = { mon: t`Monday`, tue: t`Tuesday`, wed: t`Wednesday`, thu: t`Thursday`, fri: t`Friday`, sat: t`Saturday`, sun: t`Sunday` };
  return (
    <div className="scroll grow">
      <Section title={<Trans>Hours</Trans>} className="set-form">
        <TextRow label={t`Name`} path="name" value={hours.name} onChange={(name) => set({ name })} />
        <PickRow label={t`Time zone`} path="zone" value={hours.zone} data={zones} onChange={(zone) => zone !== null && set({ zone })} />
        <PickRow label={t`Closed on the holidays of`} path="holidays" value={now} data={holidays.some((each) => each.value === now) ? holidays : [...holidays, { value: now, label: now }]} onChange={(chosen) => set({ holidays: chosen === null || chosen === "" ? null : withRegion(chosen) })} />
        <Row label={t`Day and night`}>{(id) => <Switch id={id} size="sm" checked={weekly === "always"} disabled={readOnly} onChange={(event) => set({ weekly: event.currentTarget.checked ? "always" : OFFICE })} />}</Row>
      </Section>
      {weekly !== "always" && (
        <Section title={<Trans>Every week</Trans>} right={<Trans>write 08:00-12:00, 13:00-18:00</Trans>} className="set-form">
          <div className="week">
            {DAYS.map((day) => <DayLine key={day} name={names[day]} hours={weekly[day] ?? []} readOnly={readOnly} onChange={(next) => set({ weekly: { ...weekly, [day]: next } })} />)}
          </div>
          {said !== undefined && <p className="set-bad" role="alert">{said}</p>}
        </Section>
      )}
      <Section title={<Trans>Closed besides</Trans>} className="set-form">
        {hours.closures.map((each, i) => (
          <div className="row" key={i} style={{ marginBottom: 6 }}>
            <TextInput size="xs" type="date" aria-label={t`Closed from`} value={each.first ?? ""} readOnly={readOnly} onChange={(event) => set({ closures: replaced(hours.closures, i, { ...each, first: event.currentTarget.value }) })} />
            <TextInput size="xs" type="date" aria-label={t`Closed until`} value={each.last ?? ""} readOnly={readOnly} onChange={(event) => set({ closures: replaced(hours.closures, i, { ...each, last: event.currentTarget.value }) })} />
            <TextInput size="xs" className="grow" aria-label={t`Why closed`} placeholder={t`why`} value={each.name ?? ""} readOnly={readOnly} onChange={(event) => set({ closures: replaced(hours.closures, i, { ...each, name: event.currentTarget.value }) })} />
            {!readOnly && <button type="button" className="ib" aria-label={t`Take this closure out`} onClick={() => set({ closures: hours.closures.filter((_, at) => at !== i) })}><IconX size={14} stroke={1.8} aria-hidden /></button>}
          </div>
        ))}
        {!readOnly && <Button variant="default" leftSection={<IconPlus size={14} stroke={1.8} aria-hidden />} onClick={() => set({ closures: [...hours.closures, { first: today(), last: today(), name: "" }] })}><Trans>Add days</Trans></Button>}
      </Section>
    </div>
  );
}

/** One day: its bar over 24 hours and its hours as text; what cannot be read says so and is not taken. */
function DayLine({ name, hours, readOnly, onChange }: { name: string; hours: readonly string[]; readOnly: boolean; onChange: (hours: string[]) => void }) {
  const { t } = useLingui();
  const shown = hours.join(", ");
  return (
    <>
      <span className="t12 b5">{name}</span>
      <span className="week-bar" role="img" aria-label={shown === "" ? t`closed` : shown}>
        {spansOf(hours).map(([from, to]) => <i key={`${from}`} style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }} />)}
      </span>
      <TextInput size="xs" w={210} aria-label={t`Hours, ${name}`} defaultValue={shown} placeholder={t`closed`} readOnly={readOnly} onBlur={(event) => {
        const read = hoursOf(event.currentTarget.value);
        if (read === null) event.currentTarget.value = shown;
        else {
          event.currentTarget.value = read.join(", ");
          if (read.join() !== hours.join()) onChange(read);
        }
      }} />
    </>
  );
}

function withRegion(chosen: string): { country: string; region?: string } {
  const [country = "", region] = chosen.split("-");
  return { country, ...(region !== undefined && { region }) };
}

const replaced = <T,>(entries: readonly T[], at: number, entry: T): T[] => entries.map((each, i) => (i === at ? entry : each));

const today = (): string => new Date().toISOString().slice(0, 10);
