import { IconMicrophone, IconMicrophoneOff, IconPhone, IconPhoneEnd, IconPhoneIncoming, IconPlugConnectedX } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ApiError, get, post } from "../../api/client";
import type { TelephoneDirectory, TelephoneTopic } from "../../api/types";
import { Skeleton } from "../../components/bits";
import { ringer, ringGain } from "../../lib/sounds";
import { flashTitle } from "../../lib/title";
import { Frame } from "../caller/Frame";
import { ProblemNote } from "../caller/problems";
import { answer, closeTelephone, decline, end, keptNumber, openTelephone, setMuted, useTelephone } from "./telephone";

const RING_EVERY_MS = 2_000;
const DIRECTORY_EVERY_MS = 10_000;

async function readDirectory(signal: AbortSignal): Promise<TelephoneDirectory> {
  await post<undefined>("/api/caller/session");
  return get<TelephoneDirectory>("/api/caller/telephone", { signal });
}

/** A telephone outside the centre: choose a number, wait, answer. */
export function TelephonePage() {
  const { t } = useLingui();
  const phase = useTelephone((s) => s.phase);
  const telephone = useTelephone((s) => s.telephone);
  const { data, error } = useQuery({
    queryKey: ["telephone-directory"],
    queryFn: ({ signal }) => readDirectory(signal),
    refetchInterval: phase === "choose" ? DIRECTORY_EVERY_MS : false,
    retry: false,
  });
  const centre = data?.centre ?? "";
  useEffect(() => {
    document.title = t`Telephone`;
    const kept = keptNumber();
    if (kept !== null) void openTelephone(kept);
  }, [t]);
  if (error instanceof ApiError && error.status === 404) return <Off />;
  if (phase !== "open" || telephone === null) return <Choose directory={data} away={error !== null && data === undefined} />;
  const label = data?.numbers.find((each) => each.number === telephone.number)?.label ?? telephone.number;
  switch (telephone.state) {
    case "waiting":
      return <Waits centre={centre} label={label} telephone={telephone} />;
    case "ringing":
      return <Rings centre={centre} label={label} />;
    case "talking":
      return <Talks centre={centre} label={label} />;
  }
}

function Off() {
  return (
    <Frame centre="" state="off">
      <h1><Trans>No guest telephones here</Trans></h1>
      <p className="cp-lead"><Trans>Whoever runs this server can allow them, or start it as a demo.</Trans></p>
    </Frame>
  );
}

function Choose({ directory, away }: { directory: TelephoneDirectory | undefined; away: boolean }) {
  const opening = useTelephone((s) => s.phase === "opening");
  const problem = useTelephone((s) => s.problem);
  const [number, setNumber] = useState("");
  const taken = directory?.numbers.some((each) => each.taken && each.number === number) ?? false;
  return (
    <Frame centre={directory?.centre ?? ""} state={opening ? "opening" : "choose"}>
      <form
        className="cp-form"
        onSubmit={(event) => {
          event.preventDefault();
          void openTelephone(number);
        }}
      >
        <h1><Trans>Be a telephone</Trans></h1>
        <p className="cp-lead">{away ? <Trans>The server does not answer. This page asks again by itself.</Trans> : <Trans>This page rings when an agent transfers to the number you choose, or consults it.</Trans>}</p>
        <h2 id="numbers"><Trans>Which number are you?</Trans></h2>
        <div className="cp-topics" role="radiogroup" aria-labelledby="numbers">
          {directory === undefined && !away && <Skeleton width="70%" height={20} />}
          {directory?.numbers.map((each) => (
            <button key={each.number} type="button" role="radio" aria-checked={each.number === number} disabled={each.taken} className={each.number === number ? "on" : ""} onClick={() => setNumber(each.number)} data-testid={`number-${each.number}`}>
              <IconPhone size={20} stroke={1.7} aria-hidden />
              <span className="grow">{each.label}</span>
              {each.taken && <i><Trans>open elsewhere</Trans></i>}
              <span className="radio" />
            </button>
          ))}
        </div>
        <div className="cp-field">
          <label htmlFor="number"><Trans>Or another number</Trans></label>
          <input id="number" value={number} onChange={(event) => setNumber(event.target.value)} maxLength={40} type="tel" autoComplete="off" data-testid="number" />
        </div>
        <span className="grow" />
        {problem !== null && <ProblemNote problem={problem} />}
        <button type="submit" className="cp-call" disabled={opening || taken || number.trim() === ""} data-testid="be">
          <IconPhone size={22} stroke={1.8} aria-hidden />
          {opening ? <Trans>Opening</Trans> : <Trans>I am this number</Trans>}
        </button>
        <p className="cp-fine" role={opening ? "status" : undefined}><IconMicrophone size={15} stroke={1.8} aria-hidden /><Trans>Your browser asks for the microphone.</Trans></p>
      </form>
    </Frame>
  );
}

