import { IconAlertTriangle, IconDialpad, IconLock } from "@tabler/icons-react";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";
import type { CallerTopic } from "../../api/types";
import { initialsOf, Since } from "../../components/bits";
import { useCall } from "./call";
import { EndButton, MuteButton, Round, SpeakerButton } from "./Controls";
import { Frame } from "./Frame";
import { Keypad, Typed } from "./Keypad";
import { useTyped } from "./MenuView";
import { Notes } from "./Notes";

/** With an agent: talking, or held by them. */
export function TalkView({ centre, call }: { centre: string; call: CallerTopic }) {
  const [keypad, showKeypad] = useState(false);
  const [digits, press] = useTyped(call.says);
  const held = call.state === "held";
  const name = call.agent_name ?? "";
  const right = call.recording && !held ? <span className="cp-rec" data-testid="recorded"><span className="rec-dot" /><Trans>Recorded</Trans></span> : null;
  return (
    <Frame centre={centre} state={call.state} tone={held ? "hold" : "live"} right={right}>
      <Notes />
      <div className="cp-agent">
        <span className="cp-av" aria-hidden>{call.agent_initials ?? initialsOf(name)}</span>
        <h1 data-testid="agent-name">{name === "" ? <Trans>You are being put through</Trans> : name}</h1>
        <p>{[centre, call.queue_name ?? ""].filter((part) => part !== "").join(", ")}</p>
        <p className="cp-big num">{call.answered_at != null && <Since at={call.answered_at} />}</p>
        {held ? <p className="cp-ok" role="status">{name === "" ? <Trans>It rings there. You need not do anything.</Trans> : <Trans>You are on hold. Music plays until {name} is back.</Trans>}</p> : <SoundWord />}
      </div>
      {keypad && (
        <>
          <Typed digits={digits} />
          <Keypad onDigit={press} />
        </>
      )}
      <span className="grow" />
      <div className="cp-ctl">
        <MuteButton />
        <Round on={keypad} onClick={() => showKeypad(!keypad)} testId="keypad" icon={<IconDialpad size={22} stroke={1.7} aria-hidden />}>
          <Trans>Keypad</Trans>
        </Round>
        <SpeakerButton />
        <EndButton><Trans>End call</Trans></EndButton>
      </div>
    </Frame>
  );
}

/** WebRTC sound is always encrypted; how clear it is was measured. */
function SoundWord() {
  const quality = useCall((s) => s.quality);
  if (quality === "poor") {
    return <p className="cp-ok"><IconAlertTriangle size={14} stroke={1.9} aria-hidden /><Trans>Sound may break up. A cable or better reception usually cures it.</Trans></p>;
  }
  return (
    <p className="cp-ok">
      <IconLock size={14} stroke={1.9} aria-hidden />
      {quality === "clear" ? <Trans>Encrypted, sound is clear</Trans> : <Trans>Encrypted</Trans>}
    </p>
  );
}
