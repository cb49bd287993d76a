/** Steps over waiting: what each adds, when it opens, and how far the track goes. Pure. */
import type { AgentSetting, QueueSetting, StepSetting } from "./types";

/** The track ends 10:20 of waiting or a little after what is last, whichever is later. */
export const TRACK_S = 620;

export interface StepRow {
  step: StepSetting;
  number: number;
  /** It opens after the longest wait, or after a step that ends the wait. */
  never: "longest_wait" | "left" | null;
  /** Agents who may take the caller from this step on. */
  people: number;
  /** Names of those who could not before. */
  adds: string[];
  priority: number;
}

type Skills = Readonly<Record<string, number>>;

export function trackOf(queue: QueueSetting): number {
  const last = Math.max(0, ...queue.steps.map((step) => step.after_s));
  const end = Math.max(queue.max_wait_s ?? 0, last) * 1.14;
  return Math.max(TRACK_S, Math.ceil(end / 60) * 60 + 20);
}

/** Minutes that get a label: at most twelve. */
export function ticksOf(track: number): number[] {
  const every = [60, 120, 180, 300, 600, 900, 1800, 3600, 7200, 14_400].find((step) => track / step <= 11) ?? 86_400;
  return Array.from({ length: Math.floor(track / every) + 1 }, (_, i) => i * every);
}

export function mayTake(skills: Skills, needs: Skills): boolean {
  return Object.entries(needs).every(([skill, level]) => (skills[skill] ?? 0) >= level);
}

/** Who may take a caller at once: members who hold everything that is asked for. */
export function answering(queue: QueueSetting, agents: readonly AgentSetting[]): AgentSetting[] {
  return agents.filter((agent) => agent.queues.includes(queue.id) && mayTake(agent.skills, queue.requirements));
}

/** Each step in the order it opens, with what holds from then on. */
export function stepRows(queue: QueueSetting, agents: readonly AgentSetting[]): StepRow[] {
  const needs = new Map(Object.entries(queue.requirements));
  const served = new Set([queue.id]);
  let able = new Set(answering(queue, agents).map((agent) => agent.id));
  let priority = 0;
  let left = false;
  return inOrder(queue.steps).map((step, place) => {
    const never = queue.max_wait_s !== null && step.after_s >= queue.max_wait_s ? "longest_wait" : left ? "left" : null;
    if (never === null) {
      if (step.operation === "relax" && step.skill !== null && needs.has(step.skill)) {
        if (step.level === null) needs.delete(step.skill);
        else needs.set(step.skill, Math.min(needs.get(step.skill) ?? 0, step.level));
      }
      if (step.operation === "widen" && step.queue !== null) served.add(step.queue);
      if (step.operation === "raise_priority") priority += step.by;
      if ((step.operation === "overflow" || step.operation === "voicemail") && unconditional(step)) left = true;
    }
    const now = agents.filter((agent) => agent.queues.some((id) => served.has(id)) && mayTake(agent.skills, Object.fromEntries(needs)));
    const adds = now.filter((agent) => !able.has(agent.id)).map((agent) => agent.name);
    able = new Set(now.map((agent) => agent.id));
    return { step, number: place + 1, never, people: now.length, adds, priority };
  });
}

export const inOrder = (steps: readonly StepSetting[]): StepSetting[] => [...steps].sort((a, b) => a.after_s - b.after_s);

export function unconditional({ when }: StepSetting): boolean {
  return (
    when.position_at_least === null &&
    when.waiting_at_least === null &&
    when.available_at_most === null &&
    when.signed_in_at_most === null &&
    when.calendar === null &&
    Object.keys(when.attributes).length === 0
  );
}

/** A step that fits in: a minute after the last one, before the longest wait ends. */
export function newStep(queue: QueueSetting): StepSetting {
  const last = Math.max(0, ...queue.steps.map((step) => step.after_s));
  const wanted = last + 60;
  const limit = queue.max_wait_s;
  const after = limit !== null && wanted >= limit ? Math.max(1, Math.round((last + limit) / 2)) : wanted;
  return {
    id: freeId(queue.steps),
    name: "",
    after_s: after,
    operation: "raise_priority",
    skill: null,
    level: null,
    by: 1,
    queue: null,
    prompt: null,
    when: { position_at_least: null, waiting_at_least: null, available_at_most: null, signed_in_at_most: null, attributes: {}, calendar: null, open: true },
    repeat_every_s: null,
    skip_if_nobody: false,
  };
}

function freeId(steps: readonly StepSetting[]): string {
  const taken = new Set(steps.map((step) => step.id));
  for (let number = steps.length + 1; ; number += 1) {
    if (!taken.has(`step_${number}`)) return `step_${number}`;
  }
}

/** "4:00", "90", "1:05:00" as seconds; null for anything else. */
export function secondsOf(text: string): number | null {
  const parts = text.trim().split(":");
  if (parts.length > 3 || parts.some((part) => !/^\d+(\.\d+)?$/.test(part))) return null;
  const [last = 0, minutes = 0, hours = 0] = parts.map(Number).reverse();
  if (parts.length > 1 && last >= 60) return null;
  if (parts.length > 2 && minutes >= 60) return null;
  return hours * 3600 + minutes * 60 + last;
}

/** A name as an id: "Moving home" is moving_home; free among those that are taken. */
export function idFor(name: string, taken: ReadonlySet<string>): string {
  const plain = name.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 40) || "new";
  if (!taken.has(plain)) return plain;
  for (let number = 2; ; number += 1) {
    if (!taken.has(`${plain}_${number}`)) return `${plain}_${number}`;
  }
}
