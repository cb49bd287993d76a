/** The card of a caller nobody knows: filled in while talking, saved by a button or with the wrap-up. */
import { create } from "zustand";
import type { ContactView, NewCustomer } from "../api/types";
import { attempt, commands } from "../desk/commands";

export interface Card extends NewCustomer {
  contactId: string;
}

export const useNewCustomer = create<{ card: Card | null }>(() => ({ card: null }));

/** Starts the card with what the caller typed in the menu; keeps it when it is this contact's already. */
export function startCard(contactId: string, known: Record<string, string>): void {
  if (useNewCustomer.getState().card?.contactId === contactId) return;
  useNewCustomer.setState({
    card: {
      contactId,
      name: known.name ?? "",
      number: known.number ?? null,
      account: known.account ?? null,
      place: known.place ?? null,
      language: known.language === "cy" ? "cy" : "en",
    },
  });
}

export function fillCard(change: Partial<NewCustomer>): void {
  useNewCustomer.setState((s) => (s.card === null ? s : { card: { ...s.card, ...change } }));
}

/** Saves the card when it has a name and the contact still has no customer. */
export async function saveNewCustomer(contact: ContactView): Promise<void> {
  const { card } = useNewCustomer.getState();
  if (contact.pop.customer !== null || card?.contactId !== contact.contact_id || card.name.trim() === "") return;
  const { contactId, ...fields } = card;
  const filled = (text: string | null) => (text === null || text.trim() === "" ? null : text.trim());
  const made: NewCustomer = { ...fields, name: card.name.trim(), number: filled(card.number), account: filled(card.account), place: filled(card.place) };
  await attempt(() => commands.chooseCustomer(contactId, { customer_id: null, new: made }));
}
