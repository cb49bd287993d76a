import { IconAlertTriangle, IconCalendar, IconChevronDown, IconDownload, IconMail, IconPhoneOff } from "@tabler/icons-react";
import { Button, Menu, NativeSelect, Popover } from "@mantine/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError } from "../../api/client";
import { Empty, Inline, Skeleton } from "../../components/bits";
import { Shell } from "../../components/Shell";
import { useLanguage } from "../../i18n";
import { localeOf } from "../../lib/time";
import { BehindTable } from "./BehindTable";
import { DefinitionPanel } from "./DefinitionPanel";
import { CONTACT_COLUMNS, isLevel, PEOPLE_COLUMNS, trimmed } from "./figures";
import { allName, dimensionName, eachName, intervalName } from "./names";
import { PageTabs } from "./PageTabs";
import { type Cell, useChoices, useFigures, useReport } from "./queries";
import { ReportTable } from "./ReportTable";
import { ScheduleDialog } from "./ScheduleDialog";
import { type Asked, askedOf, dayMoved, DIMENSIONS, INTERVALS, type Level, queryOf, type ReportSearch } from "./search";
import type { Choices, Dimension, ReportView } from "./types";

/** Interval reports: figures, what each means, and the contacts behind each. */
export function ReportsPage() {
  const { t } = useLingui();
  const search: ReportSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const [sending, setSending] = useState(false);
  const choices = useChoices();
  const today = choices.data?.today ?? null;
  const asked = today === null ? null : askedOf(search, today);
  const report = useReport(asked, asked !== null && today !== null && asked.to >= today);
  const figures = useFigures(asked?.dimension === "queue" && asked.value !== "*" ? asked.value : "");
  const go = (change: ReportSearch): void => void navigate({ to: "/reports", search: { ...search, ...change }, replace: true });
  const people = asked?.dimension === "agent" || asked?.dimension === "team";
  const level: Level = search.level ?? "service_level";
  const columns = people ? PEOPLE_COLUMNS : CONTACT_COLUMNS.map((figure) => (isLevel(figure) ? level : figure));
  const cell: Cell = { figure: search.figure ?? (people ? "handled" : level), slot: search.slot ?? null, key: search.key ?? null };
  const opened = search.figure !== undefined;
  const row = report.data && ([...report.data.rows, report.data.total].find((each) => each.slot === cell.slot && each.key === cell.key) ?? report.data.total);
  const close = (): void => {
    go({ figure: undefined, slot: undefined, key: undefined });
  };
  return (
    <Shell
      active="reports"
      bar={<>
        <PageTabs on="reports" />
        {asked !== null && choices.data && <>
          <Which asked={asked} choices={choices.data} onGo={go} />
          <When asked={asked} today={choices.data.today} onGo={go} />
          <span className="seg rep-seg" role="radiogroup" aria-label={t`Interval`}>
            {INTERVALS.filter((each) => each !== "whole" || asked.value === "*").map((each) => (
              <button key={each} type="button" role="radio" aria-checked={asked.interval === each} className={asked.interval === each ? "on" : ""} onClick={() => go({ interval: each, slot: undefined, key: undefined })}>{intervalName(each)}</button>
            ))}
          </span>
        </>}
      </>}
      right={<>
        {report.data && <AsOf report={report.data} />}
        <Button variant="default" className="rep-btn" leftSection={<IconMail size={15} stroke={1.8} />} onClick={() => setSending(true)} data-testid="send-regularly"><Trans>Send regularly</Trans></Button>
        {asked !== null && <Files asked={asked} />}
      </>}
    >
      <div className="rep">
        <div className="adm-main scroll" role="region" aria-label={t`Report`}>
          <Body report={report} choicesFailed={choices.error} onRetry={() => void (choices.isError ? choices.refetch() : report.refetch())}>
            {(view) => figures.data && (
              <>
                <ReportTable report={view} figures={figures.data} columns={columns} half={opened} cell={opened ? cell : { ...cell, figure: level }} onOpen={(next) => go({ figure: next.figure, slot: next.slot ?? undefined, key: next.key ?? undefined })} />
                {opened && asked !== null && <BehindTable asked={asked} cell={cell} row={row} report={view} figures={figures.data} onClose={close} />}
                {!opened && <p className="rep-hint t12 i3"><Trans>Any figure opens the contacts it is made of. Arrow keys go from one to the next.</Trans></p>}
              </>
            )}
          </Body>
        </div>
        <DefinitionPanel report={report.data} figures={figures.data} cell={cell} row={row} onLevel={(next) => go({ level: next, ...(opened && { figure: next }) })} onSchedules={() => setSending(true)} />
      </div>
      {sending && asked !== null && <ScheduleDialog asked={asked} onClose={() => setSending(false)} />}
    </Shell>
  );
}

