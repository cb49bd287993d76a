import { IconAlertTriangle, IconAntennaBars2, IconAntennaBars4, IconAntennaBars5, IconUserQuestion } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useState } from "react";
import type { ContactView } from "../../api/types";
import { Band, type BandKind, Who } from "../../components/Band";
import { Since, Until } from "../../components/bits";
import { useTicking } from "../../lib/now";
import { bandClockOf, leftOf, secondsSince } from "../../lib/time";
import { useDesk } from "../../stores/desk";
import { useServerThere } from "../../stores/live";
import { closePhone, openPhone, usePhone } from "../../stores/phone";
import { Picker } from "../transfer/Picker";
import { useIsLeader } from "../useAgentTab";
import { callerOf, callerShort, firstName } from "../words";
import { CallControls, GuestControls } from "./CallControls";
import { consultedOf, cordOf } from "./cord";
import { CordRow } from "./CordRow";
import { NumberLine, TierChip } from "./TierChip";

const s = { size: 14, stroke: 2, "aria-hidden": true } as const;

/** By itself a line is back sooner. */
const RETRY_AFTER_MS = 8_000;

/** An open line, in each of its states. */
export function CallBand({ contact }: { contact: ContactView }) {
  const { pop } = contact;
  const picker = useDesk((d) => d.picker);
  const joining = useDesk((d) => d.joining);
  const lost = contact.state === "caller_lost";
  const consulting = consultedOf(contact.parties);
  const quiet = contact.state === "held" && consulting?.state !== "talking";
  const kind: BandKind = quiet || lost || contact.aside !== null ? "hold" : "live";
  const state = lost || contact.state === "reconnecting" ? "lost" : kind;
  const cord = cordOf(contact, joining);
  const owner = contact.role === "owner";
  return (
    <Band
      kind={kind}
      state={state}
      shows={`${contact.contact_id}:call:${cord === null ? "" : cord.actions.map((a) => a.do).join()}`}
      who={
        <Who
          name={callerOf(pop)}
          face={pop.customer ? pop.customer.initials : <IconUserQuestion size={22} stroke={1.7} />}
          tags={<TierChip pop={pop} />}
          line={<NumberLine pop={pop} otherwise={pop.verification.verified ? pop.verification.label : pop.number_note} />}
        />
      }
      status={<Status contact={contact} />}
      actions={owner ? <CallControls contact={contact} /> : <GuestControls contact={contact} />}
      more={
        <>
          {cord !== null && <CordRow contact={contact} cord={cord} />}
          {owner && picker !== null && consulting?.state !== "talking" && <Picker key={picker} contact={contact} adding={picker === "add"} />}
        </>
      }
    />
  );
}

function Status({ contact }: { contact: ContactView }) {
  const { t } = useLingui();
  const { queue_name: queue, aside, parties } = contact;
  const call = <Since at={contact.answered_at} as={bandClockOf} />;
  const caller = callerShort(contact.pop);
  if (contact.role !== "owner") return <GuestStatus contact={contact} call={call} />;
  if (aside !== null && contact.state !== "caller_lost") {
    const flow = aside.flow_name;
    return <Lines time={<Since at={aside.since} />} word={t`${caller} is in “${flow}”`}><Rec contact={contact} /><span><Trans>comes back to you by itself</Trans></span></Lines>;
  }
  const consulted = consultedOf(parties);
  if (consulted !== null && (contact.state === "held" || contact.state === "talking")) {
    const who = consulted.kind === "agent" ? firstName(consulted.name) : consulted.name;
    const word = consulted.state === "ringing" ? t`Ringing ${who}` : consulted.state === "queued" ? t`Waiting for ${who}` : consulted.state === "held" ? t`With ${caller}, ${who} holds` : t`Consulting`;
    return <Lines time={call} word={word}><Rec contact={contact} /><Quality contact={contact} /></Lines>;
  }
  if (parties.some((p) => p.state === "failed") && contact.state === "held") return <Lines time={call} word={t`Nobody came, ${caller} hears music`}><Rec contact={contact} /></Lines>;
  const guests = parties.filter((p) => p.kind !== "supervisor" && p.state === "talking").length;
  if (contact.state === "talking" && guests > 2) return <Lines time={call} word={guests === 3 ? t`All three talk` : t`All ${guests} talk`}><Rec contact={contact} /><Quality contact={contact} /></Lines>;
  switch (contact.state) {
    case "held":
      return (
        <Lines time={contact.held_since === null ? call : <Since at={contact.held_since} />} word={t`On hold, the caller hears music`}>
          <Rec contact={contact} />
          <span><Trans>Call {call}</Trans></span>
        </Lines>
      );
    case "caller_lost":
      return (
        <Lines time={contact.grace_ends_at === null ? call : <Until at={contact.grace_ends_at} as={leftOf} />} word={t`The caller's line broke`}>
          <span className="row g4"><IconAlertTriangle {...s} />{t`The call is kept this long. Then it is over and you go to wrap-up.`}</span>
        </Lines>
      );
    case "reconnecting":
      return (
        <Reopening call={call} />
      );
    case "connecting":
      return <Lines time={call} word={t`Connecting, ${queue}`}><Rec contact={contact} /></Lines>;
    default:
      return <Lines time={call} word={t`Talking, ${queue}`}><Rec contact={contact} /><Quality contact={contact} /></Lines>;
  }
}

