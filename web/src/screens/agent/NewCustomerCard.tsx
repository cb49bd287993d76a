import { Button, Select, TextInput } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { type SubmitEvent, useEffect, useState } from "react";
import type { ContactView, Pop } from "../../api/types";
import { Section } from "../../components/bits";
import { attempt, commands } from "../../desk/commands";
import { isLanguage, LANGUAGES } from "../../i18n";
import { useServerThere } from "../../stores/live";
import { fillCard, saveNewCustomer, startCard, useNewCustomer } from "../../stores/newCustomer";
import { type Option, Pick } from "./Pick";

/** A card to fill for somebody nobody knows. Kept on this page until it is saved by button or with the wrap-up. */
export function NewCustomerCard({ pop, contact, contactId }: { pop: Pop; contact: ContactView | null; contactId: string }) {
  const { t } = useLingui();
  const there = useServerThere();
  const card = useNewCustomer((s) => s.card);
  const [busy, setBusy] = useState(false);
  useEffect(() => startCard(contactId, { number: pop.number, ...pop.new_customer }), [contactId, pop]);
  if (card?.contactId !== contactId) return null;
  const typed = <IconCheck size={14} color="var(--ok)" role="img" aria-label={t`typed in the menu`} />;
  const save = (event: SubmitEvent) => {
    event.preventDefault();
    if (contact === null || busy) return;
    setBusy(true);
    void saveNewCustomer(contact).finally(() => setBusy(false));
  };
  return (
    <>
      <Section title={t`New customer`} right={<span className="t12"><Trans>Saved with the call</Trans></span>}>
        <form className="newc" onSubmit={save}>
          <TextInput size="xs" label={t`Name`} placeholder={t`Ask and type`} value={card.name} maxLength={120} onChange={(e) => fillCard({ name: e.currentTarget.value })} data-testid="new-name" />
          <div className="form-2">
            <TextInput size="xs" label={t`Number`} value={card.number ?? ""} maxLength={40} onChange={(e) => fillCard({ number: e.currentTarget.value })} />
            <TextInput size="xs" label={t`Postcode`} value={card.place ?? ""} maxLength={80} rightSection={pop.new_customer.place !== undefined && pop.new_customer.place === card.place ? typed : null} onChange={(e) => fillCard({ place: e.currentTarget.value })} />
          </div>
          <TextInput size="xs" label={t`Account`} placeholder={t`If they have one`} value={card.account ?? ""} maxLength={40} rightSection={pop.new_customer.account !== undefined && pop.new_customer.account === card.account ? typed : null} onChange={(e) => fillCard({ account: e.currentTarget.value })} />
          <Select size="xs" label={t`Speaks`} data={LANGUAGES.map((l) => ({ value: l.code, label: l.name }))} value={card.language} allowDeselect={false} onChange={(v) => isLanguage(v) && fillCard({ language: v })} />
          {contact !== null && <Button type="submit" variant="default" loading={busy} disabled={!there || card.name.trim() === ""} data-testid="new-save"><Trans>Save as a new customer</Trans></Button>}
        </form>
        <p className="t12 i3 pick-note"><Trans>No record is made by a ring. If you fill in no name, only the number is kept with the call.</Trans></p>
      </Section>
      {pop.candidates.length > 0 && <MayBe pop={pop} contact={contact} />}
    </>
  );
}

/** Near misses: a digit swapped, the same postcode. */
function MayBe({ pop, contact }: { pop: Pop; contact: ContactView | null }) {
  const { t } = useLingui();
  const there = useServerThere();
  const options = pop.candidates.map(({ customer: c, why }): Option => ({
    key: c.customer_id,
    on: false,
    shape: "two",
    body: <span className="col grow"><span className="b5 cut">{[c.name, c.numbers[0]].filter((p) => p !== undefined).join(", ")}</span><span className="t12 i3">{why}</span></span>,
  }));
  const choose = (key: string) => {
    if (contact !== null) void attempt(() => commands.chooseCustomer(contact.contact_id, { customer_id: key, new: null }));
  };
  return (
    <Section title={t`It may still be`}>
      <Pick label={t`It may still be`} pane={contact?.state === "acw" ? null : "left"} options={options} onChoose={choose} disabled={!there || contact === null} />
    </Section>
  );
}
