/**
 * One tab of a browser is the desk: it rings and holds the phone. The others show the same and say so.
 *
 * The tab that holds the lock leads. Another one takes over by taking the lock away; when the leading tab
 * closes, the next one in line leads by itself.
 */
import { create } from "zustand";

export type Leadership = "pending" | "leader" | "second";

export const useLeader = create<{ leadership: Leadership }>(() => ({ leadership: "pending" }));

let release: (() => void) | null = null;
let generation = 0;

const lockName = (agentId: string) => `patchbay-desk-${agentId}`;

/** Claims the desk, or waits in line for it. */
export function claimDesk(agentId: string): void {
  const mine = ++generation;
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) {
    useLeader.setState({ leadership: "leader" });
    return;
  }
  void locks.request(lockName(agentId), { ifAvailable: true }, (lock) => {
    if (mine !== generation) return undefined;
    if (lock !== null) return hold(mine);
    useLeader.setState({ leadership: "second" });
    wait(locks, agentId, mine);
    return undefined;
  }).catch(() => lose(agentId, mine));
}

/** Makes this tab the desk at once. */
export function takeDesk(agentId: string): void {
  const mine = ++generation;
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) return;
  void locks.request(lockName(agentId), { steal: true }, () => hold(mine)).catch(() => lose(agentId, mine));
}

/** Lets go: after signing out, or when the page turns to something else. */
export function leaveDesk(): void {
  generation += 1;
  release?.();
  release = null;
  useLeader.setState({ leadership: "pending" });
}

function hold(mine: number): Promise<void> {
  if (mine !== generation) return Promise.resolve();
  useLeader.setState({ leadership: "leader" });
  return new Promise((resolve) => {
    release = resolve;
  });
}

function wait(locks: LockManager, agentId: string, mine: number): void {
  void locks.request(lockName(agentId), () => hold(mine)).catch(() => lose(agentId, mine));
}

/** Another tab took the lock away. */
function lose(agentId: string, mine: number): void {
  if (mine !== generation) return;
  release = null;
  useLeader.setState({ leadership: "second" });
  wait(navigator.locks, agentId, mine);
}
