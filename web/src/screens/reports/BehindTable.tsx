import { IconAlertTriangle, IconX } from "@tabler/icons-react";
import { Button } from "@mantine/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { ApiError } from "../../api/client";
import { Empty, Inline, Skeleton } from "../../components/bits";
import { clockOf } from "../../lib/time";
import { columnName } from "./names";
import { isLevel } from "./figures";
import { type Cell, useBehind } from "./queries";
import type { Asked } from "./search";
import type { Behind, BehindRow, Figure, ReportRow, ReportView } from "./types";

/** The contacts that a cell counts; of a service level those that were not in time come first. */
export function BehindTable({ asked, cell, row, report, figures, onClose }: {
  asked: Asked;
  cell: Cell;
  row: ReportRow | undefined;
  report: ReportView;
  figures: ReadonlyMap<string, Figure>;
  onClose: () => void;
}) {
  const { data, error, isPending, refetch } = useBehind(asked, cell);
  return (
    <section className="rep-b" aria-live="polite" data-testid="behind">
      {data === undefined ? (
        <div className="rep-bl">
          {isPending ? <><Skeleton width="30%" height={16} /><Skeleton width="100%" height={160} /></> : <Inline tone="warn" icon={<IconAlertTriangle size={16} stroke={1.9} aria-hidden />} title={<Trans>The contacts could not be read</Trans>} action={<Button variant="default" onClick={() => void refetch()}><Trans>Retry</Trans></Button>}>{error instanceof ApiError ? error.message : <Trans>The server does not answer.</Trans>}</Inline>}
        </div>
      ) : (
        <>
          <Head behind={data} cell={cell} row={row} report={report} figures={figures} onClose={onClose} />
          {data.rows.length === 0 ? (
            <Empty icon={<IconX size={24} stroke={1.4} aria-hidden />} title={<Trans>Nothing is counted here</Trans>}><Trans>The figure is made of no contact in this interval.</Trans></Empty>
          ) : (
            <Rows behind={data} />
          )}
        </>
      )}
    </section>
  );
}

function Head({ behind, cell, row, report, figures, onClose }: { behind: Behind; cell: Cell; row: ReportRow | undefined; report: ReportView; figures: ReadonlyMap<string, Figure>; onClose: () => void }) {
  const { t } = useLingui();
  const { counted, hits, left_out: leftOut } = behind;
  const missed = counted - hits;
  const seconds = Math.round(report.target_s);
  const name = columnName(cell.figure, report, figures);
  const where = row === undefined ? "" : [row.slot === null ? t`the whole time` : t`from ${row.label}`, row.name].filter((part) => part !== "").join(", ");
  return (
    <div className="pane-h rep-bh">
      <h2 data-testid="behind-title">{isLevel(cell.figure) && missed > 0 ? <Trans>{missed} not answered in {seconds} s</Trans> : <Trans>{counted} in {name}</Trans>}</h2>
      <button type="button" className="chip line rep-x" onClick={onClose} aria-label={t`Close: ${where}`}>{where}<IconX size={12} stroke={2} aria-hidden /></button>
      <span className="t12 i3 num cut" data-testid="behind-count">
        {isLevel(cell.figure) ? <Trans>{counted} counted, {hits} in time, {leftOut} short ones left out</Trans> : <Trans>{counted} counted</Trans>}
      </span>
    </div>
  );
}

function Rows({ behind }: { behind: Behind }) {
  const more = behind.counted - behind.rows.length;
  return (
    <div className="rep-scroll">
      <table className="qt rep-bt">
        <thead>
          <tr>
            <th scope="col"><Trans>Arrived</Trans></th><th scope="col"><Trans>Who</Trans></th><th scope="col" className="r"><Trans>Waited</Trans></th><th scope="col"><Trans>Ended</Trans></th>
            <th scope="col"><Trans>Answered by</Trans></th><th scope="col" className="r"><Trans>Talked</Trans></th><th scope="col"><Trans>Why so long</Trans></th>
          </tr>
        </thead>
        <tbody>
          {behind.rows.map((row, i) => (
            <tr key={`${row.contact_id}-${i}`} className="lazy-tr">
              <td className="num">{row.clock}</td>
              <td className="b5"><Link to="/contacts" search={{ id: row.contact_id }}>{row.who}</Link></td>
              <td className={`r num ${row.hit ? "" : "b6"}`}>{row.waited_s === null ? "" : clockOf(row.waited_s)}</td>
              <td><Ended ended={row.ended} /></td>
              <td className="cut rep-w">{row.agent_name === "" ? <span className="i3"><Trans>nobody</Trans></span> : row.agent_name}</td>
              <td className="r num">{row.talk_s === null ? "" : row.recording_id ? <Link to="/recordings" search={{ id: row.recording_id }}>{clockOf(row.talk_s)}</Link> : clockOf(row.talk_s)}</td>
              <td className="i3 t12">{row.why}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && <p className="rep-more t12 i3"><Trans>{more} more. Narrow the interval to see them, or take the file.</Trans></p>}
    </div>
  );
}

function Ended({ ended }: { ended: BehindRow["ended"] }) {
  const { t } = useLingui();
  const words: Record<BehindRow["ended"], string> = { answered: t`answered`, gave_up: t`gave up`, gave_up_short: t`gave up at once`, left: t`left the queue`, waiting: t`waiting`, callback: t`called back`, missed: t`not answered`, declined: t`declined` };
  const bad = ended === "gave_up" || ended === "missed";
  return bad ? <span className="row g4 tone-bad toned"><IconAlertTriangle size={14} stroke={2} aria-hidden />{words[ended]}</span> : <>{words[ended]}</>;
}
