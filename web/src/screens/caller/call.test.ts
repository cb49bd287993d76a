import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CallerTopic } from "../../api/types";
import { browser, newBrowser } from "../../phone/fake-browser";
import type * as Call from "./call";

interface Posted {
  path: string;
  body: Record<string, unknown> | null;
}

/** The server's side of the page: HTTP answers by path, and one websocket. */
class FakeServer {
  readonly posted: Posted[] = [];
  readonly sockets: FakeSocket[] = [];
  answers: Record<string, () => Response> = {};

  fetch = (url: string, init: RequestInit = {}): Promise<Response> => {
    if (init.method !== "GET") this.posted.push({ path: url, body: typeof init.body === "string" ? (JSON.parse(init.body) as Record<string, unknown>) : null });
    const answer = Object.entries(this.answers).find(([path]) => url.startsWith(path))?.[1];
    return Promise.resolve(answer ? answer() : new Response(null, { status: 204 }));
  };

  paths(): string[] {
    return this.posted.map((post) => post.path);
  }

  get socket(): FakeSocket {
    const last = this.sockets.at(-1);
    if (!last) throw new Error("The page has opened no websocket.");
    return last;
  }
}

let server: FakeServer;

class FakeSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  readonly sent: { type: string }[] = [];

  constructor(readonly url: string) {
    server.sockets.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as { type: string });
  }

  close(): void {
    this.onclose = null;
  }

  say(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  /** Hello and the caller's topic. */
  greet(topic: Partial<CallerTopic>): void {
    this.say({ type: "hello", server_time: "2025-11-19T10:43:00Z", clock_rate: 1, node: "n", topics: ["caller"] });
    this.say({ type: "snapshot", topic: "caller", seq: 1, data: { contact_id: "ct", state: "menu", started_at: "2025-11-19T10:42:00Z", says: "", keys: [], topic: "", account: "", recording: false, ...topic } });
  }
}

const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status });
const FORM = { topic: "billing", account: null, number: null, language: "en", dnis: "" } as const;

let call: typeof Call;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.resetModules();
  sessionStorage.clear();
  const audio = newBrowser();
  server = new FakeServer();
  server.answers = {
    "/api/phone": () => json({ ice_servers: [], codec: "opus", backend: "webrtc" }),
    "/api/caller/call/ct/rejoin": () => json({ leg_id: "lg", sdp: "rejoined" }),
    "/api/caller/call/ct/hang-up": () => json({ ok: true }),
    "/api/caller/call": () => json({ contact_id: "ct", leg_id: "lg", resume_token: "token-of-ct", sdp: "answer" }),
    "/api/caller/ws-ticket": () => json({ ticket: "t", expires_in_s: 30 }),
  };
  vi.stubGlobal("fetch", server.fetch);
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("Audio", function FakeAudio() {
    return audio;
  });
  call = await import("./call");
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const state = (): Call.CallStore => call.useCall.getState();

async function inCall(topic: Partial<CallerTopic> = {}): Promise<void> {
  await call.startCall(FORM);
  await settle();
  server.socket.greet(topic);
}

describe("a new call", () => {
  it("asks for the microphone first and then posts what the caller said", async () => {
    await inCall();
    expect(browser.asked).toHaveLength(1);
    expect(server.posted.find((post) => post.path === "/api/caller/call")?.body).toMatchObject({ topic: "billing", language: "en", sdp: "offer 0" });
    expect(state()).toMatchObject({ phase: "call", line: "ready", problem: null });
  });

  it("posts nothing when the microphone is refused", async () => {
    browser.refuses = "NotAllowedError";
    await call.startCall(FORM);
    expect(state()).toMatchObject({ phase: "start", problem: { code: "microphone_denied" } });
    expect(server.paths()).not.toContain("/api/caller/call");
  });

  it("shows the server's own sentence when it takes no call", async () => {
    server.answers["/api/caller/call"] = () => json({ title: "Too many", status: 429, code: "too_many_calls", detail: "Three calls came from here within a minute." }, 429);
    await call.startCall(FORM);
    expect(state()).toMatchObject({ phase: "start", problem: { code: "refused", detail: "Three calls came from here within a minute." } });
  });

  it("hangs up at the server what no sound comes through for", async () => {
    browser.connectsByItself = false;
    const starting = call.startCall(FORM);
    await vi.advanceTimersByTimeAsync(15_000);
    await starting;
    expect(state()).toMatchObject({ phase: "start", problem: { code: "media_failed" } });
    expect(server.paths()).toContain("/api/caller/call/ct/hang-up");
    expect(sessionStorage).toHaveLength(0);
  });
});

