/** Who hears whom in a contact of more than two, as jacks, the cords between them, and what may be done. Pure. */
import type { ContactView, PartyView } from "../../api/types";
import type { State } from "../../components/StateGlyph";

/** `talk`: both hear. `music`: one of the two hears music. `whisper`: heard by the agent alone. `flow`: the caller is away in one. */
export type Wire = "talk" | "music" | "flow" | "rings" | "line" | "whisper" | "listen" | "broken";

export interface Jack {
  party: PartyView;
  glyph: State;
}

export type CordAction =
  | { do: "back" }
  | { do: "swap" }
  | { do: "join"; parties: number }
  | { do: "complete"; to: PartyView }
  | { do: "ask" }
  | { do: "drop"; party: PartyView }
  | { do: "leave" }
  | { do: "takeBack" };

export interface Cord {
  jacks: Jack[];
  /** One fewer than jacks. */
  wires: Wire[];
  actions: CordAction[];
  /** The one drawn white; by its place in `actions`. */
  primary: number | null;
  /** Everybody hears everybody. */
  together: boolean;
}

const GLYPH: Record<PartyView["state"], State> = {
  ringing: "ringing",
  queued: "acw",
  talking: "live",
  held: "hold",
  listening: "live",
  whispering: "live",
  failed: "unreachable",
};

export function wireBetween(one: PartyView, other: PartyView): Wire {
  const states = [one.state, other.state];
  if (states.includes("failed")) return "broken";
  if (states.includes("ringing")) return "rings";
  if (states.includes("queued")) return "line";
  if (states.includes("whispering")) return "whisper";
  if (states.includes("listening")) return "listen";
  return states.includes("held") ? "music" : "talk";
}

/** Somebody whom the agent has asked and who is not yet in the conversation with the caller. */
export function consultedOf(parties: readonly PartyView[]): PartyView | null {
  const others = parties.filter((p) => p.kind !== "caller" && !p.me && !p.owner && p.kind !== "supervisor");
  const pending = others.find((p) => p.state === "ringing" || p.state === "queued" || p.state === "held");
  if (pending !== undefined) return pending;
  const caller = parties.find((p) => p.kind === "caller");
  return caller?.state === "held" ? (others.filter((p) => p.state === "talking").at(-1) ?? null) : null;
}

/** Null in a plain call. `joining`: the agent asked somebody in, not to hand over. */
export function cordOf(contact: Pick<ContactView, "parties" | "role" | "aside">, joining: boolean): Cord | null {
  const { parties, role, aside } = contact;
  if (parties.length <= 2 && aside === null) return null;
  const jacks = parties.map((party): Jack => ({ party, glyph: GLYPH[party.state] }));
  const wires = parties.slice(1).map((party, i): Wire => (aside !== null && parties[i]?.kind === "caller" ? "flow" : wireBetween(parties[i] ?? party, party)));
  const talking = parties.filter((p) => p.state === "talking");
  const together = talking.length === parties.length && aside === null;
  const actions = role === "owner" ? ownerActions(contact) : [];
  const wanted = joining ? "join" : "complete";
  const pending = parties.some((p) => p.state === "ringing" || p.state === "queued");
  const primary = pending ? -1 : actions.findIndex((a) => a.do === wanted || a.do === "takeBack");
  return { jacks, wires, actions, primary: primary < 0 ? null : primary, together };
}

function ownerActions({ parties, aside }: Pick<ContactView, "parties" | "aside">): CordAction[] {
  if (aside !== null) return [{ do: "takeBack" }];
  const consulted = consultedOf(parties);
  if (consulted !== null) {
    // Handed over before somebody answered, the caller waits for that one alone.
    if (consulted.state === "ringing" || consulted.state === "queued") return [{ do: "back" }, { do: "complete", to: consulted }];
    return [{ do: "swap" }, { do: "back" }, { do: "join", parties: parties.filter((p) => p.kind !== "supervisor").length }, { do: "complete", to: consulted }];
  }
  const caller = parties.find((p) => p.kind === "caller");
  const failed = parties.some((p) => p.state === "failed");
  if (failed) return caller?.state === "held" ? [{ do: "back" }, { do: "ask" }] : [{ do: "ask" }];
  const guests = parties.filter((p) => p.kind !== "caller" && !p.me && !p.owner && p.kind !== "supervisor");
  const drops = guests.map((party): CordAction => ({ do: "drop", party }));
  return guests.some((p) => p.state === "talking") ? [...drops, { do: "leave" }] : drops;
}
