import { IconAlertTriangle, IconArrowDownRight, IconArrowUpRight, IconCheck, IconChevronDown, IconCircleCheck } from "@tabler/icons-react";
import { Select } from "@mantine/core";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useState } from "react";
import type { Tone } from "../../components/bits";
import { clockOf, spanOf, timeOf } from "../../lib/time";
import { DiffChart } from "./DiffChart";
import { courseOf, type LoserGroup, type Measure, movedOf, type QueueOutcome, scaleOf, type TryResult } from "./tries";

const VERDICT: Record<TryResult["verdict"]["tone"], Tone> = { good: "ok", mixed: "warn", bad: "bad", same: "off" };
const CHART_HEIGHT = 200;

/** The answer: verdict, five figures, the day drawn twice, every queue, and who pays. */
export function TryOutcome({ result }: { result: TryResult }) {
  const [queueId, setQueueId] = useState(result.focus);
  const shown = result.queues.find((queue) => queue.queue_id === queueId) ?? result.queues[0];
  if (shown === undefined) return null;
  const tone = VERDICT[result.verdict.tone];
  const Icon = tone === "ok" || tone === "off" ? IconCircleCheck : IconAlertTriangle;
  return (
    <>
      <div className={`try-v tone-${tone}`} role="status" data-testid="try-verdict">
        <Icon size={20} stroke={1.8} color="var(--c)" aria-hidden style={{ marginTop: 1, flex: "none" }} />
        <p><b>{result.verdict.answer}</b> {result.verdict.rest}</p>
      </div>
      <Figures queue={shown} />
      <Course result={result} queue={shown} onQueue={setQueueId} />
      <div className="try-2">
        <EveryQueue result={result} chosen={shown.queue_id} onQueue={setQueueId} />
        <Losers result={result} />
      </div>
    </>
  );
}

const percent = (share: number | null): string => (share === null ? "–" : `${(share * 100).toFixed(1)}%`);
const time = (seconds: number | null): string => (seconds === null ? "–" : clockOf(Math.round(seconds)));

function Figures({ queue }: { queue: QueueOutcome }) {
  const { t } = useLingui();
  const points = ((queue.service_level_after ?? 0) - (queue.service_level_before ?? 0)) * 100;
  const wait = (queue.asa_after_s ?? 0) - (queue.asa_before_s ?? 0);
  const longest = queue.longest_after_s - queue.longest_before_s;
  const occupancy = ((queue.occupancy_after ?? 0) - (queue.occupancy_before ?? 0)) * 100;
  const target = queue.target_s;
  const people = queue.people_after;
  const morePoints = (value: number): string => (value > 0 ? t`${Math.abs(value).toFixed(1)} points more` : t`${Math.abs(value).toFixed(1)} points less`);
  const moreTime = (seconds: number): string => (seconds > 0 ? t`${spanOf(seconds)} more` : t`${spanOf(-seconds)} less`);
  return (
    <dl className="try-f num" data-testid="try-figures">
      <Fig name={t`Answered in ${target} s`} now={percent(queue.service_level_after)} was={percent(queue.service_level_before)} moved={movedOf(queue.service_level_before, queue.service_level_after, 0.0005, true)} by={points} note={morePoints(points)} />
      <Fig name={t`Mean wait`} now={time(queue.asa_after_s)} was={time(queue.asa_before_s)} moved={movedOf(queue.asa_before_s, queue.asa_after_s, 1, false)} by={wait} note={moreTime(wait)} />
      <Fig name={t`Longest wait`} now={time(queue.longest_after_s)} was={time(queue.longest_before_s)} moved={movedOf(queue.longest_before_s, queue.longest_after_s, 1, false)} by={longest} note={moreTime(longest)} />
      <Fig name={t`Abandoned`} now={String(queue.abandoned_after)} was={String(queue.abandoned_before)} moved={movedOf(queue.abandoned_before, queue.abandoned_after, 1, false)} by={queue.abandoned_after - queue.abandoned_before} note={t`of ${queue.contacts} callers`} always />
      <Fig name={t`Occupancy, its ${people} people`} now={percent(queue.occupancy_after)} was={percent(queue.occupancy_before)} moved="same" by={0} note={Math.abs(occupancy) < 0.05 ? t`the same` : morePoints(occupancy)} always />
    </dl>
  );
}

