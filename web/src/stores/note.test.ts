import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { flushNote, followNote, typeNote, useNote } from "./note";

let answers: (() => Response)[] = [];
const saved: string[] = [];

const ok = () => new Response(JSON.stringify({ saved_at: "2025-11-19T10:43:07Z" }), { status: 200 });
const away = () => {
  throw new TypeError("network");
};
const over = () => new Response(JSON.stringify({ status: 409, code: "contact_ended", title: "", detail: "This contact is over." }), { status: 409 });
const draft = () => useNote.getState().draft;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  saved.length = 0;
  answers = [];
  useNote.setState({ draft: null });
  vi.stubGlobal("fetch", async (_path: string, init: RequestInit) => {
    await Promise.resolve();
    const answer = (answers.shift() ?? ok)();
    if (answer.ok) saved.push((JSON.parse(init.body as string) as { text: string }).text);
    return answer;
  });
});

afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the note", () => {
  it("is saved once after a pause in typing, and says when", async () => {
    followNote("ct_1", "", null);
    typeNote("ct_1", "Wants");
    await vi.advanceTimersByTimeAsync(400);
    typeNote("ct_1", "Wants a refund");
    await vi.advanceTimersByTimeAsync(700);
    expect(saved).toEqual(["Wants a refund"]);
    expect(draft()).toMatchObject({ state: "saved", savedAt: "2025-11-19T10:43:07Z" });
    expect(localStorage.length).toBe(0);
  });

  it("is kept here while the server is away, and tried again by itself", async () => {
    answers = [away, away, ok];
    followNote("ct_1", "", null);
    typeNote("ct_1", "Wants a refund");
    await vi.advanceTimersByTimeAsync(700);
    expect(draft()).toMatchObject({ state: "kept", tries: 1 });
    expect(localStorage.getItem("patchbay.note.ct_1")).toBe('"Wants a refund"');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(draft()).toMatchObject({ state: "kept", tries: 2 });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(draft()).toMatchObject({ state: "saved" });
    expect(localStorage.length).toBe(0);
  });

  it("is found again after a reload and sent", async () => {
    localStorage.setItem("patchbay.note.ct_1", '"Wants a refund before Friday"');
    followNote("ct_1", "Wants", "2025-11-19T10:42:00Z");
    expect(draft()).toMatchObject({ text: "Wants a refund before Friday", state: "kept" });
    await vi.advanceTimersByTimeAsync(1);
    expect(saved).toEqual(["Wants a refund before Friday"]);
  });

  it("follows what another page wrote, but not over what is being typed here", async () => {
    followNote("ct_1", "", null);
    followNote("ct_1", "From elsewhere", "2025-11-19T10:43:00Z");
    expect(draft()?.text).toBe("From elsewhere");
    typeNote("ct_1", "Mine");
    followNote("ct_1", "From elsewhere again", "2025-11-19T10:43:01Z");
    expect(draft()?.text).toBe("Mine");
    await vi.advanceTimersByTimeAsync(700);
    expect(saved).toEqual(["Mine"]);
  });

  it("sends what was typed while an older text was on its way", async () => {
    followNote("ct_1", "", null);
    typeNote("ct_1", "A");
    const first = flushNote("ct_1");
    typeNote("ct_1", "AB");
    await first;
    await vi.advanceTimersByTimeAsync(700);
    expect(saved).toEqual(["A", "AB"]);
    expect(draft()).toMatchObject({ text: "AB", state: "saved" });
  });

  it("is not sent again when it was refused, and stays here", async () => {
    answers = [over];
    followNote("ct_1", "", null);
    typeNote("ct_1", "Too late");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(saved).toEqual([]);
    expect(draft()?.state).toBe("kept");
    expect(localStorage.getItem("patchbay.note.ct_1")).toBe('"Too late"');
  });
});
