/** An offer makes itself heard: after its pop is on the screen, on the ringer, in a hidden tab as well. */
import { t } from "@lingui/core/macro";
import { useEffect } from "react";
import type { OfferView } from "../api/types";
import { diagnostics } from "../lib/diagnostics";
import { ringer, ringGain } from "../lib/sounds";
import { flashTitle } from "../lib/title";
import { sendLive, useLive } from "../stores/live";
import { useDesk } from "../stores/desk";
import { callerOf, offerWords } from "./words";
import { useIsLeader } from "./useAgentTab";

const RING_EVERY_MS = 2_000;

/**
 * Call from the component that shows the offer: once its pixels are on the screen the server is told, and only
 * then it may ring. A hidden tab paints nothing, so there the next turn of the loop has to do.
 */
export function useTellShown(offerId: string): void {
  const leads = useIsLeader();
  const connection = useLive((s) => s.status.state);
  useEffect(() => {
    if (!leads || connection !== "open") return undefined;
    return afterPaint(() => {
      if (diagnostics.offerId !== offerId) {
        diagnostics.offerId = offerId;
        diagnostics.shownAt = performance.now();
        diagnostics.rangAt = null;
      }
      sendLive({ type: "shown", offer_id: offerId });
      useDesk.setState({ shownOffer: offerId });
    });
  }, [offerId, leads, connection]);
}

/** Sound, notification and title, for as long as the offer stands. */
export function useRinging(): void {
  const offer = useLive((s) => s.agent?.offer ?? null);
  const shown = useDesk((s) => s.shownOffer);
  const leads = useIsLeader();
  const offerId = offer?.offer_id;
  const rings = offerId !== undefined && shown === offerId && leads;

  useEffect(() => {
    if (!rings) return undefined;
    let n = 0;
    const ring = () => {
      ringer.play("ring", ringGain(n));
      n += 1;
    };
    diagnostics.rangAt ??= performance.now();
    ring();
    const timer = setInterval(ring, RING_EVERY_MS);
    return () => clearInterval(timer);
  }, [rings, offerId]);

  useEffect(() => {
    if (!rings || !offer) return undefined;
    const notification = notify(offer);
    const stop = flashTitle(offer.kind === "call" ? t`Call: ${callerOf(offer.pop)}` : offerWords(offer));
    return () => {
      notification?.close();
      stop();
    };
    // The offer's words do not change while it stands.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [rings, offerId]);
}

function afterPaint(callback: () => void): () => void {
  let frame = 0;
  let timer: ReturnType<typeof setTimeout>;
  if (document.visibilityState === "visible") {
    frame = requestAnimationFrame(() => {
      clearTimeout(timer);
      timer = setTimeout(callback, 0);
    });
    timer = setTimeout(callback, 150);
  } else {
    timer = setTimeout(callback, 0);
  }
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}

/** Only when nobody looks at this page. */
function notify(offer: OfferView): Notification | null {
  if (!("Notification" in window) || Notification.permission !== "granted" || document.hasFocus()) return null;
  const note = new Notification(offer.kind === "call" ? t`Call from ${callerOf(offer.pop)}` : offerWords(offer), {
    body: [offer.why, offer.queue_name, offer.pop.topic].filter((part) => part !== "").join(", "),
    tag: "patchbay-offer",
    requireInteraction: true,
    silent: true,
  });
  note.onclick = () => window.focus();
  return note;
}
