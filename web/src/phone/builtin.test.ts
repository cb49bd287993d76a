import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DELAY_MS_MAX } from "./backoff";
import { createBuiltInPhone, STUTTER_MS_MAX } from "./builtin";
import { browser, FakeTrack, newBrowser } from "./fake-browser";
import { CONNECT_MS_MAX, GATHER_MS_MAX } from "./peer";
import { SILENT_AFTER_MS } from "./silence";
import { LineGone, type Phone, type PhoneError } from "./types";

let phone: Phone;
let offers: string[];
let answer: (sdp: string) => Promise<string>;

beforeEach(() => {
  vi.useFakeTimers();
  const audioElement = newBrowser();
  offers = [];
  answer = (sdp) => Promise.resolve(`answer to ${sdp}`);
  phone = createBuiltInPhone({
    exchange: (sdp) => {
      offers.push(sdp);
      return answer(sdp);
    },
    iceServers: [{ urls: ["stun:stun.example.org"] }],
    audioElement,
  });
});

afterEach(() => {
  phone.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

async function failure(work: Promise<unknown>): Promise<PhoneError> {
  return work.then(
    () => {
      throw new Error("It should have failed.");
    },
    (error: unknown) => error as PhoneError,
  );
}

describe("opening the line", () => {
  it("is ready once sound can flow, and offers once", async () => {
    const states: string[] = [];
    phone.onChange(() => states.push(phone.state));
    await phone.connect();
    expect(phone.state).toBe("ready");
    expect(states).toEqual(["connecting", "ready"]);
    expect(offers).toEqual(["offer 0"]);
    expect(browser.connection.remoteSdp).toBe("answer to offer 0");
    expect(browser.connection.configuration.iceServers).toEqual([{ urls: ["stun:stun.example.org"] }]);
  });

  it("waits for candidates, but posts what it has after the limit", async () => {
    browser.gathersAtOnce = false;
    const connecting = phone.connect();
    await vi.advanceTimersByTimeAsync(GATHER_MS_MAX - 1);
    expect(offers).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await connecting;
    expect(offers).toEqual(["offer 0"]);
  });

  it("posts as soon as the candidates are complete", async () => {
    browser.gathersAtOnce = false;
    const connecting = phone.connect();
    await vi.advanceTimersByTimeAsync(200);
    browser.connection.gathered();
    await connecting;
    expect(phone.state).toBe("ready");
  });

  it.each([
    ["NotAllowedError", "microphone_denied"],
    ["NotFoundError", "microphone_missing"],
    ["NotReadableError", "microphone_busy"],
  ])("names %s as %s and makes no offer", async (refusal, code) => {
    browser.refuses = refusal;
    const error = await failure(phone.connect());
    expect(error.code).toBe(code);
    expect(phone.state).toBe("none");
    expect(offers).toEqual([]);
  });

  it("says that a page without HTTPS has no microphone", async () => {
    vi.stubGlobal("isSecureContext", false);
    vi.stubGlobal("navigator", {});
    expect((await failure(phone.connect())).code).toBe("insecure_context");
  });

  it("lets go of the microphone when the server does not answer", async () => {
    answer = () => Promise.reject(new Error("503"));
    expect((await failure(phone.connect())).code).toBe("exchange_failed");
    expect(browser.track.readyState).toBe("ended");
    expect(phone.state).toBe("none");
  });

  it("fails when no sound comes through within the limit", async () => {
    browser.connectsByItself = false;
    const failed = failure(phone.connect());
    await vi.advanceTimersByTimeAsync(CONNECT_MS_MAX);
    expect((await failed).code).toBe("media_failed");
    expect(browser.connection.closed).toBe(true);
  });

  it("gives up quietly when it is closed meanwhile", async () => {
    browser.gathersAtOnce = false;
    const failed = failure(phone.connect());
    await settle();
    phone.close();
    await vi.advanceTimersByTimeAsync(GATHER_MS_MAX);
    expect((await failed).code).toBe("closed");
    expect(phone.state).toBe("none");
    expect(offers).toEqual([]);
  });
});

describe("closing while the line opens", () => {
  it("does not leave the caller of connect() waiting", async () => {
    browser.connectsByItself = false;
    const failed = failure(phone.connect());
    await settle();
    phone.close();
    expect((await failed).code).toBe("closed");
  });

  it("does not keep a microphone that is allowed too late", async () => {
    let allow = (): void => undefined;
    browser.permission = new Promise((resolve) => {
      allow = resolve;
    });
    const failed = failure(phone.connect());
    phone.close();
    allow();
    expect((await failed).code).toBe("closed");
    expect(browser.track.readyState).toBe("ended");
    expect(offers).toEqual([]);
  });
});

describe("losing the line", () => {
  beforeEach(() => phone.connect());

  it("offers anew to the same exchange after a failure", async () => {
    browser.connection.become("failed");
    expect(phone.state).toBe("lost");
    await vi.advanceTimersByTimeAsync(DELAY_MS_MAX);
    expect(phone.state).toBe("ready");
    expect(offers).toEqual(["offer 0", "offer 1"]);
    expect(browser.connections[0]?.closed).toBe(true);
  });

  it("gives a stuttering connection time to come back by itself", async () => {
    browser.connection.become("disconnected");
    expect(phone.state).toBe("lost");
    await vi.advanceTimersByTimeAsync(STUTTER_MS_MAX - 1);
    browser.connection.become("connected");
    await vi.advanceTimersByTimeAsync(DELAY_MS_MAX);
    expect(phone.state).toBe("ready");
    expect(offers).toEqual(["offer 0"]);
  });

  it("offers anew when the stutter does not end", async () => {
    browser.connection.become("disconnected");
    await vi.advanceTimersByTimeAsync(STUTTER_MS_MAX);
    expect(phone.state).toBe("ready");
    expect(offers).toHaveLength(2);
  });

  it("comes back when the server drops the data channel", async () => {
    browser.connection.channel?.closeByServer();
    expect(phone.state).toBe("lost");
    await vi.advanceTimersByTimeAsync(DELAY_MS_MAX);
    expect(phone.state).toBe("ready");
  });

  it("keeps trying while the server is away, less and less often", async () => {
    answer = () => Promise.reject(new Error("no answer"));
    browser.connection.become("failed");
    await vi.advanceTimersByTimeAsync(4_000);
    const early = offers.length;
    expect(early).toBeGreaterThanOrEqual(4);
    await vi.advanceTimersByTimeAsync(40_000);
    expect(offers.length - early).toBeLessThanOrEqual(12);
    expect(phone.state).toBe("lost");
    answer = (sdp) => Promise.resolve(sdp);
    await vi.advanceTimersByTimeAsync(DELAY_MS_MAX);
    expect(phone.state).toBe("ready");
  });

  it("does not sit out the delay when the network comes back", async () => {
    answer = () => Promise.reject(new Error("no answer"));
    browser.connection.become("failed");
    await vi.advanceTimersByTimeAsync(30_000);
    answer = (sdp) => Promise.resolve(sdp);
    dispatchEvent(new Event("online"));
    await settle();
    expect(phone.state).toBe("ready");
  });

  it("stops for good when there is no line to come back to", async () => {
    answer = () => Promise.reject(new LineGone());
    browser.connection.become("failed");
    await vi.advanceTimersByTimeAsync(DELAY_MS_MAX);
    expect(phone.state).toBe("none");
    expect(browser.track.readyState).toBe("ended");
    await vi.advanceTimersByTimeAsync(10 * DELAY_MS_MAX);
    expect(offers).toHaveLength(2);
  });

  it("makes no offer after it was closed", async () => {
    browser.connection.become("failed");
    phone.close();
    await vi.advanceTimersByTimeAsync(10 * DELAY_MS_MAX);
    expect(offers).toHaveLength(1);
    expect(phone.state).toBe("none");
  });

  it("plays the new connection's track on the same stream", async () => {
    const [first, second] = [new FakeTrack("first"), new FakeTrack("second")];
    const stream = phone.remoteStream;
    browser.connection.bring(first);
    browser.connection.become("failed");
    await vi.advanceTimersByTimeAsync(DELAY_MS_MAX);
    browser.connection.bring(second);
    expect(phone.remoteStream).toBe(stream);
    expect(stream.getTracks()).toEqual([second]);
  });

  it("stays muted through a new connection and tells the server again", async () => {
    phone.setMuted(true);
    browser.connection.become("failed");
    await vi.advanceTimersByTimeAsync(DELAY_MS_MAX);
    expect(phone.muted).toBe(true);
    expect(browser.track.enabled).toBe(false);
    expect(browser.connection.channel?.sent).toEqual([{ t: "mute", on: true }]);
  });
});

describe("what goes over the data channel", () => {
  beforeEach(() => phone.connect());

  it("sends digits and the end of the call", () => {
    expect(phone.sendDigit("5")).toBe(true);
    expect(phone.end()).toBe(true);
    expect(browser.connection.channel?.sent).toEqual([
      { t: "digit", d: "5" },
      { t: "end" },
    ]);
  });

  it("says so when the channel is not open", async () => {
    browser.connection.channel?.closeByServer();
    expect(phone.sendDigit("5")).toBe(false);
    await settle();
  });

  it("silences the track here and tells the server", () => {
    phone.setMuted(true);
    expect(browser.track.enabled).toBe(false);
    phone.setMuted(false);
    expect(browser.track.enabled).toBe(true);
    expect(browser.connection.channel?.sent).toEqual([
      { t: "mute", on: true },
      { t: "mute", on: false },
    ]);
  });

  it("follows the server's word without echoing it", () => {
    browser.connection.channel?.receive({ t: "muted", on: true });
    expect(phone.muted).toBe(true);
    expect(browser.track.enabled).toBe(false);
    expect(browser.connection.channel?.sent).toEqual([]);
  });

  it("ignores what it does not understand", () => {
    for (const odd of ["{", "7", { t: "muted", on: "yes" }, { t: "dance" }]) browser.connection.channel?.receive(odd);
    expect(phone.muted).toBe(false);
    expect(phone.state).toBe("ready");
  });
});

describe("the microphone", () => {
  beforeEach(() => phone.connect());

  it("is silent only after five seconds of zeros", async () => {
    await vi.advanceTimersByTimeAsync(500);
    expect(phone.microphone).toBe("ok");
    browser.microphoneLevel = 0;
    await vi.advanceTimersByTimeAsync(SILENT_AFTER_MS);
    expect(phone.microphone).toBe("ok");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(phone.microphone).toBe("silent");
    browser.microphoneLevel = 0.01;
    await vi.advanceTimersByTimeAsync(500);
    expect(phone.microphone).toBe("ok");
  });

  it("does not take the own mute for a broken microphone", async () => {
    await vi.advanceTimersByTimeAsync(500);
    phone.setMuted(true);
    browser.microphoneLevel = 0;
    await vi.advanceTimersByTimeAsync(10 * SILENT_AFTER_MS);
    expect(phone.microphone).toBe("ok");
  });

  it("takes the system's mute for silence at once", () => {
    browser.track.setSystemMute(true);
    expect(phone.microphone).toBe("silent");
  });

  it("goes on with another device when the first is pulled out", async () => {
    const first = browser.track;
    first.pull();
    expect(phone.microphone).toBe("ended");
    await settle();
    expect(browser.track).not.toBe(first);
    expect(browser.connection.sentTrack).toBe(browser.track);
    await vi.advanceTimersByTimeAsync(500);
    expect(phone.microphone).toBe("ok");
    expect(phone.state).toBe("ready");
  });

  it("waits for the next device when there is none", async () => {
    browser.refuses = "NotFoundError";
    browser.track.pull();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(phone.microphone).toBe("ended");
    browser.refuses = null;
    browser.devices.dispatchEvent(new Event("devicechange"));
    await vi.advanceTimersByTimeAsync(500);
    expect(phone.microphone).toBe("ok");
  });

  it("changes device without a new offer and keeps the mute", async () => {
    phone.setMuted(true);
    await phone.setInput("headset");
    expect(browser.asked.at(-1)?.audio).toMatchObject({ deviceId: { exact: "headset" } });
    expect(browser.connection.sentTrack).toBe(browser.track);
    expect(browser.track.enabled).toBe(false);
    expect(offers).toHaveLength(1);
  });

  it("keeps the old device when the new one does not open", async () => {
    const first = browser.track;
    browser.refuses = "NotReadableError";
    expect((await failure(phone.setInput("headset"))).code).toBe("microphone_busy");
    expect(first.readyState).toBe("live");
    expect(browser.connection.sentTrack).toBe(first);
  });

  it("gives its level in dBFS", () => {
    expect(phone.level()).toBeCloseTo(-20, 1);
    browser.microphoneLevel = 0;
    expect(phone.level()).toBeLessThanOrEqual(-100);
  });
});

describe("playing", () => {
  it("says when the browser wants a touch first, and plays after one", async () => {
    await phone.connect();
    browser.playRefused = true;
    browser.connection.bring(new FakeTrack("far"));
    await settle();
    expect(phone.playbackBlocked).toBe(true);
    browser.playRefused = false;
    dispatchEvent(new Event("pointerdown"));
    await settle();
    expect(phone.playbackBlocked).toBe(false);
  });

  it("measures round trip, jitter and the loss since the last look", async () => {
    await phone.connect();
    const inbound = { type: "inbound-rtp", kind: "audio", packetsLost: 2, packetsReceived: 98, jitter: 0.004 };
    const pair = { type: "candidate-pair", nominated: true, state: "succeeded", currentRoundTripTime: 0.038 };
    browser.connection.report = [inbound, pair];
    expect(await phone.stats()).toEqual({ rttMs: 38, jitterMs: 4, lossFraction: 0.02 });
    browser.connection.report = [{ ...inbound, packetsReceived: 198 }, pair];
    expect((await phone.stats()).lossFraction).toBe(0);
  });
});
