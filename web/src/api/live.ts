/**
 * The websocket: a ticket, a hello, one snapshot per topic, then deltas.
 *
 * `Live` keeps trying while it is started. It says when the next try is, asks for a new snapshot when a
 * delta is missing, and takes a connection for dead that has been silent for longer than two heartbeats.
 * Everything it touches outside (sockets, timers, chance) is handed to it.
 */
import { type ServerClock, serverClock } from "./clock";
import { ApiError } from "./client";
import { applyDelta, fromSnapshot, type TopicState } from "./topics";
import type { Notice, ServerMessage, TopicData, TopicName } from "./types";

export const HEARTBEAT_MS = 5_000;
export const SILENCE_MS = 12_000;
const RESYNC_AGAIN_MS = 4_000;
const TICKET_MS = 8_000;
const BACKOFF_MS = [500, 1_000, 2_000, 4_000, 8_000] as const;

export type LiveStatus =
  | { state: "stopped" }
  | { state: "connecting" }
  | { state: "open"; since: number }
  /** `lostAt` and `nextTryAt` are server time in ms; `nextTryAt` is null while a try is under way. */
  | { state: "lost"; lostAt: number; nextTryAt: number | null; tries: number };

export interface Socket {
  send(text: string): void;
  close(code?: number): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
}

export interface Timers {
  set(callback: () => void, ms: number): unknown;
  clear(handle: unknown): void;
}

export interface LiveOptions<Out> {
  getTicket: (signal: AbortSignal) => Promise<string>;
  url: (ticket: string) => string;
  /** Made afresh every 5 s; null sends none. */
  heartbeat?: () => Out | null;
  resync: (topic: TopicName) => Out;
  onStatus: (status: LiveStatus) => void;
  onTopic: <T extends TopicName>(topic: T, data: TopicData[T]) => void;
  onNotice?: (notice: Notice) => void;
  /** Runs after each hello: what this page says first, e.g. which topics it wants. */
  onHello?: (send: (message: Out) => void) => void;
  /** The server refused the ticket because nobody is signed in. */
  onRefused?: (error: ApiError) => void;
  openSocket?: (url: string) => Socket;
  timers?: Timers;
  clock?: ServerClock;
  monotonic?: () => number;
  random?: () => number;
}

/** Half to whole of the step, so that a thousand pages do not come back in the same instant. */
export function backoffMs(tries: number, random: () => number): number {
  const step = BACKOFF_MS[Math.min(tries, BACKOFF_MS.length - 1)] ?? 8_000;
  return Math.round(step * (0.5 + random() / 2));
}

const browserTimers: Timers = {
  set: (callback, ms) => setTimeout(callback, ms),
  clear: (handle) => clearTimeout(handle as ReturnType<typeof setTimeout>),
};

export class Live<Out extends { type: string }> {
  readonly #o: LiveOptions<Out>;
  readonly #timers: Timers;
  readonly #clock: ServerClock;
  readonly #monotonic: () => number;
  readonly #topics = new Map<TopicName, TopicState>();
  readonly #awaiting = new Set<TopicName>();
  #status: LiveStatus = { state: "stopped" };
  #socket: Socket | null = null;
  #attempt: AbortController | null = null;
  #tries = 0;
  #lostAt: number | null = null;
  #retry: unknown = null;
  #beat: unknown = null;
  #watch: unknown = null;
  #beatSentAt: number | null = null;
  #openedAt = 0;

  constructor(options: LiveOptions<Out>) {
    this.#o = options;
    this.#timers = options.timers ?? browserTimers;
    this.#clock = options.clock ?? serverClock;
    this.#monotonic = options.monotonic ?? (() => performance.now());
  }

  get status(): LiveStatus {
    return this.#status;
  }

