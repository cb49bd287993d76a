import { IconCheck, IconPhone, IconPlugConnectedX } from "@tabler/icons-react";
import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { spanOf, timeOf } from "../../lib/time";
import { anew, type CallOver } from "./call";
import { Frame } from "./Frame";

/** After the call: who ended it, and the way to another one. A broken line is not a hang-up, and says so. */
export function EndedView({ centre, over }: { centre: string; over: CallOver }) {
  const broke = over.by === "line";
  return (
    <Frame centre={centre} state="ended">
      <div className="cp-over">
        <span className={`cp-over-i ${broke ? "tone-bad" : "tone-ok"}`} aria-hidden>
          {broke ? <IconPlugConnectedX size={32} stroke={1.6} /> : <IconCheck size={32} stroke={1.8} />}
        </span>
        <h1>{broke ? <Trans>The line broke</Trans> : <Trans>Thank you for calling</Trans>}</h1>
        <p className="cp-lead" data-testid="ended-by" data-by={over.by ?? ""}>{whoEnded(over)}</p>
        {over.talkS !== null && <Talked seconds={over.talkS} agent={over.agentName} />}
      </div>
      <span className="grow" />
      <button type="button" className="cp-call" onClick={anew} data-testid="again">
        <IconPhone size={22} stroke={1.8} aria-hidden />
        <Trans>Call again</Trans>
      </button>
      <p className="cp-fine center">{broke ? <Trans>Nobody hung up.</Trans> : <Trans>You can close this page.</Trans>}</p>
    </Frame>
  );
}

function whoEnded({ by, at, agentName }: CallOver): ReactNode {
  const time = timeOf(at);
  if (by === "caller") return <Trans>You ended the call at {time}.</Trans>;
  if (by === "agent" && agentName !== null) return <Trans>{agentName} ended the call at {time}.</Trans>;
  if (by === "agent") return <Trans>The agent ended the call at {time}.</Trans>;
  if (by === "line") return <Trans>The connection was lost at {time} and did not come back in time.</Trans>;
  return <Trans>The call ended at {time}.</Trans>;
}

function Talked({ seconds, agent }: { seconds: number; agent: string | null }) {
  const span = spanOf(seconds);
  return <p className="cp-note">{agent === null ? <Trans>You talked for {span}.</Trans> : <Trans>You talked with {agent} for {span}.</Trans>}</p>;
}
