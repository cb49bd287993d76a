import { IconMapPin } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import type { ContactView, OfferView, Pop } from "../../api/types";
import { Chip, Section } from "../../components/bits";
import { LANGUAGES } from "../../i18n";
import { useTicking } from "../../lib/now";
import { clockOf, localeOf, timeOf } from "../../lib/time";
import { AttachTo } from "./AttachTo";
import { NewCustomerCard } from "./NewCustomerCard";
import { WhoIsIt } from "./WhoIsIt";

/** Who: what the call is about, what was said to the menu, and the customer. */
export function CallerPane({ pop, contact, offer }: { pop: Pop; contact: ContactView | null; offer: OfferView | null }) {
  const contactId = contact?.contact_id ?? offer?.contact_id ?? "";
  const unchosen = pop.customer === null;
  return (
    <div className="pane-left" data-pane="left" tabIndex={-1}>
      {unchosen && pop.match === "several" && <WhoIsIt pop={pop} contact={contact} contactId={contactId} />}
      {unchosen && pop.match === "unknown" && <NewCustomerCard pop={pop} contact={contact} contactId={contactId} />}
      {(!unchosen || contact !== null) && <AttachTo pop={unchosen ? { ...pop, cases: [], likely_case_id: null } : pop} contact={contact} />}
      {pop.ivr_path.length > 0 && <IvrPath pop={pop} />}
      {pop.customer !== null && <Facts pop={pop} />}
    </div>
  );
}

function IvrPath({ pop }: { pop: Pop }) {
  const { t } = useLingui();
  const path = pop.ivr_path;
  const first = path[0];
  const last = path.at(-1);
  const total = first && last ? (Date.parse(last.at) - Date.parse(first.at)) / 1000 : 0;
  return (
    <Section title={t`Before you answered`} right={total >= 1 ? <span className="num t12"><Trans>{clockOf(total)} in total</Trans></span> : undefined}>
      <ol className="ivr-path">
        {path.map((step, n) => (
          <li key={`${step.at}${step.label}`} className={n === path.length - 1 ? "last" : ""} title={step.note === "" ? undefined : step.note}>
            <span className="ivr-dot" />
            <span className="cut grow">
              {step.key !== null && <span className="ivr-key" role="img" aria-label={t`pressed ${step.key}`}>{step.key}</span>}
              {step.label}
            </span>
            <span className="num t12 i3">{timeOf(step.at)}</span>
          </li>
        ))}
      </ol>
    </Section>
  );
}

function Facts({ pop }: { pop: Pop }) {
  const { t } = useLingui();
  const customer = pop.customer;
  const zone = customer?.zone ?? null;
  const theirTime = useTicking((now) => (zone === null ? "" : timeIn(zone, now)));
  if (customer === null) return null;
  const language = LANGUAGES.find((l) => l.code === customer.language)?.name ?? customer.language;
  const facts = [
    ...customer.facts,
    ...(customer.account !== null ? [{ label: t`Account`, value: customer.account }] : []),
    ...(theirTime !== "" ? [{ label: t`Their time`, value: theirTime }] : []),
    { label: t`Language`, value: language },
  ];
  return (
    <Section title={t`Customer`} right={customer.place !== null ? <Chip line icon={<IconMapPin size={12} aria-hidden />}>{customer.place}</Chip> : undefined}>
      <dl className="facts">
        {facts.map((f) => <div key={f.label}><dt>{f.label}</dt><dd className="num" title={f.value}>{f.value}</dd></div>)}
      </dl>
    </Section>
  );
}

/** "10:43, London"; empty for a zone this browser does not know. */
function timeIn(zone: string, now: number): string {
  try {
    const time = new Date(now).toLocaleTimeString(localeOf("en"), { hour: "2-digit", minute: "2-digit", timeZone: zone });
    return `${time}, ${(zone.split("/").at(-1) ?? zone).replaceAll("_", " ")}`;
  } catch {
    return "";
  }
}
