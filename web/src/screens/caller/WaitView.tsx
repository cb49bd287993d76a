import { IconMusic, IconMusicOff } from "@tabler/icons-react";
import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";
import type { CallerCentre, CallerTopic } from "../../api/types";
import { Since } from "../../components/bits";
import { timeOf } from "../../lib/time";
import { setMusicOff, useCall } from "./call";
import { EndButton, Round, SpeakerButton } from "./Controls";
import { estimateOf, minutesInWords, ordinal, placeInLine, rangeInWords } from "./estimate";
import { CallbackOffer } from "./CallbackOffer";
import { Frame } from "./Frame";
import { Notes } from "./Notes";
import { PlaceLine } from "./PlaceLine";

const icon = { size: 22, stroke: 1.7, "aria-hidden": true } as const;

/** In the queue, ringing an agent, or between two agents after a line broke. */
export function WaitView({ centre, call }: { centre: CallerCentre | undefined; call: CallerTopic }) {
  const name = centre?.name ?? "";
  const ringing = call.state === "ringing";
  const broken = call.state === "agent_lost";
  return (
    <Frame centre={name} state={call.state} right={<span className="cp-time num"><Since at={call.queued_at ?? call.started_at} /></span>}>
      <Notes />
      <div className="cp-wait" aria-live="polite">
        <PlaceLine position={call.position ?? null} first={call.first_position ?? null} queue={call.queue_name ?? name} ringing={ringing} />
        {broken ? <Broken agent={call.agent_name ?? null} /> : ringing ? <Ringing queue={call.queue_name ?? name} /> : <Place call={call} />}
      </div>
      {call.state === "waiting" && call.callback_offered && <CallbackOffer dials={call.callback_dials} />}
      <Known call={call} centre={centre} />
      <p className="cp-note"><Trans>The person who answers sees this, so you need not say it again.</Trans></p>
      <span className="grow" />
      <div className="cp-ctl">
        {call.state === "waiting" && <MusicButton />}
        <SpeakerButton />
        <EndButton><Trans>Leave</Trans></EndButton>
      </div>
      <p className="cp-fine center"><Trans>Keep this page open.</Trans></p>
    </Frame>
  );
}

function Place({ call }: { call: CallerTopic }) {
  const handedOn = useCall((s) => s.handedOn);
  const estimate = estimateOf(call.estimate_s ?? null, call.estimate_low_s ?? null, call.estimate_high_s ?? null);
  const range = rangeInWords(estimate);
  return (
    <>
      <h1 data-testid="position" data-position={call.position ?? ""}>
        {call.position == null ? <Trans>You are in line</Trans> : placeInLine(call.position)}
      </h1>
      <p className="cp-lead">
        {estimate.kind === "unknown" && <Trans>We cannot say yet how long it takes. Your place is kept.</Trans>}
        {estimate.kind === "soon" && <Trans><b>Less than a minute</b> more.</Trans>}
        {estimate.kind === "about" && <MoreMinutes minutes={estimate.minutes} />}
        {range !== null && <> {range}</>}
      </p>
      {handedOn && <p className="cp-note" data-testid="handed-on"><Trans>You were handed on. The next person sees what you said so far.</Trans></p>}
    </>
  );
}

function MoreMinutes({ minutes }: { minutes: number }) {
  const words = minutesInWords(minutes);
  return <Trans>About <b>{words}</b> more.</Trans>;
}

function Ringing({ queue }: { queue: string }) {
  const handedOn = useCall((s) => s.handedOn);
  if (handedOn) {
    return (
      <>
        <h1 data-testid="handed-on"><Trans>You are being put through</Trans></h1>
        <p className="cp-lead"><Trans>Somebody is being rung for you, and sees what you said so far. If they cannot answer, you keep your place.</Trans></p>
      </>
    );
  }
  return (
    <>
      <h1><Trans>Your call is ringing</Trans></h1>
      <p className="cp-lead"><Trans>Somebody at {queue} is being rung. If they cannot answer, you keep your place.</Trans></p>
    </>
  );
}

function Broken({ agent }: { agent: string | null }) {
  return (
    <>
      <h1>{agent === null ? <Trans>Your agent's line broke</Trans> : <Trans>The line to {agent} broke</Trans>}</h1>
      <p className="cp-lead"><Trans>Your own line is fine: keep this page open. If your agent is not back in some seconds, the next free person takes over, and you are first in line.</Trans></p>
    </>
  );
}

/** What is known of this call and will be seen by the agent. */
export function Known({ call, centre }: { call: CallerTopic; centre: CallerCentre | undefined }) {
  const topic = centre?.topics.find((choice) => choice.code === call.topic)?.label ?? call.topic;
  const rows: [ReactNode, ReactNode][] = [];
  if (topic !== "") rows.push([<Trans key="t">Topic</Trans>, topic]);
  if (call.account !== "") rows.push([<Trans key="a">Account</Trans>, call.account]);
  if (call.position != null && call.queued_at != null) {
    const first = call.first_position ?? call.position;
    const moved = first !== call.position;
    rows.push([moved ? <Trans key="w">You were</Trans> : <Trans key="l">In line</Trans>, <Progress key="p" position={call.position} first={first} since={call.queued_at} />]);
  }
  if (rows.length === 0) return null;
  return (
    <dl className="cp-known">
      {rows.map(([term, value], i) => (
        <div key={i}><dt>{term}</dt><dd>{value}</dd></div>
      ))}
    </dl>
  );
}

function Progress({ position, first, since }: { position: number; first: number; since: string }) {
  const at = timeOf(since);
  const now = ordinal(position);
  const then = ordinal(first);
  return first === position ? <Trans>since {at}</Trans> : <Trans>{then} at {at}, {now} now</Trans>;
}

function MusicButton() {
  const off = useCall((s) => s.musicOff);
  return (
    <Round on={off} onClick={() => setMusicOff(!off)} testId="music" icon={off ? <IconMusicOff {...icon} /> : <IconMusic {...icon} />}>
      {off ? <Trans>Music is off</Trans> : <Trans>Music off</Trans>}
    </Round>
  );
}
