import { Button } from "@mantine/core";
import { IconDeviceDesktop, IconPlugConnected, IconPlugConnectedX } from "@tabler/icons-react";
import { Trans } from "@lingui/react/macro";
import { useEffect, useRef, useState } from "react";
import { ringer } from "../lib/sounds";
import { useTicking } from "../lib/now";
import { timeOf } from "../lib/time";
import { tryNow, useLive } from "../stores/live";
import { takeOverHere, useIsLeader } from "./useAgentTab";

const BACK_MS = 3_000;

/** Server lost, back again, or a second tab. One at a time: the worst first. */
export function Banners({ agent }: { agent: boolean }) {
  const status = useLive((s) => s.status);
  const leads = useIsLeader();
  const back = useJustBack(agent && leads);
  if (status.state === "lost") return <Lost lostAt={status.lostAt} nextTryAt={status.nextTryAt} agent={agent} />;
  if (back) {
    return (
      <div className="banner back" role="status" data-testid="banner" data-kind="back">
        <IconPlugConnected size={18} stroke={1.8} aria-hidden />
        <span className="grow"><Trans><b>Connected.</b> Nothing was lost.</Trans></span>
      </div>
    );
  }
  if (agent && !leads && status.state === "open") return <SecondTab />;
  return null;
}

function Lost({ lostAt, nextTryAt, agent }: { lostAt: number; nextTryAt: number | null; agent: boolean }) {
  const contact = useLive((s) => s.agent?.contact ?? null);
  const left = useTicking((now) => (nextTryAt === null ? -1 : Math.max(0, Math.ceil((nextTryAt - now) / 1000))));
  const talking = contact !== null && contact.state !== "acw";
  return (
    <div className="banner" role="alert" data-testid="banner" data-kind="lost">
      <IconPlugConnectedX size={18} stroke={1.8} aria-hidden />
      <span className="grow">
        <b><Trans>Connection to the server lost at {timeOf(lostAt, true)}.</Trans></b>{" "}
        {talking ? <Trans>Your call goes on and you both hear each other. You can mute, use the keypad and end it. Hold, recording and notes come back with the connection.</Trans>
          : contact !== null ? <Trans>Your note is kept on this computer. The wrap-up can be finished when the connection is back.</Trans>
          : agent ? <Trans>No call can reach you until it is back. Calls of others go on.</Trans>
          : <Trans>What you see is from that moment. Calls go on.</Trans>}
      </span>
      <span className="num nowrap">{left < 0 ? <Trans>Trying now</Trans> : <Trans>Next try in {left} s</Trans>}</span>
      <button type="button" className="cord-btn" onClick={tryNow} disabled={left < 0}><Trans>Try now</Trans></button>
    </div>
  );
}

function SecondTab() {
  return (
    <div className="banner note" role="status" data-testid="banner" data-kind="second">
      <IconDeviceDesktop size={18} stroke={1.8} aria-hidden />
      <span className="grow"><Trans><b>Your desk is open in another tab or on another computer.</b> That one rings and holds the line; this one only shows.</Trans></span>
      <Button variant="default" onClick={takeOverHere} data-testid="take-over"><Trans>Work here instead</Trans></Button>
    </div>
  );
}

/** True for three seconds after a lost connection came back. Two falling notes at the loss, two rising ones after. */
function useJustBack(heard: boolean): boolean {
  const state = useLive((s) => s.status.state);
  const was = useRef(state);
  const [back, setBack] = useState(false);
  useEffect(() => {
    const before = was.current;
    was.current = state;
    if (heard && state === "lost" && before === "open") ringer.play("serverLost");
    if (state !== "open" || before !== "lost") return undefined;
    if (heard) ringer.play("serverBack");
    setBack(true);
    const timer = setTimeout(() => setBack(false), BACK_MS);
    return () => clearTimeout(timer);
  }, [state, heard]);
  return back && state === "open";
}
