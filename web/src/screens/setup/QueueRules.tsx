/** The rest of a queue: who may take its calls, what callers hear, what happens when nobody is there, the promise. */
import { MultiSelect, NumberInput, Select } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { use } from "react";
import { Section } from "../../components/bits";
import { ClockRow, FieldStateContext, FlagRow, NumberRow, PercentRow, PickRow, Row, TextRow, useProblem } from "./fields";
import { answering, mayTake } from "./steps";
import type { CentreView, QueueSetting, WaySetting } from "./types";
import { choices, useSetUpWords } from "./words";

export interface QueuePartProps {
  queue: QueueSetting;
  view: CentreView;
  set: (part: Partial<QueueSetting>) => void;
}

export function Members({ queue, view, set }: QueuePartProps) {
  const { t } = useLingui();
  const { readOnly } = use(FieldStateContext);
  const agents = view.centre.agents ?? [];
  const members = agents.filter((each) => each.queues.includes(queue.id));
  const needs = Object.entries(queue.requirements);
  const first = needs[0];
  const names = new Map((view.centre.queues ?? []).map((each) => [each.id, each.name]));
  const level = (skills: Readonly<Record<string, number>>) => (first ? (skills[first[0]] ?? 0) : 0);
  const ordered = [...members].sort((a, b) => level(b.skills) - level(a.skills) || a.name.localeCompare(b.name));
  const left = (view.centre.skills ?? []).map((each) => each.skill).filter((skill) => !(skill in queue.requirements));
  const require = (skill: string, to: number | null) => {
    const next = Object.fromEntries(Object.entries(queue.requirements).filter(([each]) => each !== skill));
    set({ requirements: to === null ? next : { ...next, [skill]: to } });
  };
  return (
    <>
      <Section title={<Trans>What it asks for</Trans>}>
        <ul className="set-needs">
          {needs.map(([skill, least]) => <Need key={skill} skill={skill} least={least} onChange={(to) => require(skill, to)} />)}
          {needs.length === 0 && <li className="t12 i3"><Trans>No skill: any member may take its calls.</Trans></li>}
        </ul>
        {!readOnly && left.length > 0 && <Select size="xs" maw={220} placeholder={t`Ask for one more skill`} aria-label={t`Ask for one more skill`} data={left} value={null} searchable onChange={(skill) => skill !== null && require(skill, 5)} leftSection={<IconPlus size={13} stroke={1.8} aria-hidden />} />}
      </Section>
      <Section title={<Trans>Members and skills</Trans>} right={<span className="num">{t`${answering(queue, agents).length} of ${members.length} can answer at 0:00`}</span>}>
        <table className="mt num">
          <thead><tr><th><Trans>Name</Trans></th>{first && <th>{first[0]}</th>}{needs.length > 1 && <th><Trans>Others asked for</Trans></th>}<th><Trans>Also in</Trans></th></tr></thead>
          <tbody>
            {ordered.map((agent) => (
              <tr key={agent.id} className={mayTake(agent.skills, queue.requirements) ? "" : "below"}>
                <td className="b5"><Link to="/set-up/agents" search={{ id: agent.id }}>{agent.name}</Link></td>
                {first && <td><span className="lvl" aria-hidden><i style={{ width: `${level(agent.skills) * 10}%` }} /><u style={{ left: `${first[1] * 10}%` }} /></span> <span style={{ marginLeft: 6 }}>{level(agent.skills)}</span></td>}
                {needs.length > 1 && <td>{needs.slice(1).map(([skill]) => `${skill} ${agent.skills[skill] ?? 0}`).join(", ")}</td>}
                <td className="i3 cut" style={{ maxWidth: 116 }}>{agent.queues.filter((id) => id !== queue.id).map((id) => names.get(id) ?? id).join(", ")}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {members.length === 0 && <p className="t12 i3"><Trans>Nobody serves this queue yet. Give it to people under <Link to="/set-up/agents">Agents</Link>.</Trans></p>}
      </Section>
    </>
  );
}

function Need({ skill, least, onChange }: { skill: string; least: number; onChange: (to: number | null) => void }) {
  const { t } = useLingui();
  const { readOnly } = use(FieldStateContext);
  const problem = useProblem(`requirements.${skill}`);
  return (
    <li>
      <span className="row g6">
        <b className="b5 grow cut">{skill}</b>
        <span className="t12 i3"><Trans>at least</Trans></span>
        <NumberInput size="xs" w={64} min={1} max={10} aria-label={t`${skill}, at least`} value={least} error={problem !== null} readOnly={readOnly} allowDecimal={false} onChange={(to) => typeof to === "number" && onChange(to)} />
        {!readOnly && <button type="button" className="ib" aria-label={t`Ask no longer for ${skill}`} onClick={() => onChange(null)}><IconX size={14} stroke={1.8} aria-hidden /></button>}
      </span>
      {problem !== null && <p className="set-bad" role="alert">{problem}</p>}
    </li>
  );
}

/** Under the members: what stands beside other queues, and what comes after the call. */
export function FurtherRules(props: QueuePartProps) {
  return (
    <>
      <CallingBack {...props} />
      <Priorities {...props} />
      <After {...props} />
    </>
  );
}

export function Rules(props: QueuePartProps) {
  return (
    <>
      <Promised {...props} />
      <NobodyThere {...props} />
      <Hearing {...props} />
      <Offering {...props} />
    </>
  );
}

function Promised({ queue, set }: QueuePartProps) {
  const { t } = useLingui();
  return (
    <Section title={<Trans>Promise</Trans>}>
      <TextRow label={t`Name`} path="name" value={queue.name} onChange={(name) => set({ name })} />
      <PercentRow label={t`Goal`} path="goal" value={queue.goal} onChange={(goal) => set({ goal })} />
      <ClockRow label={t`Answered within`} path="target_s" value={queue.target_s} onChange={(s) => s !== null && set({ target_s: s })} />
      <ClockRow label={t`Short abandon up to`} path="short_abandon_s" hint={t`Who hangs up sooner does not count.`} value={queue.short_abandon_s} onChange={(s) => s !== null && set({ short_abandon_s: s })} />
      <ClockRow label={t`Alert at a wait of`} path="wait_limit_s" value={queue.wait_limit_s} onChange={(s) => s !== null && set({ wait_limit_s: s })} />
    </Section>
  );
}

function Offering({ queue, view, set }: QueuePartProps) {
  const { t } = useLingui();
  const { strategies } = useSetUpWords();
  const { readOnly } = use(FieldStateContext);
  const members = (view.centre.agents ?? []).filter((each) => each.queues.includes(queue.id)).map((each) => ({ value: each.id, label: each.name }));
  const rings = queue.strategy === "ring_all" || queue.strategy === "ring_progressively";
  return (
    <Section title={<Trans>Who gets a call</Trans>}>
      <PickRow label={t`Offered to`} path="strategy" value={queue.strategy} data={choices(strategies)} onChange={(value) => value !== null && set({ strategy: value as QueueSetting["strategy"], ring_width: value.startsWith("ring_") ? Math.max(queue.ring_width, 3) : 1 })} />
      {queue.strategy === "top_down" && <Row label={t`In this order`} path="order">{(id) => <MultiSelect id={id} size="xs" data={members} value={queue.order} onChange={(order) => set({ order })} disabled={readOnly} searchable />}</Row>}
      {queue.strategy === "weighted_random" && members.map((each) => <NumberRow key={each.value} label={t`Penalty, ${each.label}`} path={`penalties.${each.value}`} value={queue.penalties[each.value] ?? 0} max={1000} onChange={(by) => set({ penalties: { ...queue.penalties, [each.value]: by } })} />)}
      {rings && <NumberRow label={t`Phones at once`} path="ring_width" hint={t`0 rings all who may.`} value={queue.ring_width} max={1000} onChange={(ring_width) => set({ ring_width })} />}
      {queue.strategy === "ring_progressively" && <ClockRow label={t`One more every`} path="ring_step_s" value={queue.ring_step_s} onChange={(s) => s !== null && set({ ring_step_s: s })} />}
      <ClockRow label={t`Rings for`} path="ring_timeout_s" value={queue.ring_timeout_s} onChange={(s) => s !== null && set({ ring_timeout_s: s })} />
      <NumberRow label={t`Missed before not ready`} path="misses_to_not_ready" hint={t`0: never.`} value={queue.misses_to_not_ready} max={100} onChange={(misses_to_not_ready) => set({ misses_to_not_ready })} />
      <ClockRow label={t`After a decline, not again for`} path="decline_cooloff_s" value={queue.decline_cooloff_s} onChange={(s) => s !== null && set({ decline_cooloff_s: s })} />
      <ClockRow label={t`Waits for a preferred agent`} path="preferred_for_s" value={queue.preferred_for_s} onChange={(s) => s !== null && set({ preferred_for_s: s })} />
      <PickRow label={t`Idle since`} path="idle_since" value={queue.idle_since} data={[{ value: "last_contact", label: t`the end of the last call` }, { value: "last_state_change", label: t`the last change of state` }]} onChange={(value) => value !== null && set({ idle_since: value as QueueSetting["idle_since"] })} />
      <FlagRow label={t`A break begins it anew`} value={queue.breaks_reset_idle} onChange={(breaks_reset_idle) => set({ breaks_reset_idle })} />
      <FlagRow label={t`A missed call begins it anew`} value={queue.misses_reset_idle} onChange={(misses_reset_idle) => set({ misses_reset_idle })} />
    </Section>
  );
}

function Hearing({ queue, view, set }: QueuePartProps) {
  const { t } = useLingui();
  const said = queue.announcements;
  const put = (part: Partial<QueueSetting["announcements"]>) => set({ announcements: { ...said, ...part } });
  const prompts = view.sounds.map((each) => ({ value: each.id, label: each.id }));
  return (
    <Section title={<Trans>Caller hears</Trans>} right={<Link to="/set-up/sounds"><Trans>Prompts</Trans></Link>}>
      <PickRow label={t`Place in line`} path="announcements.position" value={said.position} data={[{ value: "no", label: t`is not said` }, { value: "yes", label: t`always` }, { value: "limit", label: t`up to a number` }, { value: "more_than", label: t`beyond it "more than"` }]} onChange={(value) => value !== null && put({ position: value as typeof said.position })} />
      {(said.position === "limit" || said.position === "more_than") && <NumberRow label={t`That number`} path="announcements.position_limit" min={1} value={said.position_limit} onChange={(position_limit) => put({ position_limit })} />}
      <PickRow label={t`Estimated wait`} path="announcements.wait" value={said.wait} data={[{ value: "no", label: t`is not said` }, { value: "once", label: t`once` }, { value: "always", label: t`every time` }]} onChange={(value) => value !== null && put({ wait: value as typeof said.wait })} />
      {said.wait !== "no" && <ClockRow label={t`Rounded up to`} path="announcements.wait_rounding_s" value={said.wait_rounding_s} onChange={(s) => s !== null && put({ wait_rounding_s: s })} />}
      <ClockRow label={t`First after`} path="announcements.first_after_s" value={said.first_after_s} onChange={(s) => s !== null && put({ first_after_s: s })} />
      <ClockRow label={t`Then every`} path="announcements.every_s" none={t`as the flow says`} value={said.every_s} onChange={(every_s) => put({ every_s })} />
      <FlagRow label={t`Only when it got better`} value={said.only_when_improved} onChange={(only_when_improved) => put({ only_when_improved })} />
      <PickRow label={t`Says that it records`} path="consent" clearable placeholder={t`the flow says it`} value={queue.consent} data={prompts} onChange={(consent) => set({ consent })} />
    </Section>
  );
}

function NobodyThere({ queue, view, set }: QueuePartProps) {
  const { t } = useLingui();
  const { absences } = useSetUpWords();
  const { readOnly } = use(FieldStateContext);
  const states = choices(absences);
  const empty = queue.join_empty.length > 0 || queue.leave_empty.length > 0;
  return (
    <Section title={<Trans>When nobody is there, when full, when it takes long</Trans>}>
      <Row label={t`Nobody may join while all are`} path="join_empty">
        {(id) => <MultiSelect id={id} size="xs" data={states} value={queue.join_empty} placeholder={queue.join_empty.length === 0 ? t`everybody may join` : ""} disabled={readOnly} onChange={(value) => set({ join_empty: value as QueueSetting["join_empty"] })} />}
      </Row>
      <Row label={t`Who waits leaves when all are`} path="leave_empty">
        {(id) => <MultiSelect id={id} size="xs" data={states} value={queue.leave_empty} placeholder={queue.leave_empty.length === 0 ? t`nobody has to` : ""} disabled={readOnly} onChange={(value) => set({ leave_empty: value as QueueSetting["leave_empty"] })} />}
      </Row>
      {empty && <WayRow label={t`They then go`} path="on_empty" way={queue.on_empty} queue={queue} view={view} onChange={(on_empty) => set({ on_empty })} />}
      <NumberRow label={t`Full at`} path="max_length" hint={t`0: never.`} value={queue.max_length} onChange={(max_length) => set({ max_length, ...(max_length === 0 && { on_full: { kind: "return", queue: null } }) })} />
      {queue.max_length > 0 && <WayRow label={t`Then they go`} path="on_full" way={queue.on_full} queue={queue} view={view} onChange={(on_full) => set({ on_full })} />}
      <ClockRow label={t`Longest wait`} path="max_wait_s" none={t`no limit`} value={queue.max_wait_s} onChange={(max_wait_s) => set({ max_wait_s, ...(max_wait_s === null && { on_max_wait: { kind: "return", queue: null } }) })} />
      {queue.max_wait_s !== null && <WayRow label={t`Then they go`} path="on_max_wait" way={queue.on_max_wait} queue={queue} view={view} onChange={(on_max_wait) => set({ on_max_wait })} />}
      <ClockRow label={t`Who hung up keeps the place for`} path="return_window_s" hint={t`0:00: not at all. Once for each call.`} value={queue.return_window_s} onChange={(s) => s !== null && set({ return_window_s: s })} />
    </Section>
  );
}

function WayRow({ label, path, way, queue, view, onChange }: { label: string; path: string; way: WaySetting; queue: QueueSetting; view: CentreView; onChange: (way: WaySetting) => void }) {
  const { t } = useLingui();
  const { ways } = useSetUpWords();
  const others = (view.centre.queues ?? []).filter((each) => each.id !== queue.id).map((each) => ({ value: each.id, label: each.name }));
  return (
    <>
      <PickRow label={label} path={path} value={way.kind} data={choices(ways)} onChange={(kind) => kind !== null && onChange({ kind: kind as WaySetting["kind"], queue: kind === "overflow" ? (others[0]?.value ?? null) : null })} />
      {way.kind === "overflow" && <PickRow label={t`Which queue`} path={`${path}.queue`} value={way.queue} data={others} onChange={(to) => onChange({ ...way, queue: to })} />}
    </>
  );
}

function CallingBack({ queue, view, set }: QueuePartProps) {
  const { t } = useLingui();
  const back = queue.callbacks;
  const put = (part: Partial<QueueSetting["callbacks"]>) => set({ callbacks: { ...back, ...part } });
  const hours = (view.centre.calendars ?? []).map((each) => ({ value: each.id, label: each.name === "" ? each.id : each.name }));
  return (
    <Section title={<Trans>Callbacks</Trans>}>
      <FlagRow label={t`Callers may choose one`} value={back.offered} onChange={(offered) => put({ offered })} />
      {back.offered && (
        <>
          <PickRow label={t`Dials first`} path="callbacks.mode" value={back.mode} data={[{ value: "agent_first", label: t`the agent, then the customer` }, { value: "customer_first", label: t`the customer, then the next free agent` }]} onChange={(mode) => mode !== null && put({ mode: mode as typeof back.mode })} />
          <PickRow label={t`Calling hours`} path="callbacks.calendar" clearable placeholder={t`at any hour`} value={back.calendar} data={hours} onChange={(calendar) => put({ calendar })} />
          <NumberRow label={t`Attempts`} path="callbacks.attempts" min={1} max={20} value={back.attempts} onChange={(attempts) => put({ attempts })} />
          <ClockRow label={t`Again after`} path="callbacks.retry_after_s" value={back.retry_after_s} onChange={(s) => s !== null && put({ retry_after_s: s })} />
          <ClockRow label={t`Expires after`} path="callbacks.expires_after_s" value={back.expires_after_s} onChange={(s) => s !== null && put({ expires_after_s: s })} />
        </>
      )}
    </Section>
  );
}

function Priorities({ queue, view, set }: QueuePartProps) {
  const { t } = useLingui();
  const { readOnly } = use(FieldStateContext);
  const gate = queue.blending;
  const others = (view.centre.queues ?? []).filter((each) => each.id !== queue.id).map((each) => ({ value: each.id, label: each.name }));
  const tier = (name: string, label: string) => (
    <NumberRow label={label} path={`tier_priority.${name}`} min={-1000} max={1000} value={queue.tier_priority[name] ?? 0} onChange={(by) => set({ tier_priority: { ...queue.tier_priority, [name]: by } })} />
  );
  const put = (part: Partial<NonNullable<QueueSetting["blending"]>>) => gate !== null && set({ blending: { ...gate, ...part } });
  return (
    <Section title={<Trans>Beside other queues</Trans>}>
      <NumberRow label={t`Weight`} path="weight" hint={t`Of two calls with the same priority the one of the higher weight goes first.`} max={1000} value={queue.weight} onChange={(weight) => set({ weight })} />
      <NumberRow label={t`Share`} path="share" hint={t`Where the centre shares fairly: calls for every one of a queue with 1.`} min={1} max={1000} value={queue.share} onChange={(share) => set({ share })} />
      {tier("gold", t`Gold adds`)}
      {tier("silver", t`Silver adds`)}
      {tier("bronze", t`Bronze adds`)}
      <FlagRow label={t`A transferred call keeps its waiting`} value={queue.credit_on_transfer} onChange={(credit_on_transfer) => set({ credit_on_transfer })} />
      <Row label={t`Yields to`} path="blending" hint={gate === null ? t`Nobody: its calls take part at once.` : undefined}>
        {(id) => <MultiSelect id={id} size="xs" data={others} value={gate?.yields_to ?? []} disabled={readOnly} onChange={(yields_to) => set({ blending: yields_to.length === 0 ? null : { open_at_free: 2, close_below_free: 1, open_at_waiting: 0, close_above_waiting: 0, ...gate, yields_to } })} />}
      </Row>
      {gate !== null && (
        <>
          <NumberRow label={t`Opens with so many free`} path="blending.open_at_free" value={gate.open_at_free} onChange={(open_at_free) => put({ open_at_free })} />
          <NumberRow label={t`Closes below`} path="blending.close_below_free" value={gate.close_below_free} onChange={(close_below_free) => put({ close_below_free })} />
          <NumberRow label={t`Opens with at most waiting`} path="blending.open_at_waiting" value={gate.open_at_waiting} onChange={(open_at_waiting) => put({ open_at_waiting })} />
          <NumberRow label={t`Closes above`} path="blending.close_above_waiting" value={gate.close_above_waiting} onChange={(close_above_waiting) => put({ close_above_waiting })} />
        </>
      )}
    </Section>
  );
}

function After({ queue, set }: QueuePartProps) {
  const { t } = useLingui();
  return (
    <Section title={<Trans>After the call</Trans>}>
      <ClockRow label={t`Wrap-up`} path="acw_s" hint={t`0:00: none.`} value={queue.acw_s} onChange={(s) => s !== null && set({ acw_s: s })} />
      <ClockRow label={t`Extends by, at most`} path="acw_extend_limit_s" value={queue.acw_extend_limit_s} onChange={(s) => s !== null && set({ acw_extend_limit_s: s })} />
    </Section>
  );
}
