import { PhoneError } from "./types";

/** Candidates still missing after this are left out: waiting for a slow STUN server delays every call. */
export const GATHER_MS_MAX = 1_500;

/** From the answer to sound. ICE over a relay takes two to three seconds at worst. */
export const CONNECT_MS_MAX = 10_000;

export interface PeerEvents {
  onConnectionState: (state: RTCPeerConnectionState) => void;
  onTrack: (track: MediaStreamTrack) => void;
  onMessage: (message: unknown) => void;
  onChannelOpen: () => void;
  onChannelClosed: () => void;
}

/** One offer and its connection. It is never repaired: after a loss the phone makes another one. */
export class Peer {
  readonly #connection: RTCPeerConnection;
  readonly #channel: RTCDataChannel;
  readonly #sender: RTCRtpSender;
  #closed = false;
  #giveUp: (() => void) | null = null;

  constructor(iceServers: RTCIceServer[], track: MediaStreamTrack, events: PeerEvents) {
    const connection = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    this.#connection = connection;
    this.#sender = connection.addTransceiver(track, { direction: "sendrecv" }).sender;
    this.#channel = connection.createDataChannel("patchbay");
    connection.addEventListener("connectionstatechange", () => {
      if (!this.#closed) events.onConnectionState(connection.connectionState);
    });
    connection.addEventListener("track", (event) => {
      events.onTrack(event.track);
    });
    this.#channel.addEventListener("open", () => {
      if (!this.#closed) events.onChannelOpen();
    });
    this.#channel.addEventListener("close", () => {
      if (!this.#closed) events.onChannelClosed();
    });
    this.#channel.addEventListener("message", (event: MessageEvent<unknown>) => {
      if (!this.#closed) events.onMessage(parse(event.data));
    });
  }

  /** Offers, takes the answer and resolves when sound can flow. */
  async open(exchange: (sdp: string) => Promise<string>): Promise<void> {
    const connection = this.#connection;
    await connection.setLocalDescription(await connection.createOffer());
    await this.#gathered();
    this.#stillOpen();
    const answer = await exchange(connection.localDescription?.sdp ?? "");
    this.#stillOpen();
    await connection.setRemoteDescription({ type: "answer", sdp: answer });
    await this.#connected();
  }

  /** False when the channel is not open. */
  send(message: object): boolean {
    if (this.#channel.readyState !== "open") return false;
    this.#channel.send(JSON.stringify(message));
    return true;
  }

  async replaceTrack(track: MediaStreamTrack): Promise<void> {
    await this.#sender.replaceTrack(track);
  }

  getStats(): Promise<RTCStatsReport> {
    return this.#connection.getStats();
  }

  close(): void {
    this.#closed = true;
    this.#connection.close();
    this.#giveUp?.();
  }

  #stillOpen(): void {
    if (this.#closed) throw new PhoneError("closed");
  }

  async #gathered(): Promise<void> {
    const connection = this.#connection;
    if (connection.iceGatheringState === "complete") return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        connection.removeEventListener("icegatheringstatechange", look);
        resolve();
      };
      const look = (): void => {
        if (connection.iceGatheringState === "complete") done();
      };
      const timer = setTimeout(done, GATHER_MS_MAX);
      connection.addEventListener("icegatheringstatechange", look);
    });
  }

  async #connected(): Promise<void> {
    const connection = this.#connection;
    await new Promise<void>((resolve, reject) => {
      const settle = (failure?: PhoneError): void => {
        clearTimeout(timer);
        connection.removeEventListener("connectionstatechange", look);
        this.#giveUp = null;
        if (failure) reject(failure);
        else resolve();
      };
      const look = (): void => {
        const state = connection.connectionState;
        if (state === "connected") settle();
        if (state === "failed" || state === "closed") settle(new PhoneError("media_failed"));
      };
      const timer = setTimeout(() => settle(new PhoneError("media_failed")), CONNECT_MS_MAX);
      this.#giveUp = () => settle(new PhoneError("closed"));
      connection.addEventListener("connectionstatechange", look);
      look();
    });
  }
}

function parse(data: unknown): unknown {
  if (typeof data !== "string") return null;
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}
