import { MultiSelect, NumberInput, Select } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { use } from "react";
import { put } from "../../api/client";
import { Section } from "../../components/bits";
import { has, useSession } from "../../stores/session";
import { FieldStateContext, FlagRow, NumberRow, PickRow, Row, TextRow } from "./fields";
import { ObjectPage } from "./ObjectPage";
import { idFor, mayTake } from "./steps";
import type { AgentSetting, CentreView, SetUpSaved } from "./types";
import { startNew } from "./useSetUp";
import { useFilter } from "./useFilter";

export function AgentsPage() {
  const { t } = useLingui();
  const admin = useSession((s) => has(s.session, "admin"));
  const filter = useFilter(t`Find by name, team or skill`);
  return (
    <ObjectPage
      page="agents"
      section="agents"
      nameOf={(agent) => agent.name}
      lineOf={(agent) => (agent.team === "" ? <Plural value={agent.queues.length} one="# queue" other="# queues" /> : agent.team)}
      above={filter.field}
      filter={(agent) => filter.matches(`${agent.name} ${agent.team} ${Object.keys(agent.skills).join(" ")}`)}
      add={{ label: t`New agent`, start: (view) => startNew("agents", { id: idFor(t`New agent`, new Set((view.centre.agents ?? []).map((each) => each.id))), name: t`New agent`, initials: "", team: "", queues: [], skills: {}, capacity: { voice: 1 }, voice_blocks: true }) }}
      identify={(agent, view) => ({ ...agent, id: idFor(agent.name, new Set((view.centre.agents ?? []).map((each) => each.id))) })}
      mayChange
      {...(!admin && { saveAs: (agent: AgentSetting, version: number) => put<SetUpSaved>(`/api/setup/agents/${encodeURIComponent(agent.id)}/skills`, { skills: agent.skills, version }) })}
      editor={({ setting, set }, view) => <Editor key={setting.id} agent={setting} view={view} admin={admin} set={set} />}
      side={({ setting }, view) => <Reached agent={setting} view={view} />}
    />
  );
}

function Editor({ agent, view, admin, set }: { agent: AgentSetting; view: CentreView; admin: boolean; set: (part: Partial<AgentSetting>) => void }) {
  const { t } = useLingui();
  const state = use(FieldStateContext);
  const queues = (view.centre.queues ?? []).map((each) => ({ value: each.id, label: each.name }));
  const teams = (view.centre.teams ?? []).map((each) => ({ value: each.team, label: each.team }));
  const capacity = (channel: "voice" | "chat" | "message" | "case") => agent.capacity[channel] ?? 0;
  const room = (channel: "voice" | "chat" | "message" | "case", to: number) => {
    const rest = Object.fromEntries(Object.entries(agent.capacity).filter(([each]) => each !== channel));
    set({ capacity: to > 0 ? { ...rest, [channel]: to } : rest });
  };
  return (
    <div className="scroll grow" role="region" aria-label={agent.name} tabIndex={0}>
      <div className="adm-2" style={{ borderTop: 0 }}>
        <div>
          <FieldStateContext value={{ ...state, readOnly: state.readOnly || !admin }}>
            <Section title={<Trans>Who</Trans>}>
              <TextRow label={t`Name`} path="name" value={agent.name} onChange={(name) => set({ name, initials: "" })} />
              <PickRow label={t`Team`} path="team" clearable placeholder={t`none`} value={agent.team === "" ? null : agent.team} data={teams} onChange={(team) => set({ team: team ?? "" })} />
            </Section>
            <Section title={<Trans>Serves</Trans>}>
              <Row label={t`Queues`} path="queues">
                {(id, problem) => <MultiSelect id={id} size="xs" data={queues} value={agent.queues} error={problem !== null} disabled={!admin} searchable onChange={(value) => set({ queues: value })} />}
              </Row>
              <FlagRow label={t`Takes calls`} value={capacity("voice") === 1} onChange={(voice) => room("voice", voice ? 1 : 0)} hint={t`One at a time.`} />
              <NumberRow label={t`Chats at once`} path="capacity.chat" max={50} value={capacity("chat")} onChange={(to) => room("chat", to)} />
              <NumberRow label={t`Messages at once`} path="capacity.message" max={50} value={capacity("message")} onChange={(to) => room("message", to)} />
              <FlagRow label={t`Only the call while on one`} value={agent.voice_blocks} onChange={(voice_blocks) => set({ voice_blocks })} hint={t`While ringing, on a call or in wrap-up nothing else is offered.`} />
            </Section>
          </FieldStateContext>
        </div>
        <div><Skills agent={agent} view={view} set={set} /></div>
      </div>
    </div>
  );
}

function Skills({ agent, view, set }: { agent: AgentSetting; view: CentreView; set: (part: Partial<AgentSetting>) => void }) {
  const { t } = useLingui();
  const { readOnly } = use(FieldStateContext);
  const held = Object.entries(agent.skills).sort(([a], [b]) => a.localeCompare(b));
  const left = (view.centre.skills ?? []).map((each) => each.skill).filter((skill) => !(skill in agent.skills));
  const level = (skill: string, to: number | null) => {
    const rest = Object.fromEntries(Object.entries(agent.skills).filter(([each]) => each !== skill));
    set({ skills: to === null ? rest : { ...rest, [skill]: to } });
  };
  return (
    <Section title={<Trans>Skills, 1 to 10</Trans>}>
      <ul className="set-needs">
        {held.map(([skill, now]) => (
          <li key={skill} className="row g6">
            <b className="b5 grow cut">{skill}</b>
            <span className="lvl" aria-hidden><i style={{ width: `${now * 10}%` }} /></span>
            <NumberInput size="xs" w={64} min={1} max={10} aria-label={t`${skill}, level`} value={now} allowDecimal={false} readOnly={readOnly} onChange={(to) => typeof to === "number" && level(skill, to)} />
            {!readOnly && <button type="button" className="ib" aria-label={t`Take ${skill} away`} onClick={() => level(skill, null)}><IconX size={14} stroke={1.8} aria-hidden /></button>}
          </li>
        ))}
        {held.length === 0 && <li className="t12 i3"><Trans>No skill yet. Only queues that ask for none can offer calls.</Trans></li>}
      </ul>
      {!readOnly && left.length > 0 && <Select size="xs" maw={240} placeholder={t`One more skill`} aria-label={t`One more skill`} data={left} value={null} searchable leftSection={<IconPlus size={13} stroke={1.8} aria-hidden />} onChange={(skill) => skill !== null && level(skill, 5)} />}
    </Section>
  );
}

/** Which queues can offer calls at once, and what the others ask for. */
function Reached({ agent, view }: { agent: AgentSetting; view: CentreView }) {
  const served = (view.centre.queues ?? []).filter((each) => agent.queues.includes(each.id));
  return (
    <Section title={<Trans>Gets calls of</Trans>}>
      <dl className="kv num">
        {served.map((queue) => {
          const lacks = Object.entries(queue.requirements).filter(([skill, least]) => (agent.skills[skill] ?? 0) < least).map(([skill, least]) => `${skill} ${least}`);
          return <div key={queue.id}><dt className="cut">{queue.name}</dt><dd>{mayTake(agent.skills, queue.requirements) ? <Trans>at once</Trans> : <span className="tone-warn toned"><Trans>only once {lacks.join(", ")} is relaxed</Trans></span>}</dd></div>;
        })}
        {served.length === 0 && <p className="t12 i3"><Trans>No queue yet.</Trans></p>}
      </dl>
    </Section>
  );
}
