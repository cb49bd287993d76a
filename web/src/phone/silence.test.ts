import { describe, expect, it } from "vitest";
import { DELAY_MS_MAX, FIRST_DELAY_MS, reconnectDelayMs } from "./backoff";
import { LEVEL_DBFS_MIN, levelDbfs, SilenceWatch, SILENT_AFTER_MS } from "./silence";

describe("levelDbfs", () => {
  it("is 0 for full scale and the floor for nothing", () => {
    expect(levelDbfs([1, -1, 1])).toBe(0);
    expect(levelDbfs([0, 0])).toBe(LEVEL_DBFS_MIN);
    expect(levelDbfs([])).toBe(LEVEL_DBFS_MIN);
  });
});

describe("SilenceWatch", () => {
  it("stays as it was while nothing can be measured, and counts anew after", () => {
    const watch = new SilenceWatch();
    watch.observe(0.2, 0);
    watch.observe(0, 100);
    watch.observe(null, SILENT_AFTER_MS);
    expect(watch.observe(0, SILENT_AFTER_MS + 200)).toBe("ok");
    expect(watch.observe(0, 2 * SILENT_AFTER_MS + 201)).toBe("silent");
  });

  it("hears a very quiet room", () => {
    const watch = new SilenceWatch();
    expect(watch.observe(0.0001, 0)).toBe("ok");
  });
});

describe("reconnectDelayMs", () => {
  it("doubles up to the limit and spreads over its upper half", () => {
    expect(reconnectDelayMs(0, 1)).toBe(FIRST_DELAY_MS);
    expect(reconnectDelayMs(0, 0)).toBe(FIRST_DELAY_MS / 2);
    expect(reconnectDelayMs(1, 1)).toBe(2 * FIRST_DELAY_MS);
    expect(reconnectDelayMs(60, 1)).toBe(DELAY_MS_MAX);
  });
});