  start(): void {
    if (this.#status.state !== "stopped") return;
    this.#tries = 0;
    this.#lostAt = null;
    this.#setStatus({ state: "connecting" });
    void this.#connect();
  }

  /** Closes for good: no try follows until `start`. */
  stop(): void {
    this.#setStatus({ state: "stopped" });
    this.#drop();
    this.#topics.clear();
  }

  /** Tries at once instead of at `nextTryAt`. */
  tryNow(): void {
    if (this.#status.state !== "lost" || this.#status.nextTryAt === null) return;
    this.#timers.clear(this.#retry);
    void this.#connect();
  }

  /** False when the connection is not open: nothing is kept to be sent later. */
  send(message: Out): boolean {
    if (this.#socket === null || this.#status.state !== "open") return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** Sends a heartbeat now, because something it says has changed. */
  beatNow(): void {
    if (this.#status.state === "open") this.#sendBeat();
  }

  async #connect(): Promise<void> {
    this.#drop();
    if (this.#lostAt !== null) this.#setStatus({ state: "lost", lostAt: this.#lostAt, nextTryAt: null, tries: this.#tries });
    const attempt = new AbortController();
    this.#attempt = attempt;
    const giveUp = this.#timers.set(() => this.#lost(), TICKET_MS);
    let ticket: string;
    try {
      ticket = await this.#o.getTicket(attempt.signal);
    } catch (error) {
      this.#timers.clear(giveUp);
      if (this.#attempt !== attempt) return;
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
        this.stop();
        this.#o.onRefused?.(error);
        return;
      }
      this.#lost();
      return;
    }
    this.#timers.clear(giveUp);
    if (this.#attempt !== attempt) return;
    this.#open(ticket);
  }

  #open(ticket: string): void {
    const socket = (this.#o.openSocket ?? openBrowserSocket)(this.#o.url(ticket));
    this.#socket = socket;
    this.#openedAt = this.#monotonic();
    this.#armWatch();
    socket.onmessage = (event) => {
      if (this.#socket === socket && typeof event.data === "string") this.#receive(event.data);
    };
    socket.onclose = () => {
      if (this.#socket === socket) this.#lost();
    };
  }

  #receive(text: string): void {
    let message: ServerMessage;
    try {
      message = JSON.parse(text) as ServerMessage;
    } catch {
      this.#lost();
      return;
    }
    this.#armWatch();
    switch (message.type) {
      case "hello":
        this.#hello(message.server_time, message.clock_rate);
        return;
      case "snapshot":
        this.#awaiting.delete(message.topic);
        this.#keep(message.topic, fromSnapshot(message));
        return;
      case "delta": {
        const state = this.#topics.get(message.topic);
        if (this.#awaiting.has(message.topic)) return;
        const applied = state === undefined ? { kind: "gap" as const } : applyDelta(state, message);
        if (applied.kind === "applied") this.#keep(message.topic, applied.state);
        else if (applied.kind === "gap") this.#askAgain(message.topic);
        return;
      }
      case "notice":
        this.#o.onNotice?.(message);
        return;
      case "heartbeat":
        if (this.#beatSentAt !== null) this.#clock.set(message.server_time, this.#monotonic() - this.#beatSentAt);
        this.#beatSentAt = null;
    }
  }

  #hello(serverTime: string, rate: number): void {
    this.#clock.set(serverTime, this.#monotonic() - this.#openedAt, rate);
    this.#tries = 0;
    this.#lostAt = null;
    this.#topics.clear();
    this.#awaiting.clear();
    this.#setStatus({ state: "open", since: this.#clock.now() });
    this.#o.onHello?.((message) => this.send(message));
    this.#sendBeat();
  }

  #keep(topic: TopicName, state: TopicState): void {
    this.#topics.set(topic, state);
    this.#o.onTopic(topic, state.data as unknown as TopicData[TopicName]);
  }

  #askAgain(topic: TopicName): void {
    this.#awaiting.add(topic);
    this.send(this.#o.resync(topic));
    const socket = this.#socket;
    this.#timers.set(() => {
      if (this.#socket === socket && this.#awaiting.has(topic)) this.#lost();
    }, RESYNC_AGAIN_MS);
  }

  #sendBeat(): void {
    this.#timers.clear(this.#beat);
    const beat = this.#o.heartbeat?.() ?? null;
    if (beat !== null && this.send(beat)) this.#beatSentAt ??= this.#monotonic();
    this.#beat = this.#timers.set(() => this.#sendBeat(), HEARTBEAT_MS);
  }

  #armWatch(): void {
    this.#timers.clear(this.#watch);
    this.#watch = this.#timers.set(() => this.#lost(), SILENCE_MS);
  }

  #lost(): void {
    this.#drop();
    if (this.#status.state === "stopped") return;
    this.#lostAt ??= this.#clock.now();
    const wait = backoffMs(this.#tries, this.#o.random ?? Math.random);
    this.#tries += 1;
    this.#retry = this.#timers.set(() => void this.#connect(), wait);
    const nextTryAt = this.#clock.now() + wait * this.#clock.rate;
    this.#setStatus({ state: "lost", lostAt: this.#lostAt, nextTryAt, tries: this.#tries });
  }

  #drop(): void {
    for (const handle of [this.#retry, this.#beat, this.#watch]) this.#timers.clear(handle);
    this.#attempt?.abort();
    this.#attempt = null;
    this.#beatSentAt = null;
    this.#awaiting.clear();
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close(1000);
  }

  #setStatus(status: LiveStatus): void {
    this.#status = status;
    this.#o.onStatus(status);
  }
}

function openBrowserSocket(url: string): Socket {
  return new WebSocket(url) as unknown as Socket;
}

/** The websocket's address beside this page. */
export function socketUrl(path: string, ticket: string): string {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return `${scheme}//${location.host}${path}?ticket=${encodeURIComponent(ticket)}`;
}