function Waits({ centre, label, telephone }: { centre: string; label: string; telephone: TelephoneTopic }) {
  const problem = useTelephone((s) => s.problem);
  return (
    <Frame centre={centre} state="waiting">
      <Lost />
      <div className="cp-wait" aria-live="polite">
        <span className="cp-cbi" aria-hidden><IconPhone size={30} stroke={1.6} /></span>
        <h1>{label}</h1>
        {label !== telephone.number && <p className="cp-lead num">{telephone.number}</p>}
        <p className="cp-lead"><Trans>Keep this page open. It rings when somebody dials you.</Trans></p>
      </div>
      {problem !== null && <ProblemNote problem={problem} />}
      <span className="grow" />
      <button type="button" className="cp-cbx" onClick={closeTelephone} data-testid="close"><Trans>Be no telephone any more</Trans></button>
    </Frame>
  );
}

/** Rings with sound, title and a shake until it is answered, declined or taken back. */
function Rings({ centre, label }: { centre: string; label: string }) {
  const { t } = useLingui();
  const answering = useTelephone((s) => s.answering);
  useEffect(() => {
    if (answering) return undefined;
    let n = 0;
    const ring = () => {
      ringer.play("ring", ringGain(n));
      if ("vibrate" in navigator) navigator.vibrate([300, 150, 300]);
      n += 1;
    };
    ring();
    const timer = setInterval(ring, RING_EVERY_MS);
    const stop = flashTitle(t`${centre} is calling`);
    return () => {
      clearInterval(timer);
      stop();
    };
  }, [answering, centre, t]);
  return (
    <Frame centre={centre} state="ringing" tone="live">
      <Lost />
      <div className="cp-agent" role="alert">
        <span className="cp-av ring-av" aria-hidden><IconPhoneIncoming size={30} stroke={1.6} /></span>
        <h1><Trans>{centre} is calling you</Trans></h1>
        <p>{answering ? <Trans>Opening the line</Trans> : label}</p>
      </div>
      <span className="grow" />
      <div className="cp-ctl">
        <button type="button" className="answer" onClick={() => void answer()} disabled={answering} data-testid="answer">
          <span className="cpc"><IconPhone size={24} stroke={1.8} aria-hidden /></span>
          <span><Trans>Answer</Trans></span>
        </button>
        <button type="button" className="end" onClick={decline} disabled={answering} data-testid="decline">
          <span className="cpc"><IconPhoneEnd size={24} stroke={1.8} aria-hidden /></span>
          <span><Trans>Decline</Trans></span>
        </button>
      </div>
    </Frame>
  );
}

function Talks({ centre, label }: { centre: string; label: string }) {
  const { line, muted, microphone, playbackBlocked, answering } = useTelephone();
  const here = line !== "none" || answering;
  return (
    <Frame centre={centre} state="talking" tone="live">
      <Lost />
      <div className="cp-agent" role="status">
        <span className="cp-av" aria-hidden><IconPhone size={30} stroke={1.6} /></span>
        <h1><Trans>On the line</Trans></h1>
        <p>{!here ? <Trans>The page was loaded again. Take the call back, or end it.</Trans> : line === "lost" ? <Trans>Your line is interrupted. It comes back by itself.</Trans> : label}</p>
        {playbackBlocked && <p><Trans>Touch the page to hear the call</Trans></p>}
        {(microphone === "silent" || microphone === "ended") && <p><Trans>Nothing is heard from your microphone</Trans></p>}
      </div>
      <span className="grow" />
      <div className="cp-ctl">
        {here
          ? (
            <button type="button" className={muted ? "on" : ""} aria-pressed={muted} onClick={() => setMuted(!muted)} data-testid="mute">
              <span className="cpc">{muted ? <IconMicrophoneOff size={22} stroke={1.7} aria-hidden /> : <IconMicrophone size={22} stroke={1.7} aria-hidden />}</span>
              <span>{muted ? <Trans>Muted</Trans> : <Trans>Mute</Trans>}</span>
            </button>
          )
          : (
            <button type="button" className="answer" onClick={() => void answer()} data-testid="take-back">
              <span className="cpc"><IconPhone size={24} stroke={1.8} aria-hidden /></span>
              <span><Trans>Take the call back</Trans></span>
            </button>
          )}
        <button type="button" className="end" onClick={end} data-testid="end">
          <span className="cpc"><IconPhoneEnd size={24} stroke={1.8} aria-hidden /></span>
          <span><Trans>End call</Trans></span>
        </button>
      </div>
    </Frame>
  );
}

/** Without the server nothing can ring; a call goes on. */
function Lost() {
  const lost = useTelephone((s) => s.server.state === "lost");
  return (
    <div className="cp-notes" role="status">
      {lost && (
        <div className="cp-inline lost" data-testid="server-lost">
          <IconPlugConnectedX size={20} stroke={1.8} aria-hidden />
          <div className="grow"><b><Trans>The server does not answer.</Trans></b><p><Trans>This page tries again by itself. A call goes on.</Trans></p></div>
        </div>
      )}
    </div>
  );
}
