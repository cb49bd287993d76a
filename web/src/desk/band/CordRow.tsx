import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { Fragment, type ReactNode } from "react";
import type { AsideView, ContactView, PartyView } from "../../api/types";
import { useGuarded } from "../../components/Band";
import { Since } from "../../components/bits";
import { StateGlyph } from "../../components/StateGlyph";
import { useDesk } from "../../stores/desk";
import { useServerThere } from "../../stores/live";
import { attempt, commands } from "../commands";
import { callerShort, firstName } from "../words";
import type { Cord, CordAction, Wire } from "./cord";

/** Who hears whom, and what may be done about it. A second row of the band, with a third leg or a flow. */
export function CordRow({ contact, cord }: { contact: ContactView; cord: Cord }) {
  const { aside } = contact;
  return (
    <div className="cord" data-testid="cord">
      {cord.jacks.map(({ party, glyph }, i) => {
        const wire = cord.wires[i - 1];
        return (
          <Fragment key={party.party_id}>
            {wire !== undefined && <span className={`wire wire-${wire}`} data-testid="wire" data-wire={wire}><span><WireWords wire={wire} all={cord.together} owner={contact.role === "owner" ? null : firstName(contact.parties.find((p) => p.owner)?.name ?? "")} /></span></span>}
            <span className={`jack ${party.me ? "me" : ""}`} data-testid={`jack-${party.kind}`} data-state={party.state}>
              <StateGlyph state={glyph} inherit size={18} />
              <b>{party.me ? <Trans>You</Trans> : party.kind === "caller" ? callerJack(contact, party) : party.kind === "supervisor" && party.agent_id === null ? <Trans>Your supervisors</Trans> : party.name}</b>
              <span className="num"><JackNote party={party} aside={aside} all={cord.together} /></span>
            </span>
          </Fragment>
        );
      })}
      {aside !== null && <span className="cord-says" data-testid="aside">{aside.says !== "" ? aside.says : <Trans>The flow “{aside.flow_name}” has the line. You hear nothing of it.</Trans>}</span>}
      {cord.actions.length > 0 && (
        <div className="cord-actions" data-pane="band">
          {cord.actions.map((action, i) => <Action key={action.do === "drop" ? action.party.party_id : action.do} action={action} contact={contact} primary={i === cord.primary} />)}
        </div>
      )}
    </div>
  );
}

function callerJack(contact: ContactView, party: PartyView): string {
  return contact.pop.customer ? firstName(contact.pop.customer.name) : party.name;
}

/** `owner`: who has the call, when it is not the reader. */
function WireWords({ wire, all, owner }: { wire: Wire; all: boolean; owner: string | null }): ReactNode {
  switch (wire) {
    case "talk":
      return all ? <Trans>all hear</Trans> : <Trans>both hear</Trans>;
    case "music":
      return <Trans>hears music</Trans>;
    case "rings":
      return <Trans>rings</Trans>;
    case "line":
      return <Trans>in line</Trans>;
    case "whisper":
      return owner === null ? <Trans>only you hear</Trans> : <Trans>only {owner} hears</Trans>;
    case "listen":
      return <Trans>listens</Trans>;
    case "broken":
      return <Trans>nothing</Trans>;
    case "flow":
      return <Trans>hears the flow</Trans>;
  }
}

function JackNote({ party, aside, all }: { party: PartyView; aside: AsideView | null; all: boolean }) {
  const time = <Since at={party.since} />;
  const detail = party.detail === "" ? "" : `${party.detail}, `;
  if (party.kind === "caller" && aside !== null) return <Trans>in the flow <Since at={aside.since} /></Trans>;
  if (party.me || (party.kind === "caller" && party.state === "talking") || (all && party.owner)) return null;
  switch (party.state) {
    case "held":
      return <Trans>on hold {time}</Trans>;
    case "ringing":
      return <Trans>{detail}rings {time}</Trans>;
    case "queued":
      return party.kind === "queue" ? <Trans>waiting for somebody, {time}</Trans> : <Trans>{detail}busy, waiting {time}</Trans>;
    case "failed":
      return <>{failedWords(party.failed_why)}</>;
    case "whispering":
      return <Trans>whispers {time}</Trans>;
    case "listening":
      return <Trans>listens {time}</Trans>;
    default:
      return <>{detail}{time}</>;
  }
}

/** Why somebody is not there, and what is possible next. */
function failedWords(why: string | null): string {
  switch (why) {
    case "declined":
      return t`declined`;
    case "no_answer":
      return t`did not answer`;
    case "busy":
      return t`is busy`;
    case "invalid_number":
      return t`is no number that answers`;
    case "left":
      return t`has left`;
    case "unreachable":
      return t`cannot be reached`;
    default:
      return t`did not come`;
  }
}

function Action({ action, contact, primary }: { action: CordAction; contact: ContactView; primary: boolean }) {
  const there = useServerThere();
  const run = useGuarded(() => carryOut(action, contact));
  const testid = action.do === "drop" ? `cord-drop-${action.party.party_id}` : `cord-${action.do}`;
  return <button type="button" className={`cord-btn ${primary ? "primary" : ""}`} disabled={!there} onClick={run} data-testid={testid}><ActionWords action={action} contact={contact} /></button>;
}

function ActionWords({ action, contact }: { action: CordAction; contact: ContactView }): ReactNode {
  const caller = callerShort(contact.pop);
  switch (action.do) {
    case "back":
      return <Trans>Back to {caller}</Trans>;
    case "swap":
      return <Trans>Swap</Trans>;
    case "join":
      return <Plural value={action.parties} _3="Join all three" other="Join all #" />;
    case "complete": {
      const who = action.to.kind === "agent" ? firstName(action.to.name) : action.to.name;
      return <Trans>Transfer to {who}</Trans>;
    }
    case "ask":
      return <Trans>Ask somebody else</Trans>;
    case "drop": {
      const who = action.party.kind === "agent" ? firstName(action.party.name) : action.party.name;
      return <Trans>Drop {who}</Trans>;
    }
    case "leave":
      return <Trans>Leave them to it</Trans>;
    case "takeBack":
      return <Trans>Take {caller} back</Trans>;
  }
}

function carryOut(action: CordAction, contact: ContactView): void {
  if (action.do === "ask") useDesk.setState({ picker: "transfer" });
  else void attempt(() => sent(action, contact.contact_id));
}

function sent(action: Exclude<CordAction, { do: "ask" }>, id: string): Promise<unknown> {
  switch (action.do) {
    case "back":
      return commands.cancelConsult(id);
    case "swap":
      return commands.swapConsult(id);
    case "join":
      return commands.joinConsult(id);
    case "complete":
      return commands.completeConsult(id);
    case "drop":
      return commands.dropParty(id, action.party.party_id);
    case "leave":
      return commands.leaveCall(id);
    case "takeBack":
      return commands.takeBack(id);
  }
}
