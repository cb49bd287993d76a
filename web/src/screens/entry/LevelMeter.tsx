import { useLingui } from "@lingui/react/macro";
import type { Level } from "./useMeasured";

/** Below this nothing is drawn. dBFS. */
const FLOOR = -70;

/** -70 to 0 dBFS as a share of the bars. */
export function barsOf(dbfs: number, bars: number): number {
  return Math.round(Math.min(1, Math.max(0, (dbfs - FLOOR) / -FLOOR)) * bars);
}

export function LevelMeter({ level, bars }: { level: Level; bars: number }) {
  const { t } = useLingui();
  const lit = barsOf(level.dbfs, bars);
  const peak = barsOf(level.peak, bars) - 1;
  return (
    <span className="lv-m" role="meter" aria-label={t`Level of your microphone`} aria-valuenow={lit} aria-valuemin={0} aria-valuemax={bars}>
      {Array.from({ length: bars }, (_, n) => <i key={n} className={n < lit ? (n > bars - 5 ? "hot" : "in") : n === peak ? "pk" : ""} />)}
    </span>
  );
}