/** What somebody is in the call who was asked in. */
function GuestStatus({ contact, call }: { contact: ContactView; call: React.ReactNode }) {
  const { t } = useLingui();
  const owner = contact.parties.find((p) => p.owner)?.name ?? contact.from_name ?? "";
  const who = firstName(owner);
  const caller = callerShort(contact.pop);
  const me = contact.parties.find((p) => p.me)?.state;
  const word = contact.state === "reconnecting" ? t`Your line is being reopened`
    : me === "held" ? t`${who} is with ${caller}`
    : contact.role === "consulted" ? t`${who} asks you`
    : contact.role === "helper" ? t`You help ${who}`
    : t`In ${who}'s call`;
  const heard = me === "held" ? t`you hear music until ${who} is back`
    : contact.role === "consulted" ? t`${caller} does not hear you`
    : contact.role === "helper" ? (me === "talking" ? t`all hear you` : t`only ${who} hears you`)
    : t`all hear you`;
  return (
    <Lines time={call} word={word}>
      <span>{heard}</span>
      {contact.why !== "" && <span className="cord-why cut" data-testid="guest-why">“{contact.why}”</span>}
    </Lines>
  );
}

/** Says that the line is being opened only while this page does so; what takes too long can be begun again. */
function Reopening({ call }: { call: React.ReactNode }) {
  const { t } = useLingui();
  const leads = useIsLeader();
  const closed = usePhone((p) => p.state === "none");
  const [tries, setTries] = useState(0);
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), RETRY_AFTER_MS);
    return () => clearTimeout(timer);
  }, [tries]);
  const retry = () => {
    setSlow(false);
    setTries(tries + 1);
    closePhone();
    void openPhone();
  };
  const word = !leads ? t`The line is opened where you work now` : closed ? t`Your line is not open` : t`Your line is being reopened`;
  return (
    <Lines time={call} word={word}>
      <span className="row g4"><IconAlertTriangle {...s} />{t`The caller hears music until you are back`}</span>
      {leads && slow && <button type="button" className="link band-link" onClick={retry} data-testid="reopen-line"><Trans>Retry</Trans></button>}
    </Lines>
  );
}

function Lines({ time, word, children }: { time: React.ReactNode; word: string; children: React.ReactNode }) {
  return (
    <>
      <span className="t28 num band-time" data-testid="band-time">{time}</span>
      <div className="col g2">
        <span className="band-word" data-testid="band-word">{word}</span>
        <span className="row g12 band-sub num">{children}</span>
      </div>
    </>
  );
}

/** Always there while it records; paused it says so and the dot is an open ring. */
function Rec({ contact }: { contact: ContactView }) {
  const { recording, recording_since: since, recorded_s: before } = contact;
  const time = useTicking((now) => bandClockOf(before + (since === null ? 0 : secondsSince(since, now))));
  if (recording === "off") return null;
  return (
    <span className={`rec ${recording === "paused" ? "paused" : ""}`} data-testid="rec" data-state={recording}>
      <span className="rec-dot" />
      {recording === "paused" ? <Trans>REC PAUSED</Trans> : <Trans>REC {time}</Trans>}
    </span>
  );
}

/** The worst first: what keeps the two from hearing each other, then the server, then the figures. */
function Quality({ contact }: { contact: ContactView }) {
  const { t } = useLingui();
  const there = useServerThere();
  const phone = usePhone((p) => p.state);
  const microphone = usePhone((p) => p.microphone);
  const muted = usePhone((p) => p.muted);
  const blocked = usePhone((p) => p.playbackBlocked);
  const rtt = usePhone((p) => p.rttMs);
  const { quality } = contact;
  const trouble = phone === "lost" || phone === "connecting" ? t`Your line broke, reopening`
    : blocked ? t`Click anywhere to hear the caller`
    : microphone === "ended" ? t`Your microphone is gone, you are not heard`
    : microphone === "silent" && !muted ? t`Your microphone is silent, you are not heard`
    : !there ? t`Voice open, server lost`
    : null;
  if (trouble !== null) return <span className="row g4" data-testid="trouble"><IconAlertTriangle {...s} />{trouble}</span>;
  if (quality === null) return null;
  const [Icon, word] = quality.word === "clear" ? ([IconAntennaBars5, t`Clear`] as const) : quality.word === "fair" ? ([IconAntennaBars4, t`Fair`] as const) : ([IconAntennaBars2, t`Breaks up`] as const);
  const ms = quality.rtt_ms ?? rtt;
  return <span className="row g4"><Icon {...s} />{ms === null ? word : `${word}, ${Math.round(ms)} ms`}</span>;
}
