import { IconAlertTriangle, IconSearch } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import type { ContactView, TransferTargets } from "../../api/types";
import { useGuarded } from "../../components/Band";
import { Chip, Inline, Kbd, Skeleton } from "../../components/bits";
import { useDesk } from "../../stores/desk";
import { useServerThere } from "../../stores/live";
import { commands, sentenceOf } from "../commands";
import { useTargets } from "../queries";
import { useEscape } from "../useEscape";
import { callerShort } from "../words";
import { Row } from "./Row";
import { Side } from "./Side";
import { choosable, consultable, type Entry, type Group, groupsOf, kindAfter, type Kind, KINDS, stepFrom, targetOf, wishOf } from "./targets";

export const closePicker = () => useDesk.setState({ picker: null });

/**
 * Where a caller may go, or who may be asked in. It floats under the band; the call goes on all the while.
 * Nothing typed shows the likeliest first, typing filters every kind at once.
 */
export function Picker({ contact, adding }: { contact: ContactView; adding: boolean }) {
  const { t } = useLingui();
  const there = useServerThere();
  const { data: targets, isError, refetch } = useTargets(contact.contact_id);
  const [text, setText] = useState("");
  const [kind, setKind] = useState<Kind>("all");
  const [at, setAt] = useState<string | null>(null);
  const [why, setWhy] = useState("");
  const [refusal, setRefusal] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const whyField = useRef<HTMLInputElement>(null);
  const list = useId();

  const groups = targets ? groupsOf(targets, text, kind).filter((group) => !adding || group.entries.some((e) => e.kind !== "flow")) : [];
  const entries = groups.flatMap((group) => group.entries).filter((entry) => !adding || entry.kind !== "flow");
  const usable = targets ? entries.filter((entry) => choosable(entry, targets)) : [];
  const current = usable.find((entry) => entry.key === at) ?? usable[0] ?? null;

  useFocusAndBack(field);
  useEscape(closePicker);
  useEffect(() => {
    if (current !== null) document.getElementById(`tp-${current.key}`)?.scrollIntoView({ block: "nearest" });
  }, [current]);

  const send = async (entry: Entry, way: "consult" | "transfer") => {
    if (!targets || !there || sending || !choosable(entry, targets)) return;
    setSending(true);
    setRefusal(null);
    const to = targetOf(entry);
    try {
      if (way === "consult" && consultable(entry, targets)) {
        await commands.consult(contact.contact_id, to, why.trim());
        useDesk.setState({ joining: adding });
      } else if (!adding) {
        await commands.transfer(contact.contact_id, to, why.trim(), entry.kind === "flow" && entry.flow.comes_back);
      } else return;
      closePicker();
    } catch (error) {
      setRefusal(sentenceOf(error));
      void refetch();
    } finally {
      setSending(false);
    }
  };

  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    const wish = wishOf(event.nativeEvent);
    if (wish === null) return;
    event.preventDefault();
    if (wish === "close") closePicker();
    else if (wish === "down" || wish === "up") setAt(stepFrom(usable, current?.key ?? null, wish === "down" ? 1 : -1));
    else if (wish === "nextKind" || wish === "previousKind") setKind(kindAfter(kind, wish === "nextKind" ? 1 : -1));
    else if (wish === "why") whyField.current?.focus();
    else if (current !== null) void send(current, wish);
  };
  const onWhyKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "F6") {
      event.preventDefault();
      field.current?.focus();
    }
    if (event.key === "Enter" && !event.nativeEvent.isComposing && current !== null) {
      event.preventDefault();
      void send(current, event.shiftKey ? "transfer" : "consult");
    }
  };
  const kinds = useKindWords();
  const name = callerShort(contact.pop);

  return (
    <section className="tp" aria-label={adding ? t`Add somebody` : t`Transfer`} role="dialog" data-testid="picker">
      <header className="tp-h">
        <IconSearch size={17} stroke={1.8} color="var(--ink-3)" aria-hidden />
        <input
          ref={field} className="tp-q" placeholder={adding ? t`Name, queue or number` : t`Name, queue, number or flow`} aria-label={adding ? t`Whom to add` : t`Where to`} role="combobox" aria-expanded="true"
          aria-controls={list} aria-activedescendant={current ? `tp-${current.key}` : undefined} autoComplete="off" spellCheck={false}
          value={text} onChange={(e) => { setText(e.currentTarget.value); setAt(null); setRefusal(null); }} onKeyDown={onKey} data-testid="picker-field"
        />
        <div className="seg push" role="group" aria-label={t`Kind`}>
          {KINDS.filter((k) => !adding || k !== "flows").map((k) => <button key={k} type="button" aria-pressed={k === kind} className={k === kind ? "on" : ""} onClick={() => { setKind(k); field.current?.focus(); }} data-testid={`kind-${k}`}>{kinds[k]}</button>)}
        </div>
        <button type="button" className="tp-x" onClick={closePicker} aria-label={t`Close`}><Kbd>Esc</Kbd></button>
      </header>
      <div className="tp-b">
        <div className="tp-l scroll" role="listbox" id={list} aria-label={t`Where to`}>
          {targets === undefined && !isError && <div className="late-in tp-wait" aria-hidden><Skeleton width="70%" height={28} /><Skeleton width="60%" height={28} /><Skeleton width="66%" height={28} /></div>}
          {isError && targets === undefined && <Inline tone="warn" icon={<IconAlertTriangle size={16} stroke={1.9} aria-hidden />} title={t`The list does not answer`} action={<button type="button" className="link" onClick={() => void refetch()}><Trans>Retry</Trans></button>}><Trans>The call goes on.</Trans></Inline>}
          {targets !== undefined && groups.map((group) => <Rows key={group.name} group={group} targets={targets} current={current} adding={adding} contact={contact} onChoose={(key) => { setAt(key); field.current?.focus(); }} />)}
          {targets !== undefined && entries.length === 0 && <p className="tp-none i3"><Trans>Nobody and nothing by that name.</Trans></p>}
        </div>
        <div className="tp-r">
          {targets !== undefined && current !== null && <Side entry={current} targets={targets} contact={contact} adding={adding} />}
          {targets !== undefined && current === null && entries.some((e) => e.kind === "number") && !targets.dialling && <p className="i2">{targets.dialling_why}</p>}
          <div className="tp-why">
            <label htmlFor={`${list}-why`} className="b6"><Trans>Say in one line why</Trans></label>
            <input id={`${list}-why`} ref={whyField} value={why} maxLength={200} onChange={(e) => setWhy(e.currentTarget.value)} onKeyDown={onWhyKey} data-testid="picker-why" placeholder={t`Whoever takes it reads this first`} />
          </div>
          <span className="grow" />
          {refusal !== null && <p className="tp-no tone-bad toned" role="alert" data-testid="picker-refusal"><IconAlertTriangle size={15} stroke={1.9} aria-hidden />{refusal}</p>}
          <Ways entry={current} targets={targets} adding={adding} disabled={!there || sending} send={(entry, way) => void send(entry, way)} />
        </div>
      </div>
      <footer className="tp-foot">
        <span><Kbd>↑</Kbd> <Kbd>↓</Kbd> <Trans>choose</Trans></span><span><Kbd>Tab</Kbd> <Trans>kind</Trans></span><span><Kbd>F6</Kbd> <Trans>why</Trans></span>
        <span className="cut"><Trans>A number typed here is dialled as it stands</Trans></span>
        <span className="push"><Chip line>{contact.state === "held" ? t`${name} hears music` : t`${name} still hears you`}</Chip></span>
      </footer>
      <p className="sr-only" role="status">{current === null ? (targets === undefined ? "" : t`Nothing to choose`) : <Said entry={current} />}</p>
    </section>
  );
}

