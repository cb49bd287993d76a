import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconLock, IconShieldCheck, IconX } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import type { ContactView, OfferView, Pop } from "../../api/types";
import { Chip, Scroller, Section } from "../../components/bits";
import { attempt, commands } from "../../desk/commands";
import { useServerThere } from "../../stores/live";

/** So many answers must fit. */
const ANSWERS = 2;

/** The chip of the pane's head while nobody has proven who they are. */
export function UnverifiedChip({ pop }: { pop: Pop }) {
  if (pop.verification.verified) return null;
  return <Chip tone="warn" icon={<IconLock size={12} stroke={2} aria-hidden />}><Trans>Unverified</Trans></Chip>;
}

/** What to say first, why they probably ring, what was promised, and what may be said before they are verified. */
export function NeedBody({ pop, contact, offer }: { pop: Pop; contact: ContactView | null; offer: OfferView | null }) {
  const { t } = useLingui();
  // Before somebody is chosen, what the pop brings may belong to another customer than the one looked at.
  const chosen = pop.match === "known";
  return (
    <Scroller label={t`What you will need`}>
      {pop.say_first !== "" && (
        <blockquote className="say say-first">
          <span className="say-l"><Trans>Open with</Trans></span>
          <p>{pop.say_first}</p>
        </blockquote>
      )}
      {!pop.verification.verified && <MakeSure pop={pop} contact={contact} />}
      {!pop.verification.verified && pop.unverified_may.length > 0 && (
        <Section title={t`Until then you may`}>
          <ul className="may">
            {pop.unverified_may.map((rule) => {
              const [text, allowed] = rule;
              return (
                <li key={text} className={allowed ? "tone-ok" : "tone-bad"}>
                  {allowed ? <IconCheck size={14} stroke={2.4} color="var(--c)" role="img" aria-label={t`allowed`} /> : <IconX size={14} stroke={2.4} color="var(--c)" role="img" aria-label={t`not allowed`} />}
                  {text}
                </li>
              );
            })}
          </ul>
        </Section>
      )}
      {pop.match === "several" && <Section title={t`Likely reason and promises`}><p className="i2"><Trans>They appear once you have chosen who it is.</Trans></p></Section>}
      {chosen && pop.likely_reason !== "" && <Section title={t`Likely reason`}><p className="i2">{pop.likely_reason}</p></Section>}
      {chosen && pop.promises.length > 0 && (
        <Section title={t`Promises open`}>
          <ul className="proms">{pop.promises.map((p) => <li key={p} className="row g6"><IconAlertTriangle size={14} stroke={2} color="var(--warn)" aria-hidden /><span>{p}</span></li>)}</ul>
        </Section>
      )}
      {offer !== null && offer.because.length > 0 && (
        <Section title={t`Routed to you because`}>
          <ul className="why">{offer.because.map((b) => <li key={b}><IconCheck size={14} stroke={2.4} aria-hidden />{b}</li>)}</ul>
        </Section>
      )}
      {!pop.verification.verified && pop.why_unverified !== "" && <Section title={t`Why unverified`}><p className="i2">{pop.why_unverified}</p></Section>}
      {pop.verification.verified && contact !== null && (
        <Section title={t`Verified`}><p className="row g6 i2"><IconShieldCheck size={15} stroke={1.8} color="var(--ok)" aria-hidden />{pop.verification.label}</p></Section>
      )}
    </Scroller>
  );
}

/** Questions to ask; two that fit verify the caller. Possible once there is somebody to be. */
function MakeSure({ pop, contact }: { pop: Pop; contact: ContactView | null }) {
  const { t } = useLingui();
  const there = useServerThere();
  const [fit, setFit] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState(false);
  if (pop.ask_to_verify.length === 0) return null;
  const usable = contact !== null && pop.customer !== null && there;
  const toggle = (question: string) => {
    const next = new Set(fit);
    if (!next.delete(question)) next.add(question);
    setFit(next);
  };
  const verify = () => {
    if (contact === null) return;
    setBusy(true);
    void attempt(() => commands.verify(contact.contact_id, [...fit])).finally(() => setBusy(false));
  };
  const { length } = pop.ask_to_verify;
  const left = ANSWERS - fit.size;
  return (
    <Section title={t`Then make sure`} right={<span className="t12"><Trans>any two of {length}</Trans></span>}>
      <ul className="todo">
        {pop.ask_to_verify.map((question) => (
          <li key={question}>
            <button type="button" className="ask" role="checkbox" aria-checked={fit.has(question)} disabled={contact === null} onClick={() => toggle(question)} data-testid="ask">
              {fit.has(question) ? <IconCheck size={14} stroke={2.6} color="var(--ok)" aria-hidden /> : <span className="todo-o" />}
              {question}
            </button>
          </li>
        ))}
      </ul>
      {contact !== null && (
        <Button mt={8} variant="default" disabled={!usable || left > 0} loading={busy} onClick={verify} data-testid="verify">
          {pop.customer === null ? t`First say who it is` : left > 0 ? t`Tick what fits` : t`Both fit: verified`}
        </Button>
      )}
    </Section>
  );
}
