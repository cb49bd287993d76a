/** One heartbeat for all clocks on the page: every figure that counts changes in the same frame. */
import { useSyncExternalStore } from "react";
import { serverClock } from "../api/clock";

const STEP_MS = 200;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;
let current = serverClock.now();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    current = serverClock.now();
    for (const each of listeners) each();
  }, STEP_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

function read(): number {
  if (timer === null) current = serverClock.now();
  return current;
}

/**
 * A value computed from the server's time (ms), e.g. the figures of a clock. The component renders again only
 * when the value changes, so it must be a string, a number or a boolean.
 */
export function useTicking<T extends string | number | boolean>(compute: (nowMs: number) => T): T {
  return useSyncExternalStore(subscribe, () => compute(read()));
}

/** Server time in ms in steps: the component renders once per step. For day names and the like. */
export function useNow(stepMs = 1000): number {
  return useTicking((now) => Math.floor(now / stepMs) * stepMs);
}

/** Exact server time in ms, for one computation. */
export function serverNow(): number {
  return serverClock.now();
}
