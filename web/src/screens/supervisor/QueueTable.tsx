import { IconAlertTriangle, IconLock, IconPhoneCalling } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import type { MouseEvent, ReactNode } from "react";
import { Chip, Since, Spark } from "../../components/bits";
import { StateGlyph } from "../../components/StateGlyph";
import { useTicking } from "../../lib/now";
import { clockOf, secondsSince } from "../../lib/time";
import type { FigureName } from "./commands";
import { queueOrder } from "./order";
import { QueueMenu } from "./QueueMenu";
import type { FloorQueue } from "./types";
import { useCalmOrder } from "./useCalmOrder";
import { percentOf } from "./words";

const FAR_SHORT = 0.1;

export interface QueueDoing {
  onOpen: (queueId: string) => void;
  /** Opens the contacts behind a figure of a queue; null for those who may only look. */
  onFigure: ((figure: FigureName, queueId: string) => void) | null;
}

/** One row a queue. A click on it opens who waits; without `doing` (the wall) nothing can be clicked. */
export function QueueTable({ queues, all, open, doing }: { queues: readonly FloorQueue[]; all?: readonly FloorQueue[]; open?: string | null; doing?: QueueDoing }) {
  const { t } = useLingui();
  const { order, pointing } = useCalmOrder(queueOrder(queues));
  const byId = new Map(queues.map((queue) => [queue.id, queue]));
  const targets = new Set(queues.map((queue) => queue.target_s));
  const target = queues[0]?.target_s;
  return (
    <table className="qt" {...pointing}>
      <caption className="sr">{t`Queues, those over a limit first`}</caption>
      <thead>
        <tr>
          <th scope="col"><Trans>Queue</Trans></th>
          <th scope="col" className="r"><Trans>Waiting</Trans></th>
          <th scope="col" className="r"><Trans>Longest</Trans></th>
          <th scope="col" className="r"><Trans>Estimate</Trans></th>
          <th scope="col"><Trans>Last hour</Trans></th>
          <th scope="col">{targets.size === 1 && target !== undefined ? <Trans>Answered in {target} s</Trans> : <Trans>Answered in time</Trans>}</th>
          <th scope="col" className="r"><Trans>Abandoned</Trans></th>
          <th scope="col"><Trans>On, wrap-up, free</Trans></th>
          {doing && <th scope="col"><span className="sr">{t`Actions`}</span></th>}
        </tr>
      </thead>
      <tbody>
        {order.map((id) => {
          const queue = byId.get(id);
          return queue && <QueueRow key={id} queue={queue} all={all ?? queues} open={id === open} doing={doing} />;
        })}
      </tbody>
    </table>
  );
}

function QueueRow({ queue, all, open, doing }: { queue: FloorQueue; all: readonly FloorQueue[]; open: boolean; doing: QueueDoing | undefined }) {
  const { t } = useLingui();
  const level = queue.level === "ok" ? null : queue.level;
  const longest = queue.longest_since === null ? "0:00" : <Since at={queue.longest_since} />;
  // Its own limit: a poor service level does not make a short wait a long one.
  const over = useTicking((now) => queue.longest_since !== null && secondsSince(queue.longest_since, now) > queue.wait_limit_s);
  return (
    <tr className={`${level ? `tone-${level} lv` : ""} ${open ? "open" : ""} ${doing ? "act" : ""} ${queue.closed ? "shut" : ""}`} data-testid={`queue-${queue.id}`} data-level={queue.level} data-waiting={queue.waiting} data-closed={queue.closed} onClick={doing && (() => doing.onOpen(queue.id))}>
      <th scope="row">
        <span className="row g6">
          {level ? <IconAlertTriangle size={14} stroke={2} color="var(--c)" aria-label={level === "bad" ? t`over a limit` : t`near a limit`} /> : <span className="qt-i" />}
          {doing ? <button type="button" className="qt-n" aria-expanded={open}>{queue.name}</button> : queue.name}
          {queue.closed && <Chip tone="off" icon={<IconLock size={12} stroke={2} aria-hidden />}><Trans>closed</Trans></Chip>}
        </span>
      </th>
      <td className="r num big">{queue.waiting}{queue.callbacks > 0 && <small className="qt-cb" title={t`of them wait for a call back`}><IconPhoneCalling size={12} stroke={2} aria-label={t`call backs`} />{queue.callbacks}</small>}</td>
      <td className={`r num ${over ? "tone-bad toned b6" : ""}`}>{longest}</td>
      <td className="r num i2">{queue.estimate_s === null ? "–" : clockOf(queue.estimate_s)}</td>
      <td><Spark data={queue.spark} tone={level ?? "off"} /></td>
      <td><Drill figure="service_level" queue={queue} doing={doing}><LevelBar queue={queue} /></Drill></td>
      <td className="r num"><Drill figure="abandoned" queue={queue} doing={doing}>{percentOf(queue.abandoned, 1)}</Drill></td>
      <td>
        <span className="mix num">
          <span title={t`On contact`}><StateGlyph state="live" size={13} />{queue.on_contact}</span>
          <span title={t`Wrap-up`}><StateGlyph state="acw" size={13} />{queue.acw}</span>
          <span className={queue.free > 0 ? "" : "zero"} title={t`Free`}><StateGlyph state="available" size={13} />{queue.free}</span>
        </span>
      </td>
      {doing && <td className="qt-m">{doing.onFigure !== null && <QueueMenu queue={queue} all={all} />}</td>}
    </tr>
  );
}

/** A figure that opens its contacts; on the wall just the figure. */
function Drill({ figure, queue, doing, children }: { figure: FigureName; queue: FloorQueue; doing: QueueDoing | undefined; children: ReactNode }) {
  const { t } = useLingui();
  const show = doing?.onFigure ?? null;
  if (show === null) return <>{children}</>;
  const open = (event: MouseEvent): void => {
    event.stopPropagation();
    show(figure, queue.id);
  };
  return <button type="button" className="fig" title={t`Show the contacts`} onClick={open} data-testid={`figure-${figure}-${queue.id}`}>{children}</button>;
}

/** Service level against its goal: a bar, a tick, the figure. */
function LevelBar({ queue }: { queue: FloorQueue }) {
  const value = queue.service_level;
  const tone = value === null ? "off" : value < queue.goal - FAR_SHORT ? "bad" : value < queue.goal ? "warn" : "off";
  return (
    <span className="slbar num">
      <span className="slbar-t">
        <span className={`slbar-f tone-${tone}`} style={{ width: `${(value ?? 0) * 100}%` }} />
        <span className="slbar-g" style={{ left: `${queue.goal * 100}%` }} />
      </span>
      <b>{percentOf(value, 1)}</b>
    </span>
  );
}
