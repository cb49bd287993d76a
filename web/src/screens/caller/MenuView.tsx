import { Trans } from "@lingui/react/macro";
import { useCallback, useState } from "react";
import type { CallerTopic } from "../../api/types";
import { Since } from "../../components/bits";
import { sendDigit } from "./call";
import { EndButton, MuteButton, SpeakerButton } from "./Controls";
import { Frame } from "./Frame";
import { Keypad, Typed } from "./Keypad";
import { Notes } from "./Notes";

const TYPED_MAX = 16;
/** More keys than this stand two beside each other, so that the keypad stays in view. */
const MANY = 3;

/** What was typed since `says` changed. */
export function useTyped(says: string): [string, (digit: string) => void] {
  const [typed, setTyped] = useState({ says, digits: "" });
  const digits = typed.says === says ? typed.digits : "";
  const press = useCallback(
    (digit: string) => {
      sendDigit(digit);
      setTyped((before) => ({ says, digits: ((before.says === says ? before.digits : "") + digit).slice(-TYPED_MAX) }));
    },
    [says],
  );
  return [digits, press];
}

/** The menu: what it says, as text, the keys it takes, and a keypad. */
export function MenuView({ centre, call }: { centre: string; call: CallerTopic }) {
  const [digits, press] = useTyped(call.says);
  const voicemail = call.state === "voicemail";
  return (
    <Frame centre={centre} state={call.state} right={<span className="cp-time num"><Since at={call.started_at} /></span>}>
      <Notes />
      <h1>{voicemail ? <Trans>Leave your message</Trans> : <Trans>The menu</Trans>}</h1>
      <p className="cp-says" aria-live="polite" data-testid="says">{call.says}</p>
      {call.keys.length > 0 && (
        <ul className={`cp-keys ${call.keys.length > MANY ? "many" : ""}`}>
          {call.keys.map((key) => (
            <li key={key.code}>
              <button type="button" onClick={() => press(key.key ?? key.code)} data-testid={`key-${key.key ?? key.code}`}>
                <kbd>{key.key ?? key.code}</kbd>
                <span className="grow">{key.label}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <span className="grow" />
      <Typed digits={digits} />
      <Keypad onDigit={press} small />
      <div className="cp-ctl">
        <MuteButton />
        <SpeakerButton />
        <EndButton>{voicemail ? <Trans>Finish</Trans> : <Trans>End call</Trans>}</EndButton>
      </div>
    </Frame>
  );
}
