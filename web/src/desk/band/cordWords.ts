/** The cord row for ears: one sentence for each party beside the agent and a plain caller. */
import { t } from "@lingui/core/macro";
import type { ContactView, PartyView } from "../../api/types";
import { callerShort } from "../words";

export function cordWords(contact: Pick<ContactView, "parties" | "aside" | "pop">): string {
  const { parties, aside, pop } = contact;
  const caller = callerShort(pop);
  if (aside !== null) return t`${caller} is in ${aside.flow_name} and comes back to you`;
  if (parties.length <= 2) return "";
  return parties
    .filter((p) => !p.me)
    .map((p) => stateWords(p, p.kind === "caller" ? caller : p.name))
    .join(", ");
}

function stateWords(party: PartyView, who: string): string {
  switch (party.state) {
    case "ringing":
      return t`${who} is being rung`;
    case "queued":
      return t`waiting for ${who}`;
    case "talking":
      return t`${who} talks`;
    case "held":
      return t`${who} hears music`;
    case "listening":
      return t`${who} listens`;
    case "whispering":
      return t`${who} whispers to you`;
    case "failed":
      return t`${who} did not come`;
  }
}