function Body({ report, choicesFailed, onRetry, children }: { report: ReturnType<typeof useReport>; choicesFailed: Error | null; onRetry: () => void; children: (view: ReportView) => React.ReactNode }) {
  const error = report.error ?? choicesFailed;
  if (error !== null && (report.data === undefined || report.isError)) {
    return (
      <div className="rep-bl">
        <Inline tone="warn" icon={<IconAlertTriangle size={16} stroke={1.9} aria-hidden />} title={<Trans>No report</Trans>} action={<Button variant="default" onClick={onRetry}><Trans>Retry</Trans></Button>}>
          {error instanceof ApiError ? error.message : <Trans>The server does not answer.</Trans>}
        </Inline>
      </div>
    );
  }
  if (report.data === undefined) {
    return <div className="rep-bl" aria-busy="true">{["100%", "100%", "100%", "100%", "100%", "100%"].map((width, i) => <Skeleton key={i} width={width} height={22} />)}</div>;
  }
  if (trimmed(report.data.rows).length === 0) {
    return <Empty icon={<IconPhoneOff size={28} stroke={1.4} aria-hidden />} title={<Trans>Nobody joined a queue in this time</Trans>}><Trans>Choose other days, or all values. Today fills itself as calls come in.</Trans></Empty>;
  }
  return <>{children(report.data)}</>;
}

function AsOf({ report }: { report: ReportView }) {
  const language = useLanguage((s) => s.language);
  const time = new Date(report.as_of).toLocaleTimeString(localeOf(language), { hour: "2-digit", minute: "2-digit", timeZone: report.zone });
  return <span className="t12 i3 num nowrap rep-as"><Trans>{time}, to the second</Trans></span>;
}

/** What is counted by, and which of it. */
function Which({ asked, choices, onGo }: { asked: Asked; choices: Choices; onGo: (change: ReportSearch) => void }) {
  const { t } = useLingui();
  const values = { queue: choices.queues, agent: choices.agents, team: choices.teams, dnis: choices.numbers, disposition: choices.dispositions }[asked.dimension];
  const name = asked.value === "*" ? eachName(asked.dimension) : asked.value === "" ? allName(asked.dimension) : (values.find((each) => each.value === asked.value)?.name ?? asked.value);
  const clean = { slot: undefined, key: undefined, figure: undefined };
  return (
    <Popover position="bottom-start" trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className="next-btn" data-testid="report-which"><b className="cut">{name}</b><IconChevronDown size={14} aria-hidden /></button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className="rep-pick">
          <NativeSelect size="xs" label={t`Counted by`} value={asked.dimension} onChange={(event) => onGo({ dimension: event.currentTarget.value as Dimension, value: asked.value === "*" ? "*" : undefined, ...clean })} data={DIMENSIONS.map((each) => ({ value: each, label: dimensionName(each) }))} />
          <NativeSelect size="xs" label={t`Which`} value={asked.value} onChange={(event) => onGo({ value: event.currentTarget.value === "" ? undefined : event.currentTarget.value, interval: event.currentTarget.value === "*" ? "whole" : asked.interval === "whole" ? "30" : asked.interval, ...clean })} data={[{ value: "", label: allName(asked.dimension) }, { value: "*", label: eachName(asked.dimension) }, ...values.map((each) => ({ value: each.value, label: each.name }))]} data-testid="report-value" />
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function When({ asked, today, onGo }: { asked: Asked; today: string; onGo: (change: ReportSearch) => void }) {
  const { t } = useLingui();
  const language = useLanguage((s) => s.language);
  const day = (iso: string): string => new Date(`${iso}T12:00:00Z`).toLocaleDateString(localeOf(language), { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
  const yesterday = dayMoved(today, -1);
  const name = asked.from !== asked.to ? `${day(asked.from)} – ${day(asked.to)}` : asked.from === today ? t`Today, ${day(today)}` : asked.from === yesterday ? t`Yesterday, ${day(yesterday)}` : day(asked.from);
  const clean = { slot: undefined, key: undefined, figure: undefined };
  const set = (from: string, to: string): void => onGo({ from, to, ...clean });
  const quick: [string, string, string][] = [[t`Today`, today, today], [t`Yesterday`, yesterday, yesterday], [t`Last 7 days`, dayMoved(today, -7), yesterday], [t`Last 31 days`, dayMoved(today, -31), yesterday]];
  return (
    <Popover position="bottom-start" trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className="next-btn" data-testid="report-when"><IconCalendar size={14} stroke={1.8} aria-hidden /><b className="cut">{name}</b><IconChevronDown size={14} aria-hidden /></button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className="rep-pick">
          <div className="rep-quick">{quick.map(([label, from, to]) => <Button key={label} variant="default" size="xs" onClick={() => set(from, to)}>{label}</Button>)}</div>
          <label className="t12"><Trans>First day</Trans><input type="date" value={asked.from} max={today} onChange={(event) => event.currentTarget.value !== "" && set(event.currentTarget.value, asked.to < event.currentTarget.value ? event.currentTarget.value : asked.to)} /></label>
          <label className="t12"><Trans>Last day</Trans><input type="date" value={asked.to} min={asked.from} max={today} onChange={(event) => event.currentTarget.value !== "" && set(asked.from, event.currentTarget.value)} /></label>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function Files({ asked }: { asked: Asked }) {
  const query = queryOf(asked);
  return (
    <Menu position="bottom-end">
      <Menu.Target><Button variant="default" className="rep-btn" leftSection={<IconDownload size={15} stroke={1.8} />} data-testid="report-files"><Trans>CSV, XLSX</Trans></Button></Menu.Target>
      <Menu.Dropdown>
        {(["csv", "xlsx"] as const).map((format) => <Menu.Item key={format} component="a" href={`/api/reports/file?${query}&format=${format}`} download>{format.toUpperCase()}</Menu.Item>)}
      </Menu.Dropdown>
    </Menu>
  );
}
