import { createContext, type ReactNode } from "react";

/** What the frame puts into every page's shell: the agent's state, health, banners and the open call. */
export interface ShellSlots {
  bar: ReactNode;
  find: ReactNode;
  right: ReactNode;
  banner: ReactNode;
  band: ReactNode;
}

export const ShellSlotsContext = createContext<ShellSlots>({ bar: null, find: null, right: null, banner: null, band: null });
