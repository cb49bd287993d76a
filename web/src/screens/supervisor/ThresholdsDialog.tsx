import { ActionIcon, Button, Modal, Select, Switch, TextInput } from "@mantine/core";
import { IconRotate } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { FloorTopic, Thresholds, ThresholdSetting, ThresholdView } from "../../api/types";
import { Skeleton } from "../../components/bits";
import { sentenceOf } from "../../desk/commands";
import { MEASURE } from "./alertWords";
import { floor as ask } from "./commands";
import { AGENT_MEASURES, QUEUE_MEASURES, readLimit, readTime, type Unit, unitOf, writeLimit, writeTime } from "./limits";
import { Targets } from "./Targets";
import type { Measure } from "./types";

const KEY = ["floor", "thresholds"];

/** From which figure on an alert is raised, for all and for single queues or agents, and where alerts go. */
export function ThresholdsDialog({ floor, onClose }: { floor: FloorTopic; onClose: () => void }) {
  const { t } = useLingui();
  const cache = useQueryClient();
  const { data, error } = useQuery({ queryKey: KEY, queryFn: ({ signal }) => ask.thresholds(signal), staleTime: 0 });
  const take = (thresholds: Thresholds): void => {
    cache.setQueryData(KEY, thresholds);
  };
  return (
    <Modal opened onClose={onClose} size={980} title={<span className="t16 b6"><Trans>Thresholds</Trans></span>} data-testid="thresholds-dialog">
      {error !== null && <p className="tone-bad toned" role="alert">{sentenceOf(error)}</p>}
      {data === undefined && error === null && <Skeleton width="100%" height={320} />}
      {data !== undefined && (
        <div className="stack">
          <p className="i2 th-lead"><Trans>Times as minutes and seconds, shares in percent. A figure that only comes and goes raises nothing: it must hold, and it must be good again for a while.</Trans></p>
          <Group title={t`Queues`} measures={QUEUE_MEASURES} data={data} onSaved={take} choices={floor.queues.map((queue) => ({ value: queue.id, label: queue.name }))} />
          <Group title={t`Agents`} measures={AGENT_MEASURES} data={data} onSaved={take} choices={floor.agents.map((agent) => ({ value: agent.id, label: agent.name }))} />
          <Targets data={data} onChanged={() => void cache.invalidateQueries({ queryKey: KEY })} />
        </div>
      )}
    </Modal>
  );
}

interface Choice {
  value: string;
  label: string;
}

function Group({ title, measures, data, onSaved, choices }: { title: string; measures: readonly Measure[]; data: Thresholds; onSaved: (all: Thresholds) => void; choices: readonly Choice[] }) {
  const { t, i18n } = useLingui();
  const [added, setAdded] = useState<ThresholdView[]>([]);
  const rows = measures.flatMap((measure) => {
    const stored = data.thresholds.filter((each) => each.measure === measure);
    const fresh = added.filter((each) => each.measure === measure && !stored.some((one) => one.subject === each.subject));
    return [...stored, ...fresh];
  });
  const add = (measure: Measure, subject: Choice): void => {
    const general = data.thresholds.find((each) => each.measure === measure && each.subject === "");
    if (general !== undefined) setAdded([...added, { ...general, subject: subject.value, name: subject.label, own: false, queue_s_own: false }]);
  };
  return (
    <div className="th-scroll">
      <table className="th">
        <caption className="sr">{title}</caption>
        <thead>
          <tr>
            <th scope="col">{title}</th>
            <th scope="col"><Trans>Warning</Trans></th>
            <th scope="col"><Trans>Bad</Trans></th>
            <th scope="col"><Trans>Must hold</Trans></th>
            <th scope="col"><Trans>Good again for</Trans></th>
            <th scope="col"><Trans>On</Trans></th>
            <th scope="col"><Trans>Bell</Trans></th>
            <th scope="col"><Trans>Send</Trans></th>
            <th scope="col"><span className="sr"><Trans>Save</Trans></span></th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => <Row key={`${row.measure}:${row.subject}:${JSON.stringify(row)}`} row={row} onSaved={(all) => { setAdded(added.filter((each) => each.subject !== row.subject || each.measure !== row.measure)); onSaved(all); }} />)}
        </tbody>
      </table>
      <Apart measures={measures.map((measure) => ({ value: measure, label: i18n._(MEASURE[measure]) }))} choices={choices} onAdd={add} label={title === t`Queues` ? t`Own limits for one queue` : t`Own limits for one agent`} />
    </div>
  );
}

/** Adds a row for one queue or agent. */
function Apart({ measures, choices, onAdd, label }: { measures: Choice[]; choices: readonly Choice[]; onAdd: (measure: Measure, subject: Choice) => void; label: string }) {
  const { t } = useLingui();
  const [measure, setMeasure] = useState<string | null>(measures[0]?.value ?? null);
  return (
    <div className="row g8 th-add">
      <span className="t12 i3">{label}</span>
      <Select size="xs" w={170} aria-label={t`Measure`} allowDeselect={false} data={measures} value={measure} onChange={setMeasure} />
      <Select size="xs" w={190} aria-label={label} placeholder={t`Choose`} searchable data={[...choices]} value={null} onChange={(value) => {
        const subject = choices.find((each) => each.value === value);
        if (subject !== undefined && measure !== null) onAdd(measure as Measure, subject);
      }} />
    </div>
  );
}

