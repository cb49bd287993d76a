import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { Section } from "../../components/bits";
import { TextRow } from "./fields";
import { freeName } from "./names";
import { ObjectPage } from "./ObjectPage";
import type { AgentSetting, CentreView } from "./types";
import { startNew } from "./useSetUp";

const holders = (view: CentreView, skill: string): AgentSetting[] =>
  (view.centre.agents ?? []).filter((each) => skill in each.skills).sort((a, b) => (b.skills[skill] ?? 0) - (a.skills[skill] ?? 0));

export function SkillsPage() {
  const { t } = useLingui();
  return (
    <ObjectPage
      page="skills"
      section="skills"
      nameOf={(skill) => skill.skill}
      lineOf={(skill, view) => <Plural value={holders(view, skill.skill).length} one="# person holds it" other="# people hold it" />}
      add={{ label: t`New skill`, start: (view) => startNew("skills", { skill: freeName(t`New skill`, (view.centre.skills ?? []).map((each) => each.skill)), about: "" }) }}
      editor={({ setting, set, isNew }, view) => {
        const asked = (view.centre.queues ?? []).filter((queue) => setting.skill in queue.requirements);
        const most = Math.max(0, ...asked.map((queue) => queue.requirements[setting.skill] ?? 0));
        return (
          <div className="scroll grow">
            <Section title={<Trans>Skill</Trans>} className="set-form">
              {isNew && <TextRow label={t`Name`} path="skill" hint={t`A language is written as Language:Welsh, so that flows can ask for it.`} value={setting.skill} onChange={(skill) => set({ skill })} />}
              <TextRow label={t`About`} path="about" value={setting.about} onChange={(about) => set({ about })} />
            </Section>
            <Section title={<Trans>Asked for by</Trans>} className="set-form">
              <dl className="kv num">
                {asked.map((queue) => <div key={queue.id}><dt className="cut"><Link to="/set-up/queues" search={{ id: queue.id }}>{queue.name}</Link></dt><dd><Trans>{queue.requirements[setting.skill]} or better</Trans></dd></div>)}
              </dl>
              {asked.length === 0 && <p className="t12 i3"><Trans>No queue asks for it.</Trans></p>}
            </Section>
            <Section title={<Trans>Held by</Trans>} className="set-form">
              <table className="mt num"><tbody>
                {holders(view, setting.skill).map((agent) => {
                  const level = agent.skills[setting.skill] ?? 0;
                  return <tr key={agent.id} className={level < most ? "below" : ""}><td className="b5"><Link to="/set-up/agents" search={{ id: agent.id }}>{agent.name}</Link></td><td><span className="lvl" aria-hidden><i style={{ width: `${level * 10}%` }} />{most > 0 && <u style={{ left: `${most * 10}%` }} />}</span> <span style={{ marginLeft: 6 }}>{level}</span></td><td className="i3">{agent.team}</td></tr>;
                })}
              </tbody></table>
              {holders(view, setting.skill).length === 0 && <p className="t12 i3"><Trans>Nobody holds it yet. Give it to people under <Link to="/set-up/agents">Agents</Link>.</Trans></p>}
            </Section>
          </div>
        );
      }}
    />
  );
}
