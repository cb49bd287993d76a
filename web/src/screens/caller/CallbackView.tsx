import { IconPhone, IconPhoneIncoming } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useState } from "react";
import type { CallerCentre, CallerTopic } from "../../api/types";
import { Since } from "../../components/bits";
import { ringer, ringGain } from "../../lib/sounds";
import { flashTitle } from "../../lib/title";
import { answerCallback, cancelCallback, problemOf, useCall } from "./call";
import { EndButton } from "./Controls";
import { estimateOf, placeInLine, rangeInWords } from "./estimate";
import { Frame } from "./Frame";
import { Notes } from "./Notes";
import { Known } from "./WaitView";

const RING_EVERY_MS = 2_000;

/** The place is kept and nothing is heard; when the turn comes the page rings. */
export function CallbackView({ centre, call }: { centre: CallerCentre | undefined; call: CallerTopic }) {
  const name = centre?.name ?? "";
  return call.callback_ringing ? <Rings centre={name} call={call} /> : <Kept centre={centre} call={call} />;
}

function Kept({ centre, call }: { centre: CallerCentre | undefined; call: CallerTopic }) {
  const { t } = useLingui();
  const [refusal, setRefusal] = useState<string | null>(null);
  const number = call.callback_number ?? null;
  const range = rangeInWords(estimateOf(call.estimate_s ?? null, call.estimate_low_s ?? null, call.estimate_high_s ?? null));
  const giveUp = () => {
    setRefusal(null);
    cancelCallback().catch((error: unknown) => setRefusal(problemOf(error).detail || t`The server does not answer. Your place is kept.`));
  };
  return (
    <Frame centre={centre?.name ?? ""} state="callback" right={<span className="cp-time num"><Since at={call.queued_at ?? call.started_at} /></span>}>
      <Notes />
      <div className="cp-wait" aria-live="polite">
        <span className="cp-cbi" aria-hidden><IconPhoneIncoming size={30} stroke={1.6} /></span>
        <h1><Trans>We call you back</Trans></h1>
        <p className="cp-lead" data-testid="callback-place" data-position={call.position ?? ""}>
          {call.position == null ? <Trans>Your place is kept.</Trans> : <><Trans>Your place is kept.</Trans> {placeInLine(call.position)}.</>} {range}
        </p>
        <p className="cp-lead">{number === null ? <Trans>Keep this page open. It rings when it is your turn.</Trans> : <Trans>We ring <b>{number}</b> when it is your turn.</Trans>}</p>
      </div>
      <Known call={call} centre={centre} />
      {refusal !== null && <p className="cp-cbr tone-bad" role="alert">{refusal}</p>}
      <span className="grow" />
      <button type="button" className="cp-cbx" onClick={giveUp} data-testid="callback-cancel"><Trans>I need no call any more</Trans></button>
    </Frame>
  );
}

/** Rings with sound, title and a shake until it is answered or the server takes it back. */
function Rings({ centre, call }: { centre: string; call: CallerTopic }) {
  const { t } = useLingui();
  const line = useCall((s) => s.line);
  const problem = useCall((s) => s.problem);
  const [answered, setAnswered] = useState(false);
  const opening = answered && problem === null;
  useEffect(() => {
    if (opening) return undefined;
    let n = 0;
    const ring = () => {
      ringer.play("ring", ringGain(n));
      if ("vibrate" in navigator) navigator.vibrate([300, 150, 300]);
      n += 1;
    };
    ring();
    const timer = setInterval(ring, RING_EVERY_MS);
    const stop = flashTitle(t`${centre} is calling`);
    return () => {
      clearInterval(timer);
      stop();
    };
  }, [opening, centre, t]);
  const answer = () => {
    setAnswered(true);
    answerCallback();
  };
  return (
    <Frame centre={centre} state="callback-ringing" tone="live">
      <Notes />
      <div className="cp-agent" role="alert">
        <span className="cp-av ring-av" aria-hidden><IconPhoneIncoming size={30} stroke={1.6} /></span>
        <h1><Trans>{centre} is calling you</Trans></h1>
        <p>{opening ? (line === "none" ? <Trans>Opening the line</Trans> : <Trans>Putting you through</Trans>) : call.queue_name === null ? <Trans>It is your turn.</Trans> : <Trans>It is your turn: {call.queue_name}.</Trans>}</p>
      </div>
      <span className="grow" />
      <div className="cp-ctl">
        <button type="button" className="answer" onClick={answer} disabled={opening} data-testid="callback-answer">
          <span className="cpc"><IconPhone size={24} stroke={1.8} aria-hidden /></span>
          <span><Trans>Answer</Trans></span>
        </button>
        <EndButton><Trans>No, thank you</Trans></EndButton>
      </div>
    </Frame>
  );
}
