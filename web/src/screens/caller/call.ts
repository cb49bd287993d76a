/**
 * The caller's call: the phone, the live connection and what the page shows of both.
 *
 * A reload is no hang-up: the call is kept in the tab and rejoined. Only `leave` ends it.
 */
import { create } from "zustand";
import { ApiError, get, NoAnswer, post, request } from "../../api/client";
import { Live, type LiveStatus, socketUrl } from "../../api/live";
import type { CallerCall, CallerCallStarted, CallerMessage, CallerTopic, PhoneConfiguration, SessionAnswer, Ticket } from "../../api/types";
import { diagnostics } from "../../lib/diagnostics";
import { serverNow } from "../../lib/now";
import { iceServersOf, LineGone, loadBuiltInPhone, type MicrophoneState, type Phone, PhoneError, type PhoneErrorCode, type PhoneState } from "../../phone";
import { forgetCall, holdForThisTab, keepCall, type KeptCall, keptCall, letTabGo } from "./resume";

/** How long "You are back" stands. */
export const BACK_MS = 6_000;
const STATS_EVERY_MS = 5_000;
/** The last words get this long to leave before the connection is closed. */
const FAREWELL_MS = 800;
/** A rejoin that fails for one of these has nothing to come back to. */
const GONE = new Set([401, 403, 404, 409, 410]);
const POOR_LOSS = 0.03;
const POOR_RTT_MS = 400;

/** Why there is no call. `detail` is the server's own sentence. */
export interface CallProblem {
  code: PhoneErrorCode | "no_answer" | "refused" | "other_tab";
  detail: string;
}

/** How the call ended, as far as this page knows. */
export interface CallOver {
  by: CallerTopic["ended_by"];
  at: number;
  /** Seconds talked with an agent; null when nobody answered. */
  talkS: number | null;
  agentName: string | null;
}

export interface CallStore {
  phase: "start" | "opening" | "call" | "ended";
  rejoining: boolean;
  /** True for some seconds after a reload that found back. */
  back: boolean;
  call: CallerTopic | null;
  over: CallOver | null;
  problem: CallProblem | null;
  server: LiveStatus;
  line: PhoneState;
  microphone: MicrophoneState;
  muted: boolean;
  playbackBlocked: boolean;
  quality: "clear" | "poor" | null;
  musicOff: boolean;
  /** Was with an agent in this call and is on the way to another. */
  handedOn: boolean;
}

const FRESH: CallStore = {
  phase: "start",
  rejoining: false,
  back: false,
  call: null,
  over: null,
  problem: null,
  server: { state: "stopped" },
  line: "none",
  microphone: "unknown",
  muted: false,
  playbackBlocked: false,
  quality: null,
  musicOff: false,
  handedOn: false,
};

export const useCall = create<CallStore>(() => FRESH);
const set = (part: Partial<CallStore>): void => useCall.setState(part);

export type CallForm = Pick<CallerCall, "topic" | "account" | "number" | "language" | "dnis">;

let phone: Phone | null = null;
let kept: KeptCall | null = null;
let rttMs: number | null = null;
let statsTimer: ReturnType<typeof setInterval> | null = null;
let audio: HTMLAudioElement | null = null;
/** What is still to be closed of the call before; null when nothing is. */
let farewell: { timer: ReturnType<typeof setTimeout>; line: Phone | null } | null = null;

const live = new Live<CallerMessage>({
  getTicket: async (signal) =>
    (await post<Ticket>("/api/caller/ws-ticket", { contact_id: kept?.contactId, resume_token: kept?.resumeToken }, { signal, retries: 0 })).ticket,
  url: (ticket) => socketUrl("/ws/caller", ticket),
  heartbeat: () => {
    const { line, microphone } = useCall.getState();
    return { type: "heartbeat", phone: line, microphone, rtt_ms: rttMs, visible: document.visibilityState === "visible", leader: true };
  },
  resync: (topic) => ({ type: "resync", topic }),
  onStatus: (server) => set({ server }),
  onTopic: (_topic, data) => follow(data as CallerTopic),
  onRefused: () => finish(null),
});

/** Rings the centre. Call it from a click: browsers then play sound without another touch. */
export async function startCall(form: CallForm): Promise<void> {
  if (useCall.getState().phase === "opening") return;
  sweep();
  set({ ...FRESH, phase: "opening" });
  kept = null;
  await open((sdp) => begin({ ...form, sdp }));
}

