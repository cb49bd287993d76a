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
import { callerOf } from "../words";
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
      label={t`Incoming call`}
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
            <span className="band-word"><Trans>left to answer</Trans></span>
            <span className="band-sub"><Trans>then it goes to the next best agent</Trans></span>
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
    const name = callerOf(offer.pop);
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
        <span><Trans>Accept</Trans></span>
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

function Facts({ offer }: { offer: OfferView }) {
  const { t } = useLingui();
  const before = offer.offered_before;
  const facts: [string, string][] = [
    [t`Queue`, offer.queue_name],
    [t`Waited`, spanOf(offer.waited_s)],
    [t`Chose in the menu`, offer.pop.topic || t`Nothing`],
    [t`Said or typed`, offer.pop.typed || t`Nothing`],
    [t`Offered before`, before.length === 0 ? t`To nobody` : t`To ${before.join(", ")}`],
  ];
  return (
    <dl className="offer-facts num">
      {facts.map(([k, v]) => <div key={k}><dt>{k}</dt><dd className="cut">{v}</dd></div>)}
    </dl>
  );
}
