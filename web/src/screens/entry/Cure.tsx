import { Button, Select, Slider } from "@mantine/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useState } from "react";
import { Chip } from "../../components/bits";
import { sentenceOf } from "../../desk/commands";
import { PHONE_ERROR } from "../../desk/words";
import { headset, ringer } from "../../lib/sounds";
import { canChooseOutput, chooseDevice, useDevices } from "../../stores/devices";
import { applyOutput, changeInput, usePhone } from "../../stores/phone";
import { toast } from "../../stores/toasts";
import type { CheckKey, Result } from "./checks";
import { LevelMeter } from "./LevelMeter";
import type { Check } from "./useMeasured";

/** Beside the list: what is wrong with the open row, likeliest cause first, and the devices to choose from. */
export function Cure({ which, result, check }: { which: CheckKey; result: Result; check: Check }) {
  const { t } = useLingui();
  const titles: Record<CheckKey, string> = { browser: t`Browser`, microphone: t`Microphone`, headset: t`Headset sound`, ringer: t`Ringer`, line: t`Line` };
  const bodies: Record<CheckKey, ReactNode> = {
    browser: <BrowserCure result={result} check={check} />,
    microphone: <MicrophoneCure result={result} check={check} />,
    headset: <SoundCure which="headset" result={result} />,
    ringer: <SoundCure which="ringer" result={result} />,
    line: <LineCure result={result} />,
  };
  return (
    <>
      <div className="pane-h"><h2>{titles[which]}</h2>{result === "bad" && <Chip tone="bad"><Trans>Needs you</Trans></Chip>}{result === "ok" && <Chip tone="ok"><Trans>Fine</Trans></Chip>}</div>
      <div className="scroll grow pf-body" id="cure">{bodies[which]}</div>
    </>
  );
}

function Verdict({ tone, title, children }: { tone: "bad" | "warn" | "ok"; title: ReactNode; children: ReactNode }) {
  return <div className={`verdict tone-${tone} pf-verdict`}><p><b>{title}</b> {children}</p></div>;
}

function Steps({ steps }: { steps: { title: ReactNode; text?: ReactNode }[] }) {
  return (
    <ol className="cure">
      {steps.map((step, n) => (
        <li key={n} className={n === 0 ? "at" : ""}><span>{n + 1}</span><div><b>{step.title}</b>{step.text !== undefined && <div className="cure-t">{step.text}</div>}</div></li>
      ))}
    </ol>
  );
}

function BrowserCure({ result, check }: { result: Result; check: Check }) {
  const { t, i18n } = useLingui();
  const { measured: m } = check;
  const [asked, setAsked] = useState("Notification" in window ? Notification.permission : "denied");
  const error = !m.secure ? "insecure_context" : !m.webrtc ? "no_webrtc" : m.permission === "denied" ? "microphone_denied" : m.error;
  return (
    <>
      {result === "bad" && error !== null && <Verdict tone="bad" title={`${i18n._(PHONE_ERROR[error].cause)}.`}>{i18n._(PHONE_ERROR[error].cure)}</Verdict>}
      {result === "bad" && error === "microphone_denied" && <Steps steps={[{ title: t`Click the sign left of the address`, text: t`It looks like a lock, a slider or a crossed-out microphone.` }, { title: t`Allow the microphone for this page` }, { title: t`Press Check again`, text: t`Some browsers want the page loaded anew first.` }]} />}
      {result === "busy" && <Verdict tone="warn" title={t`The browser is asking you.`}>{t`Choose Allow in the small window near the address.`}</Verdict>}
      <h3 className="sec-h"><Trans>Notifications</Trans></h3>
      <p className="i2"><Trans>When this page is behind another window, a call also shows as a notification of your computer.</Trans></p>
      {asked === "default" && <Button mt={8} variant="default" onClick={() => void Notification.requestPermission().then(setAsked)}><Trans>Allow notifications</Trans></Button>}
      {asked === "granted" && <p className="t12 i3"><Trans>Allowed.</Trans></p>}
      {asked === "denied" && <p className="t12 i3"><Trans>Not allowed. You still hear the ring and see the title flash. The sign left of the address changes it.</Trans></p>}
    </>
  );
}

