/** Sentences several parts of the desk say alike. */
import { msg, plural, t } from "@lingui/core/macro";
import type { MessageDescriptor } from "@lingui/core";
import type { AgentSelf, Choice, ContactView, OfferView, Pop } from "../api/types";
import { JACK_OF, type State } from "../components/StateGlyph";
import { spanOf } from "../lib/time";
import type { PhoneErrorCode } from "../phone";

/** Who is calling, as far as it is known. */
export function callerOf(pop: Pop): string {
  if (pop.customer) return pop.customer.name;
  const { length } = pop.candidates;
  if (pop.match === "several" && length > 1) return plural(length, { 2: "One of two", 3: "One of three", other: "One of #" });
  return t`New caller`;
}

/** The first name a person would use; the whole name where there is only one. */
export function firstName(name: string): string {
  return name.split(" ")[0] ?? name;
}

/** The caller in a sentence: the first name, or "the caller" while nobody knows it. */
export function callerShort(pop: Pop): string {
  return pop.customer ? firstName(pop.customer.name) : t`the caller`;
}

/** The jack of an agent: unreachable beats available and not ready; a held call shows as held. */
export function jackOf(me: AgentSelf, contact: ContactView | null): State {
  if (!me.reachable && (me.state === "available" || me.state === "ringing")) return "unreachable";
  if (me.state === "on_contact" && contact?.state === "held") return "hold";
  return JACK_OF[me.state];
}

export function labelOf(choices: readonly Choice[] | undefined, code: string | null): string | null {
  if (code === null) return null;
  return choices?.find((choice) => choice.code === code)?.label ?? (code === "missed" ? t`Missed calls` : code);
}

/** Why no call reaches this agent, and the way out. */
export const UNREACHABLE: Record<NonNullable<AgentSelf["unreachable_why"]>, { cause: MessageDescriptor; cure: MessageDescriptor }> = {
  no_phone: { cause: msg`Your phone is not open`, cure: msg`Open the check and allow the microphone.` },
  media_lost: { cause: msg`No sound comes through`, cure: msg`The line is being opened again. A cable usually helps more than waiting.` },
  page_gone: { cause: msg`This page was not heard from`, cure: msg`Keep one tab of the desk open. A sleeping computer looks the same.` },
  microphone_silent: { cause: msg`Your microphone is silent`, cure: msg`Unmute the headset, or choose another microphone.` },
  microphone_ended: { cause: msg`Your microphone is gone`, cure: msg`Plug it in again, or choose another one.` },
};

/** Why the line did not open, and the way out. */
export const PHONE_ERROR: Record<PhoneErrorCode, { cause: MessageDescriptor; cure: MessageDescriptor }> = {
  insecure_context: { cause: msg`This page is not secure, so the browser gives it no microphone`, cure: msg`Open Patchbay by its https address.` },
  no_webrtc: { cause: msg`This browser cannot make calls`, cure: msg`Use a current Chrome, Edge, Firefox or Safari.` },
  microphone_denied: { cause: msg`The browser does not allow the microphone`, cure: msg`Click the microphone beside the address and allow it.` },
  microphone_missing: { cause: msg`No microphone is plugged in`, cure: msg`Plug one in. It is found by itself.` },
  microphone_busy: { cause: msg`Another program holds the microphone`, cure: msg`Close the other call or meeting.` },
  exchange_failed: { cause: msg`The server did not open a line`, cure: msg`It is tried again every few seconds.` },
  media_failed: { cause: msg`No sound gets through to the server`, cure: msg`A firewall is the likely cause. Ask for UDP to the media ports.` },
  closed: { cause: msg`The line is closed`, cure: msg`Check again to open it.` },
};

/** What an offer asks for, as a sentence: a caller of one's own, or somebody else's wish. */
export function offerWords(offer: OfferView): string {
  const who = offer.from_name === null ? t`A colleague` : firstName(offer.from_name);
  const caller = callerShort(offer.pop);
  switch (offer.kind) {
    case "transfer":
      return t`${who} hands ${caller} over to you`;
    case "consult":
      return t`${who} asks you about ${caller}`;
    case "help":
      return t`${who} needs your help with ${caller}`;
    case "callback":
      return t`${caller} wants to be called back`;
    case "call":
      return t`left to answer`;
  }
}

/** What happens if it is accepted, and who hears whom then. */
export function offerThen(offer: OfferView): string {
  const who = offer.from_name === null ? t`your colleague` : firstName(offer.from_name);
  const caller = callerShort(offer.pop);
  switch (offer.kind) {
    case "transfer":
      return t`you have the call; it goes back to ${who} if you do not answer`;
    case "consult":
      return t`you talk to ${who} alone; ${caller} hears music`;
    case "help":
      return t`you hear both; only ${who} hears you`;
    case "callback":
      return t`accept, and ${caller} is rung; the place in line was kept`;
    case "call":
      return t`then it goes to the next best agent`;
  }
}

/** "waited 1 minute 14", for ears rather than eyes. */
export function waitedAloud(seconds: number): string {
  return t`waited ${spanOf(seconds)}`;
}
