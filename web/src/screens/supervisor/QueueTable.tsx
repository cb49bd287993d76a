import { IconAlertTriangle } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { Since, Spark } from "../../components/bits";
import { StateGlyph } from "../../components/StateGlyph";
import { useTicking } from "../../lib/now";
import { clockOf, secondsSince } from "../../lib/time";
import { queueOrder } from "./order";
import type { FloorQueue } from "./types";
import { useCalmOrder } from "./useCalmOrder";
import { percentOf } from "./words";

const FAR_SHORT = 0.1;

/** One row a queue. A click on it opens who waits; without `onOpen` (the wall) nothing can be clicked. */
export function QueueTable({ queues, open, onOpen }: { queues: readonly FloorQueue[]; open?: string | null; onOpen?: (queueId: string) => void }) {
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
        </tr>
      </thead>
      <tbody>
        {order.map((id) => {
          const queue = byId.get(id);
          return queue && <QueueRow key={id} queue={queue} open={id === open} {...(onOpen && { onOpen })} />;
        })}
      </tbody>
    </table>
  );
}

function QueueRow({ queue, open, onOpen }: { queue: FloorQueue; open: boolean; onOpen?: (queueId: string) => void }) {
  const { t } = useLingui();
  const level = queue.level === "ok" ? null : queue.level;
  const longest = queue.longest_since === null ? "0:00" : <Since at={queue.longest_since} />;
  // Its own limit: a poor service level does not make a short wait a long one.
  const over = useTicking((now) => queue.longest_since !== null && secondsSince(queue.longest_since, now) > queue.wait_limit_s);
  return (
    <tr className={`${level ? `tone-${level} lv` : ""} ${open ? "open" : ""} ${onOpen ? "act" : ""}`} data-testid={`queue-${queue.id}`} data-level={queue.level} data-waiting={queue.waiting} onClick={onOpen && (() => onOpen(queue.id))}>
      <th scope="row">
        <span className="row g6">
          {level ? <IconAlertTriangle size={14} stroke={2} color="var(--c)" aria-label={level === "bad" ? t`over a limit` : t`near a limit`} /> : <span className="qt-i" />}
          {onOpen ? <button type="button" className="qt-n" aria-expanded={open}>{queue.name}</button> : queue.name}
        </span>
      </th>
      <td className="r num big">{queue.waiting}</td>
      <td className={`r num ${over ? "tone-bad toned b6" : ""}`}>{longest}</td>
      <td className="r num i2">{queue.estimate_s === null ? "–" : clockOf(queue.estimate_s)}</td>
      <td><Spark data={queue.spark} tone={level ?? "off"} /></td>
      <td><LevelBar queue={queue} /></td>
      <td className="r num">{percentOf(queue.abandoned, 1)}</td>
      <td>
        <span className="mix num">
          <span title={t`On contact`}><StateGlyph state="live" size={13} />{queue.on_contact}</span>
          <span title={t`Wrap-up`}><StateGlyph state="acw" size={13} />{queue.acw}</span>
          <span className={queue.free > 0 ? "" : "zero"} title={t`Free`}><StateGlyph state="available" size={13} />{queue.free}</span>
        </span>
      </td>
    </tr>
  );
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
