/** Steps as bars over waiting time; above them who of yesterday's callers gets that far. */
import { IconArrowBigUpLine, IconArrowForwardUp, IconArrowsMaximize, IconPhoneCalling, IconRecordMail, IconSpeakerphone, IconStairsDown, IconUsers } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { useElementSize } from "@mantine/hooks";
import type { Tone } from "../../components/bits";
import { clockOf } from "../../lib/time";
import { answering, stepRows, type StepRow, ticksOf, trackOf } from "./steps";
import type { CentreView, QueueSetting, StepSetting, StillWaiting } from "./types";
import { useSetUpWords } from "./words";

const ICONS: Readonly<Record<StepSetting["operation"], { icon: typeof IconUsers; tone: Tone }>> = {
  relax: { icon: IconStairsDown, tone: "live" },
  raise_priority: { icon: IconArrowBigUpLine, tone: "acw" },
  widen: { icon: IconArrowsMaximize, tone: "live" },
  overflow: { icon: IconArrowForwardUp, tone: "live" },
  offer_callback: { icon: IconPhoneCalling, tone: "ok" },
  voicemail: { icon: IconRecordMail, tone: "warn" },
  announce: { icon: IconSpeakerphone, tone: "off" },
};
/** Labels of the curve stand on these waits where they fit. */
const TOLD_S = [20, 120, 240, 360];

export interface StepsTrackProps {
  queue: QueueSetting;
  view: CentreView;
  still: StillWaiting | undefined;
  chosen: string | null;
  onChoose: (id: string) => void;
}

export function StepsTrack({ queue, view, still, chosen, onChoose }: StepsTrackProps) {
  const { t } = useLingui();
  const { ways } = useSetUpWords();
  const agents = view.centre.agents ?? [];
  const rows = stepRows(queue, agents);
  const track = trackOf(queue);
  const end = queue.max_wait_s ?? track;
  const pos = (s: number) => `${(100 * s) / track}%`;
  const needs = Object.entries(queue.requirements).map(([skill, level]) => `${skill} ≥ ${level}`).join(", ");
  const now = answering(queue, agents).length;
  const every = queue.announcements.every_s;
  return (
    <div className="stp">
      <div className="stp-row" style={{ height: 48 }}>
        <div className="stp-n i2"><Trans>Still waiting</Trans></div>
        <Still still={still} track={track} end={Math.min(end, track)} />
      </div>
      <div className="stp-row tone-live">
        <div className="stp-n"><i>0</i><b><Trans>Start</Trans></b><span className="t12 num i3">0:00</span></div>
        <div className="stp-t">
          <div className="stp-bar num" style={{ left: 0, right: pos(track - Math.min(end, track)) }}>
            <IconUsers size={14} stroke={1.8} aria-hidden />
            <b className="cut">{needs === "" ? t`Any skill` : needs}</b>
            <span className="nowrap">{now === 1 ? t`1 person` : t`${now} people`}</span>
          </div>
        </div>
      </div>
      {rows.map((row) => <StepLine key={row.step.id} row={row} view={view} track={track} end={end} chosen={row.step.id === chosen} onChoose={() => onChoose(row.step.id)} />)}
      {(queue.announcements.position !== "no" || queue.announcements.wait !== "no") && (
        <div className="stp-row tone-off">
          <div className="stp-n"><i><IconSpeakerphone size={12} stroke={2} aria-hidden /></i><b><Trans>Place</Trans></b><span className="t12 i3 num nowrap">{every === null ? t`as the flow says` : t`every ${clockOf(every)}`}</span></div>
          <div className="stp-t">{told(queue, Math.min(end, track)).map((s) => <span key={s} className="stp-tick" style={{ left: pos(s) }} />)}</div>
        </div>
      )}
      <div className="stp-row" style={{ height: 20 }}>
        <span />
        <div className="stp-axis num">
          {ticksOf(track).map((s) => <span key={s} style={{ left: pos(s), ...(s === queue.max_wait_s && { fontWeight: 600, color: "var(--ink)" }) }}>{clockOf(s)}</span>)}
        </div>
      </div>
      {queue.max_wait_s !== null && (
        <div className="stp-end"><span className="stp-max" style={{ left: pos(queue.max_wait_s) }}><em><Trans>longest wait {clockOf(queue.max_wait_s)}, then {ways[queue.on_max_wait.kind].toLowerCase()}</Trans></em></span></div>
      )}
    </div>
  );
}

