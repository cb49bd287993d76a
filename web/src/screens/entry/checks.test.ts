import { describe, expect, it } from "vitest";
import { firstBad, judge, type Measured, mayStart, QUIET_S_MAX } from "./checks";

const fine: Measured = {
  secure: true, webrtc: true, permission: "granted", phone: "ready", error: null, microphone: "ok", spoke: true, quietS: 0, headset: "heard", ringer: "heard", rttMs: 38, lossFraction: 0,
};
const starts = (change: Partial<Measured>): boolean => mayStart(judge({ ...fine, ...change }));

describe("the check", () => {
  it("lets somebody start whose phone works", () => {
    expect(judge(fine)).toEqual({ browser: "ok", microphone: "ok", headset: "ok", ringer: "ok", line: "ok" });
    expect(starts({})).toBe(true);
  });

  it("is no obstacle where a sound was not tried, but where it was not heard", () => {
    expect(starts({ headset: "idle", ringer: "idle" })).toBe(true);
    expect(starts({ headset: "unheard" })).toBe(false);
  });

  it.each<[string, Partial<Measured>, string]>([
    ["the page is not secure", { secure: false }, "browser"],
    ["the browser cannot make calls", { webrtc: false }, "browser"],
    ["the microphone is not allowed", { permission: "denied", error: "microphone_denied", phone: "none" }, "browser"],
    ["there is no microphone", { error: "microphone_missing", phone: "none", microphone: "unknown", spoke: false }, "microphone"],
    ["the microphone is muted by itself", { microphone: "silent" }, "microphone"],
    ["it was unplugged", { microphone: "ended" }, "microphone"],
    ["nobody was heard for long enough", { spoke: false, quietS: QUIET_S_MAX }, "microphone"],
    ["the server opens no line", { error: "exchange_failed", phone: "none" }, "line"],
    ["no sound gets through", { error: "media_failed", phone: "none" }, "line"],
    ["the line broke", { phone: "lost" }, "line"],
  ])("stops when %s", (_words, change, row) => {
    expect(starts(change)).toBe(false);
    expect(firstBad(judge({ ...fine, ...change }))).toBe(row);
  });

  it("waits while it is still measuring", () => {
    expect(starts({ spoke: false, quietS: 3 })).toBe(false);
    expect(starts({ phone: "connecting" })).toBe(false);
  });

  it("warns of a weak line and lets it pass", () => {
    expect(judge({ ...fine, lossFraction: 0.05 }).line).toBe("warn");
    expect(starts({ rttMs: 500 })).toBe(true);
  });
});
