import { IconAlertTriangle, IconCheck, IconCloudOff } from "@tabler/icons-react";
import { Button } from "@mantine/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { CaseView } from "../../api/types";
import { Chip, Inline, Section, Skeleton } from "../../components/bits";
import { useReference } from "../../desk/queries";
import { useLanguage } from "../../i18n";
import { forget, keep, readKept } from "../../lib/kept";
import { useNow, useTicking } from "../../lib/now";
import { timeOf } from "../../lib/time";
import { ListFailed } from "./ListStates";
import { Message } from "./Message";
import type { CaseStatus } from "./types";
import { type CaseEdit, type Unsaved, useCase } from "./useCase";
import { dueMoment, dueValue, momentOf, STATUS } from "./words";

/** A case: what was said about it, what can be done, what is known. */
export function OpenCase({ caseId }: { caseId: string }) {
  const opened = useCase(caseId);
  const { view, error, pending, saving, unsaved } = opened;
  const [draft, setDraft] = useDraft(caseId);
  if (pending) return <div className="cmain rec-load" aria-busy="true"><Skeleton width="30%" height={18} /><Skeleton width="50%" height={24} /><Skeleton width="90%" /><Skeleton width="80%" /></div>;
  if (view === undefined) return <div className="cmain">{error && <ListFailed error={error} onRetry={opened.retry} />}</div>;
  const saveNote = (): void => {
    const note = draft.trim();
    if (note !== "" && !saving) void opened.save({ note }).then((saved) => saved && setDraft(""));
  };
  const again = (mine: CaseEdit): void => {
    if (mine.note == null) void opened.save(mine);
    else saveNote();
  };
  return (
    <>
      <div className="cmain" data-testid="case" data-version={view.version}>
        <Head view={view} saving={saving} onStatus={(status) => void opened.save({ status })} />
        <Timeline view={view} />
        {unsaved && <NotSaved unsaved={unsaved} onAgain={() => again(unsaved.mine)} onDrop={opened.drop} />}
        <Composer text={draft} saving={saving} onChange={setDraft} onSave={saveNote} />
      </div>
      <Properties view={view} />
    </>
  );
}

/** Ways on from each status; the last is the one most often taken. */
const WAYS: Record<CaseStatus, readonly CaseStatus[]> = {
  new: ["open", "waiting_customer", "solved"],
  open: ["waiting_customer", "solved"],
  waiting_customer: ["open", "solved"],
  solved: ["open", "closed"],
  closed: ["open"],
};

function Head({ view, saving, onStatus }: { view: CaseView; saving: boolean; onStatus: (status: CaseStatus) => void }) {
  const { i18n } = useLingui();
  const { status, number, subject } = view.case;
  const type = useTypeLabel(view.case.type);
  return (
    <header className="ch">
      <div className="row g6">
        <span className="num t12 i3">#{number}</span>
        <span data-testid="case-state" data-state={status}><Chip tone={STATUS[status].tone}>{i18n._(STATUS[status].label)}</Chip></span>
        {type !== "" && <Chip line>{type}</Chip>}
        <span className="push row g6">
          {WAYS[status].map((way) => (
            <Button key={way} variant="default" disabled={saving} onClick={() => onStatus(way)} leftSection={way === "solved" ? <IconCheck size={14} stroke={2} /> : undefined} data-testid={`to-${way}`}>
              <WayWord from={status} to={way} />
            </Button>
          ))}
        </span>
      </div>
      <h1 className="t20">{subject}</h1>
    </header>
  );
}

function WayWord({ from, to }: { from: CaseStatus; to: CaseStatus }) {
  if (to === "waiting_customer") return <Trans>Wait for customer</Trans>;
  if (to === "solved") return <Trans>Solved</Trans>;
  if (to === "closed") return <Trans>Close</Trans>;
  return from === "new" ? <Trans>Take up</Trans> : <Trans>Open again</Trans>;
}

/** Oldest first, as a conversation is read; it opens at its end. */
function Timeline({ view }: { view: CaseView }) {
  const end = useRef<HTMLLIElement>(null);
  const entries = [...view.timeline].sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || (a.id < b.id ? -1 : 1));
  const count = entries.length;
  useEffect(() => {
    end.current?.scrollIntoView({ block: "end" });
  }, [count]);
  return (
    <ol className="msgs scroll grow" data-testid="timeline">
      {entries.map((entry) => <Message key={entry.id} entry={entry} customer={view.customer} />)}
      {count === 0 && <li className="i2"><Trans>Nothing has been said about this case yet.</Trans></li>}
      <li ref={end} aria-hidden />
    </ol>
  );
}

function NotSaved({ unsaved, onAgain, onDrop }: { unsaved: Unsaved; onAgain: () => void; onDrop: () => void }) {
  return (
    <div className="c-unsaved" data-testid="not-saved" data-why={unsaved.why}>
      <Inline
        tone={unsaved.why === "changed" ? "warn" : "bad"}
        icon={unsaved.why === "no_answer" ? <IconCloudOff size={16} stroke={1.9} aria-hidden /> : <IconAlertTriangle size={16} stroke={1.9} aria-hidden />}
        title={<UnsavedWord unsaved={unsaved} />}
        action={
          <span className="row g6">
            <Button onClick={onAgain} data-testid="save-again"><Trans>Save mine</Trans></Button>
            <Button variant="default" onClick={onDrop}><Trans>Leave it</Trans></Button>
          </span>
        }
      >
        <Mine edit={unsaved.mine} />
      </Inline>
    </div>
  );
}