/** After a reload: back into the call this tab was in. Returns whether there is one. */
export function rejoinKeptCall(): boolean {
  if (useCall.getState().phase !== "start") return false;
  kept = keptCall();
  if (kept === null) return false;
  set({ ...FRESH, phase: "opening", rejoining: true });
  void holdForThisTab(kept.contactId).then((ours) => {
    if (ours && kept?.callback === true) live.start();
    else if (ours) retryRejoin();
    else set({ problem: { code: "other_tab", detail: "" } });
  });
  return true;
}

/** A rejoin failed for want of a microphone or of an answer: try it again. */
export function retryRejoin(): void {
  set({ problem: null, phase: useCall.getState().call === null ? "opening" : "call" });
  live.start();
  void open(rejoin);
}

async function open(exchange: (sdp: string) => Promise<string>): Promise<void> {
  let first = true;
  try {
    await post<undefined>("/api/caller/session");
    const configuration = await get<PhoneConfiguration>("/api/phone");
    audio ??= new Audio();
    phone = await loadBuiltInPhone({
      iceServers: iceServersOf(configuration.ice_servers),
      audioElement: audio,
      exchange: (sdp) => {
        const carry = first ? exchange : rejoin;
        first = false;
        return carry(sdp);
      },
    });
    diagnostics.remoteStream = phone.remoteStream;
    phone.onChange(mirror);
    await phone.connect();
    statsTimer ??= setInterval(() => void measure(), STATS_EVERY_MS);
  } catch (error) {
    fail(error);
  }
}

async function begin(call: CallerCall): Promise<string> {
  const started = await post<CallerCallStarted>("/api/caller/call", call);
  kept = { contactId: started.contact_id, resumeToken: started.resume_token };
  keepCall(kept);
  void holdForThisTab(kept.contactId);
  live.start();
  return started.sdp;
}

async function rejoin(sdp: string): Promise<string> {
  if (kept === null) throw new LineGone();
  try {
    const body = { resume_token: kept.resumeToken, sdp };
    return (await post<SessionAnswer>(`/api/caller/call/${kept.contactId}/rejoin`, body, { retries: 0 })).sdp;
  } catch (error) {
    if (error instanceof ApiError && GONE.has(error.status)) throw new LineGone(error.message, { cause: error });
    throw error;
  }
}

/** What the phone says of itself goes onto the page and, at once, to the server. */
function mirror(): void {
  if (phone === null) return;
  const { state, microphone, muted, playbackBlocked } = phone;
  const { phase, line, call } = useCall.getState();
  set({ line: state, microphone, muted, playbackBlocked });
  live.beatNow();
  if (call?.state === "callback" && state === "none") {
    hangUpQuietly();
    return;
  }
  // The phone gives up for good only when the server says that there is no line to come back to.
  if (phase === "call" && line !== "none" && state === "none") finish(null);
}

function follow(call: CallerTopic): void {
  const before = useCall.getState();
  if (before.phase === "ended" || before.phase === "start") return;
  if (call.state === "ended") {
    set({ call });
    finish(call.ended_by ?? null);
    return;
  }
  const back = before.rejoining;
  set({ call, phase: "call", rejoining: false, back: before.back || back, handedOn: isHandedOn(before, call) });
  followCallback(call);
  if (back) setTimeout(() => set({ back: false }), BACK_MS);
  applyMusic();
}

/** True from the moment an agent lets go of the caller until the next one has the call. */
function isHandedOn({ call: before, handedOn }: CallStore, { state }: CallerTopic): boolean {
  if (state !== "waiting" && state !== "ringing") return false;
  return handedOn || before?.state === "talking" || before?.state === "held";
}

/** While a callback is waited for there is no line; a reload must not open one. */
function followCallback(call: CallerTopic): void {
  const waits = call.state === "callback";
  if (kept !== null && (kept.callback ?? false) !== waits) {
    kept = { ...kept, callback: waits };
    keepCall(kept);
  }
  // Once it rings a line may be on its way, opened by the answer.
  if (waits && !call.callback_ringing) hangUpQuietly();
}

function hangUpQuietly(): void {
  phone?.close();
  phone = null;
  set({ line: "none", problem: null });
}

/** Keeps the place and is called back: on a number, or on this page when there is none. Throws the server's refusal. */
export async function chooseCallback(number: string | null): Promise<void> {
  if (kept === null) throw new LineGone();
  await post(`/api/caller/calls/${kept.contactId}/callback`, { resume_token: kept.resumeToken, number });
}

