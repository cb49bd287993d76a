/**
 * What `window.__patchbay` shows, for finding faults and for browser tests: the far side's sound, and when
 * (ms since the page opened) the last offer's pop stood on the screen and when it rang. Nothing reads it here.
 */

export interface Diagnostics {
  remoteStream: MediaStream | null;
  shownAt: number | null;
  rangAt: number | null;
  offerId: string | null;
}

export const diagnostics: Diagnostics = { remoteStream: null, shownAt: null, rangAt: null, offerId: null };

(window as unknown as { __patchbay?: Diagnostics }).__patchbay = diagnostics;
