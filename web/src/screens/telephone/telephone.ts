/**
 * A guest telephone: this page plays an outside number. It registers, waits, rings, and talks on the leg that
 * the centre dialled. A reload is the same telephone; `close` gives the number back.
 */
import { create } from "zustand";
import { ApiError, get, post, request } from "../../api/client";
import { Live, type LiveStatus, socketUrl } from "../../api/live";
import type { PhoneConfiguration, SessionAnswer, TelephoneMessage, TelephoneOpened, TelephoneTopic, Ticket } from "../../api/types";
import { iceServersOf, LineGone, loadBuiltInPhone, type MicrophoneState, type Phone, type PhoneState } from "../../phone";
import { type CallProblem, problemOf } from "../caller/call";

const KEPT = "patchbay.telephone";
/** Statuses after which there is no call to connect to any more. */
const GONE = new Set([401, 403, 404, 409, 410]);
const FAREWELL_MS = 800;

export interface TelephoneStore {
  phase: "choose" | "opening" | "open";
  telephone: TelephoneTopic | null;
  /** Pressed Answer; the line is on its way. */
  answering: boolean;
  line: PhoneState;
  microphone: MicrophoneState;
  muted: boolean;
  playbackBlocked: boolean;
  server: LiveStatus;
  problem: CallProblem | null;
}

const FRESH: TelephoneStore = {
  phase: "choose", telephone: null, answering: false, line: "none", microphone: "unknown", muted: false, playbackBlocked: false, server: { state: "stopped" }, problem: null,
};

export const useTelephone = create<TelephoneStore>(() => FRESH);
const set = (part: Partial<TelephoneStore>): void => useTelephone.setState(part);

let mine: TelephoneOpened | null = null;
let phone: Phone | null = null;
let audio: HTMLAudioElement | null = null;

const pathOf = (what: string): string => `/api/caller/telephone/${mine?.telephone_id ?? ""}/${what}`;

const live = new Live<TelephoneMessage>({
  getTicket: (signal) => ticket(signal),
  url: (made) => socketUrl("/ws/telephone", made),
  heartbeat: () => {
    const { line, microphone } = useTelephone.getState();
    return { type: "heartbeat", phone: line, microphone, rtt_ms: null, visible: document.visibilityState === "visible", leader: true };
  },
  resync: (topic) => ({ type: "resync", topic }),
  onStatus: (server) => set({ server }),
  onTopic: (_topic, data) => follow(data as TelephoneTopic),
  onRefused: () => closeTelephone(),
});

/** After a restart of the server nobody knows this telephone: it says again which number it is. */
async function ticket(signal: AbortSignal): Promise<string> {
  try {
    return (await post<Ticket>(pathOf("ws-ticket"), undefined, { signal, retries: 0 })).ticket;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404 || mine === null) throw error;
    mine = await post<TelephoneOpened>("/api/caller/telephone", { number: mine.number }, { signal, retries: 0 });
    return (await post<Ticket>(pathOf("ws-ticket"), undefined, { signal, retries: 0 })).ticket;
  }
}

/** Be this number. Call it from a click: the browser then lets the page ring. */
export async function openTelephone(number: string): Promise<void> {
  if (useTelephone.getState().phase !== "choose") return;
  set({ ...FRESH, phase: "opening" });
  try {
    await allowMicrophone();
    await post<undefined>("/api/caller/session");
    mine = await post<TelephoneOpened>("/api/caller/telephone", { number });
    sessionStorage.setItem(KEPT, mine.number);
    live.start();
  } catch (error) {
    set({ ...FRESH, problem: problemOf(error) });
  }
}

/** The number this tab was before it was loaded again. */
export function keptNumber(): string | null {
  return sessionStorage.getItem(KEPT);
}

/** Asked while nothing rings, so that Answer is heard at once. What is refused is said when there is a call. */
async function allowMicrophone(): Promise<void> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null);
  stream?.getTracks().forEach((track) => track.stop());
}

function follow(telephone: TelephoneTopic): void {
  set({ telephone, phase: "open" });
  if (telephone.state !== "talking" && !(telephone.state === "ringing" && phone !== null)) hangUpHere();
}

/** Takes the call that rings. */
export async function answer(): Promise<void> {
  if (phone !== null || useTelephone.getState().answering) return;
  set({ answering: true, problem: null });
  try {
    const configuration = await get<PhoneConfiguration>("/api/phone");
    audio ??= new Audio();
    phone = await loadBuiltInPhone({ iceServers: iceServersOf(configuration.ice_servers), audioElement: audio, exchange });
    phone.onChange(mirror);
    await phone.connect();
  } catch (error) {
    hangUpHere();
    set({ problem: problemOf(error) });
  } finally {
    set({ answering: false });
  }
}

async function exchange(sdp: string): Promise<string> {
  try {
    return (await post<SessionAnswer>(pathOf("answer"), { sdp }, { retries: 0 })).sdp;
  } catch (error) {
    if (error instanceof ApiError && GONE.has(error.status)) throw new LineGone(error.message, { cause: error });
    throw error;
  }
}

function mirror(): void {
  if (phone === null) return;
  const { state, microphone, muted, playbackBlocked } = phone;
  const before = useTelephone.getState().line;
  set({ line: state, microphone, muted, playbackBlocked });
  live.beatNow();
  if (before !== "none" && state === "none") end();
}

export function decline(): void {
  void post(pathOf("decline")).catch((error: unknown) => set({ problem: problemOf(error) }));
}

/** Hangs up: over the line's own channel, and at the server so that the number is free again. */
export function end(): void {
  phone?.end();
  const line = phone;
  phone = null;
  setTimeout(() => line?.close(), FAREWELL_MS);
  set({ line: "none", muted: false, playbackBlocked: false });
  void post(pathOf("hang-up")).catch(() => undefined);
}

export function setMuted(on: boolean): void {
  phone?.setMuted(on);
}

/** The page is this number no more. */
export function closeTelephone(): void {
  hangUpHere();
  if (mine !== null) void request("DELETE", `/api/caller/telephone/${mine.telephone_id}`).catch(() => undefined);
  mine = null;
  sessionStorage.removeItem(KEPT);
  live.stop();
  set(FRESH);
}

function hangUpHere(): void {
  phone?.close();
  phone = null;
  set({ line: "none", muted: false, playbackBlocked: false });
}
