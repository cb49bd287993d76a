/** The agent's line: opened once, kept through calls, told to the server with every heartbeat. */
import { create } from "zustand";
import { get, post } from "../api/client";
import type { PhoneConfiguration, SessionAnswer } from "../api/types";
import { diagnostics } from "../lib/diagnostics";
import { iceServersOf, loadBuiltInPhone, type MicrophoneState, type Phone, PhoneError, type PhoneErrorCode, type PhoneState } from "../phone";
import { chooseDevice, listDevices, useDevices } from "./devices";

const STATS_MS = 2_000;
const RETRY_MS = 4_000;
const HISTORY = 24;

export interface PhoneStore {
  state: PhoneState;
  microphone: MicrophoneState;
  muted: boolean;
  /** The browser plays nothing until the page is touched. */
  playbackBlocked: boolean;
  /** Why the last opening failed. */
  error: PhoneErrorCode | null;
  rttMs: number | null;
  lossFraction: number;
  jitterMs: number;
  /** The latest round trips, oldest first. */
  rtts: number[];
}

const NOTHING: PhoneStore = {
  state: "none",
  microphone: "unknown",
  muted: false,
  playbackBlocked: false,
  error: null,
  rttMs: null,
  lossFraction: 0,
  jitterMs: 0,
  rtts: [],
};

export const usePhone = create<PhoneStore>(() => NOTHING);

let phone: Phone | null = null;
let opening: Promise<void> | null = null;
let statsTimer: ReturnType<typeof setInterval> | null = null;
let retryTimer: ReturnType<typeof setTimeout> | null = null;
/** Counts up at each close, so that what an older opening awaited changes nothing. */
let life = 0;

/** Opens the line unless it is open, and keeps trying while only the server is missing. */
export function openPhone(): Promise<void> {
  const mine = life;
  opening ??= open(mine).finally(() => {
    if (mine === life) opening = null;
  });
  return opening;
}

/** Closes the line in this page. The server keeps the leg for whoever leads next. */
export function closePhone(): void {
  life += 1;
  opening = null;
  if (retryTimer !== null) clearTimeout(retryTimer);
  if (statsTimer !== null) clearInterval(statsTimer);
  retryTimer = statsTimer = null;
  phone?.close();
  phone = null;
  usePhone.setState(NOTHING);
}

async function open(mine: number): Promise<void> {
  if (retryTimer !== null) clearTimeout(retryTimer);
  if (phone !== null && phone.state !== "none") return;
  usePhone.setState({ error: null });
  try {
    const made = phone ?? (await make());
    if (mine !== life) {
      made.close();
      return;
    }
    phone = made;
    diagnostics.remoteStream = made.remoteStream;
    statsTimer ??= setInterval(() => void readStats(), STATS_MS);
    await made.connect();
    void listDevices();
    await applyOutput();
  } catch (error) {
    if (mine !== life) return;
    // The next try asks for the configuration again: what opens a relay may have run out.
    phone = null;
    const code = error instanceof PhoneError ? error.code : "exchange_failed";
    usePhone.setState({ error: code, state: "none" });
    if (code === "exchange_failed" || code === "media_failed") retryTimer = setTimeout(() => void openPhone(), RETRY_MS);
  }
}

async function make(): Promise<Phone> {
  const configuration = await get<PhoneConfiguration>("/api/phone");
  const { input } = useDevices.getState();
  const made = await loadBuiltInPhone({
    exchange: async (sdp) => (await post<SessionAnswer>("/api/agent/phone", { sdp })).sdp,
    iceServers: iceServersOf(configuration.ice_servers),
    microphone: {
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
      ...(input !== "" && { deviceId: { ideal: input } }),
    },
  });
  made.onChange(() => read(made));
  return made;
}

function read(made: Phone): void {
  if (made !== phone) return;
  usePhone.setState({
    state: made.state,
    microphone: made.microphone,
    muted: made.muted,
    playbackBlocked: made.playbackBlocked,
  });
}

async function readStats(): Promise<void> {
  if (phone?.state !== "ready") return;
  const { rttMs, lossFraction, jitterMs } = await phone.stats();
  usePhone.setState((s) => ({
    rttMs,
    lossFraction,
    jitterMs,
    rtts: rttMs === null ? s.rtts : [...s.rtts, rttMs].slice(-HISTORY),
  }));
}

/** dBFS of the own microphone; -100 and below is silence. */
export function microphoneLevel(): number {
  return phone?.level() ?? -100;
}

export function setPhoneMuted(on: boolean): void {
  phone?.setMuted(on);
}

/** True when it went out beside the server's own way. */
export function sendPhoneDigit(digit: string): boolean {
  return phone?.sendDigit(digit) ?? false;
}

export function endOnPhone(): boolean {
  return phone?.end() ?? false;
}

export async function changeInput(deviceId: string): Promise<void> {
  await phone?.setInput(deviceId);
  chooseDevice({ input: deviceId });
}

export async function applyOutput(): Promise<void> {
  const { output } = useDevices.getState();
  if (output === "" || phone === null) return;
  await phone.setOutput(output).catch(() => undefined);
}
