import { IconMicrophoneOff, IconPlugConnectedX, IconVolume, IconWifiOff } from "@tabler/icons-react";
import { Trans } from "@lingui/react/macro";
import { useEffect, useState } from "react";
import { useTicking } from "../../lib/now";
import { leftOf, timeOf } from "../../lib/time";
import { retryRejoin, tryServerNow, useCall } from "./call";
import { ProblemNote } from "./problems";

const BACK_MS = 3_000;

/** What is amiss with the line just now, above the page's own words. Nothing when all is well. */
export function Notes() {
  const line = useCall((s) => s.line);
  const microphone = useCall((s) => s.microphone);
  const blocked = useCall((s) => s.playbackBlocked);
  const back = useCall((s) => s.back);
  const problem = useCall((s) => s.problem);
  const serverThere = useCall((s) => s.server.state === "open");
  const state = useCall((s) => s.call?.state);
  const speaking = state === "talking" || state === "voicemail";
  return (
    <div className="cp-notes" role="status">
      <ServerNote quiet={back} talking={state === "talking" || state === "held"} />
      {problem !== null && (
        <ProblemNote problem={problem} action={<button type="button" className="cp-again" onClick={retryRejoin}><Trans>Try again</Trans></button>} />
      )}
      {back && serverThere && line !== "lost" && (
        <div className="cp-inline tone-ok" data-testid="back">
          <div className="grow"><b><Trans>You are back</Trans></b><p><Trans>It is the same call; nothing was lost.</Trans></p></div>
        </div>
      )}
      {line === "lost" && problem === null && (
        <div className="cp-inline tone-warn" data-testid="line-lost">
          <IconWifiOff size={20} stroke={1.8} aria-hidden />
          <div className="grow">
            <b><Trans>Your line is interrupted</Trans></b>
            <p>{speaking ? <Trans>It comes back by itself. The other side hears music meanwhile.</Trans> : <Trans>It comes back by itself. Your place is kept for some seconds.</Trans>}</p>
          </div>
        </div>
      )}
      {blocked && (
        <div className="cp-inline tone-live" data-testid="touch-to-hear">
          <IconVolume size={20} stroke={1.8} aria-hidden />
          <div className="grow"><b><Trans>Touch the page to hear the call</Trans></b><p><Trans>Your browser plays nothing before that.</Trans></p></div>
        </div>
      )}
      {speaking && (microphone === "silent" || microphone === "ended") && (
        <div className="cp-inline tone-warn" data-testid="microphone-silent">
          <IconMicrophoneOff size={20} stroke={1.8} aria-hidden />
          <div className="grow">
            <b>{microphone === "silent" ? <Trans>Nothing is heard from your microphone</Trans> : <Trans>Your microphone is gone</Trans>}</b>
            <p>{microphone === "silent" ? <Trans>Its own mute may be on.</Trans> : <Trans>Connect it again, or another one: the call takes it by itself.</Trans>}</p>
          </div>
        </div>
      )}
    </div>
  );
}

function ServerNote({ talking, quiet }: { talking: boolean; quiet: boolean }) {
  const server = useCall((s) => s.server);
  const lost = server.state === "lost";
  const [wasLost, setWasLost] = useState(false);
  // Remembered while rendering, so that the green note appears in the same frame as the red one goes.
  if (lost && !wasLost) setWasLost(true);
  useEffect(() => {
    if (lost || !wasLost) return;
    const timer = setTimeout(() => setWasLost(false), BACK_MS);
    return () => clearTimeout(timer);
  }, [lost, wasLost]);
  if (lost) return <ServerLost lostAt={server.lostAt} nextTryAt={server.nextTryAt} talking={talking} />;
  if (!wasLost || quiet || server.state !== "open") return null;
  return (
    <div className="cp-inline tone-ok">
      <div className="grow"><b><Trans>Connected. Nothing was lost.</Trans></b></div>
    </div>
  );
}

function ServerLost({ lostAt, nextTryAt, talking }: { lostAt: number; nextTryAt: number | null; talking: boolean }) {
  const at = timeOf(lostAt, true);
  const left = useTicking((now) => (nextTryAt === null ? "" : leftOf((nextTryAt - now) / 1000)));
  return (
    <div className="cp-inline lost" data-testid="server-lost">
      <IconPlugConnectedX size={20} stroke={1.8} aria-hidden />
      <div className="grow">
        <b><Trans>Connection to the server lost at {at}.</Trans></b>
        <p>{talking ? <Trans>Your call goes on and you both hear each other. Keypad, mute and end work.</Trans> : <Trans>Your place is kept. What this page shows may be old.</Trans>}</p>
        <p className="row g12 num">
          {left === "" ? <Trans>Trying now</Trans> : <Trans>Next try in {left}</Trans>}
          <button type="button" className="cp-again" onClick={tryServerNow}><Trans>Try now</Trans></button>
        </p>
      </div>
    </div>
  );
}
