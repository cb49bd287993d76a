import { reconnectDelayMs } from "./backoff";
import { Microphone } from "./microphone";
import { Peer } from "./peer";
import { StatsReader } from "./stats";
import { LineGone, type MicrophoneState, type Phone, PhoneError, type PhoneState, type PhoneStats } from "./types";

/** A connection that stutters often comes back by itself; after this long a new offer is quicker. */
export const STUTTER_MS_MAX = 1_500;

export interface BuiltInPhoneOptions {
  /** Carries the offer to the server and brings its answer. Throws `LineGone` when there is nothing to come back to. */
  exchange: (sdp: string) => Promise<string>;
  iceServers: RTCIceServer[];
  /** Constraints of the microphone; the browser's own for speech when left out. */
  microphone?: MediaTrackConstraints;
  /** Plays the far side; the phone makes one of its own when left out. */
  audioElement?: HTMLAudioElement;
}

const SPEECH: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** The phone of the built-in back end: a plain RTCPeerConnection with one audio line and a data channel. */
class BuiltInPhone implements Phone {
  readonly remoteStream = new MediaStream();
  readonly #options: BuiltInPhoneOptions;
  readonly #audio: HTMLAudioElement;
  readonly #microphone: Microphone;
  readonly #stats = new StatsReader();
  readonly #callbacks = new Set<() => void>();
  #peer: Peer | null = null;
  #state: PhoneState = "none";
  #muted = false;
  #playbackBlocked = false;
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** Counts up at each connect and close, so that what an older one awaited changes nothing. */
  #life = 0;

