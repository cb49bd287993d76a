/** What the transfer picker shows and what a key does in it. Pure. */
import type { TargetFlow, TargetNumber, TargetPerson, TargetQueue, TransferTarget, TransferTargets } from "../../api/types";

export const KINDS = ["all", "people", "queues", "numbers", "flows"] as const;
export type Kind = (typeof KINDS)[number];

/** With nothing typed the list of everybody is not what somebody needs. */
export const PEOPLE_FIRST = 5;
const DIGITS_MIN = 3;

export type Entry =
  | { kind: "agent"; key: string; person: TargetPerson }
  | { kind: "queue"; key: string; queue: TargetQueue }
  | { kind: "flow"; key: string; flow: TargetFlow }
  | { kind: "number"; key: string; number: TargetNumber; typed: boolean };

export interface Group {
  name: "people" | "queues" | "numbers" | "outside";
  entries: Entry[];
}

/** Without accents and case, so that "sian" finds Siân. */
export function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
}

/** The number somebody typed, as it stands; null when it is a name. */
export function bareNumber(text: string): string | null {
  const typed = text.trim();
  if (!/^\+?[\d\s()./-]+$/.test(typed)) return null;
  return typed.replace(/\D/g, "").length >= DIGITS_MIN ? typed : null;
}

/** Every word typed begins a word of the text. */
function matches(query: string, ...texts: string[]): boolean {
  const words = texts.flatMap((text) => plain(text).split(/[\s,]+/));
  return plain(query)
    .split(/\s+/)
    .every((part) => words.some((word) => word.startsWith(part)));
}

const digitsOf = (text: string): string => text.replace(/\D/g, "");

function people(targets: TransferTargets, query: string, kind: Kind, typed: string | null): Entry[] {
  const found = targets.people.filter((p) => query === "" || matches(query, p.name, p.role) || (typed !== null && digitsOf(p.extension ?? "").endsWith(digitsOf(typed))));
  const shown = query === "" && kind === "all" ? found.slice(0, PEOPLE_FIRST) : found;
  return shown.map((person) => ({ kind: "agent", key: `agent-${person.agent_id}`, person }));
}

function queues(targets: TransferTargets, query: string): Entry[] {
  return targets.queues.filter((q) => query === "" || matches(query, q.name)).map((queue) => ({ kind: "queue", key: `queue-${queue.queue_id}`, queue }));
}

function flows(targets: TransferTargets, query: string): Entry[] {
  return targets.flows.filter((f) => query === "" || matches(query, f.name)).map((flow) => ({ kind: "flow", key: `flow-${flow.flow_id}`, flow }));
}

function numbers(targets: TransferTargets, query: string, typed: string | null): Entry[] {
  const digits = typed?.replace(/\D/g, "") ?? null;
  const known = targets.numbers.filter((n) =>
    query === "" || matches(query, n.label) || (digits !== null && [n.number, n.detail].some((each) => each.replace(/\D/g, "").includes(digits))),
  );
  const entries: Entry[] = known.map((number) => ({ kind: "number", key: `number-${number.number}`, number, typed: false }));
  // The whole number of a colleague is the colleague.
  if (typed === null || targets.people.some((p) => p.extension !== null && digitsOf(p.extension) === digits)) return entries;
  return [{ kind: "number", key: "number-typed", number: { number: typed, label: typed, detail: "" }, typed: true }, ...entries];
}

/** The list under what is typed, in groups; groups with nothing in them are left out. */
export function groupsOf(targets: TransferTargets, text: string, kind: Kind): Group[] {
  const query = text.trim();
  const typed = bareNumber(query);
  const outside = [...(kind === "all" || kind === "flows" ? flows(targets, query) : []), ...(kind === "all" ? numbers(targets, query, typed) : [])];
  const groups: Group[] = [
    { name: "people", entries: kind === "all" || kind === "people" ? people(targets, query, kind, typed) : [] },
    { name: "queues", entries: kind === "all" || kind === "queues" ? queues(targets, query) : [] },
    { name: "numbers", entries: kind === "numbers" ? numbers(targets, query, typed) : [] },
    { name: "outside", entries: outside },
  ];
  // A number that is typed is what is meant.
  if (typed !== null) groups.reverse();
  return groups.filter((group) => group.entries.length > 0);
}

/** Who or what can be rung or gone to now. */
export function choosable(entry: Entry, targets: TransferTargets): boolean {
  switch (entry.kind) {
    case "agent":
      return entry.person.reachable;
    case "queue":
      return !entry.queue.closed;
    case "number":
      return targets.dialling;
    case "flow":
      return true;
  }
}

/** Nobody is asked in a flow: the caller only goes there. */
export function consultable(entry: Entry, targets: TransferTargets): boolean {
  return entry.kind !== "flow" && choosable(entry, targets);
}

export function targetOf(entry: Entry): TransferTarget {
  switch (entry.kind) {
    case "agent":
      return { kind: "agent", id: entry.person.agent_id };
    case "queue":
      return { kind: "queue", id: entry.queue.queue_id };
    case "number":
      return { kind: "number", id: entry.number.number };
    case "flow":
      return { kind: "flow", id: entry.flow.flow_id };
  }
}

/** The entry that arrows lead to: over the ones that cannot be chosen, round at the ends. */
export function stepFrom(usable: readonly Entry[], key: string | null, step: 1 | -1): string | null {
  if (usable.length === 0) return null;
  const at = usable.findIndex((entry) => entry.key === key);
  if (at < 0) return usable[step === 1 ? 0 : usable.length - 1]?.key ?? null;
  return usable[(at + step + usable.length) % usable.length]?.key ?? null;
}

export function kindAfter(kind: Kind, step: 1 | -1): Kind {
  return KINDS[(KINDS.indexOf(kind) + step + KINDS.length) % KINDS.length] ?? "all";
}

export type Wish = "consult" | "transfer" | "close" | "down" | "up" | "nextKind" | "previousKind" | "why";

/** What a key asks for while the field has the focus; null leaves it to the field. */
export function wishOf(press: Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "altKey" | "metaKey" | "isComposing">): Wish | null {
  if (press.isComposing || press.altKey || press.metaKey || press.ctrlKey) return null;
  switch (press.key) {
    case "Enter":
      return press.shiftKey ? "transfer" : "consult";
    case "Escape":
      return "close";
    case "ArrowDown":
      return "down";
    case "ArrowUp":
      return "up";
    case "Tab":
      return press.shiftKey ? "previousKind" : "nextKind";
    case "F6":
      return "why";
    default:
      return null;
  }
}
