import { IconFileText } from "@tabler/icons-react";
import { Button } from "@mantine/core";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { get } from "../../api/client";
import type { ContactDetail } from "../../api/types";
import { Section, Skeleton } from "../../components/bits";
import { useLanguage } from "../../i18n";
import { useNow } from "../../lib/now";
import { clockOf, timeOf } from "../../lib/time";
import { ListFailed } from "./ListStates";
import { RecordingPlayer } from "./RecordingPlayer";
import { momentOf } from "./words";

const AGAIN_MS = 5_000;

/** One call: who with whom, its recordings, what happened when, and what is known. */
export function ContactDetails({ contactId }: { contactId: string }) {
  const { data: contact, error, isPending, refetch } = useQuery({
    queryKey: ["contact", contactId, useLanguage((s) => s.language)],
    queryFn: ({ signal }) => get<ContactDetail>(`/api/contacts/${contactId}`, { signal }),
    refetchInterval: (query) => (stillChanging(query.state.data) ? AGAIN_MS : false),
    staleTime: 0,
  });
  if (isPending) return <div className="adm-main rec-load" aria-busy="true"><Skeleton width="40%" height={22} /><Skeleton width="60%" /><Skeleton width="100%" height={180} /></div>;
  if (contact === undefined) return <div className="adm-main"><ListFailed error={error} onRetry={() => void refetch()} /></div>;
  return <Details contact={contact} />;
}

/** A call that goes on, or a recording that is being made ready. */
function stillChanging(contact: ContactDetail | undefined): boolean {
  return contact !== undefined && (contact.ended_at === null || contact.recordings.some((recording) => recording.state === "recording"));
}

function Details({ contact }: { contact: ContactDetail }) {
  const caller = contact.customer?.name ?? contact.ani;
  const { agent_name: agent, case_number: number } = contact;
  return (
    <div className="adm-main" data-testid="contact-detail">
      <header className="ch">
        <div className="row g6">
          <h1 className="t20 cut">{agent === null ? caller : <Trans>{caller} with {agent}</Trans>}</h1>
          {number !== null && (
            <span className="push">
              <Button variant="default" leftSection={<IconFileText size={15} stroke={1.8} />} renderRoot={(props) => <Link to="/cases" search={{ q: String(number) }} {...props} />}>#{number}</Button>
            </span>
          )}
        </div>
        <MetaLine contact={contact} />
      </header>
      <div className="scroll grow">
        {contact.recordings.map((recording) => (
          <RecordingPlayer key={recording.recording_id} recording={recording} events={contact.events} sides={{ caller: firstOf(caller), agent: firstOf(agent ?? "–") }} />
        ))}
        {contact.recordings.length === 0 && <p className="rec-p i2"><Trans>This call was not recorded.</Trans></p>}
        <div className="con-2">
          <Section title={<Trans>What happened</Trans>}>
            <ol className="evs">
              {contact.events.map((event, i) => <li key={i} className="num"><time className="i3">{timeOf(event.at, true)}</time><EventText event={event} /></li>)}
            </ol>
          </Section>
          <div>
            {contact.note !== "" && <Section title={<Trans>Note</Trans>}><p className="con-note">{contact.note}</p></Section>}
            <Section title={<Trans>Properties</Trans>}><Facts contact={contact} /></Section>
          </div>
        </div>
      </div>
    </div>
  );
}

/** What happened in one line; a decision opens to who was free, by what it was won and who was left out. */
function EventText({ event }: { event: ContactDetail["events"][number] }) {
  const { details } = event;
  if (details.length === 0) return <span>{event.text}</span>;
  return (
    <details className="ev-why">
      <summary>{event.text} <span className="i3"><Trans>Why?</Trans></span></summary>
      {details.map((line, i) => <p key={i} className="i2">{line}</p>)}
    </details>
  );
}

/** A person's first name; a number stays whole. */
function firstOf(name: string): string {
  return /^[\d+\s]+$/.test(name) ? name : (name.split(" ")[0] ?? name);
}

function MetaLine({ contact }: { contact: ContactDetail }) {
  const language = useLanguage((s) => s.language);
  const from = momentOf(contact.arrived_at, useNow(60_000), language);
  const to = contact.ended_at === null ? null : timeOf(contact.ended_at);
  const parts: ReactNode[] = [
    contact.queue_name,
    to === null ? <Trans key="m">{from}, going on</Trans> : <Trans key="m">{from} to {to}</Trans>,
    contact.disposition,
  ];
  return (
    <div className="row g6 t12 i3 num">
      {parts.filter((part) => part !== null && part !== "").map((part, i) => <span key={i} className={i === 0 ? "" : "dot3"}>{part}</span>)}
    </div>
  );
}

function Facts({ contact }: { contact: ContactDetail }) {
  const between = (from: string | null, to: string | null): string | null => (from === null || to === null ? null : clockOf((Date.parse(to) - Date.parse(from)) / 1000));
  const rows: [ReactNode, string | null][] = [
    [<Trans key="n">Number</Trans>, contact.ani],
    [<Trans key="c">Customer</Trans>, contact.customer?.name ?? null],
    [<Trans key="a">Account</Trans>, contact.customer?.account ?? null],
    [<Trans key="m">In the menu</Trans>, between(contact.arrived_at, contact.queued_at)],
    [<Trans key="w">Waited</Trans>, between(contact.queued_at, contact.answered_at ?? contact.ended_at)],
    [<Trans key="t">Talked</Trans>, between(contact.answered_at, contact.ended_at)],
    [<Trans key="o">Outcome</Trans>, contact.disposition],
  ];
  return (
    <dl className="facts num">
      {rows.map(([term, value], i) => value !== null && value !== "" && <div key={i}><dt>{term}</dt><dd title={value}>{value}</dd></div>)}
    </dl>
  );
}
