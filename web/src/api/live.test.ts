import { describe, expect, it } from "vitest";
import { ApiError } from "./client";
import { ServerClock } from "./clock";
import { backoffMs, Live, type LiveStatus, SILENCE_MS, type Socket } from "./live";
import type { AgentTopic, Notice, StaffMessage } from "./types";

/** Timers that fire when the test says so. */
class Hands {
  now = 0;
  #next = 1;
  readonly #due = new Map<number, { at: number; run: () => void }>();

  set = (run: () => void, ms: number): number => {
    const id = this.#next++;
    this.#due.set(id, { at: this.now + ms, run });
    return id;
  };

  clear = (id: unknown): void => {
    this.#due.delete(id as number);
  };

  async advance(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      const [first] = [...this.#due].filter(([, d]) => d.at <= end).sort(([, a], [, b]) => a.at - b.at);
      if (first === undefined) break;
      const [id, due] = first;
      this.#due.delete(id);
      this.now = due.at;
      due.run();
      await settle();
    }
    this.now = end;
    await settle();
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
}

class FakeSocket implements Socket {
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  sent: StaffMessage[] = [];
  closed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as StaffMessage);
  }

  close(): void {
    this.closed = true;
  }

  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  break(): void {
    this.onclose?.({ code: 1006, reason: "" });
  }
}

function bench(getTicket: () => Promise<string> = () => Promise.resolve("t")) {
  const hands = new Hands();
  const sockets: FakeSocket[] = [];
  const statuses: LiveStatus[] = [];
  const topics: AgentTopic[] = [];
  const notices: Notice[] = [];
  const refused: ApiError[] = [];
  const clock = new ServerClock(() => hands.now, 0);
  const live = new Live<StaffMessage>({
    getTicket,
    url: (ticket) => `/ws?ticket=${ticket}`,
    heartbeat: () => ({ type: "heartbeat", phone: "ready", microphone: "ok", rtt_ms: 38, visible: true, leader: true }),
    resync: (topic) => ({ type: "resync", topic }),
    onStatus: (status) => statuses.push(status),
    onTopic: (_topic, data) => topics.push(data as AgentTopic),
    onNotice: (notice) => notices.push(notice),
    onHello: (send) => send({ type: "subscribe", topics: ["agent"] }),
    onRefused: (error) => refused.push(error),
    openSocket: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    timers: hands,
    clock,
    monotonic: () => hands.now,
    random: () => 1,
  });
  const socket = () => {
    const last = sockets.at(-1);
    if (last === undefined) throw new Error("no socket was opened");
    return last;
  };
  return { live, hands, sockets, statuses, topics, notices, refused, clock, socket };
}

const hello = { type: "hello", server_time: "2025-11-19T10:43:00Z", clock_rate: 1, node: "a", topics: ["agent"] };
const snapshot = (seq: number, state: string) => ({ type: "snapshot", topic: "agent", seq, data: { me: { state } } });
const delta = (seq: number, state: string) => ({ type: "delta", topic: "agent", seq, set: { me: { state } }, upsert: {}, remove: {} });
const stateOf = (topic: AgentTopic | undefined): string | undefined => topic?.me.state;

async function connected() {
  const b = bench();
  b.live.start();
  await settle();
  b.socket().say(hello);
  b.socket().say(snapshot(7, "available"));
  return b;
}

