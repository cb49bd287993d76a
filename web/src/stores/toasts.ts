/** Short sentences at the edge of the page: a refusal, or something that happened by itself. */
import { create } from "zustand";
import { newId } from "../api/client";
import type { Tone } from "../components/bits";

export interface Toast {
  id: string;
  tone: Tone;
  text: string;
}

const STAYS_MS = 9_000;
const MOST = 3;

export const useToasts = create<{ toasts: Toast[] }>(() => ({ toasts: [] }));

/** The same sentence twice in a row is said once. */
export function toast(tone: Tone, text: string): void {
  const { toasts } = useToasts.getState();
  if (toasts.at(-1)?.text === text) return;
  const id = newId();
  useToasts.setState({ toasts: [...toasts, { id, tone, text }].slice(-MOST) });
  setTimeout(() => dismiss(id), STAYS_MS);
}

export function dismiss(id: string): void {
  useToasts.setState((s) => ({ toasts: s.toasts.filter((each) => each.id !== id) }));
}
