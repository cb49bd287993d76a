import { useLocation } from "@tanstack/react-router";
import { useDesk } from "../stores/desk";
import { useLive } from "../stores/live";
import { AcwBand } from "./band/AcwBand";
import { CallBand } from "./band/CallBand";
import { DeclineReason } from "./band/DeclineReason";
import { OfferBand } from "./band/OfferBand";
import { SupervisingBand } from "./band/SupervisingBand";

/** The band of an open line, on whatever page the agent is. Nothing while idle: the desk then shows its own quiet one. */
export function DeskBand() {
  const supervising = useLive((s) => s.agent?.supervising ?? null);
  const { pathname } = useLocation();
  const offer = useLive((s) => s.agent?.offer ?? null);
  const contact = useLive((s) => s.agent?.contact ?? null);
  const declined = useDesk((s) => s.declined);
  if (offer !== null) return <OfferBand offer={offer} />;
  if (contact !== null) return contact.state === "acw" ? <AcwBand contact={contact} /> : <CallBand contact={contact} />;
  // The floor has its own dock for it, across the whole width.
  if (supervising !== null && pathname !== "/floor") return <SupervisingBand view={supervising} />;
  return declined !== null ? <DeclineReason key={declined.offerId} offerId={declined.offerId} name={declined.name} /> : null;
}
