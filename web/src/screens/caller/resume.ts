/** The call this tab is in, kept so that a reload finds back. It goes when the tab is closed. */

const KEY = "patchbay.call";

export interface KeptCall {
  contactId: string;
  resumeToken: string;
  /** Waits to be called back: there is no line to come back to until it rings. */
  callback?: boolean;
}

function isKeptCall(value: unknown): value is KeptCall {
  if (typeof value !== "object" || value === null) return false;
  const { contactId, resumeToken } = value as Partial<KeptCall>;
  return typeof contactId === "string" && typeof resumeToken === "string";
}

export function keptCall(): KeptCall | null {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    return isKeptCall(value) ? value : null;
  } catch {
    return null;
  }
}

export function keepCall(call: KeptCall): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(call));
  } catch {
    // Storage is closed to this page: a reload ends in a new call.
  }
}

export function forgetCall(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // It was never there.
  }
}

/** How long an old page of a reload may take to go. */
const TAB_MS_MAX = 2_000;

let letGo: (() => void) | null = null;

/**
 * Holds the call for this tab until `letTabGo` or until the page goes. False when another tab has it: a
 * duplicated tab copies what is kept here, and two pages would take the line from each other in turns.
 */
export async function holdForThisTab(contactId: string): Promise<boolean> {
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) return true;
  letTabGo();
  return new Promise((resolve) => {
    const held = (): Promise<void> => {
      resolve(true);
      return new Promise((release) => {
        letGo = release;
      });
    };
    locks.request(`patchbay.call.${contactId}`, { signal: AbortSignal.timeout(TAB_MS_MAX) }, held).catch(() => resolve(false));
  });
}

export function letTabGo(): void {
  letGo?.();
  letGo = null;
}
