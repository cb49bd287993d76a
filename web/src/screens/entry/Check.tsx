import { Button } from "@mantine/core";
import { IconAlertTriangle, IconBell, IconBrowserCheck, IconCheck, IconHeadphones, IconLoader2, IconMicrophone, IconMicrophoneOff, IconPlayerPlay, IconWifi } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useState } from "react";
import { Spark } from "../../components/bits";
import { Shell } from "../../components/Shell";
import { attempt, commands } from "../../desk/commands";
import { useIsLeader } from "../../desk/useAgentTab";
import { markChecked } from "../../stores/checked";
import { deviceName, useDevices } from "../../stores/devices";
import { useServerThere } from "../../stores/live";
import { openPhone, usePhone } from "../../stores/phone";
import { useSession } from "../../stores/session";
import { type CheckKey, firstBad, judge, mayStart, type Result } from "./checks";
import { Cure } from "./Cure";
import { LevelMeter } from "./LevelMeter";
import { type Check, useMeasured } from "./useMeasured";

const ic = { size: 18, stroke: 1.7, "aria-hidden": true } as const;

/** Before the first call: nobody becomes available while their phone fails. */
export function CheckPage() {
  const check = useMeasured();
  const results = judge(check.measured);
  const [chosen, setChosen] = useState<CheckKey | null>(null);
  const bad = firstBad(results);
  const open = chosen ?? bad ?? "microphone";
  const leads = useIsLeader();
  const again = () => {
    check.again();
    setChosen(null);
    void openPhone();
  };
  return (
    <Shell active="desk">
      <div className="pfl">
        <div className="pf-main scroll">
          <h1 className="t20"><Trans>Before your first call</Trans></h1>
          <p className="i2 pf-lead" role="status"><Verdict results={results} leads={leads} /></p>
          <Rows check={check} results={results} open={open} onOpen={setChosen} />
          <p className="t12 i3 pf-foot"><Trans>Checked again by itself while you are signed in. If it fails later you become “Unreachable”, never “Available”.</Trans></p>
        </div>
        <aside className="pf-side">
          <Cure which={open} result={results[open]} check={check} />
          <Footer results={results} again={again} leads={leads} />
        </aside>
      </div>
    </Shell>
  );
}

function Verdict({ results, leads }: { results: Record<CheckKey, Result>; leads: boolean }) {
  const all = Object.values(results);
  const bad = all.filter((r) => r === "bad").length;
  if (!leads) return <Trans>Your desk is open in another tab. The check belongs to that one.</Trans>;
  if (bad > 0) return <Plural value={bad} one="# of five needs you. Nobody is put through to you until it is cured." other="# of five need you. Nobody is put through to you until they are cured." />;
  if (results.microphone === "busy") return <Trans>Say a few words, so that your microphone is heard.</Trans>;
  if (all.includes("busy")) return <Trans>The line is being opened.</Trans>;
  return <Trans>All is well. Callers can be put through to you.</Trans>;
}

function Rows({ check, results, open, onOpen }: { check: Check; results: Record<CheckKey, Result>; open: CheckKey; onOpen: (key: CheckKey) => void }) {
  const { t } = useLingui();
  const { measured: m, level } = check;
  const { input, output, ringer, inputs, outputs } = useDevices();
  const rtts = usePhone((s) => s.rtts);
  const jitter = usePhone((s) => s.jitterMs);
  const nameOf = (list: MediaDeviceInfo[], id: string, otherwise: string) => deviceName(list, id) || otherwise;
  const row = (key: CheckKey) => ({ result: results[key], on: open === key, onOpen: () => onOpen(key), testid: `check-${key}` });
  const notifications = "Notification" in window ? Notification.permission : "denied";
  const rtt = m.rttMs === null ? null : Math.round(m.rttMs);
  const lost = Math.round(m.lossFraction * 1000) / 10;
  const unsteady = Math.round(jitter);
  return (
    <ul className="pf-list">
      <Row {...row("browser")} icon={<IconBrowserCheck {...ic} />} title={t`Browser`} word={results.browser === "ok" ? t`Allowed` : results.browser === "busy" ? t`Asking` : t`Not allowed`}
        line={results.browser !== "ok" ? t`Allow the microphone when the browser asks` : notifications === "granted" ? t`Microphone, sound and notifications allowed` : t`Microphone and sound allowed, notifications not`} />
      <Row {...row("microphone")} icon={results.microphone === "bad" ? <IconMicrophoneOff {...ic} /> : <IconMicrophone {...ic} />} title={t`Microphone`} line={nameOf(inputs, input, t`The system's microphone`)}
        right={<LevelMeter level={level} bars={28} />} word={microphoneWord(results.microphone, m.quietS, t`Heard`, t`Listening`, t`Silent for ${m.quietS} s`, t`Not heard`)} />
      <SoundRow {...row("headset")} check={check} which="headset" icon={<IconHeadphones {...ic} />} title={t`Headset sound`} device={nameOf(outputs, output, t`The system's loudspeaker`)} button={t`Play`} />
      <SoundRow {...row("ringer")} check={check} which="ringer" icon={<IconBell {...ic} />} title={t`Ringer`} device={nameOf(outputs, ringer, t`The system's loudspeaker`)} button={t`Ring`} />
      <Row {...row("line")} icon={<IconWifi {...ic} />} title={t`Line`} right={rtts.length > 1 ? <Spark data={rtts} width={110} /> : null}
        line={m.phone !== "ready" ? t`A voice line to the server, kept open through your shift` : rtt === null ? t`Open, being measured` : lost >= 0.1 ? t`${rtt} ms there and back, ${lost}% lost, ${unsteady} ms unsteady` : t`${rtt} ms there and back, no loss, ${unsteady} ms unsteady`}
        word={{ ok: t`Good`, warn: t`Weak`, bad: t`Not open`, busy: t`Opening`, idle: t`Opening` }[results.line]} />
    </ul>
  );
}

