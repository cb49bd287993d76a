import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

type Callback = (lock: object | null) => Promise<void> | undefined;

/** The browser's lock manager, shared by the tabs of a test: one holder, a line behind it, and stealing. */
class Locks {
  #holder: { reject: (error: Error) => void } | null = null;
  #line: (() => void)[] = [];

  request(_name: string, ...rest: [Callback] | [{ ifAvailable?: boolean; steal?: boolean }, Callback]): Promise<void> {
    const [options, run] = rest.length === 2 ? rest : [{}, rest[0]];
    if (options.steal === true) {
      this.#holder?.reject(new DOMException("stolen", "AbortError"));
      this.#holder = null;
    } else if (options.ifAvailable === true && this.#holder !== null) {
      return Promise.resolve(run(null));
    }
    return new Promise((resolve, reject) => {
      const take = () => {
        const mine = { reject };
        this.#holder = mine;
        void Promise.resolve(run({})).then(() => {
          if (this.#holder === mine) {
            this.#holder = null;
            this.#line.shift()?.();
          }
          resolve();
        });
      };
      if (this.#holder === null) take();
      else this.#line.push(take);
    });
  }
}

/** A tab has modules of its own. */
async function openTab() {
  vi.resetModules();
  return import("./leader");
}

const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
};

beforeEach(() => {
  vi.stubGlobal("navigator", { locks: new Locks() });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("the desk in several tabs", () => {
  it("belongs to the first, and the second knows it is the second", async () => {
    const first = await openTab();
    const second = await openTab();
    first.claimDesk("ag_1");
    await settle();
    second.claimDesk("ag_1");
    await settle();
    expect(first.useLeader.getState().leadership).toBe("leader");
    expect(second.useLeader.getState().leadership).toBe("second");
  });

  it("goes to the next in line when the first leaves", async () => {
    const first = await openTab();
    const second = await openTab();
    first.claimDesk("ag_1");
    await settle();
    second.claimDesk("ag_1");
    await settle();
    first.leaveDesk();
    await settle();
    expect(second.useLeader.getState().leadership).toBe("leader");
  });

  it("is taken over when the person says so, and never belongs to two", async () => {
    const first = await openTab();
    const second = await openTab();
    first.claimDesk("ag_1");
    await settle();
    second.claimDesk("ag_1");
    await settle();
    second.takeDesk("ag_1");
    await settle();
    expect(second.useLeader.getState().leadership).toBe("leader");
    expect(first.useLeader.getState().leadership).toBe("second");
  });

  it("is everybody's own where the browser has no locks", async () => {
    vi.stubGlobal("navigator", {});
    const only = await openTab();
    only.claimDesk("ag_1");
    expect(only.useLeader.getState().leadership).toBe("leader");
  });
});
