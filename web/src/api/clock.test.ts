import { describe, expect, it } from "vitest";
import { ServerClock } from "./clock";

const START = Date.parse("2025-11-19T10:43:00Z");

function bench() {
  const hands = { now: 1_000 };
  return { hands, clock: new ServerClock(() => hands.now, START - 90_000) };
}

describe("ServerClock", () => {
  it("adds half the trip to the time it was told", () => {
    const { clock } = bench();
    clock.set("2025-11-19T10:43:00Z", 40);
    expect(clock.now()).toBe(START + 20);
  });

  it("runs on by its own counter, not by the wall clock", () => {
    const { clock, hands } = bench();
    clock.set("2025-11-19T10:43:00Z", 0);
    hands.now += 5_000;
    expect(clock.now()).toBe(START + 5_000);
  });

  it("runs at the server's rate", () => {
    const { clock, hands } = bench();
    clock.set("2025-11-19T10:43:00Z", 0, 10);
    hands.now += 1_000;
    expect(clock.now()).toBe(START + 10_000);
  });

  it("does not take a worse measurement that agrees with a better one", () => {
    const { clock } = bench();
    clock.set("2025-11-19T10:43:00.000Z", 10);
    clock.set("2025-11-19T10:42:59.900Z", 400);
    expect(clock.now()).toBe(START + 5);
  });

  it("follows a server whose time has really changed", () => {
    const { clock } = bench();
    clock.set("2025-11-19T10:43:00Z", 10);
    clock.set("2025-11-19T11:43:00Z", 400);
    expect(clock.now()).toBe(START + 3_600_000 + 200);
  });

  it("takes any measurement once the last is half a minute old", () => {
    const { clock, hands } = bench();
    clock.set("2025-11-19T10:43:00Z", 2);
    hands.now += 30_001;
    clock.set("2025-11-19T10:43:30Z", 100);
    expect(clock.now()).toBe(START + 30_050);
  });

  it("ignores what is no time", () => {
    const { clock } = bench();
    const before = clock.now();
    clock.set("soon", 10);
    expect(clock.now()).toBe(before);
    expect(clock.sure).toBe(false);
  });
});
