/** What the pre-shift check looks at and how it judges. Pure: the page measures, this decides. */
import type { MicrophoneState, PhoneErrorCode, PhoneState } from "../../phone";

export type CheckKey = "browser" | "microphone" | "headset" | "ringer" | "line";
/** `idle`: not tried yet, which keeps nobody from starting; `busy`: being measured. */
export type Result = "ok" | "bad" | "warn" | "busy" | "idle";

export interface Measured {
  secure: boolean;
  webrtc: boolean;
  permission: "granted" | "denied" | "prompt" | "unknown";
  phone: PhoneState;
  error: PhoneErrorCode | null;
  microphone: MicrophoneState;
  /** Whether anything like speech was heard since the check began. */
  spoke: boolean;
  /** Seconds the microphone has been open without being heard. */
  quietS: number;
  headset: "idle" | "playing" | "heard" | "unheard";
  ringer: "idle" | "playing" | "heard" | "unheard";
  rttMs: number | null;
  lossFraction: number;
}

/** A voice at arm's length reaches this; a room at night does not. dBFS. */
export const HEARD_DBFS = -50;
/** So long nothing may be heard before it counts as silent. */
export const QUIET_S_MAX = 12;

const MICROPHONE_ERRORS = new Set<PhoneErrorCode>(["microphone_denied", "microphone_missing", "microphone_busy"]);

export function judge(m: Measured): Record<CheckKey, Result> {
  return { browser: browser(m), microphone: microphone(m), headset: sound(m.headset), ringer: sound(m.ringer), line: line(m) };
}

function browser(m: Measured): Result {
  if (!m.secure || !m.webrtc || m.error === "insecure_context" || m.error === "no_webrtc") return "bad";
  if (m.permission === "denied" || m.error === "microphone_denied") return "bad";
  return m.permission === "granted" || m.phone === "ready" ? "ok" : "busy";
}

function microphone(m: Measured): Result {
  if (m.error !== null && MICROPHONE_ERRORS.has(m.error)) return "bad";
  if (m.microphone === "silent" || m.microphone === "ended") return "bad";
  if (m.spoke) return "ok";
  return m.quietS >= QUIET_S_MAX ? "bad" : "busy";
}

function sound(state: Measured["headset"]): Result {
  if (state === "heard") return "ok";
  if (state === "unheard") return "bad";
  return state === "playing" ? "busy" : "idle";
}

function line(m: Measured): Result {
  if (m.error === "exchange_failed" || m.error === "media_failed" || m.phone === "lost") return "bad";
  if (m.phone !== "ready") return m.error === null ? "busy" : "bad";
  if (m.lossFraction > 0.03 || (m.rttMs !== null && m.rttMs > 300)) return "warn";
  return "ok";
}

/** Nobody becomes available while one of them is bad or still being measured; what was not tried is no obstacle. */
export function mayStart(results: Record<CheckKey, Result>): boolean {
  return Object.values(results).every((r) => r !== "bad" && r !== "busy");
}

/** The row whose cure opens by itself: the first bad one, in the order of the list. */
export function firstBad(results: Record<CheckKey, Result>): CheckKey | null {
  return (Object.keys(results) as CheckKey[]).find((key) => results[key] === "bad") ?? null;
}