function Fig({ name, now, was, moved, by, note, always = false }: { name: string; now: string; was: string; moved: "better" | "worse" | "same"; by: number; note: string; always?: boolean }) {
  const tone = moved === "better" ? "tone-ok" : moved === "worse" ? "tone-bad" : "";
  const Arrow = by > 0 ? IconArrowUpRight : IconArrowDownRight;
  return (
    <div className={tone}>
      <dt>{name}</dt>
      <dd>{now}<small><Trans>was {was}</Trans></small></dd>
      <p>
        {moved !== "same" && <Arrow size={14} stroke={2} aria-hidden />}
        {moved === "same" && !always ? <Trans>the same</Trans> : note}
      </p>
    </div>
  );
}

function Course({ result, queue, onQueue }: { result: TryResult; queue: QueueOutcome; onQueue: (queueId: string) => void }) {
  const { t } = useLingui();
  const [measure, setMeasure] = useState<Measure>("level");
  const target = queue.target_s;
  const measures: { key: Measure; label: string }[] = [
    { key: "level", label: t`Answered in ${target} s` },
    { key: "wait", label: t`Waits` },
    { key: "abandons", label: t`Abandons` },
    { key: "occupancy", label: t`Occupancy` },
  ];
  // How busy people are is known of all together: most serve several queues.
  const course = result.courses.find((each) => each.queue_id === (measure === "occupancy" ? null : queue.queue_id));
  const slots = course?.slots ?? [];
  const { before, after } = courseOf(slots, measure);
  const goal = measure === "level" ? queue.goal * 100 : undefined;
  const [min, max] = scaleOf([...before, ...after], measure, goal);
  const write = (value: number): string => (measure === "wait" ? clockOf(value) : measure === "abandons" ? String(value) : `${value}%`);
  return (
    <section className="try-c">
      <h3 className="sec-h">
        <Select size="xs" variant="unstyled" className="try-q" aria-label={t`Queue`} data={result.queues.map((each) => ({ value: each.queue_id, label: each.name }))} value={queue.queue_id} allowDeselect={false} onChange={(next) => next !== null && onQueue(next)} rightSection={<IconChevronDown size={14} aria-hidden />} />
        <span className="try-seg" role="group" aria-label={t`Shown`}>
          {measures.map((each) => <button key={each.key} type="button" className={each.key === measure ? "on" : ""} aria-pressed={each.key === measure} onClick={() => setMeasure(each.key)}>{each.label}</button>)}
        </span>
        <span className="push lg2">
          <i className="was" /><Trans>As it is</Trans>
          <i /><Trans>Changed</Trans>
          <u /><Trans>Better</Trans>
        </span>
      </h3>
      <DiffChart
        before={before}
        after={after}
        labels={slots.map((slot) => timeOf(slot.at))}
        min={min}
        max={max}
        goal={goal === undefined ? undefined : { value: goal, label: t`goal ${goal}%` }}
        moreIsBetter={measure === "level"}
        height={CHART_HEIGHT}
        name={t`${queue.name} by half hour, as it is and changed. The table below has the day's figures.`}
        write={write}
      />
    </section>
  );
}

function EveryQueue({ result, chosen, onQueue }: { result: TryResult; chosen: string; onQueue: (queueId: string) => void }) {
  return (
    <section className="try-b scroll">
      <h3 className="sec-h"><Trans>Every queue</Trans><span className="push i3"><Trans>as it is, changed</Trans></span></h3>
      <table className="mt num" data-testid="try-queues">
        <thead>
          <tr>
            <th><Trans>Queue</Trans></th>
            <th className="r"><Trans>Contacts</Trans></th>
            <th className="r"><Trans>Answered in time</Trans></th>
            <th className="r"><Trans>Change</Trans></th>
            <th><Trans>Goal</Trans></th>
            <th className="r"><Trans>Mean wait</Trans></th>
            <th className="r"><Trans>Gave up</Trans></th>
          </tr>
        </thead>
        <tbody>{result.queues.map((queue) => <Row key={queue.queue_id} queue={queue} on={queue.queue_id === chosen} onQueue={onQueue} />)}</tbody>
      </table>
    </section>
  );
}

