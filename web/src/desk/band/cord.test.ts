import { describe, expect, it } from "vitest";
import type { PartyView } from "../../api/types";
import { consultedOf, cordOf, wireBetween } from "./cord";

const party = (kind: PartyView["kind"], state: PartyView["state"], over: Partial<PartyView> = {}): PartyView => ({
  party_id: `${kind}-${over.name ?? state}`, kind, name: "Dev Patel", detail: "", state, since: "2025-11-19T10:43:00Z", me: false, owner: false, agent_id: null, failed_why: null, ...over,
});
const me = party("agent", "talking", { party_id: "me", me: true, owner: true });
const caller = (state: PartyView["state"]) => party("caller", state);
const cord = (parties: PartyView[], over: { joining?: boolean; role?: "owner" | "consulted"; aside?: boolean } = {}) =>
  cordOf({ parties, role: over.role ?? "owner", aside: over.aside === true ? { flow_name: "Take a payment", since: "2025-11-19T10:43:00Z", says: "" } : null }, over.joining ?? false);
const doable = (parties: PartyView[], over = {}) => cord(parties, over)?.actions.map((action) => action.do);

describe("the cord", () => {
  it("is not drawn in a plain call", () => {
    expect(cord([caller("talking"), me])).toBeNull();
    expect(cord([caller("held"), me])).toBeNull();
  });

  it("says who hears whom in a consultation: music for the caller, both of the others hear", () => {
    const drawn = cord([caller("held"), me, party("agent", "talking")]);
    expect(drawn?.wires).toEqual(["music", "talk"]);
    expect(drawn?.actions.map((action) => action.do)).toEqual(["swap", "back", "join", "complete"]);
    expect(drawn?.primary).toBe(3);
  });

  it("draws the other way round after a swap, with the same ways on", () => {
    const drawn = cord([caller("talking"), me, party("agent", "held")]);
    expect(drawn?.wires).toEqual(["talk", "music"]);
    expect(drawn?.actions.map((action) => action.do)).toEqual(["swap", "back", "join", "complete"]);
  });

  it("makes joining the first thing when somebody was asked in to join", () => {
    const drawn = cord([caller("held"), me, party("agent", "talking")], { joining: true });
    expect(drawn?.actions[drawn.primary ?? -1]?.do).toBe("join");
  });

  it("leads back to the caller, or hands over, while it rings or nobody is free; nothing is drawn as first", () => {
    for (const state of ["ringing", "queued"] as const) {
      const drawn = cord([caller("held"), me, party("agent", state)]);
      expect(drawn?.actions.map((action) => action.do)).toEqual(["back", "complete"]);
      expect(drawn?.primary).toBeNull();
    }
  });

  it("offers the caller or somebody else when nobody came", () => {
    expect(doable([caller("held"), me, party("agent", "failed", { failed_why: "declined" })])).toEqual(["back", "ask"]);
    expect(doable([caller("talking"), me, party("agent", "failed", { failed_why: "left" })])).toEqual(["ask"]);
  });

  it("lets the owner drop each guest of a conference, and leave", () => {
    const drawn = cord([caller("talking"), me, party("agent", "talking"), party("number", "talking", { name: "Ardent" })]);
    expect(drawn?.together).toBe(true);
    expect(drawn?.actions.map((action) => action.do)).toEqual(["drop", "drop", "leave"]);
  });

  it("does not offer to drop or consult a supervisor who helps", () => {
    const drawn = cord([caller("talking"), me, party("supervisor", "whispering")]);
    expect(drawn?.wires).toEqual(["talk", "whisper"]);
    expect(drawn?.actions).toEqual([]);
  });

  it("gives a guest nothing to do to others", () => {
    expect(doable([caller("held"), { ...me, me: false }, party("agent", "talking", { me: true })], { role: "consulted" })).toEqual([]);
  });

  it("takes the caller back out of a flow", () => {
    const drawn = cord([caller("held"), me], { aside: true });
    expect(drawn?.actions.map((action) => action.do)).toEqual(["takeBack"]);
    expect(drawn?.wires).toEqual(["flow"]);
  });
});

describe("between two jacks", () => {
  it("the weaker state decides", () => {
    expect(wireBetween(caller("held"), party("agent", "ringing"))).toBe("rings");
    expect(wireBetween(me, party("agent", "failed"))).toBe("broken");
    expect(wireBetween(me, party("queue", "queued"))).toBe("line");
    expect(wireBetween(me, party("supervisor", "listening"))).toBe("listen");
  });
});

describe("who is consulted", () => {
  it("is nobody in a conference and nobody in a plain hold", () => {
    expect(consultedOf([caller("talking"), me, party("agent", "talking")])).toBeNull();
    expect(consultedOf([caller("held"), me])).toBeNull();
  });

  it("is the one who came last while the caller is on hold beside a guest", () => {
    const last = party("agent", "talking", { name: "Leila Haddad" });
    expect(consultedOf([caller("held"), me, party("number", "talking", { name: "Ardent" }), last])).toBe(last);
  });
});
