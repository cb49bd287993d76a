import { IconPhone, IconPhoneOff, IconUserQuestion } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { useCallback, useEffect, useRef } from "react";
import type { OfferView } from "../../api/types";
import { Band, useGuarded, Who } from "../../components/Band";
import { Until } from "../../components/bits";
import { leftOf, spanOf } from "../../lib/time";
import { useDesk } from "../../stores/desk";
import { onAction, useKey } from "../../stores/keys";
import { useServerThere } from "../../stores/live";
import { unlockSound } from "../../stores/sound";
import { attempt, commands } from "../commands";
import { callerOf, firstName, offerThen, offerWords } from "../words";
import { useIsLeader } from "../useAgentTab";
import { Deplete } from "./Deplete";
import { NumberLine, TierChip } from "./TierChip";

/** Somebody rings. In the same place as every band, with what is known already open below it. */
export function OfferBand({ offer }: { offer: OfferView }) {
  const { t } = useLingui();
  const { pop } = offer;
  return (
    <Band
      kind="ring"
      shows={offer.offer_id}
      label={offer.kind === "call" ? t`Incoming call` : offerWords(offer)}
      who={
        <Who
          ringing
          name={callerOf(pop)}
          face={pop.customer ? pop.customer.initials : <IconUserQuestion size={22} stroke={1.7} />}
          tags={<TierChip pop={pop} />}
          line={<NumberLine pop={pop} otherwise={pop.customer?.account ?? pop.number_note} />}
        />
      }
      status={
        <>
          <span className="t28 num band-time"><Until at={offer.expires_at} as={leftOf} /></span>
          <div className="col g2">
            <span className="band-word" data-testid="offer-word">{offerWords(offer)}</span>
            {offer.why !== "" ? <span className="offer-why" data-testid="offer-why">“{offer.why}”</span> : <span className="band-sub">{offerThen(offer)}</span>}
          </div>
        </>
      }
      actions={<Controls offer={offer} />}
      more={<><Facts offer={offer} /><Deplete key={offer.offer_id} from={offer.made_at} until={offer.expires_at} /></>}
    />
  );
}

function Controls({ offer }: { offer: OfferView }) {
  const accept = useKey("accept");
  const decline = useKey("decline");
  const leads = useIsLeader();
  const there = useServerThere();
  const sent = useRef(false);
  const usable = leads && there;

  const onAccept = useCallback(() => {
    if (!usable || sent.current) return;
    sent.current = true;
    void unlockSound();
    useDesk.setState({ accepted: offer });
    void attempt(() => commands.accept(offer.offer_id)).then((done) => (sent.current = done));
  }, [offer, usable]);

  const onDecline = useCallback(() => {
    if (!usable || sent.current) return;
    sent.current = true;
    const name = offer.kind === "consult" || offer.kind === "help" ? (offer.from_name ?? callerOf(offer.pop)) : callerOf(offer.pop);
    void attempt(() => commands.decline(offer.offer_id)).then((done) => {
      sent.current = done;
      if (done) useDesk.setState({ declined: { offerId: offer.offer_id, name } });
    });
  }, [offer, usable]);

  useEffect(() => onAction("accept", onAccept), [onAccept]);
  useEffect(() => onAction("decline", onDecline), [onDecline]);
  const clickAccept = useGuarded(onAccept);
  const clickDecline = useGuarded(onDecline);

  return (
    <div className="offer-ctl" data-testid="offer" data-pane="band">
      <button type="button" className="offer-accept" aria-keyshortcuts={accept.keys} disabled={!usable} onClick={clickAccept} data-testid="accept">
        <IconPhone size={22} stroke={1.8} aria-hidden />
        <span><AcceptWord offer={offer} /></span>
        <span className="ctl-k" aria-hidden>{accept.k}</span>
      </button>
      <button type="button" className="offer-decline" aria-keyshortcuts={decline.keys} disabled={!usable} onClick={clickDecline} data-testid="decline">
        <IconPhoneOff size={18} stroke={1.7} aria-hidden />
        <span><Trans>Decline</Trans></span>
        <span className="ctl-k" aria-hidden>{decline.k}</span>
      </button>
    </div>
  );
}

/** What the click does, and for whom. */
function AcceptWord({ offer }: { offer: OfferView }) {
  const who = offer.from_name === null ? null : firstName(offer.from_name);
  if (offer.kind === "callback") return <Trans>Call back</Trans>;
  if (who !== null && offer.kind === "consult") return <Trans>Talk to {who}</Trans>;
  if (who !== null && offer.kind === "help") return <Trans>Help {who}</Trans>;
  return <Trans>Accept</Trans>;
}

function Facts({ offer }: { offer: OfferView }) {
  const { t } = useLingui();
  const before = offer.offered_before;
  const facts: [string, string][] = [
    offer.from_name === null ? [t`Queue`, offer.queue_name] : [t`From`, offer.from_name],
    [t`Waited`, spanOf(offer.waited_s)],
    [t`Chose in the menu`, offer.pop.topic || t`Nothing`],
    [t`Said or typed`, offer.pop.typed || t`Nothing`],
    offer.kind !== "call" && offer.why !== "" ? [t`Then`, offerThen(offer)] : [t`Offered before`, before.length === 0 ? t`To nobody` : t`To ${before.join(", ")}`],
  ];
  return (
    <dl className="offer-facts num">
      {facts.map(([k, v]) => <div key={k}><dt>{k}</dt><dd className="cut">{v}</dd></div>)}
    </dl>
  );
}