function Row({ queue, on, onQueue }: { queue: QueueOutcome; on: boolean; onQueue: (queueId: string) => void }) {
  const goal = Math.round(queue.goal * 100);
  const points = ((queue.service_level_after ?? 0) - (queue.service_level_before ?? 0)) * 100;
  const moved = movedOf(queue.service_level_before, queue.service_level_after, 0.0005, true);
  return (
    <tr className={on ? "hl" : ""}>
      <td><button type="button" className="link plain b5" onClick={() => onQueue(queue.queue_id)} aria-pressed={on}>{queue.name}</button></td>
      <td className="r i3">{queue.contacts}</td>
      <td className="r"><Two was={percent(queue.service_level_before).replace("%", "")} is={percent(queue.service_level_after)} /></td>
      <td className="r"><span className={`delta ${moved === "better" ? "tone-ok" : moved === "worse" ? "tone-warn" : ""}`}>{moved === "same" ? <Trans>same</Trans> : `${points > 0 ? "+" : "−"}${Math.abs(points).toFixed(1)}`}</span></td>
      <td>
        {queue.kept_after ? (
          <span className="row g4 tone-ok toned t12"><IconCheck size={13} stroke={2.4} aria-hidden /><Trans>{goal} met</Trans></span>
        ) : (
          <span className="row g4 tone-warn toned t12"><IconAlertTriangle size={13} stroke={2} aria-hidden /><Trans>{goal} missed</Trans></span>
        )}
      </td>
      <td className="r"><Two was={time(queue.asa_before_s)} is={time(queue.asa_after_s)} /></td>
      <td className="r"><Two was={queue.abandoned_before} is={queue.abandoned_after} /></td>
    </tr>
  );
}

const Two = ({ was, is }: { was: ReactNode; is: ReactNode }) => <><span className="i3">{was}</span> <b className="b6 try-is">{is}</b></>;

/** Groups of callers who wait longer; each opens its callers, each of those its reasons. */
function Losers({ result }: { result: TryResult }) {
  const [openId, setOpenId] = useState<string | null>(null);
  const all = result.losers.reduce((sum, group) => sum + group.callers, 0);
  const focus = result.queues.find((queue) => queue.queue_id === result.focus)?.name ?? "";
  return (
    <section className="try-b scroll" data-testid="try-losers">
      <h3 className="sec-h"><Trans>Who waits longer, and why</Trans><span className="push i3 num">{all}</span></h3>
      <ul className="losers num">
        {result.losers.map((group) => <Group key={group.queue_id} group={group} open={openId === group.queue_id} onToggle={() => setOpenId(openId === group.queue_id ? null : group.queue_id)} />)}
        {result.nobody !== "" && (
          <li><div className="row g6"><b className="grow cut"><Trans>No {focus} caller</Trans></b></div><p>{result.nobody}</p></li>
        )}
        {all === 0 && result.nobody === "" && <li><p><Trans>Nobody waits longer.</Trans></p></li>}
      </ul>
    </section>
  );
}

function Group({ group, open, onToggle }: { group: LoserGroup; open: boolean; onToggle: () => void }) {
  const { name } = group;
  const mean = clockOf(Math.round(group.mean_more_s));
  const worst = clockOf(Math.round(group.worst_more_s));
  return (
    <li>
      <button type="button" className="row g6 lo-h" aria-expanded={open} onClick={onToggle} data-testid={`losers-${group.queue_id}`}>
        <b className="grow cut"><Plural value={group.callers} one={`# ${name} caller`} other={`# ${name} callers`} /></b>
        <span><Trans>+{mean} mean</Trans></span>
        <span className="i3"><Trans>worst +{worst}</Trans></span>
        <IconChevronDown size={14} stroke={1.8} aria-hidden className={open ? "up" : ""} />
      </button>
      <p>{group.sentence}</p>
      {open && (
        <ol className="lo-c">
          {group.calls.map((call) => (
            <li key={call.contact_id}>
              <div className="row g6">
                <b className="b5">{timeOf(call.at, true)}</b>
                <span className="i3">{time(call.wait_before_s)}</span>
                <b className="b6">{time(call.wait_after_s)}</b>
                <span className="push i3 cut">{call.agent_before ?? <Trans>gave up</Trans>} → {call.agent_after ?? <Trans>gave up</Trans>}</span>
              </div>
              {call.why.map((sentence, i) => <p key={`${i} ${sentence}`}>{sentence}</p>)}
            </li>
          ))}
        </ol>
      )}
    </li>
  );
}