describe("a call after one that failed", () => {
  it("has its own connection to the server", async () => {
    browser.connectsByItself = false;
    const failing = call.startCall(FORM);
    await vi.advanceTimersByTimeAsync(10_000);
    await failing;
    browser.connectsByItself = true;
    const before = server.sockets.length;
    await inCall({ state: "waiting" });
    expect(server.sockets.length).toBe(before + 1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(state()).toMatchObject({ phase: "call", line: "ready", server: { state: "open" } });
  });
});

describe("a line that breaks", () => {
  it("comes back into the same call", async () => {
    await inCall({ state: "waiting" });
    browser.connection.become("failed");
    expect(state().line).toBe("lost");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(state().line).toBe("ready");
    expect(server.paths().filter((path) => path === "/api/caller/call")).toHaveLength(1);
    expect(server.paths()).toContain("/api/caller/call/ct/rejoin");
  });
});

describe("digits", () => {
  it("go over the data channel, and over the websocket while that is closed", async () => {
    await inCall();
    call.sendDigit("2");
    expect(browser.connection.channel?.sent).toEqual([{ t: "digit", d: "2" }]);
    browser.connection.channel?.closeByServer();
    call.sendDigit("3");
    expect(server.socket.sent).toContainEqual({ type: "digit", digit: "3" });
  });
});

describe("a reload", () => {
  it("hangs nothing up and finds back into the call", async () => {
    await inCall();
    dispatchEvent(new Event("beforeunload"));
    dispatchEvent(new Event("pagehide"));
    await settle();
    expect(server.paths()).not.toContain("/api/caller/call/ct/hang-up");
    expect(browser.connection.channel?.sent).toEqual([]);

    vi.resetModules();
    call = await import("./call");
    expect(call.rejoinKeptCall()).toBe(true);
    await settle();
    expect(server.posted.at(-1)).toMatchObject({ path: "/api/caller/call/ct/rejoin", body: { resume_token: "token-of-ct" } });
    server.socket.greet({ state: "talking" });
    await settle();
    expect(state()).toMatchObject({ phase: "call", back: true, line: "ready" });
    await vi.advanceTimersByTimeAsync(call.BACK_MS);
    expect(state().back).toBe(false);
  });

  it("of a call that is over says so and forgets it", async () => {
    sessionStorage.setItem("patchbay.call", JSON.stringify({ contactId: "ct", resumeToken: "token-of-ct" }));
    server.answers["/api/caller/call/ct/rejoin"] = () => json({ title: "Gone", status: 409, code: "contact_ended", detail: "This call is over." }, 409);
    call.rejoinKeptCall();
    await settle();
    expect(state()).toMatchObject({ phase: "ended", over: { by: null } });
    expect(sessionStorage).toHaveLength(0);
  });

  it("without a call starts at the beginning", () => {
    expect(call.rejoinKeptCall()).toBe(false);
    expect(state().phase).toBe("start");
  });

  it("keeps the call when the microphone does not come back, and tries again on request", async () => {
    sessionStorage.setItem("patchbay.call", JSON.stringify({ contactId: "ct", resumeToken: "token-of-ct" }));
    browser.refuses = "NotAllowedError";
    call.rejoinKeptCall();
    await settle();
    expect(state()).toMatchObject({ problem: { code: "microphone_denied" } });
    expect(server.paths()).not.toContain("/api/caller/call/ct/hang-up");
    browser.refuses = null;
    call.retryRejoin();
    await settle();
    server.socket.greet({ state: "waiting" });
    expect(state()).toMatchObject({ phase: "call", problem: null, line: "ready" });
  });
});

describe("the end", () => {
  it("by the caller goes out every way there is, before anything is closed", async () => {
    await inCall({ state: "talking", answered_at: "2025-11-19T10:42:30Z", agent_name: "Amina" });
    call.leave();
    expect(browser.connection.channel?.sent).toEqual([{ t: "end" }]);
    expect(server.socket.sent).toContainEqual({ type: "end" });
    expect(server.posted.at(-1)).toMatchObject({ path: "/api/caller/call/ct/hang-up", body: { resume_token: "token-of-ct" } });
    expect(browser.connection.closed).toBe(false);
    expect(state()).toMatchObject({ phase: "ended", over: { by: "caller", agentName: "Amina" } });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(browser.connection.closed).toBe(true);
    expect(browser.track.readyState).toBe("ended");
    expect(sessionStorage).toHaveLength(0);
  });

  it("by the agent shows who and how long, and lets the microphone go", async () => {
    await inCall({ state: "talking", answered_at: "2025-11-19T10:42:30Z", agent_name: "Amina" });
    server.socket.say({ type: "delta", topic: "caller", seq: 2, set: { state: "ended", ended_by: "agent", ended_at: "2025-11-19T10:43:30Z" }, upsert: {}, remove: {} });
    expect(state()).toMatchObject({ phase: "ended", over: { by: "agent", talkS: 60 } });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(browser.track.readyState).toBe("ended");
    expect(server.paths()).not.toContain("/api/caller/call/ct/hang-up");
  });

  it("does not stop a new call that starts within the same second", async () => {
    await inCall();
    call.leave();
    call.anew();
    await inCall({ state: "waiting" });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(state()).toMatchObject({ phase: "call", line: "ready", server: { state: "open" } });
  });
});

describe("music", () => {
  it("is hushed while waiting only", async () => {
    await inCall({ state: "waiting" });
    call.setMusicOff(true);
    const audio = new Audio();
    expect(audio.muted).toBe(true);
    server.socket.say({ type: "delta", topic: "caller", seq: 2, set: { state: "talking" }, upsert: {}, remove: {} });
    expect(audio.muted).toBe(false);
  });
});

describe("a callback", () => {
  const told = (set: Record<string, unknown>, seq = 2) => server.socket.say({ type: "delta", topic: "caller", seq, set, upsert: {}, remove: {} });
  const rejoins = () => server.paths().filter((path) => path === "/api/caller/call/ct/rejoin").length;

  it("is asked for in the call's own name, on a number or on this page", async () => {
    server.answers["/api/caller/calls/ct/callback"] = () => json({ ok: true });
    await inCall({ state: "waiting" });
    await call.chooseCallback("07700 900142");
    expect(server.posted.at(-1)).toMatchObject({ path: "/api/caller/calls/ct/callback", body: { resume_token: "token-of-ct", number: "07700 900142" } });
    await call.chooseCallback(null);
    expect(server.posted.at(-1)?.body).toMatchObject({ number: null });
  });

  it("puts the phone down without ending the call, and opens no line by itself", async () => {
    await inCall({ state: "waiting" });
    told({ state: "callback" });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(state()).toMatchObject({ phase: "call", line: "none", problem: null });
    expect(browser.connection.closed).toBe(true);
    expect(browser.track.readyState).toBe("ended");
    expect(server.paths()).not.toContain("/api/caller/call/ct/hang-up");
    expect(rejoins()).toBe(0);
  });

  it("outlives a reload, still without a line", async () => {
    await inCall({ state: "waiting" });
    told({ state: "callback" });
    await settle();
    vi.resetModules();
    call = await import("./call");
    expect(call.rejoinKeptCall()).toBe(true);
    await settle();
    server.socket.greet({ state: "callback" });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(state()).toMatchObject({ phase: "call", call: { state: "callback" } });
    expect(rejoins()).toBe(0);
  });

  it("rings, and an answer brings a new line into the same call", async () => {
    await inCall({ state: "waiting" });
    told({ state: "callback" });
    told({ callback_ringing: true }, 3);
    call.answerCallback();
    await settle();
    expect(rejoins()).toBe(1);
    told({ state: "talking", callback_ringing: false }, 4);
    await settle();
    expect(state()).toMatchObject({ phase: "call", line: "ready", call: { state: "talking" } });
  });

  it("that cannot be answered for want of a microphone can be answered again", async () => {
    await inCall({ state: "waiting" });
    told({ state: "callback" });
    told({ callback_ringing: true }, 3);
    browser.refuses = "NotAllowedError";
    call.answerCallback();
    await settle();
    expect(state()).toMatchObject({ phase: "call", problem: { code: "microphone_denied" } });
    browser.refuses = null;
    call.answerCallback();
    await settle();
    expect(state()).toMatchObject({ problem: null, line: "ready" });
  });
});

describe("a caller who is handed on", () => {
  const told = (state: string, seq: number) => server.socket.say({ type: "delta", topic: "caller", seq, set: { state }, upsert: {}, remove: {} });

  it("is told so from the agent's leaving until the next answer", async () => {
    await inCall({ state: "waiting" });
    expect(state().handedOn).toBe(false);
    told("talking", 2);
    told("ringing", 3);
    expect(state().handedOn).toBe(true);
    told("waiting", 4);
    expect(state().handedOn).toBe(true);
    told("talking", 5);
    expect(state().handedOn).toBe(false);
  });

  it("is not one whose agent's line broke", async () => {
    await inCall({ state: "talking" });
    told("agent_lost", 2);
    told("waiting", 3);
    expect(state().handedOn).toBe(false);
  });
});
