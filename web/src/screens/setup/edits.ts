/** Edits of a setting as data: what a cure does, and what differs from the live version. Pure. */
import type { Edit } from "./types";

type Plain = null | boolean | number | string | readonly Plain[] | Fields;
interface Fields {
  readonly [name: string]: Plain;
}

const isList = (value: Plain | undefined): value is readonly Plain[] => Array.isArray(value);

/** The setting with one edit made. A list entry stands in the path by its id (or code). */
export function withEdit<T>(setting: T, edit: Pick<Edit, "path" | "value" | "remove" | "item">): T {
  return at(setting as unknown as Plain, edit.path, edit) as unknown as T;
}

function at(value: Plain, path: readonly string[], edit: Pick<Edit, "value" | "remove" | "item">): Plain {
  const [name, ...rest] = path;
  if (name === undefined) return leaf(value, edit);
  if (isList(value)) {
    const entries = value;
    const place = entries.findIndex((each) => nameOf(each) === name);
    if (place < 0) return value;
    if (rest.length === 0 && edit.remove) return entries.filter((_, i) => i !== place);
    return entries.map((each, i) => (i === place ? at(each, rest, edit) : each));
  }
  if (value === null || typeof value !== "object") return value;
  const fields = value;
  if (rest.length === 0 && edit.remove && !edit.item) {
    // A field of the model goes back to nothing; a name of a mapping goes away.
    return name in fields && isMapping(fields[name]) ? without(fields, name) : { ...fields, [name]: emptyOf(fields[name]) };
  }
  return { ...fields, [name]: at(fields[name] ?? null, rest, edit) };
}

function leaf(value: Plain, edit: Pick<Edit, "value" | "remove" | "item">): Plain {
  if (!edit.item) return edit.value;
  if (isList(value)) {
    const entries = value;
    return edit.remove ? entries.filter((each) => each !== edit.value) : [...entries, edit.value];
  }
  if (value !== null && typeof value === "object") return without(value, String(edit.value));
  return value;
}

/** What "nothing" is for a value of this kind. */
function emptyOf(value: Plain | undefined): Plain {
  if (isList(value)) return [];
  if (typeof value === "string" || value === null || value === undefined) return null;
  if (typeof value === "object") return "kind" in value ? { kind: "return", queue: null } : {};
  return null;
}

const isMapping = (value: Plain | undefined): boolean => typeof value === "number";

function without(fields: Fields, name: string): Plain {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));
}

function nameOf(entry: Plain): string | null {
  if (entry === null || typeof entry !== "object" || Array.isArray(entry)) return null;
  const { id, code } = entry as { id?: Plain; code?: Plain };
  return typeof id === "string" ? id : typeof code === "string" ? code : null;
}

export interface Difference {
  path: string;
  old: string | null;
  next: string | null;
}

/** Leaves that differ, in the order of the new one. Entries with an id or a code are matched by it. */
export function differences(old: unknown, next: unknown, path = ""): Difference[] {
  const a = mapped(old as Plain | undefined);
  const b = mapped(next as Plain | undefined);
  if (isFields(a) && isFields(b)) {
    const names = [...new Set([...Object.keys(b), ...Object.keys(a)])];
    return names.flatMap((name) => differences(a[name], b[name], path === "" ? name : `${path}.${name}`));
  }
  const was = text(a);
  const is = text(b);
  return was === is ? [] : [{ path, old: was, next: is }];
}

function mapped(value: Plain | undefined): Plain | undefined {
  if (!isList(value)) return value;
  const entries = value;
  if (entries.length === 0 || entries.some((each) => nameOf(each) === null)) return value;
  return Object.fromEntries(entries.map((each) => [nameOf(each) ?? "", each]));
}

function isFields(value: Plain | undefined): value is Fields {
  return value !== null && value !== undefined && typeof value === "object" && !isList(value);
}

function text(value: Plain | undefined): string | null {
  if (value === undefined || value === null) return null;
  if (isList(value)) return value.length === 0 ? null : value.map((each) => (typeof each === "object" ? JSON.stringify(each) : String(each))).join(", ");
  return typeof value === "object" ? (Object.keys(value).length === 0 ? null : JSON.stringify(value)) : String(value);
}

export const same = (a: unknown, b: unknown): boolean => differences(a, b).length === 0;
