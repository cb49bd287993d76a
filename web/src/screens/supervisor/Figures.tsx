import { IconAlertTriangle, IconCheck, IconClockExclamation } from "@tabler/icons-react";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { Since, type Tone } from "../../components/bits";
import { clockOf } from "../../lib/time";
import type { FigureName } from "./commands";
import type { FloorFigures, FloorQueue } from "./types";
import { percentOf } from "./words";

/** Six figures of the whole floor. Healthy ones are ink; colour is for what needs a person. */
export function Figures({ figures, queues, partly = false, onFigure }: {
  figures: FloorFigures;
  queues: readonly FloorQueue[];
  /** Only some queues are looked at: the day's figures are of all of them and say so. */
  partly?: boolean;
  onFigure?: (figure: FigureName) => void;
}) {
  const { t } = useLingui();
  const longest = queues.find((queue) => queue.name === figures.longest_queue || queue.id === figures.longest_queue);
  const over = queues.filter((queue) => queue.level === "bad").length;
  const near = queues.filter((queue) => queue.level === "warn").length;
  const targets = new Set(queues.map((queue) => queue.target_s));
  const target = targets.size === 1 ? queues[0]?.target_s : undefined;
  const level = figures.service_level;
  const met = level.value !== null && level.goal !== null ? level.value >= level.goal : null;
  const goal = percentOf(level.goal, 0);
  const open = (figure: FigureName) => onFigure && (() => onFigure(figure));
  return (
    <dl className="kpis" data-testid="figures">
      <Kpi name={t`Waiting now`} value={figures.waiting} tone={over > 0 ? "bad" : near > 0 ? "warn" : undefined} ink onOpen={open("waiting")} testid="waiting">
        {over > 0 ? <Plural value={over} one="# queue over a limit" other="# queues over a limit" /> : near > 0 ? <Plural value={near} one="# queue near a limit" other="# queues near a limit" /> : <Trans>all within limits</Trans>}
      </Kpi>
      <Longest figures={figures} queue={longest} />
      <Kpi name={target === undefined ? t`Answered in time` : t`Answered in ${target} s`} value={percentOf(level.value, 1)} tone={met === null ? undefined : met ? "ok" : "warn"} ink definition={level.definition} onOpen={open("service_level")} testid="service_level">
        {partly ? <Trans>today, all queues</Trans> : level.goal === null ? <Trans>today</Trans> : <Trans>today, goal {goal}</Trans>}
      </Kpi>
      <Kpi name={t`Abandoned`} value={percentOf(figures.abandoned.value, 1)} definition={figures.abandoned.definition} onOpen={open("abandoned")} testid="abandoned">
        <Trans>{figures.abandoned_count} of {figures.offered} calls</Trans>
      </Kpi>
      <Kpi name={t`Handle time`} value={figures.handle_time_s === null ? "–" : clockOf(figures.handle_time_s)} onOpen={open("aht_s")} testid="aht_s">
        <Trans>{figures.answered} answered today</Trans>
      </Kpi>
      <Kpi name={t`On contact`} value={figures.on_contact} onOpen={open("on_contact")} testid="on_contact">
        <Trans>of {figures.agents_signed_in}, {figures.available} available</Trans>
      </Kpi>
    </dl>
  );
}

function Longest({ figures, queue }: { figures: FloorFigures; queue: FloorQueue | undefined }) {
  const { t } = useLingui();
  const tone = queue?.level === "bad" ? "bad" : queue?.level === "warn" ? "warn" : undefined;
  const name = figures.longest_queue;
  const limit = queue && clockOf(queue.wait_limit_s);
  return (
    <Kpi name={t`Longest wait`} value={figures.longest_since === null ? "0:00" : <Since at={figures.longest_since} />} tone={tone}>
      {name === null ? <Trans>nobody waits</Trans> : limit === undefined ? name : <Trans>{name}, max {limit}</Trans>}
    </Kpi>
  );
}

/** `ink` keeps the figure itself in ink: only its line below is coloured. */
function Kpi({ name, value, tone, ink = false, definition = "", onOpen, testid, children }: {
  name: string;
  value: ReactNode;
  tone?: Extract<Tone, "ok" | "warn" | "bad"> | undefined;
  ink?: boolean;
  definition?: string;
  onOpen?: (() => void) | undefined;
  testid?: string;
  children: ReactNode;
}) {
  const { t } = useLingui();
  return (
    <div className={`kpi ${tone ? `tone-${tone}` : ""} ${tone === "bad" && !ink ? "loud" : ""}`} title={definition === "" ? undefined : definition}>
      <dt>{name}</dt>
      <dd className="num">{onOpen ? <button type="button" className="fig" aria-label={t`${name}: show the contacts`} onClick={onOpen} data-testid={`figure-${testid ?? ""}`}>{value}</button> : value}</dd>
      <dd className="kpi-n num">
        {tone === "bad" && <IconAlertTriangle size={13} stroke={2} aria-label={t`over the limit`} />}
        {tone === "warn" && <IconClockExclamation size={13} stroke={2} aria-label={t`near the limit`} />}
        {tone === "ok" && <IconCheck size={13} stroke={2.4} aria-label={t`met`} />}
        <span className="cut">{children}</span>
      </dd>
    </div>
  );
}
