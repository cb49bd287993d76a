/** What this page keeps of the present call beside what the server says: choices not yet sent, panes, declines. */
import { create } from "zustand";
import type { OfferView } from "../api/types";
import { keepForTab, readOfTab } from "../lib/kept";

export type PaneName = "band" | "left" | "mid" | "right";

export interface Picked {
  contactId: string;
  /** A customer's id, or that it is none of them. */
  key: string;
}

const PICKED = "patchbay.picked";
const isPicked = (value: unknown): value is Picked => typeof value === "object" && value !== null && "contactId" in value && "key" in value;

export interface DeskStore {
  /** The pane whose digits act. */
  pane: PaneName | null;
  /** While it rings: the case picked by the agent, the one proposed when null. `new` is a new one. */
  pickedCase: string | null;
  /** Who the agent thinks it is, while several match, and in which contact. */
  picked: Picked | null;
  keypadOpen: boolean;
  /** The transfer picker: to hand over, or to ask somebody in. */
  picker: "transfer" | "add" | null;
  /** Who is being consulted is to be joined rather than handed the caller. */
  joining: boolean;
  /** The line in which help is asked for. */
  helpOpen: boolean;
  stateMenuOpen: boolean;
  keysOpen: boolean;
  paletteOpen: boolean;
  /** The offer on the screen whose pop has been painted. */
  shownOffer: string | null;
  /** The last offer that was accepted here, kept for 'Routed to you because'. */
  accepted: OfferView | null;
  /** A decline whose reason may still be told. */
  declined: { offerId: string; name: string } | null;
  /** The contact whose wrap-up was to be finished without an outcome. */
  outcomeAskedFor: string | null;
}

export const EMPTY_DESK: DeskStore = {
  pane: null,
  pickedCase: null,
  picked: readOfTab<Picked | null>(PICKED, isPicked, null),
  keypadOpen: false,
  picker: null,
  joining: false,
  helpOpen: false,
  stateMenuOpen: false,
  keysOpen: false,
  paletteOpen: false,
  shownOffer: null,
  accepted: null,
  declined: null,
  outcomeAskedFor: null,
};

export const useDesk = create<DeskStore>(() => EMPTY_DESK);

/** Proposes a customer for this contact. It names its contact, so a reload finds it again and another call does not. */
export function pickCustomer(contactId: string, key: string): void {
  const picked = { contactId, key };
  useDesk.setState({ picked });
  keepForTab(PICKED, picked);
}

/** Forgets what belonged to the last call. */
export function clearPicks(): void {
  useDesk.setState({ pickedCase: null, keypadOpen: false, picker: null, joining: false, helpOpen: false });
}