function StepLine({ row, view, track, end, chosen, onChoose }: { row: StepRow; view: CentreView; track: number; end: number; chosen: boolean; onChoose: () => void }) {
  const { t } = useLingui();
  const { short } = useSetUpWords();
  const { does, more } = useStepWords(view);
  const { step, never } = row;
  const { icon: Icon, tone } = ICONS[step.operation];
  const pos = (s: number) => `${(100 * s) / track}%`;
  const shown = never !== null ? "bad" : tone;
  const name = step.name === "" ? short[step.operation] : step.name;
  const before = never === "longest_wait" ? t`the longest wait ends before it` : never === "left" ? t`the caller has left by then` : more(row, track);
  const from = Math.min(step.after_s, track * 0.985);
  // A bar that begins late has no room for its words before it ends: they stand before it.
  const narrow = (end - step.after_s) / track < 0.16;
  return (
    <div className={`stp-row tone-${shown} ${chosen ? "sel" : ""}`}>
      <button type="button" className="stp-n" onClick={onChoose} aria-pressed={chosen} aria-label={t`Step ${row.number}, ${name}, at ${clockOf(step.after_s)}`}>
        <i>{row.number}</i><b className="cut">{name}</b><span className={`t12 num ${never !== null ? "toned b6" : "i3"}`}>{clockOf(step.after_s)}</span>
      </button>
      <div className="stp-t" role="presentation" onClick={onChoose}>
        <span className={`stp-more num ${never !== null ? "toned" : ""}`} style={{ right: pos(track - Math.min(from, never === null ? from : end)) }}>{before}{narrow && never === null ? `${before === "" ? "" : ", "}${does(step)}` : ""}</span>
        <div className={`stp-bar num ${never !== null ? "never" : ""}`} style={{ left: pos(from), right: never !== null ? 0 : pos(track - Math.min(end, track)) }}>
          <Icon size={14} stroke={1.8} aria-hidden />
          {never !== null ? <b><Trans>Never</Trans></b> : !narrow && <b className="cut">{does(step)}</b>}
        </div>
      </div>
    </div>
  );
}

/** What holds from a step on, and what it adds: the words on its bar and before it. */
function useStepWords(view: CentreView): { does: (step: StepSetting) => string; more: (row: StepRow, track: number) => string } {
  const { t } = useLingui();
  const does = (step: StepSetting): string => {
    const queue = (view.centre.queues ?? []).find((each) => each.id === step.queue)?.name ?? step.queue ?? "?";
    const skill = step.skill ?? "?";
    switch (step.operation) {
      case "relax": return step.level === null ? t`${skill} no longer asked` : `${skill} ≥ ${step.level}`;
      case "raise_priority": return step.by >= 0 ? t`Priority +${step.by}` : t`Priority ${step.by}`;
      case "widen": return t`Also ${queue}`;
      case "overflow": return t`To ${queue}`;
      case "offer_callback": return t`Offer it, place kept`;
      case "voicemail": return t`Message, then the end`;
      case "announce": return step.prompt ?? "?";
    }
  };
  const more = ({ step, adds, people, priority }: StepRow, track: number): string => {
    if (step.operation === "raise_priority") return t`${priority} in all`;
    if (step.operation === "offer_callback") return step.after_s / track < 0.42 ? t`they press 1` : t`they press 1, nobody behind them moves up`;
    if (step.operation !== "relax" && step.operation !== "widen") return "";
    if (adds.length === 0) return t`adds nobody`;
    if (adds.length <= 2) return t`adds ${adds.join(", ")}`;
    return t`${adds.length} more people, ${people} in all`;
  };
  return { does, more };
}

/** When the place is said: at most forty marks. */
function told(queue: QueueSetting, end: number): number[] {
  const every = queue.announcements.every_s ?? Math.max(30, end);
  const first = queue.announcements.first_after_s;
  const count = Math.min(40, Math.max(0, Math.floor((end - first) / every) + 1));
  return Array.from({ length: count }, (_, i) => first + i * every).filter((s) => s < end);
}

function Still({ still, track, end }: { still: StillWaiting | undefined; track: number; end: number }) {
  const { t } = useLingui();
  const { ref, width } = useElementSize();
  const height = 46;
  const points = (still?.points ?? []).filter(([s]) => s <= end);
  if (still === undefined || still.callers === 0 || points.length < 2) {
    return <div ref={ref} className="stp-t row i3 t12">{still?.callers === 0 && <Trans>Nobody waited here in the last day: the curve comes with the first callers.</Trans>}</div>;
  }
  const x = (s: number) => (width * s) / track;
  const y = (share: number) => 4 + (height - 5) * (1 - share);
  const line = points.map(([s, share], i) => `${i > 0 ? "L" : "M"}${x(s).toFixed(1)} ${y(share).toFixed(1)}`).join("");
  const last = points.at(-1)?.[0] ?? 0;
  const percent = (share: number) => `${Math.round(100 * share)}%`;
  const said = points.filter(([s]) => TOLD_S.includes(s));
  return (
    <div ref={ref} className="stp-t" style={{ height }}>
      <svg width={width} height={height} role="img" aria-label={t`Of ${still.callers} callers in the last day ${said.map(([s, share]) => `${percent(share)} ${clockOf(s)}`).join(", ")} still waited`}>
        <path d={`${line}L${x(last)} ${height}L0 ${height}Z`} fill="var(--off-soft)" />
        <path d={line} fill="none" stroke="var(--off)" strokeWidth="1.5" />
        {said.map(([s, share], i) => (
          <g key={s}>
            <circle cx={x(s)} cy={y(share)} r="2.6" fill="var(--off)" />
            <text className="svgtxt b num" x={x(s) + 6} y={Math.max(11, y(share) - 4)}>{i === 0 ? t`${percent(share)} after ${clockOf(s)}` : percent(share)}</text>
          </g>
        ))}
      </svg>
    </div>
  );
}
