import { describe, expect, it } from "vitest";
import { ClickGuard, GUARD_MS } from "./guard";

describe("ClickGuard", () => {
  it("lets clicks through on what has always been there", () => {
    const guard = new ClickGuard(() => 0);
    guard.show("offer");
    expect(guard.open).toBe(true);
  });

  it("stops clicks for half a second after another thing stands there", () => {
    let now = 1_000;
    const guard = new ClickGuard(() => now);
    guard.show("offer");
    guard.show("call");
    expect(guard.open).toBe(false);
    now += GUARD_MS - 1;
    expect(guard.open).toBe(false);
    now += 1;
    expect(guard.open).toBe(true);
  });

  it("is not started again by the same thing", () => {
    let now = 0;
    const guard = new ClickGuard(() => now);
    guard.show("offer");
    guard.show("call");
    now = 400;
    guard.show("call");
    now = GUARD_MS;
    expect(guard.open).toBe(true);
  });
});
