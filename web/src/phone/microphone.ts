import { LEVEL_DBFS_MIN, levelDbfs, peakOf, SilenceWatch } from "./silence";
import { type MicrophoneState, PhoneError, type PhoneErrorCode } from "./types";

const MEASURE_EVERY_MS = 250;

const ERROR_CODES: Record<string, PhoneErrorCode> = {
  NotAllowedError: "microphone_denied",
  SecurityError: "microphone_denied",
  NotFoundError: "microphone_missing",
  OverconstrainedError: "microphone_missing",
  NotReadableError: "microphone_busy",
  AbortError: "microphone_busy",
};

/** Which of our errors the browser's refusal is. */
export function microphoneError(cause: unknown): PhoneError {
  const name = cause instanceof Error || cause instanceof DOMException ? cause.name : "";
  return new PhoneError(ERROR_CODES[name] ?? "microphone_busy", { cause });
}

/** The own microphone: opens it, measures it, notices when it falls silent or goes, and comes back on another. */
export class Microphone {
  #constraints: MediaTrackConstraints;
  #track: MediaStreamTrack | null = null;
  #context: AudioContext | null = null;
  #source: MediaStreamAudioSourceNode | null = null;
  #analyser: AnalyserNode | null = null;
  #samples = new Float32Array(1024);
  #timer: ReturnType<typeof setInterval> | null = null;
  #watch = new SilenceWatch();
  #state: MicrophoneState = "unknown";
  #enabled = true;
  #reopening = false;
  /** Counts up at each close, so that a permission given too late opens nothing. */
  #life = 0;
  readonly #onChange: () => void;
  readonly #onTrack: (track: MediaStreamTrack) => void;

  /**
   * @param onChange after each change of `state`.
   * @param onTrack when another track takes the place of the first one.
   */
  constructor(
    constraints: MediaTrackConstraints,
    onChange: () => void,
    onTrack: (track: MediaStreamTrack) => void,
  ) {
    this.#constraints = constraints;
    this.#onChange = onChange;
    this.#onTrack = onTrack;
  }

  get state(): MicrophoneState {
    return this.#state;
  }

  get track(): MediaStreamTrack | null {
    return this.#track;
  }

  /** Asks for the microphone unless it is open. Throws `PhoneError`. */
  async open(): Promise<MediaStreamTrack> {
    if (this.#track?.readyState === "live") return this.#track;
    const life = this.#life;
    const track = await this.#ask(this.#constraints);
    if (life !== this.#life) {
      track.stop();
      throw new PhoneError("closed");
    }
    this.#use(track);
    navigator.mediaDevices.addEventListener("devicechange", this.#devicesChanged);
    this.#timer ??= setInterval(() => {
      this.#measure();
    }, MEASURE_EVERY_MS);
    return track;
  }

  /** Takes another device; the old one goes on when the new one does not open. */
  async change(deviceId: string): Promise<void> {
    const constraints = { ...this.#constraints, deviceId: { exact: deviceId } };
    const track = await this.#ask(constraints);
    this.#constraints = constraints;
    this.#use(track);
    this.#onTrack(track);
  }

  setEnabled(on: boolean): void {
    this.#enabled = on;
    if (this.#track) this.#track.enabled = on;
  }

  level(): number {
    return this.#read() === null ? LEVEL_DBFS_MIN : levelDbfs(this.#samples);
  }

  /** Browsers start audio clocks only after a touch; called again after one. */
  wake(): void {
    if (this.#context?.state === "suspended") void this.#context.resume().catch(() => undefined);
  }

  close(): void {
    this.#life += 1;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    if (this.#track) navigator.mediaDevices.removeEventListener("devicechange", this.#devicesChanged);
    this.#drop();
    if (this.#context) void this.#context.close().catch(() => undefined);
    this.#context = null;
    this.#analyser = null;
    this.#watch.reset();
    this.#state = "unknown";
  }

  async #ask(constraints: MediaTrackConstraints): Promise<MediaStreamTrack> {
    // Old browsers and pages without HTTPS have no mediaDevices, whatever the types say.
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    if (!devices) throw new PhoneError(isSecureContext ? "no_webrtc" : "insecure_context");
    let stream: MediaStream;
    try {
      stream = await devices.getUserMedia({ audio: constraints });
    } catch (cause) {
      throw microphoneError(cause);
    }
    const track = stream.getAudioTracks()[0];
    if (!track) throw new PhoneError("microphone_missing");
    return track;
  }

  #use(track: MediaStreamTrack): void {
    this.#drop();
    this.#track = track;
    track.enabled = this.#enabled;
    track.addEventListener("ended", this.#ended);
    track.addEventListener("mute", this.#mutedBySystem);
    track.addEventListener("unmute", this.#unmutedBySystem);
    this.#watch.reset();
    this.#listen(track);
    this.#set(track.muted ? "silent" : "unknown");
  }

  #drop(): void {
    const track = this.#track;
    this.#track = null;
    this.#source?.disconnect();
    this.#source = null;
    if (!track) return;
    track.removeEventListener("ended", this.#ended);
    track.removeEventListener("mute", this.#mutedBySystem);
    track.removeEventListener("unmute", this.#unmutedBySystem);
    track.stop();
  }

  #listen(track: MediaStreamTrack): void {
    this.#context ??= new AudioContext();
    this.wake();
    if (!this.#analyser) {
      this.#analyser = this.#context.createAnalyser();
      this.#analyser.fftSize = this.#samples.length;
    }
    this.#source = this.#context.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(this.#analyser);
  }

  /** Fills `#samples` and returns their peak, or null when zeros would prove nothing. */
  #read(): number | null {
    if (!this.#analyser || this.#context?.state !== "running" || !this.#enabled || !this.#source) return null;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return peakOf(this.#samples);
  }

  #measure(): void {
    if (this.#state === "ended" || this.#track?.muted === true) return;
    this.#set(this.#watch.observe(this.#read(), performance.now()));
  }

  #set(state: MicrophoneState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#onChange();
  }

  readonly #mutedBySystem = (): void => {
    this.#watch.reset();
    this.#set("silent");
  };

  readonly #unmutedBySystem = (): void => {
    this.#set("unknown");
  };

  readonly #ended = (): void => {
    this.#set("ended");
    void this.#reopen();
  };

  readonly #devicesChanged = (): void => {
    if (this.#state === "ended") void this.#reopen();
  };

  /** The device went: take whatever the browser offers instead, else wait for the next device. */
  async #reopen(): Promise<void> {
    if (this.#reopening) return;
    this.#reopening = true;
    const before = this.#track;
    try {
      const anyDevice = { ...this.#constraints };
      delete anyDevice.deviceId;
      const track = await this.#ask(anyDevice);
      if (before !== null && this.#track === before) {
        this.#use(track);
        this.#onTrack(track);
      } else {
        track.stop();
      }
    } catch {
      // Stays `ended`; `devicechange` tries again.
    } finally {
      this.#reopening = false;
    }
  }
}
