import { useWidth } from "../cases/useWidth";

const LEFT = 44;
const RIGHT = 66;
const TOP = 8;
const BOTTOM = 20;

interface Props {
  before: readonly (number | null)[];
  after: readonly (number | null)[];
  labels: readonly string[];
  min: number;
  max: number;
  goal?: { value: number; label: string };
  moreIsBetter: boolean;
  height: number;
  name: string;
  write: (value: number) => string;
}

/** One day drawn over the other by half hour. What lies between is filled, better in green, worse in red: the answer is an area. */
export function DiffChart({ before, after, labels, min, max, goal, moreIsBetter, height, name, write }: Props) {
  const [ref, width] = useWidth<HTMLDivElement>(960);
  const x = (i: number) => LEFT + ((width - LEFT - RIGHT) * (i + 0.5)) / Math.max(1, before.length);
  const y = (value: number) => TOP + (height - TOP - BOTTOM) * (1 - (Math.min(max, Math.max(min, value)) - min) / (max - min));
  return (
    <div ref={ref} style={{ height }}>
      <svg width={width} height={height} role="img" aria-label={name}>
        {[min, (min + max) / 2, max].map((value) => (
          <g key={value}>
            <path d={`M${LEFT} ${y(value)}H${width - RIGHT}`} stroke="var(--line)" />
            <text className="svgtxt num" x={LEFT - 8} y={y(value) + 4} textAnchor="end">{write(value)}</text>
          </g>
        ))}
        {before.slice(1).map((_, i) => {
          const [a0, a1, b0, b1] = [before[i] ?? null, before[i + 1] ?? null, after[i] ?? null, after[i + 1] ?? null];
          if (a0 === null || a1 === null || b0 === null || b1 === null) return null;
          const better = b0 + b1 === a0 + a1 || b0 + b1 > a0 + a1 === moreIsBetter;
          return <path key={labels[i] ?? i} d={`M${x(i)} ${y(a0)}L${x(i + 1)} ${y(a1)}L${x(i + 1)} ${y(b1)}L${x(i)} ${y(b0)}Z`} fill={better ? "var(--ok)" : "var(--bad)"} opacity={0.2} />;
        })}
        {goal !== undefined && (
          <>
            <path d={`M${LEFT} ${y(goal.value)}H${width - RIGHT}`} stroke="var(--ink)" strokeWidth="1.2" />
            <text className="svgtxt b num" x={width - RIGHT + 6} y={y(goal.value) + 4}>{goal.label}</text>
          </>
        )}
        <path d={lineOf(before, x, y)} fill="none" stroke="var(--off)" strokeWidth="1.75" strokeDasharray="4 3" />
        <path d={lineOf(after, x, y)} fill="none" stroke="var(--live)" strokeWidth="2" strokeLinejoin="round" />
        {labels.map((label, i) => i % 4 === 0 && <text key={label} className="svgtxt num" x={x(i)} y={height - 4} textAnchor="middle">{label}</text>)}
      </svg>
    </div>
  );
}

/** A line with gaps where there is no value. */
function lineOf(values: readonly (number | null)[], x: (i: number) => number, y: (value: number) => number): string {
  let pen = false;
  return values
    .map((value, i) => {
      if (value === null) {
        pen = false;
        return "";
      }
      const step = `${pen ? "L" : "M"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = true;
      return step;
    })
    .join("");
}
