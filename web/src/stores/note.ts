/**
 * The note on a call: saved as it is typed. What is not saved is kept on this computer, tried again by itself,
 * and found again after a reload.
 */
import { create } from "zustand";
import { ApiError } from "../api/client";
import { commands } from "../desk/commands";
import { forget, keep, readKept } from "../lib/kept";
import { toast } from "./toasts";

const PAUSE_MS = 700;
const AGAIN_MS = 5_000;

export interface Draft {
  contactId: string;
  text: string;
  /** `kept`: only on this computer. */
  state: "saved" | "typing" | "saving" | "kept";
  savedAt: string | null;
  tries: number;
}

export const useNote = create<{ draft: Draft | null }>(() => ({ draft: null }));

let timer: ReturnType<typeof setTimeout> | null = null;
let underWay: Promise<void> | null = null;

const keyOf = (contactId: string) => `patchbay.note.${contactId}`;
const isText = (value: unknown): value is string => typeof value === "string";

/** Shows the server's text, unless there is newer text here that has not been saved. */
export function followNote(contactId: string, text: string, savedAt: string | null): void {
  const { draft } = useNote.getState();
  if (draft?.contactId === contactId) {
    if (draft.state === "saved" && draft.text !== text) set({ text, savedAt });
    return;
  }
  if (draft !== null && draft.state !== "saved") void flushNote(draft.contactId);
  const kept = readKept<string | null>(keyOf(contactId), isText, null);
  const newer = kept !== null && kept !== text;
  useNote.setState({ draft: { contactId, text: newer ? kept : text, state: newer ? "kept" : "saved", savedAt, tries: 0 } });
  if (newer) void save();
}

export function typeNote(contactId: string, text: string): void {
  if (useNote.getState().draft?.contactId !== contactId) return;
  keep(keyOf(contactId), text);
  set({ text, state: "typing" });
  arm(PAUSE_MS);
}

/** Sends what is unsaved now; resolves when the server has it or did not take it. */
export async function flushNote(contactId: string): Promise<void> {
  const { draft } = useNote.getState();
  if (draft?.contactId !== contactId || draft.state === "saved") return;
  await save();
}

function arm(ms: number): void {
  if (timer !== null) clearTimeout(timer);
  timer = setTimeout(() => void save(), ms);
}

function save(): Promise<void> {
  if (timer !== null) clearTimeout(timer);
  timer = null;
  underWay ??= send().finally(() => {
    underWay = null;
  });
  return underWay;
}

async function send(): Promise<void> {
  const { draft } = useNote.getState();
  if (draft === null || draft.state === "saved") return;
  const { contactId, text } = draft;
  set({ state: draft.state === "kept" ? "kept" : "saving" });
  try {
    const { saved_at } = await commands.saveNote(contactId, text);
    if (readKept<string | null>(keyOf(contactId), isText, null) === text) forget(keyOf(contactId));
    const now = useNote.getState().draft;
    if (now?.contactId !== contactId) return;
    if (now.text === text) {
      set({ state: "saved", savedAt: saved_at, tries: 0 });
    } else {
      set({ state: "typing", savedAt: saved_at, tries: 0 });
      arm(PAUSE_MS);
    }
  } catch (error) {
    // Refused for good: it stays on this computer, and trying again would change nothing.
    const refused = error instanceof ApiError && error.status < 500 && error.status !== 401 && error.status !== 429;
    if (refused) toast("bad", error.message);
    if (useNote.getState().draft?.contactId !== contactId) return;
    set({ state: "kept", tries: draft.tries + 1 });
    if (!refused) arm(AGAIN_MS);
  }
}

function set(change: Partial<Draft>): void {
  useNote.setState((s) => (s.draft === null ? s : { draft: { ...s.draft, ...change } }));
}
