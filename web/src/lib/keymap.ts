/** Which key does what. Ctrl Shift and a letter work everywhere; each letter can be changed. Pure. */

export type ActionName =
  | "accept"
  | "decline"
  | "mute"
  | "hold"
  | "keypad"
  | "transfer"
  | "add"
  | "pauseRecording"
  | "help"
  | "end"
  | "state"
  | "cases"
  | "note"
  | "moreTime";

export type Keymap = Readonly<Record<ActionName, string>>;

export const DEFAULT_KEYS: Keymap = {
  accept: "A",
  decline: "D",
  mute: "M",
  hold: "H",
  keypad: "K",
  transfer: "X",
  add: "Y",
  pauseRecording: "U",
  help: "F",
  end: "E",
  state: "S",
  cases: "C",
  note: "G",
  moreTime: "+",
};

/** Browsers keep these with Ctrl Shift for themselves. */
export const RESERVED = new Set(["N", "T", "W", "P", "Q", "R", "V"]);

export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

/** The action a key press asks for, if it is one of ours. */
export function actionOf(press: KeyPress, keymap: Keymap): ActionName | null {
  if (!press.ctrlKey || !press.shiftKey || press.altKey || press.metaKey) return null;
  const key = nameOf(press.key);
  for (const [action, mine] of Object.entries(keymap)) {
    if (mine === key) return action as ActionName;
  }
  return null;
}

export type Remapped = { ok: true; keymap: Keymap } | { ok: false; why: "reserved" | "not_a_key" };

/** Gives `action` another key. When another action has it, the two change places. */
export function remap(keymap: Keymap, action: ActionName, key: string): Remapped {
  const name = nameOf(key);
  if (!/^[A-Z0-9+\-.,;/]$/.test(name)) return { ok: false, why: "not_a_key" };
  if (RESERVED.has(name)) return { ok: false, why: "reserved" };
  const changed: Record<ActionName, string> = { ...keymap };
  for (const other of Object.keys(changed) as ActionName[]) {
    if (other !== action && changed[other] === name) changed[other] = keymap[action];
  }
  changed[action] = name;
  return { ok: true, keymap: changed };
}

/** A kept keymap counts only when it is whole and no key stands twice. */
export function isKeymap(value: unknown): value is Keymap {
  if (typeof value !== "object" || value === null) return false;
  const map = value as Record<string, unknown>;
  const actions = Object.keys(DEFAULT_KEYS);
  if (Object.keys(map).length !== actions.length) return false;
  const keys = actions.map((action) => map[action]);
  return keys.every((key) => typeof key === "string" && key.length === 1 && !RESERVED.has(key)) && new Set(keys).size === keys.length;
}

/**
 * A map kept before some of today's actions existed, made whole: the person's own keys stay, an action it does not
 * know gets its usual key, or the first free letter where the person gave that key to another. Null when it is broken.
 */
export function wholeKeymap(kept: unknown): Keymap | null {
  if (typeof kept !== "object" || kept === null || Array.isArray(kept)) return null;
  const mine = kept as Partial<Record<ActionName, unknown>>;
  const actions = Object.keys(DEFAULT_KEYS) as ActionName[];
  const known = actions.filter((action) => mine[action] !== undefined);
  if (known.length === 0) return null;
  const map: Record<ActionName, string> = { ...DEFAULT_KEYS };
  for (const action of known) map[action] = String(mine[action]);
  const taken = new Set(known.map((action) => map[action]));
  for (const action of actions.filter((each) => !known.includes(each))) {
    const key = taken.has(DEFAULT_KEYS[action]) ? freeKey(taken, map) : DEFAULT_KEYS[action];
    map[action] = key;
    taken.add(key);
  }
  return isKeymap(map) ? map : null;
}

/** A letter or figure that nobody has and no action has by itself. */
function freeKey(taken: ReadonlySet<string>, map: Keymap): string {
  const used = new Set([...taken, ...Object.values(map)]);
  return Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789").find((key) => !used.has(key) && !RESERVED.has(key)) ?? "";
}

/** What `aria-keyshortcuts` says. */
export function ariaKeys(keymap: Keymap, action: ActionName): string {
  const key = keymap[action];
  return `Control+Shift+${key === "+" ? "Plus" : key}`;
}

/** True when a key press would type something: digits and letters then belong to the text. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "range"].includes(target.type);
}

function nameOf(key: string): string {
  return key.length === 1 ? key.toUpperCase() : key;
}
