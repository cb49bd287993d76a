/** Trying a change: what the server is asked, and the change as it is put together on the page. Pure but for `ask`. */
import { del, get, post } from "../../api/client";
import type { components } from "../../api/schema";

type Schemas = components["schemas"];
export type TryGround = Schemas["TryGround"];
export type TryView = Schemas["TryView"];
export type TryResult = Schemas["TryResult"];
export type TryAsked = Schemas["TryAsked"];
export type DayChange = Schemas["DayChange"];
export type QueueOutcome = Schemas["QueueOutcome"];
export type SlotOutcome = Schemas["SlotOutcome"];
export type LoserGroup = Schemas["LoserGroup"];
export type QueueSetting = Schemas["QueueSetting"];
type StepSetting = QueueSetting["steps"] extends (infer S)[] | undefined ? S : never;

export const ask = {
  ground: (signal?: AbortSignal): Promise<TryGround> => get<TryGround>("/api/simulation/ground", { signal }),
  all: (signal?: AbortSignal): Promise<Schemas["Tries"]> => get<Schemas["Tries"]>("/api/simulation/tries", { signal }),
  start: (asked: TryAsked): Promise<TryView> => post<TryView>("/api/simulation/tries", asked),
  cancel: (tryId: string): Promise<TryView> => del<TryView>(`/api/simulation/tries/${encodeURIComponent(tryId)}`),
};

export const OPEN: ReadonlySet<TryView["state"]> = new Set(["waiting", "running"]);

/** One thing that differs. `stepId` names a step that is there already. */
export type Edit =
  | { kind: "weight"; queue: string; weight: number }
  | { kind: "needs"; queue: string; skill: string; level: number }
  | { kind: "step"; queue: string; stepId: string; afterS: number }
  | { kind: "relax"; queue: string; skill: string; level: number; afterS: number }
  | { kind: "overflow"; queue: string; to: string; afterS: number }
  | { kind: "strategy"; queue: string; strategy: string }
  | { kind: "staff"; queue: string; people: number }
  | { kind: "skill"; agent: string; skill: string; level: number };

export type EditKind = Edit["kind"];

/** Two edits of the same thing: the later one counts. */
export function sameThing(a: Edit, b: Edit): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === "skill") return b.kind === "skill" && a.agent === b.agent && a.skill === b.skill;
  if (b.kind === "skill" || a.queue !== b.queue) return false;
  if (a.kind === "needs" && b.kind === "needs") return a.skill === b.skill;
  if (a.kind === "step" && b.kind === "step") return a.stepId === b.stepId;
  if (a.kind === "relax" && b.kind === "relax") return a.skill === b.skill && a.level === b.level;
  if (a.kind === "overflow" && b.kind === "overflow") return a.to === b.to;
  return true;
}

export function withEdit(edits: readonly Edit[], edit: Edit): Edit[] {
  return [...edits.filter((each) => !sameThing(each, edit)), edit];
}

/** The edits as a difference to the configuration. Requirements and steps go whole: the server replaces them. */
export function changeOf(edits: readonly Edit[], ground: TryGround): DayChange {
  const queues = new Map<string, Record<string, unknown>>();
  const agents = new Map<string, Record<string, number>>();
  const staff: DayChange["staff"] = [];
  const patch = (id: string): Record<string, unknown> => {
    const found = queues.get(id) ?? { id };
    queues.set(id, found);
    return found;
  };
  for (const edit of edits) {
    if (edit.kind === "skill") agents.set(edit.agent, { ...agents.get(edit.agent), [edit.skill]: edit.level });
    else if (edit.kind === "staff") staff.push({ queue: edit.queue, people: edit.people });
    else change(patch(edit.queue), edit, ground.queues.find((queue) => queue.id === edit.queue));
  }
  return {
    name: "",
    queues: [...queues.values()] as DayChange["queues"],
    agents: [...agents].map(([id, skills]) => ({ id, skills, queues: null })),
    staff,
    across: null,
  };
}

function change(patch: Record<string, unknown>, edit: Exclude<Edit, { kind: "skill" | "staff" }>, queue: QueueSetting | undefined): void {
  const steps = (patch.steps as StepSetting[] | undefined) ?? queue?.steps ?? [];
  switch (edit.kind) {
    case "weight":
      patch.weight = edit.weight;
      return;
    case "strategy":
      patch.strategy = edit.strategy;
      return;
    case "needs": {
      const now = (patch.requirements as Record<string, number> | undefined) ?? queue?.requirements ?? {};
      const others = Object.entries(now).filter(([skill]) => skill !== edit.skill);
      patch.requirements = Object.fromEntries(edit.level > 0 ? [...others, [edit.skill, edit.level]] : others);
      return;
    }
    case "step":
      patch.steps = steps.map((step) => (step.id === edit.stepId ? { ...step, after_s: edit.afterS } : step));
      return;
    case "relax":
      patch.steps = [...steps, { after_s: edit.afterS, operation: "relax", skill: edit.skill, level: edit.level > 0 ? edit.level : null }];
      return;
    case "overflow":
      patch.steps = [...steps, { after_s: edit.afterS, operation: "overflow", queue: edit.to }];
  }
}

/** "2:00" or "120" as seconds; null when it is neither. */
export function secondsOf(text: string): number | null {
  const found = /^\s*(?:(\d{1,3}):([0-5]\d)|(\d{1,5}))\s*$/.exec(text);
  if (found === null) return null;
  return found[3] !== undefined ? Number(found[3]) : Number(found[1]) * 60 + Number(found[2]);
}

export type Measure = "level" | "wait" | "abandons" | "occupancy";

/** One measure half hour by half hour, before and after; null where nobody called. Shares in percent. */
export function courseOf(slots: readonly SlotOutcome[], measure: Measure): { before: (number | null)[]; after: (number | null)[] } {
  const share = (value: number | null): number | null => (value === null ? null : value * 100);
  const of = (side: "before" | "after") =>
    slots.map((slot) => {
      if (measure === "level") return share(slot[`service_level_${side}`] ?? null);
      if (measure === "wait") return slot[`asa_${side}_s`] ?? null;
      if (measure === "occupancy") return share(slot[`occupancy_${side}`] ?? null);
      return slot[`abandoned_${side}`];
    });
  return { before: of("before"), after: of("after") };
}

/** Ends of a chart's scale that hold all values, on round numbers. Shares never leave 0 to 100. */
export function scaleOf(values: readonly (number | null)[], measure: Measure, goal?: number): [number, number] {
  const known = [...values, goal ?? null].filter((value) => value !== null);
  if (known.length === 0) return [0, measure === "level" || measure === "occupancy" ? 100 : 10];
  if (measure === "level" || measure === "occupancy") return [Math.min(90, Math.max(0, Math.floor((Math.min(...known) - 2) / 10) * 10)), 100];
  const most = Math.max(...known, 1);
  const unit = [2, 4, 10, 20, 30, 60, 120, 240, 300, 600, 1200, 3600].find((each) => most <= each) ?? Math.ceil(most / 3600) * 3600;
  return [0, unit];
}

/** How a figure moved: better, worse, or so little that nobody notices. */
export function movedOf(before: number | null, after: number | null, least: number, moreIsBetter: boolean): "better" | "worse" | "same" {
  if (before === null || after === null || Math.abs(after - before) < least) return "same";
  return after > before === moreIsBetter ? "better" : "worse";
}
