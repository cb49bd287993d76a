import { IconAlarm, IconAlertTriangle, IconCheck, IconPlayerPause } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTicking } from "../lib/now";
import { clockOf, secondsSince, secondsUntil } from "../lib/time";

export type Tone = "ok" | "live" | "ring" | "warn" | "acw" | "off" | "bad";

export const Kbd = ({ children }: { children: ReactNode }) => <kbd className="kbd">{children}</kbd>;

export function Chip({ tone, line = false, icon, children }: { tone?: Tone; line?: boolean; icon?: ReactNode; children: ReactNode }) {
  return (
    <span className={`chip ${tone ? `tone-${tone}` : ""} ${line ? "line" : ""}`}>
      {icon}
      {children}
    </span>
  );
}

/** First letters of the first two words. */
export function initialsOf(name: string): string {
  return name
    .split(/\s+/)
    .map((word) => word[0] ?? "")
    .slice(0, 2)
    .join("");
}

export function Avatar({ initials, size = 28, tone }: { initials: string; size?: number; tone?: Tone }) {
  return (
    <span className={`avatar ${tone ? `tone-${tone}` : ""}`} style={{ width: size, height: size, fontSize: Math.round(size * 0.38) }} aria-hidden>
      {initials}
    </span>
  );
}

/** Time since an instant, counting by itself. `as` writes the seconds; clock figures when left out. */
export function Since({ at, as = clockOf }: { at: string; as?: (seconds: number) => string }) {
  return <>{useTicking((now) => as(secondsSince(at, now)))}</>;
}

/** Time until an instant, counting by itself; stands at nothing once it is past. */
export function Until({ at, as }: { at: string; as: (seconds: number) => string }) {
  return <>{useTicking((now) => as(secondsUntil(at, now)))}</>;
}

const SLA = {
  ok: { tone: "ok", icon: IconAlarm },
  risk: { tone: "warn", icon: IconAlarm },
  late: { tone: "bad", icon: IconAlertTriangle },
  paused: { tone: "off", icon: IconPlayerPause },
  met: { tone: "ok", icon: IconCheck },
} as const;

/** A clock says what is due, how long is left, and its state in a word: colour is the third signal. */
export function SlaClock({ state, label, value }: { state: keyof typeof SLA; label: ReactNode; value?: ReactNode }) {
  const { tone, icon: Icon } = SLA[state];
  return (
    <span className={`sla tone-${tone}`}>
      <Icon size={14} stroke={2} aria-hidden />
      <span className="sla-l">{label}</span>
      {value !== undefined && <span className="num b6">{value}</span>}
    </span>
  );
}

export function Spark({ data, width = 96, height = 24, tone = "off", limit }: { data: readonly number[]; width?: number; height?: number; tone?: Tone; limit?: number }) {
  const last = data.at(-1);
  if (last === undefined) return <span style={{ display: "inline-block", width, height }} />;
  const max = Math.max(...data, limit ?? 0, 1);
  const steps = Math.max(data.length - 1, 1);
  const x = (i: number) => 1 + (i * (width - 4)) / steps;
  const y = (v: number) => height - 2 - (v / max) * (height - 4);
  const line = data.map((v, i) => `${i ? "L" : "M"}${x(i).toFixed(1)} ${y(v).toFixed(1)}`).join("");
  return (
    <svg width={width} height={height} className={`tone-${tone}`} aria-hidden>
      <path d={`${line}L${x(data.length - 1)} ${height}L1 ${height}Z`} fill="var(--cs)" stroke="none" />
      {limit !== undefined && <path d={`M0 ${y(limit)}H${width}`} stroke="var(--ink-3)" strokeWidth="1" strokeDasharray="2 3" />}
      <path d={line} fill="none" stroke="var(--c)" strokeWidth="1.5" strokeLinejoin="round" />
      <circle cx={x(data.length - 1)} cy={y(last)} r="2.2" fill="var(--c)" />
    </svg>
  );
}

export function Section({ title, right, children, className = "" }: { title?: ReactNode; right?: ReactNode; children: ReactNode; className?: string }) {
  return (
    <section className={`sec ${className}`}>
      {title !== undefined && (
        <h3 className="sec-h">
          {title}
          {right !== undefined && <span className="push row g6 i3 b5">{right}</span>}
        </h3>
      )}
      {children}
    </section>
  );
}

/** Something is amiss beside what is missing: icon, fact, what happens next, and at most one action. */
export function Inline({ tone, icon, title, children, action }: { tone: Tone; icon: ReactNode; title: ReactNode; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={`inline tone-${tone}`} role="status">
      {icon}
      <div className="grow">
        <b>{title}</b>
        {children !== undefined && <p>{children}</p>}
      </div>
      {action}
    </div>
  );
}

/** Nothing here, and that is said: why it is empty and when that changes. */
export function Empty({ icon, title, children, action }: { icon: ReactNode; title: ReactNode; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      {icon}
      <b>{title}</b>
      {children !== undefined && <p>{children}</p>}
      {action}
    </div>
  );
}

/** A part of a pane that scrolls; reached with Tab, so that its end can be read without a mouse. */
export function Scroller({ label, children }: { label: string; children: ReactNode }) {
  return <div className="scroll grow" role="region" aria-label={label} tabIndex={0}>{children}</div>;
}

/** A grey bar in the shape of what is coming. */
export const Skeleton = ({ width, height = 12 }: { width: number | string; height?: number }) => (
  <span className="skel" style={{ display: "block", width, height }} aria-hidden />
);