function microphoneWord(result: Result, quietS: number, heard: string, listening: string, silent: string, unheard: string): string {
  if (result === "ok") return heard;
  if (result === "busy") return listening;
  return quietS > 0 ? silent : unheard;
}

interface RowProps {
  result: Result;
  on: boolean;
  onOpen: () => void;
  testid: string;
  icon: ReactNode;
  title: string;
}

function Row({ result, on, onOpen, testid, icon, title, line, right, word }: RowProps & { line: string; right?: ReactNode; word: string }) {
  const tone = result === "bad" ? "bad" : result === "warn" ? "warn" : result === "ok" ? "ok" : "off";
  return (
    <li className={`pf tone-${tone} ${on ? "on" : ""}`} data-testid={testid} data-result={result}>
      <span className="pf-i">{icon}</span>
      <button type="button" className="col grow pf-b" onClick={onOpen} aria-expanded={on} aria-controls="cure"><b>{title}</b><span className="t12 i2 num">{line}</span></button>
      {right}
      <span className="pf-s">
        {result === "ok" ? <IconCheck size={14} stroke={2.4} aria-hidden /> : result === "bad" || result === "warn" ? <IconAlertTriangle size={14} stroke={2} aria-hidden /> : result === "busy" ? <IconLoader2 size={14} stroke={2} aria-hidden /> : null}
        {word}
      </span>
    </li>
  );
}

/** Plays on the chosen device and asks whether it was heard; nobody but the person can know. */
function SoundRow({ check, which, device, button, ...row }: RowProps & { check: Check; which: "headset" | "ringer"; device: string; button: string }) {
  const { t } = useLingui();
  const state = check.measured[which];
  const words = { idle: t`Not tried`, playing: t`Heard it?`, heard: t`Heard`, unheard: t`Not heard` };
  const line = which === "ringer" ? t`${device}, so that you hear it without the headset` : device;
  const right = (
    <span className="row g6">
      {state === "playing" && (
        <>
          <Button variant="default" onClick={() => check.answer(which, true)} data-testid={`${which}-yes`}><Trans>Yes</Trans></Button>
          <Button variant="default" onClick={() => { check.answer(which, false); row.onOpen(); }}><Trans>No</Trans></Button>
        </>
      )}
      <Button variant="default" leftSection={<IconPlayerPlay size={14} stroke={1.8} aria-hidden />} onClick={() => check.play(which)} data-testid={`${which}-play`}>{button}</Button>
    </span>
  );
  return <Row {...row} line={line} right={right} word={words[state]} />;
}

function Footer({ results, again, leads }: { results: Record<CheckKey, Result>; again: () => void; leads: boolean }) {
  const navigate = useNavigate();
  const there = useServerThere();
  const userId = useSession((s) => s.session?.user.user_id);
  const [busy, setBusy] = useState(false);
  const ready = mayStart(results) && leads;
  const toDesk = () => {
    if (userId !== undefined && ready) markChecked(userId);
    void navigate({ to: "/desk" });
  };
  const start = async () => {
    setBusy(true);
    if (userId !== undefined) markChecked(userId);
    const done = await attempt(() => commands.setState("available"));
    setBusy(false);
    if (done) void navigate({ to: "/desk" });
  };
  return (
    <footer className="dr-f pf-act">
      {ready ? (
        <>
          <Button size="sm" loading={busy} disabled={!there} onClick={() => void start()} data-testid="start-taking-calls"><Trans>Start taking calls</Trans></Button>
          <Button size="sm" variant="default" onClick={toDesk} data-testid="to-desk"><Trans>To the desk, not ready yet</Trans></Button>
        </>
      ) : (
        <>
          <Button size="sm" onClick={again} disabled={!leads} data-testid="check-again"><Trans>Check again</Trans></Button>
          <Button size="sm" variant="default" onClick={toDesk} data-testid="to-desk"><Trans>Start with cases only</Trans></Button>
        </>
      )}
    </footer>
  );
}