function useKindWords(): Record<Kind, string> {
  const { t } = useLingui();
  return { all: t`All`, people: t`People`, queues: t`Queues`, numbers: t`Numbers`, flows: t`Flows` };
}

/** For ears: what is chosen just now. */
function Said({ entry }: { entry: Entry }) {
  return <>{entry.kind === "agent" ? entry.person.name : entry.kind === "queue" ? entry.queue.name : entry.kind === "flow" ? entry.flow.name : entry.number.label}</>;
}

function Rows({ group, targets, current, adding, contact, onChoose }: { group: Group; targets: TransferTargets; current: Entry | null; adding: boolean; contact: ContactView; onChoose: (key: string) => void }) {
  const { t } = useLingui();
  const name = callerShort(contact.pop);
  const flowsToo = group.entries.some((e) => e.kind === "flow");
  const title = { people: t`People`, queues: t`Queues`, numbers: t`Numbers`, outside: flowsToo && !adding ? t`Flows and numbers` : t`Numbers` }[group.name];
  const keeps = group.name === "queues" && !adding && group.entries.every((e) => e.kind === "queue" && e.queue.keeps_wait);
  return (
    <div role="group" aria-label={title}>
      <h3 className="tp-g">{title}{keeps && <span><Trans>what {name} has waited counts there</Trans></span>}</h3>
      {group.entries.filter((entry) => !adding || entry.kind !== "flow").map((entry) => (
        <Row key={entry.key} entry={entry} targets={targets} on={entry.key === current?.key} onChoose={() => onChoose(entry.key)} />
      ))}
    </div>
  );
}

function Ways({ entry, targets, adding, disabled, send }: { entry: Entry | null; targets: TransferTargets | undefined; adding: boolean; disabled: boolean; send: (entry: Entry, way: "consult" | "transfer") => void }) {
  const usable = entry !== null && targets !== undefined && !disabled && choosable(entry, targets);
  const consult = useGuarded(() => entry !== null && send(entry, "consult"));
  const transfer = useGuarded(() => entry !== null && send(entry, "transfer"));
  const flow = entry?.kind === "flow";
  return (
    <div className={`tp-f ${flow || adding ? "one" : ""}`}>
      {!flow && (
        <button type="button" className="tp-btn primary" disabled={!usable} onClick={consult} data-testid="consult">
          {adding ? <Trans>Ring and join</Trans> : <Trans>Consult first</Trans>}<span className="tp-k" aria-hidden>Enter</span>
        </button>
      )}
      {!adding && (
        <button type="button" className={`tp-btn ${flow ? "primary" : ""}`} disabled={!usable} onClick={transfer} data-testid="transfer-now">
          {flow ? <Trans>Send there</Trans> : <Trans>Transfer now</Trans>}<span className="tp-k" aria-hidden>{flow ? "Enter" : "Shift Enter"}</span>
        </button>
      )}
    </div>
  );
}

/** The field has the focus while the picker is open, and gives it back to where it was. */
function useFocusAndBack(field: React.RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const back = document.activeElement;
    field.current?.focus();
    return () => {
      if (back instanceof HTMLElement && back.isConnected) back.focus();
    };
  }, [field]);
}
