import { Trans } from "@lingui/react/macro";
import { Section, Skeleton } from "../../components/bits";
import { fractionOf, isLevel, othersMean, type Term, written } from "./figures";
import { columnName } from "./names";
import type { Cell } from "./queries";
import { type Level, LEVELS } from "./search";
import { ScheduleLines } from "./ScheduleLines";
import type { Figure, ReportRow, ReportView } from "./types";

/** What the chosen figure means, its own numbers as a fraction, and what other definitions would give. */
export function DefinitionPanel({ report, figures, cell, row, onLevel, onSchedules }: {
  report: ReportView | undefined;
  figures: ReadonlyMap<string, Figure> | undefined;
  cell: Cell;
  row: ReportRow | undefined;
  onLevel: (level: Level) => void;
  onSchedules: () => void;
}) {
  const definition = figures?.get(cell.figure);
  if (report === undefined || figures === undefined || definition === undefined || row === undefined) {
    return <aside className="adm-side rep-side" aria-busy="true"><div className="pane-h" /><div className="rep-bl"><Skeleton width="100%" height={60} /><Skeleton width="100%" height={120} /></div></aside>;
  }
  return (
    <aside className="adm-side rep-side" data-testid="definition">
      <div className="pane-h"><h2 className="cut">{columnName(cell.figure, report, figures)}</h2><span className="push t12 i3 nowrap">{row.slot === null ? <Trans>All</Trans> : row.label}</span></div>
      <div className="scroll grow">
        <div className="sec">
          <p className="i2 rep-say">{definition.sentence}</p>
          <Numbers definition={definition} figures={figures} row={row} />
        </div>
        <Section title={isLevel(cell.figure) ? <Trans>Counted another way</Trans> : <Trans>Counted where</Trans>}>
          {isLevel(cell.figure) && <Others report={report} figures={figures} row={row} chosen={cell.figure} onLevel={onLevel} />}
          <p className="t12 i3 rep-say">{definition.counted}</p>
        </Section>
        {row.slot !== null && report.rows.length > 2 && <WhyThis report={report} figures={figures} row={row} />}
        <Section title={<Trans>Sent regularly</Trans>}><ScheduleLines onChange={onSchedules} /></Section>
      </div>
    </aside>
  );
}

function Numbers({ definition, figures, row }: { definition: Figure; figures: ReadonlyMap<string, Figure>; row: ReportRow }) {
  const fraction = fractionOf(definition, row.values);
  const result = written(definition.figure, definition.unit, row.values[definition.figure]);
  const lines = (terms: readonly Term[]) => terms.map((term, i) => {
    const of = figures.get(term.figure);
    const sign = term.sign < 0 ? "− " : i > 0 ? "+ " : "";
    return <span key={term.figure}><b>{sign}{written(term.figure, of?.unit ?? "count", term.value)}</b>{of?.name ?? term.figure}</span>;
  });
  return (
    <div className="rep-fx num" data-testid="fraction">
      {fraction !== null && lines(fraction.above)}
      {fraction !== null && fraction.below.length > 0 && <><hr />{lines(fraction.below)}</>}
      <strong>= {result}</strong>
    </div>
  );
}

function Others({ report, figures, row, chosen, onLevel }: { report: ReportView; figures: ReadonlyMap<string, Figure>; row: ReportRow; chosen: string; onLevel: (level: Level) => void }) {
  const names: Record<Level, React.ReactNode> = {
    service_level: <Trans>Without short ones</Trans>,
    service_level_answered: <Trans>Of those answered</Trans>,
    service_level_all: <Trans>All who gave up too</Trans>,
    service_level_callbacks: <Trans>Callbacks count</Trans>,
  };
  return (
    <dl className="kv num">
      {LEVELS.filter((level) => level !== chosen && report.figures.includes(level)).map((level) => (
        <div key={level}>
          <dt title={figures.get(level)?.sentence}>{names[level]}</dt>
          <dd>{written(level, "share", row.values[level])}<button type="button" className="link rep-use" onClick={() => onLevel(level)} data-testid={`use-${level}`}><Trans>Use it here</Trans></button></dd>
        </div>
      ))}
    </dl>
  );
}

/** How this interval differs from the others of the report that are over. */
function WhyThis({ report, figures, row }: { report: ReportView; figures: ReadonlyMap<string, Figure>; row: ReportRow }) {
  const told = (report.figures.includes("offered") ? ["offered", "aht_s", "people"] : ["handled", "aht_s", "missed"]).flatMap((figure) => {
    const mean = othersMean(report.rows, row, figure);
    const unit = figures.get(figure)?.unit ?? "count";
    const value = row.values[figure];
    if (mean === null || value === null || value === undefined) return [];
    return [{ figure, value: written(figure, unit, value), mean: written(figure, unit, mean), name: columnName(figure, report, figures) }];
  });
  if (told.length === 0) return null;
  return (
    <Section title={<Trans>Beside the other intervals</Trans>}>
      <ul className="losers num">{told.map(({ figure, value, mean, name }) => <li key={figure}><b>{name}: {value}</b><p><Trans>{mean} on average in the others.</Trans></p></li>)}</ul>
    </Section>
  );
}
