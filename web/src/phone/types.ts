/**
 * The phone in the page: one voice line to the server, and what the page may do with it.
 *
 * Screens know only this interface. `builtin.ts` speaks to the built-in back end; another back end
 * brings its own implementation.
 */

/** `none` before the first `connect` and after `close`; `lost` while it tries by itself to get back. */
export type PhoneState = "none" | "connecting" | "ready" | "lost";

/**
 * `silent`: digital silence for five seconds or a muted track; `ended`: the device is gone;
 * `unknown` until the first measurement.
 */
export type MicrophoneState = "ok" | "silent" | "ended" | "unknown";

export interface PhoneStats {
  /** Round trip in milliseconds; null until the far side has reported. */
  rttMs: number | null;
  /** Share of packets lost on the way in, 0 to 1, over the time since the last call of `stats()`. */
  lossFraction: number;
  jitterMs: number;
}

/** Why the line could not be opened. `code` chooses the words on the screen. */
export type PhoneErrorCode =
  | "insecure_context"
  | "no_webrtc"
  | "microphone_denied"
  | "microphone_missing"
  | "microphone_busy"
  | "exchange_failed"
  | "media_failed"
  | "closed";

export class PhoneError extends Error {
  readonly code: PhoneErrorCode;

  constructor(code: PhoneErrorCode, options?: { cause?: unknown }) {
    super(code, options);
    this.name = "PhoneError";
    this.code = code;
  }
}

/**
 * What `exchange` throws when there is no line to come back to (the call is over, the session ended).
 * The phone then stops trying and goes to `none`; after any other error it tries again.
 */
export class LineGone extends Error {
  constructor(message = "There is no line to come back to.", options?: { cause?: unknown }) {
    super(message, options);
    this.name = "LineGone";
  }
}

export interface Phone {
  /** Asks for the microphone, offers, and resolves once the line is open. Rejects with `PhoneError`. */
  connect(): Promise<void>;
  /** Lets go of the microphone and the connection. Says nothing to the server: a reload is no hang-up. */
  close(): void;
  /** Silences the own microphone here at once and tells the server. */
  setMuted(on: boolean): void;
  readonly muted: boolean;
  /** `true` when the digit went out over the data channel; else send it another way. */
  sendDigit(digit: string): boolean;
  /** Tells the server that this side hangs up. `true` when it went out over the data channel. */
  end(): boolean;
  readonly state: PhoneState;
  readonly microphone: MicrophoneState;
  /** Calls back after each change of `state`, `microphone`, `muted` or `playbackBlocked`. */
  onChange(callback: () => void): () => void;
  /** Level of the own microphone in dBFS: 0 is full scale, -100 and below is silence. */
  level(): number;
  /** One stream for the life of the phone; its track changes when the line is opened anew. */
  readonly remoteStream: MediaStream;
  /** True when the browser plays nothing until the person touches the page. A touch anywhere cures it. */
  readonly playbackBlocked: boolean;
  stats(): Promise<PhoneStats>;
  /** Changes the microphone without a new offer. */
  setInput(deviceId: string): Promise<void>;
  /** Changes the loudspeaker. Rejects where the browser has no `setSinkId`. */
  setOutput(deviceId: string): Promise<void>;
}
