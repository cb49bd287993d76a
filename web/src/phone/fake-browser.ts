/** Hand-written stand-ins for the browser's own interfaces, for the phone's tests. */
import { vi } from "vitest";

export class FakeTrack extends EventTarget {
  readonly kind = "audio";
  enabled = true;
  muted = false;
  readyState: "live" | "ended" = "live";

  constructor(readonly name: string) {
    super();
  }

  stop(): void {
    this.readyState = "ended";
  }

  /** The device is pulled out. */
  pull(): void {
    this.readyState = "ended";
    this.dispatchEvent(new Event("ended"));
  }

  setSystemMute(on: boolean): void {
    this.muted = on;
    this.dispatchEvent(new Event(on ? "mute" : "unmute"));
  }
}

export class FakeStream {
  readonly tracks: FakeTrack[];

  constructor(tracks: FakeTrack[] = []) {
    this.tracks = [...tracks];
  }

  getTracks(): FakeTrack[] {
    return [...this.tracks];
  }

  getAudioTracks(): FakeTrack[] {
    return this.getTracks();
  }

  addTrack(track: FakeTrack): void {
    this.tracks.push(track);
  }

  removeTrack(track: FakeTrack): void {
    this.tracks.splice(this.tracks.indexOf(track), 1);
  }
}

export class FakeChannel extends EventTarget {
  readyState: "connecting" | "open" | "closed" = "connecting";
  readonly sent: unknown[] = [];

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  open(): void {
    this.readyState = "open";
    this.dispatchEvent(new Event("open"));
  }

  closeByServer(): void {
    this.readyState = "closed";
    this.dispatchEvent(new Event("close"));
  }

  receive(message: unknown): void {
    this.dispatchEvent(new MessageEvent("message", { data: typeof message === "string" ? message : JSON.stringify(message) }));
  }
}

export class FakeConnection extends EventTarget {
  connectionState: RTCPeerConnectionState = "new";
  iceGatheringState: RTCIceGatheringState = "new";
  localDescription: { sdp: string } | null = null;
  remoteSdp: string | null = null;
  channel: FakeChannel | null = null;
  sentTrack: FakeTrack | null = null;
  report: Record<string, unknown>[] = [];
  closed = false;

  constructor(readonly configuration: RTCConfiguration) {
    super();
    browser.connections.push(this);
  }

  addTransceiver(track: FakeTrack): { sender: { replaceTrack: (next: FakeTrack) => Promise<void> } } {
    this.sentTrack = track;
    return {
      sender: {
        replaceTrack: (next) => {
          this.sentTrack = next;
          return Promise.resolve();
        },
      },
    };
  }

  createDataChannel(): FakeChannel {
    this.channel = new FakeChannel();
    return this.channel;
  }

  createOffer(): Promise<{ type: "offer"; sdp: string }> {
    return Promise.resolve({ type: "offer", sdp: `offer ${browser.connections.indexOf(this)}` });
  }

  setLocalDescription(description: { sdp: string }): Promise<void> {
    this.localDescription = description;
    if (browser.gathersAtOnce) this.iceGatheringState = "complete";
    return Promise.resolve();
  }

  setRemoteDescription(description: { sdp: string }): Promise<void> {
    this.remoteSdp = description.sdp;
    if (browser.connectsByItself) queueMicrotask(() => this.become("connected"));
    return Promise.resolve();
  }

  getStats(): Promise<Map<number, Record<string, unknown>>> {
    return Promise.resolve(new Map(this.report.entries()));
  }

  gathered(): void {
    this.iceGatheringState = "complete";
    this.dispatchEvent(new Event("icegatheringstatechange"));
  }

  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.dispatchEvent(new Event("connectionstatechange"));
    if (state === "connected") this.channel?.open();
  }

  bring(track: FakeTrack): void {
    this.dispatchEvent(Object.assign(new Event("track"), { track }));
  }

  close(): void {
    this.closed = true;
    this.connectionState = "closed";
  }
}

class FakeAudioContext {
  state: AudioContextState = browser.audioClock;
  createAnalyser() {
    return {
      fftSize: 1024,
      getFloatTimeDomainData: (into: Float32Array) => into.fill(browser.microphoneLevel),
    };
  }
  createMediaStreamSource() {
    return { connect: () => undefined, disconnect: () => undefined };
  }
  resume(): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

export class FakeBrowser {
  readonly connections: FakeConnection[] = [];
  readonly tracks: FakeTrack[] = [];
  readonly devices = Object.assign(new EventTarget(), {
    getUserMedia: (constraints: MediaStreamConstraints) => this.#getUserMedia(constraints),
  });
  gathersAtOnce = true;
  connectsByItself = true;
  audioClock: AudioContextState = "running";
  /** Every sample the analyser reads. */
  microphoneLevel = 0.1;
  /** What `getUserMedia` refuses with. */
  refuses: string | null = null;
  playRefused = false;
  /** The person's answer to the permission prompt. */
  permission: Promise<void> = Promise.resolve();
  readonly asked: MediaStreamConstraints[] = [];

  install(): HTMLAudioElement {
    vi.stubGlobal("RTCPeerConnection", FakeConnection);
    vi.stubGlobal("MediaStream", FakeStream);
    vi.stubGlobal("AudioContext", FakeAudioContext);
    vi.stubGlobal("isSecureContext", true);
    vi.stubGlobal("navigator", { mediaDevices: this.devices });
    const play = (): Promise<void> =>
      this.playRefused ? Promise.reject(new DOMException("no touch yet", "NotAllowedError")) : Promise.resolve();
    return { play, srcObject: null, autoplay: false } as unknown as HTMLAudioElement;
  }

  /** The newest connection. */
  get connection(): FakeConnection {
    const last = this.connections.at(-1);
    if (!last) throw new Error("The phone has made no connection yet.");
    return last;
  }

  get track(): FakeTrack {
    const last = this.tracks.at(-1);
    if (!last) throw new Error("The phone has not asked for the microphone yet.");
    return last;
  }

  async #getUserMedia(constraints: MediaStreamConstraints): Promise<FakeStream> {
    this.asked.push(constraints);
    await this.permission;
    if (this.refuses !== null) throw new DOMException("refused", this.refuses);
    const track = new FakeTrack(`microphone ${this.tracks.length}`);
    this.tracks.push(track);
    return new FakeStream([track]);
  }
}

export let browser = new FakeBrowser();

/** A fresh browser; returns the audio element to play on. */
export function newBrowser(): HTMLAudioElement {
  browser = new FakeBrowser();
  return browser.install();
}