function UnsavedWord({ unsaved }: { unsaved: Unsaved }) {
  if (unsaved.why === "refused") return unsaved.detail;
  if (unsaved.why === "no_answer") return <Trans>Not saved: the server does not answer. Yours is kept on this computer.</Trans>;
  const at = timeOf(unsaved.at);
  return unsaved.who === null ? <Trans>Somebody changed this case at {at}. Yours is kept below.</Trans> : <Trans>{unsaved.who} changed this case at {at}. Yours is kept below.</Trans>;
}

/** What was to be changed, in words. */
function Mine({ edit }: { edit: CaseEdit }): ReactNode {
  const { i18n } = useLingui();
  if (edit.status != null) {
    const status = i18n._(STATUS[edit.status].label);
    return <Trans>Yours: status {status}. Look at what is new, then save it or leave it.</Trans>;
  }
  return <Trans>Your note stands in the field. Look at what is new, then save it or leave it.</Trans>;
}

const isText = (value: unknown): value is string => typeof value === "string";

/** The note being written. What is not saved yet is kept on this computer. */
function useDraft(caseId: string): [string, (next: string) => void] {
  const key = `patchbay.case-note.${caseId}`;
  const [text, setText] = useState(() => readKept(key, isText, ""));
  const change = (next: string): void => {
    setText(next);
    if (next === "") forget(key);
    else keep(key, next);
  };
  return [text, change];
}

function Composer({ text, saving, onChange, onSave }: { text: string; saving: boolean; onChange: (text: string) => void; onSave: () => void }) {
  const { t } = useLingui();
  return (
    <div className="reply">
      <textarea
        value={text}
        rows={3}
        maxLength={8000}
        placeholder={t`Write a note. Only staff see it.`}
        aria-label={t`Note`}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onSave();
        }}
        data-testid="case-note"
      />
      <div className="row g6">
        <span className="t12 i3">{text === "" ? "" : <Trans>Kept on this computer until you save it</Trans>}</span>
        <Button className="push" size="sm" disabled={text.trim() === ""} loading={saving} onClick={onSave} data-testid="save-note"><Trans>Save note</Trans></Button>
      </div>
    </div>
  );
}

/** The type in the session's language; its code until the list is there. */
function useTypeLabel(code: string): string {
  return useReference().data?.case_types.find((choice) => choice.code === code)?.label ?? code;
}

function Properties({ view: { case: item, customer, queue_name: queue } }: { view: CaseView }) {
  const { i18n } = useLingui();
  const type = useTypeLabel(item.type);
  const language = useLanguage((s) => s.language);
  const now = useNow(60_000);
  const rows: [ReactNode, string | null][] = [
    [<Trans key="c">Customer</Trans>, customer?.name ?? null],
    [<Trans key="a">Account</Trans>, customer?.account ?? null],
    [<Trans key="n">Number</Trans>, customer?.numbers[0] ?? null],
    [<Trans key="o">Owner</Trans>, item.assignee],
    [<Trans key="q">Queue</Trans>, queue],
    [<Trans key="t">Type</Trans>, type],
    [<Trans key="s">Status</Trans>, i18n._(STATUS[item.status].label)],
    [<Trans key="b">Opened</Trans>, momentOf(item.opened_at, now, language)],
    [<Trans key="u">Changed</Trans>, momentOf(item.updated_at, now, language)],
  ];
  return (
    <aside className="cside scroll">
      {item.due && <Section title={<Trans>Promised</Trans>}><Promise due={item.due} /></Section>}
      <Section title={<Trans>Properties</Trans>}>
        <dl className="facts">
          {rows.map(([term, value], i) => value !== null && value !== "" && <div key={i}><dt>{term}</dt><dd title={value}>{value}</dd></div>)}
        </dl>
      </Section>
      {customer !== null && customer.facts.length > 0 && (
        <Section title={customer.name}>
          <dl className="facts">{customer.facts.map((fact) => <div key={fact.label}><dt>{fact.label}</dt><dd title={fact.value}>{fact.value}</dd></div>)}</dl>
        </Section>
      )}
    </aside>
  );
}

const DUE_TONE = { ok: "ok", risk: "warn", late: "bad", paused: "off", met: "off" } as const;

function Promise({ due }: { due: NonNullable<CaseView["case"]["due"]> }) {
  const language = useLanguage((s) => s.language);
  const now = useNow(60_000);
  const value = useTicking((at) => dueValue(due, at));
  const when = due.due_at === null ? null : dueMoment(due.due_at, now, language);
  return (
    <dl className="clocks">
      <div className={`clock tone-${DUE_TONE[due.state]}`} data-testid="promise" data-state={due.state}>
        <dt>{due.what}<DueWord state={due.state} /></dt>
        <dd className="num">{value}</dd>
        {when !== null && <dd className="clock-n num"><Trans>due {when}</Trans></dd>}
      </div>
    </dl>
  );
}

function DueWord({ state }: { state: keyof typeof DUE_TONE }) {
  if (state === "met") return <span className="row g4"><IconCheck size={13} stroke={2.4} aria-hidden /><Trans>Met</Trans></span>;
  if (state === "ok") return <span><Trans>On time</Trans></span>;
  if (state === "paused") return <span><Trans>Paused while the customer answers</Trans></span>;
  return (
    <span className="row g4 toned b6">
      <IconAlertTriangle size={13} stroke={2} aria-hidden />
      {state === "late" ? <Trans>Late</Trans> : <Trans>At risk</Trans>}
    </span>
  );
}
