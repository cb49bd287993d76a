import { IconAlertTriangle, IconPlayerPause, IconPlayerPlay, IconPlayerSkipForward, IconRewindBackward10, IconShieldLock } from "@tabler/icons-react";
import { Button } from "@mantine/core";
import { Trans, useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { Inline, Skeleton } from "../../components/bits";
import { clockOf } from "../../lib/time";
import { Lanes } from "./Lanes";
import { type Moment, momentsOf } from "./moments";
import type { ContactEvent, Recording } from "./types";
import { type Heard, usePlayer } from "./usePlayer";
import { useSound } from "./useSound";
import type { Wav } from "./wav";

interface Sides {
  caller: string;
  agent: string;
}

/** One recording of a contact: nothing is fetched, and nothing written down, before somebody presses Play. `beside` stands beside its moments. */
export function RecordingPlayer({ recording, events, sides, beside }: { recording: Recording; events: readonly ContactEvent[]; sides: Sides; beside?: ReactNode }) {
  const { sound, load } = useSound(recording.recording_id);
  const { t } = useLingui();
  const known = recording.duration_s ?? 0;
  const length = clockOf(known);
  if (recording.state !== "ready") return <><NotReady state={recording.state} />{beside}</>;
  if (sound.state === "ready") {
    return <Ready url={sound.url} wav={sound.wav} durationS={sound.wav?.durationS ?? known} recording={recording} events={events} sides={sides} beside={beside} />;
  }
  return (
    <section className="rec-p" data-testid="recording" data-state={sound.state}>
      <div className="row g12">
        <button type="button" className="rec-play" onClick={() => void load()} disabled={sound.state === "loading"} aria-label={t`Play`} data-testid="play">
          <IconPlayerPlay size={20} stroke={1.9} aria-hidden />
        </button>
        <span className="col grow">
          <b className="b6"><Trans>Recording, {length}</Trans></b>
          <span className="row g4 t12 i3"><IconShieldLock size={14} stroke={1.8} aria-hidden /><Trans>Every play is written down with your name.</Trans></span>
        </span>
      </div>
      {sound.state === "loading" && <div className="rec-wait"><Skeleton width="100%" height={160} /></div>}
      {sound.state === "failed" && (
        <div className="rec-wait">
          <Inline tone="warn" icon={<IconAlertTriangle size={16} stroke={1.9} aria-hidden />} title={<Trans>The recording does not play</Trans>} action={<Button variant="default" onClick={() => void load()}><Trans>Retry</Trans></Button>}>
            {sound.detail ?? <Trans>The server does not answer. The recording itself is safe.</Trans>}
          </Inline>
        </div>
      )}
      {beside !== undefined && <div className="rec-2"><Moments moments={momentsOf(events, recording, known)} />{beside}</div>}
    </section>
  );
}

function NotReady({ state }: { state: Recording["state"] }) {
  return (
    <section className="rec-p" data-testid="recording" data-state={state}>
      {state === "recording" ? (
        <p className="i2"><Trans>This call is still being recorded or its recording is being made ready. It can be heard soon after the call ends.</Trans></p>
      ) : (
        <Inline tone="bad" icon={<IconAlertTriangle size={16} stroke={1.9} aria-hidden />} title={<Trans>There is no sound of this call</Trans>}>
          <Trans>The recording failed. The call and its notes are complete.</Trans>
        </Inline>
      )}
    </section>
  );
}

function Ready({ url, wav, durationS, recording, events, sides, beside }: { url: string; wav: Wav | null; durationS: number; recording: Recording; events: readonly ContactEvent[]; sides: Sides; beside: ReactNode }) {
  const player = usePlayer(url, true);
  const moments = momentsOf(events, recording, durationS);
  const total = clockOf(durationS);
  const next = moments.find((moment) => moment.atS > player.atS + 0.5);
  const { t } = useLingui();
  return (
    <section className="rec-p" data-testid="recording" data-state="ready">
      <div className="rec-ch">
        <span><i className="rec-c" />{sides.caller}</span>
        <span className="tone-live"><i />{sides.agent}</span>
        {wav === null && <span className="push i3"><Trans>This file cannot be drawn</Trans></span>}
      </div>
      <Lanes wav={wav} durationS={durationS} atS={player.atS} moments={moments} caller={sides.caller} agent={sides.agent} onSeek={player.seek} />
      <div className="row g12 rec-bar">
        <button type="button" className="ib" aria-label={t`Back 10 seconds`} onClick={() => player.seek(player.atS - 10)}><IconRewindBackward10 size={19} stroke={1.7} /></button>
        <button type="button" className="rec-play" aria-label={player.playing ? t`Pause` : t`Play`} onClick={player.toggle} data-testid="play" data-playing={player.playing}>
          {player.playing ? <IconPlayerPause size={20} stroke={1.9} /> : <IconPlayerPlay size={20} stroke={1.9} />}
        </button>
        <button type="button" className="ib" aria-label={t`Next moment`} disabled={next === undefined} onClick={() => next && player.seek(next.atS)}><IconPlayerSkipForward size={18} stroke={1.7} /></button>
        <span className="t20 num rec-at">{clockOf(player.atS)}</span>
        <span className="i3 num"><Trans>of {total}</Trans></span>
        <span className="push" />
        <Sided heard={player.heard} sides={sides} onChange={player.setHeard} />
        <span className="tb-sep" />
        <div className="seg" role="radiogroup" aria-label={t`Speed`}>
          {[1, 1.5, 2].map((rate) => (
            <button key={rate} type="button" role="radio" aria-checked={player.rate === rate} className={player.rate === rate ? "on" : ""} onClick={() => player.setRate(rate)}>{rate}×</button>
          ))}
        </div>
      </div>
      {beside !== undefined ? <div className="rec-2"><Moments moments={moments} onGo={player.seek} />{beside}</div> : moments.length > 0 && <Moments moments={moments} onGo={player.seek} />}
    </section>
  );
}

function Sided({ heard, sides, onChange }: { heard: Heard; sides: Sides; onChange: (heard: Heard) => void }) {
  const { t } = useLingui();
  const choices: [Heard, string][] = [["both", t`Both`], ["caller", sides.caller], ["agent", sides.agent]];
  return (
    <div className="seg" role="radiogroup" aria-label={t`Who is heard`}>
      {choices.map(([key, label]) => (
        <button key={key} type="button" role="radio" aria-checked={heard === key} className={heard === key ? "on" : ""} onClick={() => onChange(key)}>{label}</button>
      ))}
    </div>
  );
}

/** Without `onGo` the sound is not here yet: the moments are told, and lead nowhere. */
function Moments({ moments, onGo }: { moments: readonly Moment[]; onGo?: (toS: number) => void }) {
  return (
    <div className="rec-mo">
      <h3 className="sec-h"><Trans>Moments</Trans><span className="push i3 sec-n">{onGo ? <Trans>click to go there</Trans> : <Trans>press Play to hear them</Trans>}</span></h3>
      <ul className="rec-m num">
        {moments.map((moment, i) => (
          <li key={i} className={moment.kind === "moment" ? "tone-off" : moment.kind === "case" ? "tone-ok" : "tone-warn"}>
            <button type="button" disabled={onGo === undefined} onClick={() => onGo?.(moment.atS)}>
              <span className="i3">{clockOf(moment.atS)}</span>
              <i className={moment.kind === "moment" ? "script" : moment.kind} />
              <b className="cut">{moment.text}</b>
              {moment.endS !== null && <span className="t12 i3">{clockOf(moment.endS - moment.atS)}</span>}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
