import {
  IconArrowForwardUp, IconDialpad, IconDoorExit, IconMicrophone, IconMicrophoneOff, IconPhoneEnd, IconPlayerPause, IconPlayerPlay, IconPlayerRecord, IconUserPlus,
} from "@tabler/icons-react";
import { useLingui } from "@lingui/react/macro";
import { useEffect } from "react";
import type { ContactView } from "../../api/types";
import { Ctl } from "../../components/Band";
import { useDesk } from "../../stores/desk";
import { useKey } from "../../stores/keys";
import { useLive, useServerThere } from "../../stores/live";
import { usePhone } from "../../stores/phone";
import { hangUp, toggleHold, toggleMute, toggleRecording } from "../call";
import { attempt, commands } from "../commands";
import { type ActionHandlers, useActions } from "../useActions";
import { consultedOf } from "./cord";
import { HelpBox } from "./HelpBox";
import { Keypad } from "./Keypad";
import { MoreMenu } from "./MoreMenu";

const i = { size: 20, stroke: 1.7, "aria-hidden": true } as const;

/** What the agent may do who has the call. */
export function CallControls({ contact }: { contact: ContactView }) {
  const { t } = useLingui();
  const there = useServerThere();
  const muted = useMuted(contact);
  const held = contact.state === "held";
  const settled = contact.state === "talking" || held;
  const consulting = consultedOf(contact.parties) !== null;
  const free = settled && contact.aside === null;
  const paused = contact.recording === "paused";
  const keypad = useDesk((d) => d.keypadOpen);
  const picker = useDesk((d) => d.picker);
  const helpOpen = useDesk((d) => d.helpOpen);
  const [hold, pad, move, add, rec, end] = [useKey("hold"), useKey("keypad"), useKey("transfer"), useKey("add"), useKey("pauseRecording"), useKey("end")];
  const togglePad = () => useDesk.setState({ keypadOpen: !keypad, picker: null, helpOpen: false });
  const pick = (which: "transfer" | "add") => useDesk.setState({ picker: picker === which ? null : which, keypadOpen: false, helpOpen: false });
  const ask = () => useDesk.setState({ helpOpen: !helpOpen, picker: null, keypadOpen: false });
  const helped = contact.parties.some((p) => p.kind === "supervisor" && p.state !== "failed");
  const [mayHold, mayMove, mayAsk] = [there && free && !consulting, there && free && !consulting, there && settled && !helped];
  const mayRecord = there && contact.recording !== "off";

  const handlers: ActionHandlers = {
    keypad: togglePad,
    end: () => void hangUp(contact),
    ...(mayHold && { hold: () => toggleHold(contact) }),
    ...(mayMove && { transfer: () => pick("transfer"), add: () => pick("add") }),
    ...(mayAsk && { help: ask }),
    ...(mayRecord && { pauseRecording: () => toggleRecording(contact) }),
  };
  useActions(handlers);

  useEffect(() => {
    if (contact.state === "caller_lost") useDesk.setState({ keypadOpen: false });
  }, [contact.state]);

  return (
    <div className="call-ctl" data-pane="band">
      <MuteCtl contact={contact} muted={muted} />
      <Ctl icon={held && !consulting ? <IconPlayerPlay {...i} /> : <IconPlayerPause {...i} />} label={held && !consulting ? t`Resume` : t`Hold`} {...hold} on={held && !consulting} disabled={!mayHold} testid={held ? "resume" : "hold"} onClick={() => toggleHold(contact)} />
      <Ctl icon={<IconDialpad {...i} />} label={t`Keypad`} {...pad} expanded={keypad} disabled={contact.state === "caller_lost"} testid="keypad" onClick={togglePad} />
      <Ctl icon={<IconArrowForwardUp {...i} />} label={t`Transfer`} {...move} on={picker === "transfer" || consulting} disabled={!mayMove && !consulting} testid="transfer" onClick={() => mayMove && pick("transfer")} />
      <Ctl wide icon={<IconUserPlus {...i} />} label={t`Add`} {...add} on={picker === "add"} disabled={!mayMove} testid="add" onClick={() => pick("add")} />
      <Ctl wide icon={paused ? <IconPlayerPlay {...i} /> : <IconPlayerRecord {...i} />} label={paused ? t`Record` : t`Pause rec`} {...rec} on={paused} disabled={!mayRecord} testid="pause-recording" onClick={() => toggleRecording(contact)} />
      <MoreMenu
        help={{ run: ask, disabled: !mayAsk }} transfer={{ run: () => pick("transfer"), disabled: !mayMove }} add={{ run: () => pick("add"), disabled: !mayMove }}
        record={{ run: () => toggleRecording(contact), disabled: !mayRecord, paused }}
      />
      <span className="band-gap" />
      <Ctl icon={<IconPhoneEnd {...i} />} label={t`End`} {...end} tone="end" testid="end" onClick={() => void hangUp(contact)} />
      {keypad && <Keypad contact={contact} />}
      {helpOpen && mayAsk && <HelpBox contact={contact} />}
    </div>
  );
}

/** What a guest may do: somebody who was asked in hangs up nobody but themselves. */
export function GuestControls({ contact }: { contact: ContactView }) {
  const { t } = useLingui();
  const there = useServerThere();
  const muted = useMuted(contact);
  const end = useKey("end");
  const leave = () => void attempt(() => commands.leaveCall(contact.contact_id));
  useActions({ ...(there && { end: leave }) });
  return (
    <div className="call-ctl" data-pane="band">
      <MuteCtl contact={contact} muted={muted} />
      <span className="band-gap" />
      <Ctl icon={<IconDoorExit {...i} />} label={t`Leave`} {...end} tone="end" disabled={!there} testid="leave" onClick={leave} />
    </div>
  );
}

function useMuted(contact: ContactView): boolean {
  return usePhone((p) => p.muted) || contact.muted;
}

function MuteCtl({ contact, muted }: { contact: ContactView; muted: boolean }) {
  const { t } = useLingui();
  const key = useKey("mute");
  const serverMuted = useLive((l) => l.agent?.contact?.muted ?? false);
  useActions({ mute: () => toggleMute(contact) });
  return <Ctl icon={muted ? <IconMicrophoneOff {...i} /> : <IconMicrophone {...i} />} label={muted ? t`Muted` : t`Mute`} {...key} on={muted} testid="mute" onClick={() => toggleMute({ ...contact, muted: serverMuted })} />;
}
