import { Button } from "@mantine/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { useCallback, useState } from "react";
import type { ContactView, MatchCandidate, Pop } from "../../api/types";
import { Section } from "../../components/bits";
import { attempt, commands } from "../../desk/commands";
import { pickCustomer, useDesk } from "../../stores/desk";
import { useServerThere } from "../../stores/live";
import { Due } from "./Due";
import { NewCustomerCard } from "./NewCustomerCard";
import { type Option, Pick } from "./Pick";

const NOBODY = "nobody";

/** The candidate that is looked at: the one picked, else the first, which is only a proposal. */
function proposalOf(pop: Pop, picked: string | null): MatchCandidate | null {
  if (picked === NOBODY) return null;
  return pop.candidates.find((c) => c.customer.customer_id === picked) ?? pop.candidates[0] ?? null;
}

/** Several customers fit. Nothing is written to any of them before the agent has asked and says who it is. */
export function WhoIsIt({ pop, contact, contactId }: { pop: Pop; contact: ContactView | null; contactId: string }) {
  const { t } = useLingui();
  const there = useServerThere();
  const pane = contact?.state === "acw" ? null : "left";
  const focused = useDesk((s) => s.pane === pane);
  const picked = useDesk((s) => (s.picked?.contactId === contactId ? s.picked.key : null));
  const candidate = proposalOf(pop, picked);
  const [busy, setBusy] = useState(false);
  const tiers: Record<string, string> = { gold: t`Gold`, silver: t`Silver`, bronze: t`Bronze` };
  const choose = useCallback((key: string) => pickCustomer(contactId, key), [contactId]);
  const options: Option[] = [
    ...pop.candidates.map(({ customer: c, why, case: open }): Option => ({
      key: c.customer_id,
      on: candidate?.customer.customer_id === c.customer_id,
      testid: `match-${c.customer_id}`,
      body: (
        <span className="col grow">
          <b className="cut">{c.name}</b>
          <span className="t12 i3 num cut">{[c.tier !== null ? tiers[c.tier] : null, c.account, c.place].filter((p) => p !== null).join(", ")}</span>
          <span className="t12 i2">{why}</span>
          {open?.due && <Due due={open.due} before={`#${open.number}, `} />}
        </span>
      ),
    })),
    { key: NOBODY, on: picked === NOBODY, shape: "one", testid: "match-none", body: <span className="grow"><Trans>None of them: a new customer</Trans></span> },
  ];
  const confirm = () => {
    if (contact === null || candidate === null) return;
    setBusy(true);
    void attempt(() => commands.chooseCustomer(contact.contact_id, { customer_id: candidate.customer.customer_id, new: null })).finally(() => setBusy(false));
  };
  const { length } = options;
  const name = candidate?.customer.name ?? "";
  return (
    <>
      <Section title={t`Who is it?`} right={focused ? <span className="t12"><Trans>Choose with 1 to {length}</Trans></span> : undefined}>
        <Pick label={t`Who is calling`} pane={pane} options={options} onChoose={choose} disabled={!there} />
        {contact !== null && candidate !== null && (
          <Button mt={10} fullWidth loading={busy} disabled={!there} onClick={confirm} data-testid="match-confirm"><Trans>It is {name}</Trans></Button>
        )}
        {candidate !== null && <p className="t12 i3 pick-note"><Trans>{name} is only a proposal. Nothing is written to anybody until you choose after asking.</Trans></p>}
      </Section>
      {picked === NOBODY && <NewCustomerCard pop={{ ...pop, candidates: [] }} contact={contact} contactId={contactId} />}
    </>
  );
}
