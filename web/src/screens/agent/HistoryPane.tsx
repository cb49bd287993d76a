import { Button, TextInput } from "@mantine/core";
import {
  IconAlertTriangle, IconArrowDownLeft, IconArrowUpRight, IconCreditCard, IconFileInvoice, IconInbox, IconMail, IconMessage, IconNote, IconPhone, IconRecordMail, IconRefresh, IconSearch, IconX,
} from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useState } from "react";
import type { ContactView, Pop, TimelineEntry } from "../../api/types";
import { Chip, Empty, Inline, Scroller } from "../../components/bits";
import { useReference, useHistory } from "../../desk/queries";
import { labelOf } from "../../desk/words";
import { useLanguage } from "../../i18n";
import { useNow } from "../../lib/now";
import { dayOf, daysAgo, spanOf, timeOf } from "../../lib/time";
import { FindCustomer } from "./FindCustomer";
import { NoteBox } from "./NoteBox";
import { byEra, type Era, type Filter, filtered } from "./timeline";

const ic = { size: 15, stroke: 1.8, "aria-hidden": true } as const;

const ICONS: Record<TimelineEntry["kind"], ReactNode> = {
  call: <IconPhone {...ic} />,
  email: <IconMail {...ic} />,
  chat: <IconMessage {...ic} />,
  case: <IconInbox {...ic} />,
  payment: <IconCreditCard {...ic} />,
  post: <IconFileInvoice {...ic} />,
  note: <IconNote {...ic} />,
  voicemail: <IconRecordMail {...ic} />,
};

/** What: one list over all channels, this call first, and the note on it. */
export function HistoryPane({ pop, contact }: { pop: Pop; contact: ContactView | null }) {
  const { t } = useLingui();
  const [filter, setFilter] = useState<Filter>("all");
  const [text, setText] = useState<string | null>(null);
  const customer = pop.match === "known" ? pop.customer : null;
  const nobody = customer === null;
  const filters: [Filter, string][] = [["all", t`All`], ["calls", t`Calls`], ["messages", t`Messages`], ["cases", t`Cases`], ["payments", t`Payments`]];
  return (
    <div className="pane-mid" data-pane="mid" tabIndex={-1}>
      <div className="pane-h">
        <h2 className="cut">{t`History`}</h2>
        {!nobody && (
          <>
            <div className="seg" role="group" aria-label={t`Show`}>
              {filters.map(([key, label]) => <button key={key} type="button" aria-pressed={filter === key} className={filter === key ? "on" : ""} onClick={() => setFilter(key)}>{label}</button>)}
            </div>
            <button type="button" className="ib push" aria-label={t`Search this customer's history`} aria-expanded={text !== null} onClick={() => setText(text === null ? "" : null)}>
              {text === null ? <IconSearch size={16} stroke={1.8} aria-hidden /> : <IconX size={16} stroke={1.8} aria-hidden />}
            </button>
          </>
        )}
      </div>
      {text !== null && (
        <div className="pane-find"><TextInput size="xs" autoFocus aria-label={t`Search this customer's history`} placeholder={t`Word, number or name`} value={text} onChange={(e) => setText(e.currentTarget.value)} onKeyDown={(e) => e.key === "Escape" && setText(null)} /></div>
      )}
      {nobody ? <Nothing pop={pop} contact={contact} /> : <Entries pop={pop} contact={contact} customerId={customer.customer_id} filter={filter} text={text ?? ""} />}
      {contact !== null && <NoteBox contact={contact} />}
    </div>
  );
}

/** The history the pop brought; fetched again where the pop could not read it. */
function Entries({ pop, contact, customerId, filter, text }: { pop: Pop; contact: ContactView | null; customerId: string; filter: Filter; text: string }) {
  const { t } = useLingui();
  const now = useNow(60_000);
  const incomplete = pop.failed.length > 0;
  const query = useHistory(incomplete ? customerId : null);
  const entries = query.data ?? pop.history;
  const eras: Record<Era, string> = { today: t`Today`, yesterday: t`Yesterday`, month: t`Earlier this month`, year: t`Earlier this year`, older: t`Before this year` };
  const shown = filtered(entries, filter, text);
  return (
    <Scroller label={t`History`}>
      {((incomplete && !query.isSuccess) || query.isError) && (
        <div className="pane-inline">
          <Inline tone="warn" icon={<IconAlertTriangle size={16} stroke={1.9} aria-hidden />} title={incomplete ? pop.failed.join(" ") : t`The history does not answer`} action={<Button variant="default" leftSection={<IconRefresh size={14} aria-hidden />} loading={query.isFetching} onClick={() => void query.refetch()}><Trans>Retry</Trans></Button>}>
            <Trans>What stands below is complete as far as it goes.</Trans>
          </Inline>
        </div>
      )}
      <ol className="tl">
        {contact !== null && filter === "all" && text === "" && <ThisCall contact={contact} />}
        {byEra(shown, now).map(({ era, entries: list }) => (
          <li key={era}>
            <h3 className="tl-day">{eras[era]}</h3>
            <ol>{list.map((entry) => <Item key={entry.id} entry={entry} now={now} />)}</ol>
          </li>
        ))}
      </ol>
      {shown.length === 0 && (
        <Empty icon={<IconInbox size={26} stroke={1.4} aria-hidden />} title={entries.length === 0 ? t`This is their first contact` : t`Nothing fits`}>
          {entries.length === 0 ? t`What happens in this call will stand here next time.` : t`Choose All, or search for something else.`}
        </Empty>
      )}
    </Scroller>
  );
}

