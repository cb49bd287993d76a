import { describe, expect, it } from "vitest";
import { actionOf, ariaKeys, DEFAULT_KEYS, isKeymap, isTyping, RESERVED, remap, wholeKeymap } from "./keymap";

const press = (key: string, held: Partial<Record<"ctrlKey" | "shiftKey" | "altKey" | "metaKey", boolean>> = { ctrlKey: true, shiftKey: true }) => ({ key, ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, ...held });

describe("actionOf", () => {
  it("needs Ctrl and Shift and nothing else", () => {
    expect(actionOf(press("M"), DEFAULT_KEYS)).toBe("mute");
    expect(actionOf(press("m"), DEFAULT_KEYS)).toBe("mute");
    expect(actionOf(press("M", { ctrlKey: true }), DEFAULT_KEYS)).toBeNull();
    expect(actionOf(press("M", { ctrlKey: true, shiftKey: true, altKey: true }), DEFAULT_KEYS)).toBeNull();
    expect(actionOf(press("M", {}), DEFAULT_KEYS)).toBeNull();
  });

  it("knows the plus sign", () => {
    expect(actionOf(press("+"), DEFAULT_KEYS)).toBe("moreTime");
    expect(ariaKeys(DEFAULT_KEYS, "moreTime")).toBe("Control+Shift+Plus");
  });
});

describe("remap", () => {
  it("gives the action its key", () => {
    const result = remap(DEFAULT_KEYS, "mute", "j");
    expect(result).toMatchObject({ ok: true, keymap: { mute: "J", hold: "H" } });
  });

  it("lets two actions change places, so that none is without a key", () => {
    const result = remap(DEFAULT_KEYS, "mute", "H");
    expect(result).toMatchObject({ ok: true, keymap: { mute: "H", hold: "M" } });
    if (result.ok) expect(isKeymap(result.keymap)).toBe(true);
  });

  it("leaves the browser its own", () => {
    for (const key of RESERVED) expect(remap(DEFAULT_KEYS, "mute", key)).toEqual({ ok: false, why: "reserved" });
  });

  it("takes no key that types nothing", () => {
    expect(remap(DEFAULT_KEYS, "mute", "F6")).toEqual({ ok: false, why: "not_a_key" });
    expect(remap(DEFAULT_KEYS, "mute", " ")).toEqual({ ok: false, why: "not_a_key" });
  });
});

describe("isKeymap", () => {
  it("takes the default and no map that is broken", () => {
    expect(isKeymap(DEFAULT_KEYS)).toBe(true);
    expect(isKeymap({ ...DEFAULT_KEYS, mute: "H" })).toBe(false);
    expect(isKeymap({ mute: "M" })).toBe(false);
    expect(isKeymap({ ...DEFAULT_KEYS, mute: "W" })).toBe(false);
    expect(isKeymap(null)).toBe(false);
  });

  it("holds only keys the browser leaves to us", () => {
    for (const key of Object.values(DEFAULT_KEYS)) expect(RESERVED.has(key)).toBe(false);
  });
});

describe("wholeKeymap", () => {
  const older = Object.fromEntries(Object.entries({ ...DEFAULT_KEYS, mute: "J" }).filter(([action]) => action !== "help" && action !== "transfer"));

  it("keeps a person's keys and adds the actions that are new", () => {
    expect(wholeKeymap(older)).toEqual({ ...DEFAULT_KEYS, mute: "J" });
  });

  it("gives a new action a free letter when its own was given away", () => {
    const map = wholeKeymap({ ...older, mute: DEFAULT_KEYS.help });
    expect(map).toMatchObject({ mute: DEFAULT_KEYS.help, transfer: DEFAULT_KEYS.transfer });
    expect(map?.help).not.toBe(DEFAULT_KEYS.help);
    expect(isKeymap(map)).toBe(true);
  });

  it("forgets actions there are no more", () => {
    expect(wholeKeymap({ ...DEFAULT_KEYS, park: "B" })).toEqual(DEFAULT_KEYS);
  });

  it("takes nothing that is broken", () => {
    for (const broken of [null, {}, [], "A", { ...older, hold: "J" }, { mute: "W" }, { mute: 7.5 }]) expect(wholeKeymap(broken)).toBeNull();
  });
});

describe("isTyping", () => {
  it("is so in fields and not on buttons", () => {
    const field = (html: string) => {
      document.body.innerHTML = html;
      return document.body.firstElementChild;
    };
    expect(isTyping(field("<textarea></textarea>"))).toBe(true);
    expect(isTyping(field('<input type="text">'))).toBe(true);
    expect(isTyping(field('<input type="range">'))).toBe(false);
    expect(isTyping(field("<button>x</button>"))).toBe(false);
    expect(isTyping(null)).toBe(false);
  });
});
