/** How a topic's state is built from a snapshot and the deltas after it. Pure. */
import type { Delta, Snapshot } from "./types";

export interface TopicState {
  readonly seq: number;
  readonly data: Readonly<Record<string, unknown>>;
}

export type Applied = { kind: "applied"; state: TopicState } | { kind: "old" } | { kind: "gap" };

export function fromSnapshot(snapshot: Snapshot): TopicState {
  return { seq: snapshot.seq, data: snapshot.data };
}

/** `old`: known already, to be ignored. `gap`: something was missed, a new snapshot is needed. */
export function applyDelta(state: TopicState, delta: Delta): Applied {
  if (delta.seq <= state.seq) return { kind: "old" };
  if (delta.seq !== state.seq + 1) return { kind: "gap" };
  const data: Record<string, unknown> = { ...state.data, ...delta.set };
  for (const [list, ids] of Object.entries(delta.remove)) {
    const gone = new Set(ids);
    data[list] = entriesOf(data[list]).filter((entry) => !gone.has(entry.id));
  }
  for (const [list, changed] of Object.entries(delta.upsert)) {
    data[list] = upsert(entriesOf(data[list]), changed as unknown as Entry[]);
  }
  return { kind: "applied", state: { seq: delta.seq, data } };
}

interface Entry {
  id: string;
}

function entriesOf(value: unknown): Entry[] {
  return Array.isArray(value) ? (value as Entry[]) : [];
}

/** Known entries keep their place, new ones go to the end. */
function upsert(list: Entry[], changed: Entry[]): Entry[] {
  const byId = new Map(changed.map((entry) => [entry.id, entry]));
  const kept = list.map((entry) => {
    const next = byId.get(entry.id);
    byId.delete(entry.id);
    return next ?? entry;
  });
  return [...kept, ...byId.values()];
}
