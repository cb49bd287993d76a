import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError, get, NoAnswer, post, setCsrfToken, setSignedOutHandler } from "./client";

interface Call {
  path: string;
  init: RequestInit;
}

const calls: Call[] = [];
let answers: (Response | Error)[] = [];

const header = (call: Call | undefined, name: string): string | null => new Headers(call?.init.headers).get(name);
const json = (status: number, body: unknown): Response => new Response(JSON.stringify(body), { status });

beforeEach(() => {
  calls.length = 0;
  vi.useFakeTimers();
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    calls.push({ path, init });
    const answer = answers.shift() ?? json(200, {});
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  });
  setCsrfToken("csrf-1");
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  answers = [];
});

describe("request", () => {
  it("sends the token and an id with what changes something, and neither with a question", async () => {
    await post("/api/x", { a: 1 });
    await get("/api/y");
    expect(header(calls[0], "x-csrf-token")).toBe("csrf-1");
    expect(header(calls[0], "idempotency-key")).toMatch(/^[0-9a-f-]{32,36}$/);
    expect(header(calls[1], "x-csrf-token")).toBeNull();
    expect(header(calls[1], "idempotency-key")).toBeNull();
  });

  it("sends a command again with the same id when no answer came", async () => {
    answers = [new TypeError("network"), json(200, { ok: true })];
    const done = post("/api/x");
    await vi.runAllTimersAsync();
    await expect(done).resolves.toEqual({ ok: true });
    expect(calls).toHaveLength(2);
    expect(header(calls[0], "idempotency-key")).toBe(header(calls[1], "idempotency-key"));
  });

  it("says that there is no answer after the last try", async () => {
    answers = [new TypeError("1"), new TypeError("2"), new TypeError("3")];
    const done = post("/api/x").catch((error: unknown) => error);
    await vi.runAllTimersAsync();
    expect(await done).toBeInstanceOf(NoAnswer);
    expect(calls).toHaveLength(3);
  });

  it("does not send a refused command again", async () => {
    answers = [json(409, { status: 409, code: "offer_ended", title: "Not now", detail: "This call is no longer offered to you.", errors: [] })];
    const error = await post("/api/x").catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 409, code: "offer_ended", message: "This call is no longer offered to you." });
    expect(calls).toHaveLength(1);
  });

  it("finds words for an answer without any", async () => {
    answers = [new Response("<html>", { status: 502, statusText: "Bad Gateway" })];
    await expect(get("/api/x")).rejects.toMatchObject({ status: 502, code: "http_502", message: "The server answered 502 and gave no reason." });
  });

  it("reads nothing from an answer that has nothing", async () => {
    answers = [new Response(null, { status: 204 })];
    await expect(post("/api/x")).resolves.toBeUndefined();
  });

  it("tells when the session is over, not when a password is wrong", async () => {
    const out = vi.fn();
    setSignedOutHandler(out);
    answers = [json(401, { status: 401, code: "wrong_credentials", title: "", detail: "Name and password do not fit." })];
    await post("/api/session", {}).catch(() => undefined);
    expect(out).not.toHaveBeenCalled();
    answers = [json(401, { status: 401, code: "signed_out", title: "", detail: "Sign in again." })];
    await get("/api/x").catch(() => undefined);
    expect(out).toHaveBeenCalledOnce();
  });
});
