/** The key map of this person on this computer, and who listens to what. */
import { create } from "zustand";
import { keep, readKept } from "../lib/kept";
import { type ActionName, ariaKeys, DEFAULT_KEYS, type Keymap, remap, type Remapped, wholeKeymap } from "../lib/keymap";

const KEY = "patchbay.keys";

const isThere = (value: unknown): value is unknown => value !== undefined;

export const useKeymap = create<{ keymap: Keymap }>(() => ({ keymap: wholeKeymap(readKept(KEY, isThere, null)) ?? DEFAULT_KEYS }));

export function changeKey(action: ActionName, key: string): Remapped {
  const result = remap(useKeymap.getState().keymap, action, key);
  if (result.ok) {
    useKeymap.setState({ keymap: result.keymap });
    keep(KEY, result.keymap);
  }
  return result;
}

export function resetKeys(): void {
  useKeymap.setState({ keymap: DEFAULT_KEYS });
  keep(KEY, DEFAULT_KEYS);
}

/** The letter and the words for assistive technology. */
export function useKey(action: ActionName): { k: string; keys: string } {
  const keymap = useKeymap((s) => s.keymap);
  return { k: keymap[action], keys: ariaKeys(keymap, action) };
}

type Handler = () => void;
const handlers = new Map<ActionName, Handler[]>();

/** The newest listener of an action answers it. Returns how to stop listening. */
export function onAction(action: ActionName, handler: Handler): () => void {
  handlers.set(action, [...(handlers.get(action) ?? []), handler]);
  return () => handlers.set(action, (handlers.get(action) ?? []).filter((each) => each !== handler));
}

/** False when nobody listens: the browser may then have the key. */
export function fireAction(action: ActionName): boolean {
  const handler = handlers.get(action)?.at(-1);
  handler?.();
  return handler !== undefined;
}
