import { Trans, useLingui } from "@lingui/react/macro";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { columnName, dimensionName } from "./names";
import { isLevel, stepOf, toneOf, trimmed, written } from "./figures";
import type { Cell } from "./queries";
import type { Figure, ReportRow, ReportView } from "./types";

const HALF_ROWS = 9;

/** Intervals by figures. Every cell is a button that opens what it counts; arrow keys go from cell to cell. */
export function ReportTable({ report, figures, columns, cell, half, onOpen }: {
  report: ReportView;
  figures: ReadonlyMap<string, Figure>;
  columns: readonly string[];
  cell: Cell | null;
  /** Leave room for the contacts below. */
  half: boolean;
  onOpen: (cell: Cell) => void;
}) {
  const { t } = useLingui();
  const table = useRef<HTMLTableElement>(null);
  const shown = trimmed(report.rows);
  const rows = [...shown, report.total];
  const same = (row: ReportRow): boolean => cell !== null && row.slot === cell.slot && row.key === cell.key;
  const move = (event: KeyboardEvent): void => {
    const from = (event.currentTarget as HTMLElement).dataset;
    const to = stepOf(event.key, Number(from.row), Number(from.column), rows.length, columns.length);
    if (to === null) return;
    event.preventDefault();
    table.current?.querySelector<HTMLElement>(`[data-row="${to[0]}"][data-column="${to[1]}"]`)?.focus();
  };
  const chosen = rows.findIndex(same);
  useEffect(() => {
    // The open cell stays in view when the table gives room to its contacts.
    if (half) table.current?.querySelector(".rep-c.on")?.scrollIntoView({ block: "nearest" });
  }, [half, cell?.figure, cell?.slot, cell?.key]);
  const line = (row: ReportRow, i: number) => (
    <tr key={`${row.slot ?? "all"}-${row.key ?? ""}`} className={same(row) ? "at" : ""} data-testid={`report-row-${row.slot ?? "all"}`}>
      <th scope="row" className="rep-h">
        {row.slot === null ? <Trans>All</Trans> : row.label}
        {row.so_far && <span className="i3 rep-n"> <Trans>so far</Trans></span>}
      </th>
      {report.each && <td className="rep-k cut">{row.name}</td>}
      {columns.map((figure, column) => {
        const open = same(row) && cell?.figure === figure;
        const tabbed = chosen === -1 ? i === 0 && column === 0 : open || (i === chosen && cell !== null && !columns.includes(cell.figure) && column === 0);
        return (
          <td key={figure} className={isLevel(figure) ? "" : "r"}>
            <button type="button" className={`rep-c ${open ? "on" : ""}`} aria-pressed={open} tabIndex={tabbed ? 0 : -1} data-row={i} data-column={column} onKeyDown={move} onClick={() => onOpen({ figure, slot: row.slot, key: row.key })} data-testid={`cell-${row.slot ?? "all"}-${figure}`}>
              <Value figure={figure} unit={figures.get(figure)?.unit ?? "count"} row={row} goal={report.goal} />
            </button>
          </td>
        );
      })}
    </tr>
  );
  return (
    <div className={`rep-scroll ${half && shown.length > HALF_ROWS ? "rep-half" : ""}`}>
      <table ref={table} className="qt rep-t num" aria-label={t`Figures by interval`}>
        <thead>
          <tr>
            <th scope="col"><Trans>From</Trans></th>
            {report.each && <th scope="col">{dimensionName(report.dimension)}</th>}
            {columns.map((figure) => (
              <th key={figure} scope="col" className={isLevel(figure) ? "" : "r"}>
                <span className={cell?.figure === figure ? "q" : ""} title={figures.get(figure)?.sentence}>{columnName(figure, report, figures)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{shown.map(line)}</tbody>
        <tfoot>{line(report.total, rows.length - 1)}</tfoot>
      </table>
    </div>
  );
}

function Value({ figure, unit, row, goal }: { figure: string; unit: Figure["unit"]; row: ReportRow; goal: number }) {
  const value = row.values[figure];
  const text = written(figure, unit, value);
  if (isLevel(figure)) {
    return (
      <span className="slbar">
        <span className="slbar-t" aria-hidden>
          {typeof value === "number" && <span className={`slbar-f tone-${toneOf(value, goal)}`} style={{ width: `${100 * value}%` }} />}
          <span className="slbar-g" style={{ left: `${100 * goal}%` }} />
        </span>
        <b>{text}</b>
      </span>
    );
  }
  const waiting = figure === "answered" ? (row.values.waiting_first ?? 0) : 0;
  return <>{text}{waiting > 0 && <span className="i3"> <Trans>+{waiting} wait</Trans></span>}</>;
}
