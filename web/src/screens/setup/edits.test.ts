import { describe, expect, it } from "vitest";
import { differences, same, withEdit } from "./edits";

const queue = {
  name: "A",
  max_wait_s: 480 as number | null,
  requirements: { Billing: 5, Welsh: 3 },
  order: ["ann", "bob"],
  steps: [{ id: "raise", after_s: 60 }, { id: "late", after_s: 540 }],
  on_full: { kind: "overflow", queue: "gone" as string | null },
};
const edit = (path: string[], part: { value?: string | number | boolean | string[] | null; remove?: boolean; item?: boolean } = {}) => ({ path, value: null, remove: false, item: false, ...part });

describe("an edit", () => {
  it("puts a value at its path, a list's entry by its id", () => {
    expect(withEdit(queue, edit(["max_wait_s"], { value: 600 })).max_wait_s).toBe(600);
    expect(withEdit(queue, edit(["steps", "late", "after_s"], { value: 420 })).steps).toEqual([{ id: "raise", after_s: 60 }, { id: "late", after_s: 420 }]);
    expect(withEdit(queue, edit(["on_full", "kind"], { value: "return" })).on_full.kind).toBe("return");
  });
  it("takes a step, a field, a skill or one of a list away", () => {
    expect(withEdit(queue, edit(["steps", "late"], { remove: true })).steps).toEqual([{ id: "raise", after_s: 60 }]);
    expect(withEdit(queue, edit(["requirements", "Welsh"], { remove: true })).requirements).toEqual({ Billing: 5 });
    expect(withEdit(queue, edit(["on_full", "queue"], { remove: true })).on_full.queue).toBeNull();
    expect(withEdit(queue, edit(["order"], { value: "bob", remove: true, item: true })).order).toEqual(["ann"]);
    expect(withEdit(queue, edit(["order"], { remove: true })).order).toEqual([]);
  });
  it("leaves the rest and the original alone", () => {
    const before = JSON.stringify(queue);
    const after = withEdit(queue, edit(["steps", "none", "after_s"], { value: 1 }));
    expect(JSON.stringify(queue)).toBe(before);
    expect(same(after, queue)).toBe(true);
  });
});

describe("differences", () => {
  it("are the fields that changed, old beside new", () => {
    const next = { ...queue, max_wait_s: 600, steps: [{ id: "raise", after_s: 90 }], requirements: { Billing: 5 } };
    expect(differences(queue, next)).toEqual([
      { path: "max_wait_s", old: "480", next: "600" },
      { path: "requirements.Welsh", old: "3", next: null },
      { path: "steps.raise.after_s", old: "60", next: "90" },
      { path: "steps.late", old: '{"id":"late","after_s":540}', next: null },
    ]);
  });
  it("are none between equal ones", () => expect(differences(queue, structuredClone(queue))).toEqual([]));
});
