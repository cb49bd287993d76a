import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { Section } from "../../components/bits";
import { PickRow, TextRow } from "./fields";
import { ObjectPage } from "./ObjectPage";
import type { AgentSetting, CentreView } from "./types";
import { startNew } from "./useSetUp";
import { freeName } from "./names";

const members = (view: CentreView, team: string): AgentSetting[] => (view.centre.agents ?? []).filter((each) => each.team === team);

export function TeamsPage() {
  const { t } = useLingui();
  return (
    <ObjectPage
      page="teams"
      section="teams"
      nameOf={(team) => team.team}
      lineOf={(team, view) => <Plural value={members(view, team.team).length} one="# person" other="# people" />}
      add={{ label: t`New team`, start: (view) => startNew("teams", { team: freeName(t`New team`, (view.centre.teams ?? []).map((each) => each.team)), about: "", lead: null }) }}
      editor={({ setting, set, isNew }, view) => (
        <div className="scroll grow">
          <Section title={<Trans>Team</Trans>} className="set-form">
            {isNew && <TextRow label={t`Name`} path="team" hint={t`It stands on the floor and in reports.`} value={setting.team} onChange={(team) => set({ team })} />}
            <TextRow label={t`About`} path="about" value={setting.about} onChange={(about) => set({ about })} />
            <PickRow label={t`Led by`} path="lead" clearable placeholder={t`nobody`} value={setting.lead} data={(view.centre.agents ?? []).map((each) => ({ value: each.id, label: each.name }))} onChange={(lead) => set({ lead })} />
          </Section>
          <Section title={<Trans>People</Trans>} className="set-form">
            <table className="mt"><tbody>
              {members(view, setting.team).map((agent) => <tr key={agent.id}><td className="b5"><Link to="/set-up/agents" search={{ id: agent.id }}>{agent.name}</Link></td><td className="i3 cut">{Object.entries(agent.skills).map(([skill, level]) => `${skill} ${level}`).join(", ")}</td></tr>)}
            </tbody></table>
            {members(view, setting.team).length === 0 && <p className="t12 i3"><Trans>Nobody yet. A person's team is chosen under <Link to="/set-up/agents">Agents</Link>.</Trans></p>}
          </Section>
        </div>
      )}
    />
  );
}