function ThisCall({ contact }: { contact: ContactView }) {
  const { t } = useLingui();
  const dispositions = useReference().data?.dispositions;
  const ended = contact.state === "acw";
  const attached = contact.pop.cases.find((c) => c.case_id === contact.case_id);
  const outcome = labelOf(dispositions, contact.disposition);
  const { pop } = contact;
  const lines = [pop.verification.verified ? pop.verification.label : null, pop.topic === "" ? null : t`Chose ${pop.topic}`, outcome === null ? null : t`Outcome: ${outcome}`];
  return (
    <li className={`tl-i now ${ended ? "done" : ""}`}>
      <span className={`tl-ic tone-${ended ? "acw" : "live"}`}><IconPhone {...ic} /></span>
      <div className="col grow g2">
        <div className="row g6">
          <b>{ended && contact.talk_s !== null ? t`This call, ${spanOf(contact.talk_s)}` : t`This call, since ${timeOf(contact.answered_at)}`}</b>
          {attached && <Chip line>#{attached.number}</Chip>}
          <span className="push row g6 t12 i3 num"><span><Trans>You</Trans></span><span>{ended && contact.ended_at !== null ? timeOf(contact.ended_at) : t`now`}</span></span>
        </div>
        <div className="tl-b">{lines.filter((l) => l !== null).map((l) => `${l}.`).join(" ")}</div>
      </div>
    </li>
  );
}

function Item({ entry, now }: { entry: TimelineEntry; now: number }) {
  const { t } = useLingui();
  const language = useLanguage((s) => s.language);
  const tone = entry.chips.find((c) => c.tone === "bad")?.tone;
  const at = daysAgo(entry.at, now) <= 1 ? timeOf(entry.at) : dayOf(entry.at, now, language);
  return (
    <li className="tl-i">
      <span className={`tl-ic ${tone ? `tone-${tone}` : ""}`}>{ICONS[entry.kind]}</span>
      <div className="col grow g2">
        <div className="row g6">
          {entry.kind === "call" && entry.direction === "in" && <IconArrowDownLeft size={14} stroke={2} role="img" aria-label={t`Inbound`} />}
          {entry.kind === "call" && entry.direction === "out" && <IconArrowUpRight size={14} stroke={2} role="img" aria-label={t`Outbound`} />}
          <b className="cut" title={entry.title}>{entry.title}</b>
          {entry.case_number !== null && <Chip line>#{entry.case_number}</Chip>}
          {entry.chips.map((chip) => <Chip key={chip.text} tone={chip.tone} {...((chip.tone === "warn" || chip.tone === "bad") && { icon: <IconAlertTriangle size={12} stroke={2} aria-hidden /> })}>{chip.text}</Chip>)}
          <span className="push row g6 t12 i3 num nowrap">{entry.who !== "" && <span>{entry.who}</span>}<span>{at}</span></span>
        </div>
        {entry.text !== "" && <div className="tl-b">{entry.text}</div>}
      </div>
    </li>
  );
}

function Nothing({ pop, contact }: { pop: Pop; contact: ContactView | null }) {
  const { t } = useLingui();
  const [finding, setFinding] = useState(false);
  return (
    <div className="none">
      <span className="tl-ic none-ic"><IconSearch size={20} stroke={1.7} aria-hidden /></span>
      {pop.match === "several" ? (
        <>
          <b><Trans>Several customers fit</Trans></b>
          <p><Trans>The history appears once you have chosen who it is.</Trans></p>
        </>
      ) : (
        <>
          <b><Trans>Nothing is known under this number</Trans></b>
          <p><Trans>Searched customers, cases and earlier calls for {pop.number}. This is their first contact, or they use another number.</Trans></p>
        </>
      )}
      {finding ? <FindCustomer contact={contact} /> : <Button variant="default" leftSection={<IconSearch size={14} stroke={1.8} aria-hidden />} onClick={() => setFinding(true)} data-testid="find-customer">{t`Find by name or account`}</Button>}
    </div>
  );
}
