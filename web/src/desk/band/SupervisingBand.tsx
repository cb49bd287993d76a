import { IconDoorExit, IconEar, IconHeadphones, IconMicrophone, IconMicrophoneOff, IconSpeakerphone } from "@tabler/icons-react";
import { useLingui } from "@lingui/react/macro";
import type { SupervisingView } from "../../api/types";
import { Band, Ctl, Who } from "../../components/Band";
import { Since } from "../../components/bits";
import { headset } from "../../lib/sounds";
import { bandClockOf } from "../../lib/time";
import { useKey } from "../../stores/keys";
import { useServerThere } from "../../stores/live";
import { setPhoneMuted, usePhone } from "../../stores/phone";
import { attempt, commands } from "../commands";
import { useActions } from "../useActions";
import { firstName } from "../words";

const i = { size: 20, stroke: 1.7, "aria-hidden": true } as const;

/** On an agent's line as a supervisor, away from the floor: whom one hears, and who hears oneself. */
export function SupervisingBand({ view }: { view: SupervisingView }) {
  const { t } = useLingui();
  const agent = view.agent_name ?? t`The agent`;
  const who = firstName(agent);
  const words = { listen: t`Listening to ${who}`, whisper: t`Whispering to ${who}`, barge: t`In ${who}'s call` };
  const heard = { listen: t`nobody hears you`, whisper: t`only ${who} hears you`, barge: t`all hear you` };
  return (
    <Band
      kind="live"
      shows={`${view.contact_id}:${view.mode}`}
      label={t`Supervising`}
      who={<Who name={agent} face={<IconHeadphones size={22} stroke={1.7} />} line={<span className="cut">{t`with ${view.caller}`}</span>} />}
      status={
        <>
          <span className="t28 num band-time"><Since at={view.since} as={bandClockOf} /></span>
          <div className="col g2">
            <span className="band-word" data-testid="band-word">{view.state === "connecting" ? t`Connecting` : words[view.mode]}</span>
            <span className="band-sub" role="status">{heard[view.mode]}</span>
          </div>
        </>
      }
      actions={<Controls view={view} />}
    />
  );
}

function Controls({ view }: { view: SupervisingView }) {
  const { t } = useLingui();
  const there = useServerThere();
  const muted = usePhone((p) => p.muted);
  const [mute, end] = [useKey("mute"), useKey("end")];
  const change = (mode: SupervisingView["mode"]) => void attempt(() => commands.supervise(view.contact_id, mode));
  const leave = () => void attempt(commands.stopSupervising);
  const toggle = () => {
    setPhoneMuted(!muted);
    headset.play(muted ? "unmuted" : "muted");
  };
  useActions({ mute: toggle, ...(there && { end: leave }) });
  return (
    <div className="call-ctl" data-pane="band">
      <Ctl icon={muted ? <IconMicrophoneOff {...i} /> : <IconMicrophone {...i} />} label={muted ? t`Muted` : t`Mute`} {...mute} on={muted} testid="mute" onClick={toggle} />
      <Ctl icon={<IconEar {...i} />} label={t`Listen`} on={view.mode === "listen"} disabled={!there} testid="supervise-listen" onClick={() => change("listen")} />
      <Ctl icon={<IconMicrophone {...i} />} label={t`Whisper`} on={view.mode === "whisper"} disabled={!there} testid="supervise-whisper" onClick={() => change("whisper")} />
      <Ctl icon={<IconSpeakerphone {...i} />} label={t`Join in`} on={view.mode === "barge"} disabled={!there} testid="supervise-barge" onClick={() => change("barge")} />
      <span className="band-gap" />
      <Ctl icon={<IconDoorExit {...i} />} label={t`Leave`} {...end} tone="end" disabled={!there} testid="leave" onClick={leave} />
    </div>
  );
}
