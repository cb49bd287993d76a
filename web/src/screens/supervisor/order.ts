/** In which order queues and agents stand, and when that may change. Pure. */
import type { FloorAgent, FloorQueue } from "./types";
import type { State } from "../../components/StateGlyph";
import { JACK_OF } from "../../components/StateGlyph";

/** Rows move at most this often. */
export const MOVE_EVERY_MS = 5_000;
/** A pointer that has not moved for this long is left lying, not about to click. */
export const RESTING_MS = 30_000;

const LEVEL_RANK = { bad: 0, warn: 1, ok: 2 } as const;

/** Queues over a limit first, those near one next; the rest keep the order they came in. */
export function queueOrder(queues: readonly FloorQueue[]): string[] {
  return queues
    .map((queue, index) => ({ queue, index }))
    .sort((a, b) => LEVEL_RANK[a.queue.level] - LEVEL_RANK[b.queue.level] || a.index - b.index)
    .map(({ queue }) => queue.id);
}

/** Groups of the agents' part: those that need help first. A held call is a call. */
export const GROUPS = ["unreachable", "ringing", "live", "acw", "available", "notready", "signedout"] as const satisfies readonly State[];
export type Group = (typeof GROUPS)[number];

export function groupOf(agent: Pick<FloorAgent, "state">): Group {
  const jack = JACK_OF[agent.state];
  return jack === "hold" ? "live" : jack;
}

/** Agents by group, longest in their state first; ties by id, so that nobody changes place for nothing. */
export function agentOrder(agents: readonly FloorAgent[]): string[] {
  return agents
    .map((agent) => ({ id: agent.id, rank: GROUPS.indexOf(groupOf(agent)), since: Date.parse(agent.since), group: groupOf(agent) }))
    .sort((a, b) => a.rank - b.rank || a.since - b.since || (a.id < b.id ? -1 : 1))
    .map(({ id, group }) => `${group}/${id}`);
}

/** One group and who stands in it, in order. */
export interface Placed {
  group: Group;
  ids: string[];
}

/** Reads the groups back out of an order of "group/id". */
export function placed(order: readonly string[]): Placed[] {
  const ids = new Map<Group, string[]>();
  for (const entry of order) {
    const cut = entry.indexOf("/");
    const group = entry.slice(0, cut) as Group;
    ids.set(group, [...(ids.get(group) ?? []), entry.slice(cut + 1)]);
  }
  return GROUPS.filter((group) => ids.has(group)).map((group) => ({ group, ids: ids.get(group) ?? [] }));
}

const idOf = (entry: string): string => entry.slice(entry.indexOf("/") + 1);

/**
 * Keeps an order still: it changes at most every five seconds and never while somebody points at it. Who is
 * gone leaves at once, who is new stands where they belong as soon as anything may move, and at the end until then.
 */
export class CalmOrder {
  #shown: readonly string[] | null = null;
  #movedAtMs = Number.NEGATIVE_INFINITY;
  #pointedAtMs: number | null = null;
  #nowMs = 0;

  /** The order to draw now. `nowMs` only ever grows. */
  take(wanted: readonly string[], nowMs: number): readonly string[] {
    this.#nowMs = nowMs;
    const shown = this.#shown;
    if (shown === null || same(shown, wanted)) {
      this.#shown = wanted;
      return wanted;
    }
    if (this.#mayMove(nowMs)) {
      this.#shown = wanted;
      this.#movedAtMs = nowMs;
      return wanted;
    }
    const there = new Set(wanted.map(idOf));
    const kept = shown.filter((entry) => there.has(idOf(entry)));
    const known = new Set(kept.map(idOf));
    this.#shown = [...kept, ...wanted.filter((entry) => !known.has(idOf(entry)))];
    return this.#shown;
  }

  /** The pointer moved over the list. */
  point(): void {
    this.#pointedAtMs = this.#nowMs;
  }

  /** The pointer left it. */
  release(): void {
    this.#pointedAtMs = null;
  }

  #mayMove(nowMs: number): boolean {
    const pointed = this.#pointedAtMs !== null && nowMs - this.#pointedAtMs < RESTING_MS;
    return !pointed && nowMs - this.#movedAtMs >= MOVE_EVERY_MS;
  }
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((entry, i) => entry === b[i]);
}