export async function cancelCallback(): Promise<void> {
  if (kept === null) throw new LineGone();
  await request("DELETE", `/api/caller/calls/${kept.contactId}/callback`, { resume_token: kept.resumeToken });
}

/** The page rings and somebody answers: a new line into the same call. Call it from a click. */
export function answerCallback(): void {
  if (phone !== null) return;
  set({ problem: null });
  void open(rejoin);
}

/** "Leave" and "End call". Goes out every way there is: the server hears it even while half of it is away. */
export function leave(): void {
  const { phase } = useCall.getState();
  if (phase !== "call" && phase !== "opening") return;
  phone?.end();
  live.send({ type: "end" });
  if (kept !== null) {
    const path = `/api/caller/call/${kept.contactId}/hang-up`;
    void post(path, { resume_token: kept.resumeToken }).catch(() => undefined);
  }
  finish("caller");
}

export function sendDigit(digit: string): void {
  if (phone?.sendDigit(digit) !== true) live.send({ type: "digit", digit });
}

export function setMuted(on: boolean): void {
  phone?.setMuted(on);
}

/** Hushes the waiting music here; a voice is always played. */
export function setMusicOff(on: boolean): void {
  set({ musicOff: on });
  applyMusic();
}

function applyMusic(): void {
  const { musicOff, call } = useCall.getState();
  if (audio) audio.muted = musicOff && call?.state === "waiting";
}

export async function setOutput(deviceId: string): Promise<void> {
  await phone?.setOutput(deviceId);
}

export function tryServerNow(): void {
  live.tryNow();
}

/** Back to the first page. What another tab holds goes on there. */
export function anew(): void {
  sweep();
  forgetCall();
  kept = null;
  set(FRESH);
}

async function measure(): Promise<void> {
  if (phone?.state !== "ready") return;
  const stats = await phone.stats();
  rttMs = stats.rttMs;
  const poor = stats.lossFraction > POOR_LOSS || (stats.rttMs ?? 0) > POOR_RTT_MS;
  set({ quality: poor ? "poor" : "clear" });
}

function finish(by: CallOver["by"]): void {
  const { call, phase } = useCall.getState();
  if (phase === "ended") return;
  const at = call?.ended_at ? Date.parse(call.ended_at) : serverNow();
  const talkS = call?.answered_at ? (at - Date.parse(call.answered_at)) / 1000 : null;
  set({ phase: "ended", rejoining: false, back: false, over: { by, at, talkS, agentName: call?.agent_name ?? null } });
  release();
}

/** Lets go of the line, the connection and what was kept for a reload. */
function release(): void {
  const line = phone;
  phone = null;
  kept = null;
  rttMs = null;
  forgetCall();
  letTabGo();
  if (statsTimer !== null) clearInterval(statsTimer);
  statsTimer = null;
  farewell = { line, timer: setTimeout(sweep, FAREWELL_MS) };
}

function sweep(): void {
  if (farewell === null) return;
  clearTimeout(farewell.timer);
  farewell.line?.close();
  farewell = null;
  live.stop();
}

function fail(error: unknown): void {
  const { phase, rejoining } = useCall.getState();
  if (phase !== "opening" && phase !== "call") return;
  const waits = useCall.getState().call?.state === "callback";
  if (causeOf(error) instanceof LineGone && !waits) {
    finish(null);
    return;
  }
  phone?.close();
  phone = null;
  set({ problem: problemOf(error) });
  // A call that goes on at the server is kept: the page offers to try the way back again.
  if (rejoining || phase === "call") return;
  if (kept !== null) {
    const path = `/api/caller/call/${kept.contactId}/hang-up`;
    void post(path, { resume_token: kept.resumeToken }).catch(() => undefined);
  }
  release();
  set({ phase: "start" });
}

function causeOf(error: unknown): unknown {
  return error instanceof PhoneError && error.cause !== undefined ? error.cause : error;
}

export function problemOf(error: unknown): CallProblem {
  const cause = causeOf(error);
  if (cause instanceof ApiError) return { code: "refused", detail: cause.message };
  if (cause instanceof NoAnswer) return { code: "no_answer", detail: "" };
  if (error instanceof PhoneError) return { code: error.code, detail: "" };
  return { code: "exchange_failed", detail: "" };
}
