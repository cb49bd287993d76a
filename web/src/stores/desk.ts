/** What this page keeps of the present call beside what the server says: choices not yet sent, panes, declines. */
import { create } from "zustand";
import type { OfferView } from "../api/types";

export type PaneName = "band" | "left" | "mid" | "right";

export interface DeskStore {
  /** The pane whose digits act. */
  pane: PaneName | null;
  /** While it rings: the case picked by the agent, the one proposed when null. `new` is a new one. */
  pickedCase: string | null;
  /** Who the agent thinks it is, while several match. */
  pickedCustomer: string | null;
  keypadOpen: boolean;
  stateMenuOpen: boolean;
  keysOpen: boolean;
  paletteOpen: boolean;
  /** The offer on the screen whose pop has been painted. */
  shownOffer: string | null;
  /** The last offer that was accepted here, kept for 'Routed to you because'. */
  accepted: OfferView | null;
  /** A decline whose reason may still be told. */
  declined: { offerId: string; name: string } | null;
}

export const EMPTY_DESK: DeskStore = {
  pane: null,
  pickedCase: null,
  pickedCustomer: null,
  keypadOpen: false,
  stateMenuOpen: false,
  keysOpen: false,
  paletteOpen: false,
  shownOffer: null,
  accepted: null,
  declined: null,
};

export const useDesk = create<DeskStore>(() => EMPTY_DESK);

/** Forgets what belonged to the last call. */
export function clearPicks(): void {
  useDesk.setState({ pickedCase: null, pickedCustomer: null, keypadOpen: false });
}
