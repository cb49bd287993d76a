/** Which queues and teams are looked at; kept on this computer. */
import { create } from "zustand";
import type { FloorTopic } from "../../api/types";
import { keep, readKept } from "../../lib/kept";

const KEY = "patchbay.floor";

export interface FloorFilter {
  /** Ids; all when empty. */
  queues: readonly string[];
  teams: readonly string[];
}

const NOTHING: FloorFilter = { queues: [], teams: [] };
const isFilter = (value: unknown): value is FloorFilter =>
  typeof value === "object" && value !== null && "queues" in value && "teams" in value && Array.isArray(value.queues) && Array.isArray(value.teams);

export const useFilter = create<FloorFilter>(() => readKept(KEY, isFilter, NOTHING));
useFilter.subscribe((state) => keep(KEY, state));

export function toggled(chosen: readonly string[], id: string): string[] {
  return chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id];
}

/** Teams that somebody who is signed in belongs to, by name. */
export function teamsOf(floor: Pick<FloorTopic, "agents">): string[] {
  return [...new Set(floor.agents.map((agent) => agent.team).filter((team) => team !== ""))].sort();
}

/**
 * The floor with only what was chosen. What is true of this moment is counted anew; figures of the day are of all
 * queues and stay. Alerts of what is not looked at stay too: somebody must see them.
 */
export function filtered(floor: FloorTopic, { queues, teams }: FloorFilter): FloorTopic {
  const known = new Set(floor.queues.map((queue) => queue.id));
  const chosen = queues.filter((id) => known.has(id));
  if (chosen.length === 0 && teams.length === 0) return floor;
  const seen = chosen.length === 0 ? floor.queues : floor.queues.filter((queue) => chosen.includes(queue.id));
  const names = new Set(seen.map((queue) => queue.name));
  const agents = floor.agents.filter(
    (agent) => (teams.length === 0 || teams.includes(agent.team)) && (chosen.length === 0 || agent.queue === null || names.has(agent.queue)),
  );
  const ids = new Set(seen.map((queue) => queue.id));
  const waiting = floor.waiting.filter((caller) => ids.has(caller.queue_id));
  const longest = seen
    .filter((queue) => queue.longest_since !== null)
    .sort((a, b) => Date.parse(a.longest_since ?? "") - Date.parse(b.longest_since ?? ""))[0];
  return {
    ...floor,
    queues: seen,
    agents,
    waiting,
    figures: {
      ...floor.figures,
      waiting: waiting.length,
      longest_since: longest?.longest_since ?? null,
      longest_queue: longest?.name ?? null,
      on_contact: agents.filter((agent) => agent.state === "on_contact" || agent.state === "hold").length,
      agents_signed_in: agents.length,
      available: agents.filter((agent) => agent.state === "available").length,
    },
  };
}