interface Draft {
  warn: string;
  bad: string;
  holds: string;
  clears: string;
  active: boolean;
  sound: boolean;
  send: boolean;
}

function draftOf(row: ThresholdView, unit: Unit): Draft {
  return { warn: writeLimit(unit, row.warn), bad: writeLimit(unit, row.bad), holds: writeTime(row.for_s), clears: writeTime(row.clear_s), active: row.active, sound: row.sound, send: row.send };
}

function Row({ row, onSaved }: { row: ThresholdView; onSaved: (all: Thresholds) => void }) {
  const { t, i18n } = useLingui();
  const unit = unitOf(row.measure);
  const [draft, setDraft] = useState(() => draftOf(row, unit));
  const [refusal, setRefusal] = useState<string | null>(null);
  const name = row.subject === "" ? i18n._(MEASURE[row.measure]) : `${i18n._(MEASURE[row.measure])}, ${row.name}`;
  const read = { warn: readLimit(unit, draft.warn), bad: readLimit(unit, draft.bad), holds: readTime(draft.holds), clears: readTime(draft.clears) };
  const readable = read.warn !== undefined && read.bad !== undefined && read.holds !== undefined && read.clears !== undefined;
  const changed = JSON.stringify(draft) !== JSON.stringify(draftOf(row, unit)) || (row.subject !== "" && !row.own);
  const own = row.queue_s_own && draft.warn === "" && draft.bad === "" ? t`queue's own` : t`never`;
  const set = (change: Partial<Draft>): void => setDraft({ ...draft, ...change });
  const carry = async (work: () => Promise<Thresholds>): Promise<void> => {
    try {
      onSaved(await work());
    } catch (error) {
      setRefusal(sentenceOf(error));
    }
  };
  const save = (): void => {
    if (!readable) return;
    const setting: ThresholdSetting = { warn: read.warn ?? null, bad: read.bad ?? null, for_s: read.holds ?? 0, clear_s: read.clears ?? 0, active: draft.active, sound: draft.sound, send: draft.send };
    void carry(() => ask.setThreshold(row.measure, row.subject, setting));
  };
  const field = (key: "warn" | "bad" | "holds" | "clears", label: string, placeholder: string) => (
    <TextInput size="xs" w={100} aria-label={`${name}, ${label}`} placeholder={placeholder} value={draft[key]} error={read[key] === undefined} onChange={(event) => set({ [key]: event.currentTarget.value })} onKeyDown={(event) => { if (event.key === "Enter") save(); }} data-testid={`${row.measure}${row.subject === "" ? "" : `-${row.subject}`}-${key}`} />
  );
  return (
    <>
      <tr data-testid={`threshold-${row.measure}${row.subject === "" ? "" : `-${row.subject}`}`} className={row.subject === "" ? "" : "th-one"}>
        <th scope="row">{row.subject === "" ? name : row.name}{row.subject !== "" && <span className="i3 b4">, {i18n._(MEASURE[row.measure])}</span>}</th>
        <td>{field("warn", t`warning`, own)}</td>
        <td>{field("bad", t`bad`, own)}</td>
        <td>{field("holds", t`must hold`, "0:00")}</td>
        <td>{field("clears", t`good again for`, "0:00")}</td>
        <td><Switch size="xs" aria-label={t`${name}: raise alerts`} checked={draft.active} onChange={(event) => set({ active: event.currentTarget.checked })} /></td>
        <td><Switch size="xs" aria-label={t`${name}: ring the bell`} checked={draft.sound} disabled={!draft.active} onChange={(event) => set({ sound: event.currentTarget.checked })} /></td>
        <td><Switch size="xs" aria-label={t`${name}: send to webhooks and e-mail`} checked={draft.send} disabled={!draft.active} onChange={(event) => set({ send: event.currentTarget.checked })} data-testid={`${row.measure}-send`} /></td>
        <td className="th-do">
          {changed ? <Button size="compact-xs" disabled={!readable} onClick={save} data-testid={`save-${row.measure}${row.subject === "" ? "" : `-${row.subject}`}`}><Trans>Save</Trans></Button>
            : row.own ? <ActionIcon variant="subtle" color="gray" size={26} aria-label={t`${name}: set back`} title={t`Set back`} onClick={() => void carry(() => ask.resetThreshold(row.measure, row.subject))}><IconRotate size={15} stroke={1.8} aria-hidden /></ActionIcon> : null}
        </td>
      </tr>
      {refusal !== null && <tr><td colSpan={9}><p className="tone-bad toned" role="alert">{refusal}</p></td></tr>}
    </>
  );
}