  constructor(options: BuiltInPhoneOptions) {
    this.#options = options;
    this.#audio = options.audioElement ?? new Audio();
    this.#audio.autoplay = true;
    this.#audio.srcObject = this.remoteStream;
    this.#microphone = new Microphone(
      options.microphone ?? SPEECH,
      () => {
        this.#tell();
      },
      (track) => {
        void this.#peer?.replaceTrack(track).catch(() => {
          this.#lose();
        });
      },
    );
  }

  get state(): PhoneState {
    return this.#state;
  }

  get microphone(): MicrophoneState {
    return this.#microphone.state;
  }

  get muted(): boolean {
    return this.#muted;
  }

  get playbackBlocked(): boolean {
    return this.#playbackBlocked;
  }

  async connect(): Promise<void> {
    if (this.#state !== "none") return;
    const life = ++this.#life;
    this.#set("connecting");
    try {
      await this.#microphone.open();
      await this.#open(life);
    } catch (error) {
      if (life === this.#life) this.close();
      throw error instanceof PhoneError ? error : new PhoneError("exchange_failed", { cause: error });
    }
    addEventListener("online", this.#hurry);
    document.addEventListener("visibilitychange", this.#hurry);
  }

  close(): void {
    this.#life += 1;
    this.#clearTimer();
    removeEventListener("online", this.#hurry);
    document.removeEventListener("visibilitychange", this.#hurry);
    this.#watchTouches(false);
    this.#dropPeer();
    this.#microphone.close();
    for (const track of this.remoteStream.getTracks()) this.remoteStream.removeTrack(track);
    this.#attempt = 0;
    this.#muted = false;
    this.#microphone.setEnabled(true);
    this.#set("none");
  }

  setMuted(on: boolean): void {
    if (on === this.#muted) return;
    this.#applyMuted(on);
    this.#peer?.send({ t: "mute", on });
  }

  sendDigit(digit: string): boolean {
    return this.#peer?.send({ t: "digit", d: digit }) ?? false;
  }

  end(): boolean {
    return this.#peer?.send({ t: "end" }) ?? false;
  }

  onChange(callback: () => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  level(): number {
    return this.#microphone.level();
  }

  async stats(): Promise<PhoneStats> {
    if (!this.#peer || this.#state !== "ready") return { rttMs: null, lossFraction: 0, jitterMs: 0 };
    const report = await this.#peer.getStats();
    const entries: Record<string, unknown>[] = [];
    report.forEach((entry: Record<string, unknown>) => entries.push(entry));
    return this.#stats.read(entries);
  }

  setInput(deviceId: string): Promise<void> {
    return this.#microphone.change(deviceId);
  }

  async setOutput(deviceId: string): Promise<void> {
    await this.#audio.setSinkId(deviceId);
  }

  /** One offer from gathering to sound. */
  async #open(life: number): Promise<void> {
    const track = this.#microphone.track;
    if (!track) throw new PhoneError("microphone_missing");
    this.#dropPeer();
    this.#stats.reset();
    const mine = (act: () => void) => () => {
      if (this.#peer === peer) act();
    };
    const peer: Peer = new Peer(this.#options.iceServers, track, {
      onConnectionState: (state) => {
        if (this.#peer === peer) this.#follow(state);
      },
      onTrack: (remote) => {
        if (this.#peer === peer) this.#play(remote);
      },
      onMessage: (message) => {
        if (this.#peer === peer) this.#hear(message);
      },
      onChannelOpen: mine(() => {
        if (this.#muted) peer.send({ t: "mute", on: true });
      }),
      onChannelClosed: mine(() => {
        this.#lose();
      }),
    });
    this.#peer = peer;
    await peer.open(this.#options.exchange);
    this.#stillIn(life);
    this.#attempt = 0;
    this.#set("ready");
  }

  /** What the connection says of itself once it was open. The first opening is awaited in `Peer.open`. */
  #follow(state: RTCPeerConnectionState): void {
    if (this.#state === "connecting" || this.#state === "none") return;
    if (state === "connected" && this.#state === "lost") {
      this.#clearTimer();
      this.#set("ready");
    } else if (state === "disconnected" && this.#state === "ready") {
      this.#set("lost");
      this.#tryIn(STUTTER_MS_MAX);
    } else if ((state === "failed" || state === "closed") && (this.#state === "ready" || this.#timer !== null)) {
      this.#set("lost");
      this.#tryIn(reconnectDelayMs(0, Math.random()));
    }
  }

  #lose(): void {
    if (this.#state !== "ready") return;
    this.#set("lost");
    this.#tryIn(reconnectDelayMs(0, Math.random()));
  }

  #tryIn(delayMs: number): void {
    this.#clearTimer();
    const life = this.#life;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#retry(life);
    }, delayMs);
  }

  async #retry(life: number): Promise<void> {
    try {
      await this.#open(life);
    } catch (error) {
      if (life !== this.#life) return;
      if (error instanceof LineGone) {
        this.close();
        return;
      }
      this.#dropPeer();
      this.#attempt += 1;
      this.#tryIn(reconnectDelayMs(this.#attempt, Math.random()));
    }
  }

  /** The network or the person is back: do not sit out the delay. */
  readonly #hurry = (): void => {
    if (this.#timer !== null && document.visibilityState === "visible") this.#tryIn(0);
  };

  #hear(message: unknown): void {
    if (typeof message !== "object" || message === null) return;
    const { t, on } = message as { t?: unknown; on?: unknown };
    if (t === "muted" && typeof on === "boolean" && on !== this.#muted) this.#applyMuted(on);
  }

  #applyMuted(on: boolean): void {
    this.#muted = on;
    this.#microphone.setEnabled(!on);
    this.#tell();
  }

  #play(track: MediaStreamTrack): void {
    for (const old of this.remoteStream.getTracks()) this.remoteStream.removeTrack(old);
    this.remoteStream.addTrack(track);
    this.#audio.play().then(
      () => {
        this.#setPlaybackBlocked(false);
      },
      (error: unknown) => {
        // A track that is replaced while it starts aborts the first play; only a refusal needs a touch.
        if (error instanceof DOMException && error.name === "NotAllowedError") this.#setPlaybackBlocked(true);
      },
    );
  }

  #setPlaybackBlocked(blocked: boolean): void {
    this.#watchTouches(blocked);
    if (blocked === this.#playbackBlocked) return;
    this.#playbackBlocked = blocked;
    this.#tell();
  }

  #watchTouches(on: boolean): void {
    for (const kind of ["pointerdown", "keydown"]) {
      if (on) addEventListener(kind, this.#touched);
      else removeEventListener(kind, this.#touched);
    }
  }

  readonly #touched = (): void => {
    this.#microphone.wake();
    const track = this.remoteStream.getTracks()[0];
    if (track) this.#play(track);
  };

  #stillIn(life: number): void {
    if (life !== this.#life) throw new PhoneError("closed");
  }

  #dropPeer(): void {
    this.#peer?.close();
    this.#peer = null;
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #set(state: PhoneState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#tell();
  }

  #tell(): void {
    for (const callback of this.#callbacks) callback();
  }
}

export function createBuiltInPhone(options: BuiltInPhoneOptions): Phone {
  return new BuiltInPhone(options);
}
