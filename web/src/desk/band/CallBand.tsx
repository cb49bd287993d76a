import {
  IconAlertTriangle, IconAntennaBars2, IconAntennaBars4, IconAntennaBars5, IconDialpad, IconMicrophone, IconMicrophoneOff, IconPhoneEnd, IconPlayerPause, IconPlayerPlay, IconPlayerRecord, IconUserQuestion,
} from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useState } from "react";
import type { ContactView } from "../../api/types";
import { Band, type BandKind, Ctl, Who } from "../../components/Band";
import { Since, Until } from "../../components/bits";
import { useTicking } from "../../lib/now";
import { bandClockOf, leftOf, secondsSince } from "../../lib/time";
import { useDesk } from "../../stores/desk";
import { type ActionHandlers, useActions } from "../useActions";
import { useKey } from "../../stores/keys";
import { useLive, useServerThere } from "../../stores/live";
import { closePhone, openPhone, usePhone } from "../../stores/phone";
import { hangUp, toggleHold, toggleMute, toggleRecording } from "../call";
import { useIsLeader } from "../useAgentTab";
import { callerOf } from "../words";
import { Keypad } from "./Keypad";
import { NumberLine, TierChip } from "./TierChip";

const i = { size: 20, stroke: 1.7, "aria-hidden": true } as const;
const s = { size: 14, stroke: 2, "aria-hidden": true } as const;

/** By itself a line is back sooner. */
const RETRY_AFTER_MS = 8_000;

/** An open line, in each of its states. */
export function CallBand({ contact }: { contact: ContactView }) {
  const { pop } = contact;
  const lost = contact.state === "caller_lost";
  const kind: BandKind = contact.state === "held" || lost ? "hold" : "live";
  const state = lost || contact.state === "reconnecting" ? "lost" : kind;
  return (
    <Band
      kind={kind}
      state={state}
      shows={`${contact.contact_id}:call`}
      who={
        <Who
          name={callerOf(pop)}
          face={pop.customer ? pop.customer.initials : <IconUserQuestion size={22} stroke={1.7} />}
          tags={<TierChip pop={pop} />}
          line={<NumberLine pop={pop} otherwise={pop.verification.verified ? pop.verification.label : pop.number_note} />}
        />
      }
      status={<Status contact={contact} />}
      actions={<Controls contact={contact} />}
    />
  );
}

function Status({ contact }: { contact: ContactView }) {
  const { t } = useLingui();
  const { queue_name: queue } = contact;
  const call = <Since at={contact.answered_at} as={bandClockOf} />;
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

function Controls({ contact }: { contact: ContactView }) {
  const { t } = useLingui();
  const there = useServerThere();
  const mine = usePhone((p) => p.muted);
  const muted = mine || contact.muted;
  const held = contact.state === "held";
  const settled = contact.state === "talking" || held;
  const paused = contact.recording === "paused";
  const keypad = useDesk((d) => d.keypadOpen);
  const serverMuted = useLive((l) => l.agent?.contact?.muted ?? false);
  const [mute, hold, pad, rec, end] = [useKey("mute"), useKey("hold"), useKey("keypad"), useKey("pauseRecording"), useKey("end")];
  const togglePad = () => useDesk.setState({ keypadOpen: !keypad });

  const handlers: ActionHandlers = {
    mute: () => toggleMute(contact),
    keypad: togglePad,
    end: () => void hangUp(contact),
    ...(there && settled && { hold: () => toggleHold(contact) }),
    ...(there && contact.recording !== "off" && { pauseRecording: () => toggleRecording(contact) }),
  };
  useActions(handlers);

  useEffect(() => {
    if (contact.state === "caller_lost") useDesk.setState({ keypadOpen: false });
  }, [contact.state]);

  return (
    <div className="call-ctl" data-pane="band">
      <Ctl icon={muted ? <IconMicrophoneOff {...i} /> : <IconMicrophone {...i} />} label={muted ? t`Muted` : t`Mute`} {...mute} on={muted} testid="mute" onClick={() => toggleMute({ ...contact, muted: serverMuted })} />
      <Ctl icon={held ? <IconPlayerPlay {...i} /> : <IconPlayerPause {...i} />} label={held ? t`Resume` : t`Hold`} {...hold} on={held} disabled={!there || !settled} testid={held ? "resume" : "hold"} onClick={() => toggleHold(contact)} />
      <Ctl icon={<IconDialpad {...i} />} label={t`Keypad`} {...pad} expanded={keypad} disabled={contact.state === "caller_lost"} testid="keypad" onClick={togglePad} />
      <Ctl icon={paused ? <IconPlayerPlay {...i} /> : <IconPlayerRecord {...i} />} label={paused ? t`Record` : t`Pause rec`} {...rec} on={paused} disabled={!there || contact.recording === "off"} testid="pause-recording" onClick={() => toggleRecording(contact)} />
      <span className="band-gap" />
      <Ctl icon={<IconPhoneEnd {...i} />} label={t`End`} {...end} tone="end" testid="end" onClick={() => void hangUp(contact)} />
      {keypad && <Keypad contact={contact} />}
    </div>
  );
}

