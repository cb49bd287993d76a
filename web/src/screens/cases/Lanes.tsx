import { useLingui } from "@lingui/react/macro";
import { type KeyboardEvent, type PointerEvent, useMemo } from "react";
import { clockOf } from "../../lib/time";
import { type Moment, ticksOf } from "./moments";
import { useWidth } from "./useWidth";
import { heightOf, peaksOf, type Wav } from "./wav";

const HEIGHT = 212;
const TOP = 24;
const BOTTOM = 184;
const HALF = 30;
const PITCH = 4;
const STEP_S = 5;
/** Middle of the caller's lane and of the agent's. */
const LANES = [66, 144] as const;

/** Two lanes drawn from the sound: the caller above, the agent below. What was played is full, the rest faint. */
export function Lanes({ wav, durationS, atS, moments, caller, agent, onSeek }: {
  wav: Wav | null;
  durationS: number;
  atS: number;
  moments: readonly Moment[];
  caller: string;
  agent: string;
  onSeek: (toS: number) => void;
}) {
  const { t } = useLingui();
  const [ref, width] = useWidth<HTMLDivElement>(900);
  const x = (s: number): number => (durationS > 0 ? (width * Math.min(s, durationS)) / durationS : 0);
  const point = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.type === "pointerdown") event.currentTarget.setPointerCapture(event.pointerId);
    if (event.buttons !== 1) return;
    const box = event.currentTarget.getBoundingClientRect();
    onSeek(((event.clientX - box.left) / box.width) * durationS);
  };
  const press = (event: KeyboardEvent<HTMLDivElement>): void => {
    const to = { ArrowLeft: atS - STEP_S, ArrowRight: atS + STEP_S, Home: 0, End: durationS }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    onSeek(Math.min(durationS, Math.max(0, to)));
  };
  return (
    <div
      ref={ref}
      className="lanes"
      role="slider"
      tabIndex={0}
      aria-label={t`Place in the recording: ${caller} above, ${agent} below`}
      aria-valuemin={0}
      aria-valuemax={Math.round(durationS)}
      aria-valuenow={Math.round(atS)}
      aria-valuetext={clockOf(atS)}
      onPointerDown={point}
      onPointerMove={point}
      onKeyDown={press}
      data-testid="lanes"
    >
      <svg width={width} height={HEIGHT} aria-hidden>
        <defs>
          <pattern id="gap" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(25)">
            <path d="M0 0V7" stroke="var(--warn)" strokeWidth="1.6" opacity="0.55" />
          </pattern>
        </defs>
        {moments.map((m, i) => m.endS !== null && <rect key={i} x={x(m.atS)} y={TOP} width={Math.max(1, x(m.endS) - x(m.atS))} height={BOTTOM - TOP} fill={m.kind === "gap" ? "url(#gap)" : "var(--warn-soft)"} />)}
        <Bars wav={wav} width={width} />
        {/* The unplayed part again, behind a veil of the page's own colour. */}
        <rect x={x(atS)} y={TOP} width={Math.max(0, width - x(atS))} height={BOTTOM - TOP} fill="var(--surface)" opacity={0.58} />
        <path d={`M0 105H${width}`} stroke="var(--line)" />
        {moments.map((m, i) => <Mark key={i} moment={m} x={x(m.atS)} />)}
        <path d={`M${x(atS)} 4V190`} stroke="var(--ink)" strokeWidth="2" />
        <circle cx={Math.min(Math.max(x(atS), 4), width - 4)} cy={4} r={4} fill="var(--ink)" />
        {ticksOf(durationS).map((s) => <text key={s} className="svgtxt num" x={x(s)} y={204} textAnchor={s === 0 ? "start" : "middle"}>{clockOf(s)}</text>)}
        <text className="svgtxt num" x={width} y={204} textAnchor="end">{clockOf(durationS)}</text>
      </svg>
    </div>
  );
}

/** Drawn anew only when the sound or the width changes, not with every step of the needle. */
function Bars({ wav, width }: { wav: Wav | null; width: number }) {
  const paths = useMemo(() => {
    if (wav === null) return null;
    const bars = Math.max(1, Math.floor(width / PITCH));
    return LANES.map((middle, channel) =>
      peaksOf(wav, channel, bars)
        .map((peak, i) => {
          const half = Math.max(0.75, heightOf(peak) * HALF);
          return `M${i * PITCH + 1} ${(middle - half).toFixed(1)}V${(middle + half).toFixed(1)}`;
        })
        .join(""),
    );
  }, [wav, width]);
  if (paths === null) return LANES.map((middle) => <path key={middle} d={`M0 ${middle}H${width}`} stroke="var(--line-2)" strokeWidth="2" strokeDasharray="2 3" />);
  return (
    <>
      <path d={paths[0]} stroke="var(--ink-2)" strokeWidth="2" strokeLinecap="round" />
      <path d={paths[1]} stroke="var(--live)" strokeWidth="2" strokeLinecap="round" />
    </>
  );
}

function Mark({ moment, x }: { moment: Moment; x: number }) {
  const span = moment.kind !== "moment";
  const tone = moment.kind === "case" ? "var(--ok)" : span ? "var(--warn)" : "var(--ink-3)";
  return (
    <g>
      <path d={`M${x} 20V${BOTTOM}`} stroke={tone} strokeWidth={span ? 1.5 : 1} strokeDasharray={span ? undefined : "2 3"} />
      <circle cx={x} cy={18} r={4} fill={span ? tone : "var(--surface)"} stroke={tone} strokeWidth={1.5} />
    </g>
  );
}