function MicrophoneCure({ result, check }: { result: Result; check: Check }) {
  const { t, i18n } = useLingui();
  const { input, inputs } = useDevices();
  const phone = usePhone();
  const name = inputs.find((d) => d.deviceId === input)?.label ?? inputs[0]?.label ?? t`your microphone`;
  const listening = phone.state !== "none";
  return (
    <>
      {result === "bad" && phone.error !== null && <Verdict tone="bad" title={`${i18n._(PHONE_ERROR[phone.error].cause)}.`}>{i18n._(PHONE_ERROR[phone.error].cure)}</Verdict>}
      {result === "bad" && phone.error === null && (phone.microphone === "ended"
        ? <Verdict tone="bad" title={t`${name} is gone.`}>{t`Plug it in again, or choose another one below.`}</Verdict>
        : <Verdict tone="bad" title={t`Nothing is heard from ${name}.`}>{t`It is connected and allowed, so its own mute is the likely cause.`}</Verdict>)}
      {result === "ok" && <Verdict tone="ok" title={t`You are heard.`}>{t`Callers hear what ${name} hears.`}</Verdict>}
      <div className="pf-live">
        <div className="row g6"><b className="b6"><Trans>Say a few words</Trans></b><span className="push t12 i3">{listening ? t`listening` : t`not open`}</span></div>
        <LevelMeter level={check.level} bars={44} />
        <div className="row t12 i3"><span><Trans>silent</Trans></span><span className="push"><Trans>good from here</Trans></span><span className="push"><Trans>too loud</Trans></span></div>
      </div>
      {result === "bad" && phone.error === null ? (
        <Steps steps={[
          { title: t`Press the mute key of the headset`, text: t`Many have one on the cable or on the ear. A red light means muted.` },
          { title: t`Bring the arm down`, text: t`With the arm up, some headsets mute themselves.` },
          { title: t`Or use another microphone`, text: <InputSelect /> },
        ]} />
      ) : <InputSelect label={t`Microphone`} />}
    </>
  );
}

function InputSelect({ label }: { label?: string }) {
  const { t } = useLingui();
  const { input, inputs } = useDevices();
  if (inputs.length === 0) return null;
  const choose = (id: string | null) => {
    if (id !== null) changeInput(id).catch((error: unknown) => toast("bad", sentenceOf(error)));
  };
  return <Select size="xs" mt={6} {...(label !== undefined ? { label } : { "aria-label": t`Microphone` })} data={named(inputs, t`Microphone`)} value={input || (inputs[0]?.deviceId ?? null)} allowDeselect={false} onChange={choose} />;
}

function SoundCure({ which, result }: { which: "headset" | "ringer"; result: Result }) {
  const { t } = useLingui();
  const devices = useDevices();
  const id = which === "headset" ? devices.output : devices.ringer;
  const choose = (chosen: string | null) => {
    if (chosen === null) return;
    chooseDevice(which === "headset" ? { output: chosen } : { ringer: chosen });
    if (which === "headset") void applyOutput().then(() => headset.play("notes"));
    else ringer.play("ring");
  };
  return (
    <>
      {result === "bad" && <Verdict tone="bad" title={t`You heard nothing.`}>{t`The sound was played, so another loudspeaker or its volume is the likely cause.`}</Verdict>}
      <p className="i2 pf-p">{which === "headset" ? t`Callers are heard here.` : t`It rings here. Choose the loudspeakers of the computer, so that you hear it with the headset off.`}</p>
      {!canChooseOutput() ? <p className="t12 i3"><Trans>This browser uses the loudspeaker of the system.</Trans></p> : devices.outputs.length === 0 ? <p className="t12 i3"><Trans>Devices are listed once the microphone is allowed.</Trans></p>
        : <Select size="xs" label={t`Loudspeaker`} data={named(devices.outputs, t`Loudspeaker`)} value={id || (devices.outputs[0]?.deviceId ?? null)} allowDeselect={false} onChange={choose} />}
      {which === "ringer" && (
        <div className="pf-vol">
          <span className="t13 b5"><Trans>How loud it rings</Trans></span>
          <Slider mt={8} aria-label={t`How loud it rings`} min={10} max={100} step={5} label={(v) => `${v}%`} value={Math.round(devices.ringerVolume * 100)} onChange={(v) => chooseDevice({ ringerVolume: v / 100 })} onChangeEnd={() => ringer.play("ring")} />
        </div>
      )}
    </>
  );
}

function LineCure({ result }: { result: Result }) {
  const { t, i18n } = useLingui();
  const error = usePhone((s) => s.error);
  const lost = usePhone((s) => s.state === "lost");
  if (result === "bad") {
    return (
      <>
        <Verdict tone="bad" title={lost ? t`The line broke.` : `${i18n._(PHONE_ERROR[error ?? "exchange_failed"].cause)}.`}>{lost ? t`It is being opened again by itself.` : i18n._(PHONE_ERROR[error ?? "exchange_failed"].cure)}</Verdict>
        <Steps steps={[{ title: t`Look whether other pages open`, text: t`If not, the network is the cause.` }, { title: t`Plug in a cable`, text: t`Wireless breaks voice first.` }, { title: t`Leave other networks`, text: t`A VPN may let pages through and stop voice.` }]} />
      </>
    );
  }
  if (result === "warn") return <Verdict tone="warn" title={t`Sound may break up.`}>{t`Too much is lost or late on the way. A cable usually cures it.`}</Verdict>;
  return <p className="i2"><Trans>The line stays open until you sign out, so a call begins without delay. Its round trip is measured the whole time.</Trans></p>;
}

/** Names for the list; a device without one gets a number. */
function named(list: MediaDeviceInfo[], otherwise: string): { value: string; label: string }[] {
  return list.map((d, n) => ({ value: d.deviceId, label: d.label === "" ? `${otherwise} ${n + 1}` : d.label }));
}