describe("Live", () => {
  it("says its topics and a heartbeat after the hello, then shows the snapshot", async () => {
    const b = await connected();
    expect(b.socket().sent.map((m) => m.type)).toEqual(["subscribe", "heartbeat"]);
    expect(b.live.status.state).toBe("open");
    expect(stateOf(b.topics.at(-1))).toBe("available");
  });

  it("applies deltas in order and ignores one it has already", async () => {
    const b = await connected();
    b.socket().say(delta(8, "ringing"));
    b.socket().say(delta(8, "acw"));
    expect(b.topics.map(stateOf)).toEqual(["available", "ringing"]);
  });

  it("asks for a new snapshot at a gap and shows nothing of what lies behind it", async () => {
    const b = await connected();
    b.socket().say(delta(9, "on_contact"));
    b.socket().say(delta(10, "acw"));
    expect(b.topics.map(stateOf)).toEqual(["available"]);
    expect(b.socket().sent.filter((m) => m.type === "resync")).toEqual([{ type: "resync", topic: "agent" }]);
    b.socket().say(snapshot(10, "acw"));
    b.socket().say(delta(11, "available"));
    expect(b.topics.map(stateOf)).toEqual(["available", "acw", "available"]);
  });

  it("takes the connection for broken when the snapshot it asked for does not come", async () => {
    const b = await connected();
    b.socket().say(delta(9, "on_contact"));
    await b.hands.advance(4_000);
    expect(b.live.status.state).toBe("lost");
    expect(b.socket().closed).toBe(true);
  });

  it("keeps the instant of the loss through all tries, and waits longer each time", async () => {
    const b = await connected();
    await b.hands.advance(3_000);
    b.socket().break();
    const lost = b.live.status;
    expect(lost).toMatchObject({ state: "lost", tries: 1 });
    const lostAt = lost.state === "lost" ? lost.lostAt : null;
    expect(lostAt).toBe(Date.parse("2025-11-19T10:43:03Z"));
    const waits: number[] = [];
    for (let i = 0; i < 6; i += 1) {
      const status = b.live.status;
      if (status.state !== "lost" || status.nextTryAt === null) throw new Error("no next try");
      const wait = status.nextTryAt - b.clock.now();
      waits.push(wait);
      await b.hands.advance(wait);
      b.socket().break();
      expect(b.live.status).toMatchObject({ state: "lost", lostAt });
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000]);
  });

  it("says that a try is under way, and starts afresh once the server answers", async () => {
    const b = await connected();
    b.socket().break();
    b.live.tryNow();
    expect(b.live.status).toMatchObject({ state: "lost", nextTryAt: null });
    await settle();
    b.socket().say(hello);
    expect(b.live.status.state).toBe("open");
    b.socket().break();
    expect(b.live.status).toMatchObject({ state: "lost", tries: 1 });
  });

  it("takes a connection that says nothing for dead", async () => {
    const b = await connected();
    await b.hands.advance(SILENCE_MS - 1);
    expect(b.live.status.state).toBe("open");
    await b.hands.advance(1);
    expect(b.live.status.state).toBe("lost");
  });

  it("stays open while heartbeats are answered, one every five seconds", async () => {
    const b = await connected();
    for (let i = 0; i < 6; i += 1) {
      await b.hands.advance(5_000);
      b.socket().say({ type: "heartbeat", server_time: new Date(Date.parse(hello.server_time) + b.hands.now).toISOString() });
    }
    expect(b.live.status.state).toBe("open");
    expect(b.socket().sent.filter((m) => m.type === "heartbeat")).toHaveLength(7);
  });

  it("stops for good when nobody is signed in", async () => {
    const gone = new ApiError({ status: 401, code: "signed_out", title: "", detail: "Sign in again." });
    const b = bench(() => Promise.reject(gone));
    b.live.start();
    await settle();
    expect(b.refused).toEqual([gone]);
    expect(b.live.status.state).toBe("stopped");
    await b.hands.advance(60_000);
    expect(b.sockets).toHaveLength(0);
  });

  it("gives up on a ticket that does not come and tries again", async () => {
    let asked = 0;
    const b = bench(() => {
      asked += 1;
      return asked === 1 ? new Promise<string>(() => undefined) : Promise.resolve("t");
    });
    b.live.start();
    await b.hands.advance(8_000);
    await b.hands.advance(500);
    expect(asked).toBe(2);
    expect(b.sockets).toHaveLength(1);
  });

  it("hears nothing of a socket it has left", async () => {
    const b = await connected();
    const old = b.socket();
    const heard = old.onmessage;
    old.break();
    heard?.({ data: JSON.stringify(snapshot(99, "acw")) });
    expect(b.topics.map(stateOf)).toEqual(["available"]);
  });

  it("sends nothing while it is not open", async () => {
    const b = await connected();
    b.socket().break();
    expect(b.live.send({ type: "take_over" })).toBe(false);
  });
});

describe("backoffMs", () => {
  it("lies between half and the whole of its step", () => {
    expect([backoffMs(0, () => 0), backoffMs(0, () => 1)]).toEqual([250, 500]);
    expect([backoffMs(9, () => 0), backoffMs(9, () => 1)]).toEqual([4_000, 8_000]);
  });
});
