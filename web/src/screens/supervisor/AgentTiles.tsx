import { IconUsers } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { Empty } from "../../components/bits";
import { JACK_OF, STATE, StateGlyph } from "../../components/StateGlyph";
import { useTicking } from "../../lib/now";
import { clockOf, secondsSince } from "../../lib/time";
import { useLive } from "../../stores/live";
import { useState } from "react";
import { AgentMenu } from "./AgentMenu";
import { agentOrder, type Group, groupOf, placed } from "./order";
import { SkillsDialog } from "./SkillsDialog";
import type { FloorAgent } from "./types";
import { useCalmOrder } from "./useCalmOrder";

/** Groups of fewer than this stand two beside each other. */
const SMALL = 3;

/**
 * Everybody who is signed in, by state; those that need help first, longest first. With `onWhy` each tile opens what
 * can be done with its agent; the wall only shows.
 */
export function AgentTiles({ agents, shown, onWhy }: { agents: readonly FloorAgent[]; shown?: string | null; onWhy?: (agentId: string) => void }) {
  const [skillsOf, setSkillsOf] = useState<FloorAgent | null>(null);
  const doing = onWhy && { onWhy, onSkills: setSkillsOf };
  const { order, pointing } = useCalmOrder(agentOrder(agents));
  const byId = new Map(agents.map((agent) => [agent.id, agent]));
  if (agents.length === 0) {
    return (
      <div className="agents none">
        <Empty icon={<IconUsers size={28} stroke={1.4} aria-hidden />} title={<Trans>Nobody is signed in</Trans>}>
          <Trans>A tile appears here as soon as an agent signs in.</Trans>
        </Empty>
      </div>
    );
  }
  return (
    <div className="agents" {...pointing}>
      {placed(order).map(({ group, ids }) => (
        <TileGroup key={group} group={group} count={agents.filter((agent) => groupOf(agent) === group).length} agents={ids.map((id) => byId.get(id)).filter((agent) => agent !== undefined)} shown={shown ?? null} doing={doing} />
      ))}
      {skillsOf !== null && <SkillsDialog agentId={skillsOf.id} name={skillsOf.name} onClose={() => setSkillsOf(null)} />}
    </div>
  );
}

interface Doing {
  onWhy: (agentId: string) => void;
  onSkills: (agent: FloorAgent) => void;
}

/** `count` is of those in the state now; a tile that is held in its place although its agent went on says so itself. */
function TileGroup({ group, count, agents, shown, doing }: { group: Group; count: number; agents: readonly FloorAgent[]; shown: string | null; doing: Doing | undefined }) {
  const { i18n } = useLingui();
  return (
    <section className={`ag ${agents.length < SMALL ? "small" : ""}`}>
      <h3 className="ag-h"><span className="num">{count}</span>{i18n._(STATE[group].label)}</h3>
      <ul className="ag-t">
        {agents.map((agent) => <Tile key={agent.id} agent={agent} moved={groupOf(agent) !== group} on={agent.id === shown} doing={doing} />)}
      </ul>
    </section>
  );
}

function Tile({ agent, moved, on, doing }: { agent: FloorAgent; moved: boolean; on: boolean; doing: Doing | undefined }) {
  const { t, i18n } = useLingui();
  const heard = useLive((s) => s.agent?.supervising?.agent_id ?? null);
  const jack = JACK_OF[agent.state];
  const time = useTicking((now) => clockOf(secondsSince(agent.since, now)));
  const long = useTicking((now) => agent.long_after_s !== null && secondsSince(agent.since, now) > agent.long_after_s);
  const what = agent.state === "not_ready" || agent.state === "unreachable" ? agent.reason : (agent.queue ?? agent.team);
  const state = i18n._(STATE[jack].label);
  const words = [moved ? state : jack === "hold" ? t`On hold` : "", long ? t`Long` : "", what ?? ""].filter((word) => word !== "").join(", ");
  const looks = `tile tone-${STATE[jack].tone} ${on || heard === agent.id ? "on" : ""} ${long ? "long" : ""}`;
  const inside = (
    <>
      <StateGlyph state={jack} size={15} />
      <span className="col grow">
        <span className="cut tile-n">{agent.name}</span>
        <span className="cut tile-w">{words}</span>
      </span>
      <span className="num tile-t">{time}</span>
    </>
  );
  const title = `${agent.name}, ${state}`;
  if (doing === undefined) return <li className={looks} data-testid={`agent-${agent.id}`} data-state={agent.state} title={title}>{inside}</li>;
  return (
    <li>
      <AgentMenu agent={agent} onSkills={() => doing.onSkills(agent)} onWhy={() => doing.onWhy(agent.id)}>
        <button type="button" className={looks} data-testid={`agent-${agent.id}`} data-state={agent.state} title={title}>{inside}</button>
      </AgentMenu>
    </li>
  );
}
