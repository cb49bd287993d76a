import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { Select } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { put } from "../../api/client";
import { Section } from "../../components/bits";
import { has, useSession } from "../../stores/session";
import { ObjectPage } from "./ObjectPage";
import { FurtherRules, Members, Rules } from "./QueueRules";
import { StepEditor } from "./StepEditor";
import { idFor, newStep } from "./steps";
import { StepsTrack } from "./StepsTrack";
import type { CentreView, QueueSetting } from "./types";
import { startNew, useStillWaiting } from "./useSetUp";

export function QueuesPage() {
  const { t } = useLingui();
  return (
    <ObjectPage
      page="queues"
      section="queues"
      nameOf={(queue) => queue.name}
      lineOf={(queue, view) => <Line queue={queue} view={view} />}
      add={{ label: t`New queue`, start: (view) => startNew("queues", newQueue(view, t`New queue`)) }}
      identify={(queue, view) => ({ ...queue, id: idFor(queue.name, taken(view)) })}
      editor={({ setting, update, set }, view) => <Editor key={setting.id} queue={setting} view={view} set={set} update={update} />}
      side={({ setting }, view) => <><Beside queue={setting} view={view} /><AcrossQueues view={view} /></>}
    />
  );
}

const taken = (view: CentreView): ReadonlySet<string> => new Set((view.centre.queues ?? []).map((each) => each.id));

function Line({ queue, view }: { queue: QueueSetting; view: CentreView }) {
  const members = (view.centre.agents ?? []).filter((each) => each.queues.includes(queue.id)).length;
  const steps = queue.steps.length;
  return <><Plural value={members} one="# member" other="# members" />, <Plural value={steps} one="# step" other="# steps" /></>;
}

function newQueue(view: CentreView, name: string): QueueSetting {
  const queues = view.centre.queues ?? [];
  return {
    id: idFor(name, taken(view)), name, position: queues.length,
    requirements: {}, strategy: "best_skill_then_longest_idle", order: [], penalties: {}, ring_width: 1, ring_step_s: 10, weight: 0, share: 1,
    tier_priority: {}, case_priority: {}, ring_timeout_s: 20, acw_s: 60, acw_extend_limit_s: 300, decline_cooloff_s: 15, misses_to_not_ready: 2,
    idle_since: "last_contact", breaks_reset_idle: false, misses_reset_idle: false, steps: [], join_empty: [], leave_empty: [], max_length: 0, max_wait_s: null,
    on_full: { kind: "return", queue: null }, on_empty: { kind: "return", queue: null }, on_max_wait: { kind: "return", queue: null },
    credit_on_transfer: true, return_window_s: 0, preferred_for_s: 30,
    announcements: { first_after_s: 12, every_s: null, position: "yes", position_limit: 10, wait: "no", wait_rounding_s: 60, only_when_improved: false },
    callbacks: { offered: false, mode: "agent_first", attempts: 3, retry_after_s: 900, expires_after_s: 86_400, calendar: null },
    blending: null, target_s: 20, goal: 0.8, short_abandon_s: 5, wait_limit_s: 180, consent: null,
  };
}

function Editor({ queue, view, set, update }: { queue: QueueSetting; view: CentreView; set: (part: Partial<QueueSetting>) => void; update: (queue: QueueSetting) => void }) {
  const { t } = useLingui();
  const [chosen, choose] = useState<string | null>(null);
  const still = useStillWaiting((view.versions[`queues/${queue.id}`] ?? 0) > 0 ? queue.id : null).data;
  const step = queue.steps.find((each) => each.id === chosen) ?? null;
  const keep = (steps: QueueSetting["steps"]) => update({ ...queue, steps });
  return (
    <div className="scroll grow" role="region" aria-label={queue.name} tabIndex={0}>
      <div className="pane-h">
        <h2><Trans>What happens while a caller waits</Trans></h2>
        {still !== undefined && <span className="push t12 i3 num nowrap"><Plural value={still.callers} one="last day, # caller" other="last day, # callers" /></span>}
      </div>
      <StepsTrack queue={queue} view={view} still={still} chosen={chosen} onChoose={(id) => choose(id === chosen ? null : id)} />
      <StepEditor
        key={chosen}
        queue={queue}
        step={step}
        view={view}
        onChange={(next) => keep(queue.steps.map((each) => (each.id === next.id ? next : each)))}
        onAdd={() => {
          const made = newStep(queue);
          keep([...queue.steps, made]);
          choose(made.id);
        }}
        onRemove={() => {
          keep(queue.steps.filter((each) => each.id !== chosen));
          choose(null);
        }}
      />
      <div className="adm-2" style={{ borderTop: 0 }} aria-label={t`Rules`}>
        <div><Members queue={queue} view={view} set={set} /><FurtherRules queue={queue} view={view} set={set} /></div>
        <div><Rules queue={queue} view={view} set={set} /></div>
      </div>
    </div>
  );
}

/** Which of several queues an agent's next call comes from: one choice for the whole centre, saved at once. */
function AcrossQueues({ view }: { view: CentreView }) {
  const { t } = useLingui();
  const admin = useSession((s) => has(s.session, "admin"));
  const queries = useQueryClient();
  const across = view.centre.routing?.[0]?.across ?? "weight_then_longest";
  const save = useMutation({
    mutationFn: (next: string) => put("/api/setup/routing/routing", { setting: { id: "routing", across: next }, version: view.versions["routing/routing"] ?? 1 }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["setup"] }),
  });
  return (
    <Section title={<Trans>Which queue comes first</Trans>}>
      <Select size="xs" aria-label={t`Which queue comes first`} allowDeselect={false} disabled={!admin || save.isPending} value={across} data={[{ value: "weight_then_longest", label: t`Higher weight, then longest waiting` }, { value: "longest", label: t`Longest waiting` }, { value: "fair_share", label: t`Fair shares of the day` }]} onChange={(next) => next !== null && next !== across && save.mutate(next)} />
      <p className={save.error ? "set-bad" : "set-hint"} role="status">{save.error ? save.error.message : <Trans>For agents of several queues, priorities being equal. It holds for the whole centre, at once.</Trans>}</p>
    </Section>
  );
}

/** The promise, and which queues it shares people with. */
function Beside({ queue, view }: { queue: QueueSetting; view: CentreView }) {
  const { t } = useLingui();
  const own = new Set((view.centre.agents ?? []).filter((each) => each.queues.includes(queue.id)).map((each) => each.id));
  const shared = (view.centre.queues ?? [])
    .filter((each) => each.id !== queue.id)
    .map((each) => ({ queue: each, count: (view.centre.agents ?? []).filter((agent) => own.has(agent.id) && agent.queues.includes(each.id)).length }))
    .filter((each) => each.count > 0)
    .sort((a, b) => b.count - a.count);
  return (
    <Section title={<Trans>Promise</Trans>}>
      <dl className="kv num">
        <div><dt><Trans>Goal</Trans></dt><dd>{t`${Math.round(queue.goal * 100)}% within ${queue.target_s} s`}</dd></div>
        <div><dt><Trans>Weight</Trans></dt><dd>{shared.length === 0 ? queue.weight : t`${queue.weight}, beside ${shared.slice(0, 2).map((each) => `${each.queue.name} ${each.queue.weight}`).join(", ")}`}</dd></div>
        {shared.slice(0, 4).map((each) => <div key={each.queue.id}><dt className="cut">{each.queue.name}</dt><dd><Plural value={each.count} one="shares # agent" other="shares # agents" /></dd></div>)}
      </dl>
    </Section>
  );
}
