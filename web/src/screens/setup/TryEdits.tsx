import { Button, NumberInput, Select, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useState } from "react";
import { Section } from "../../components/bits";
import { clockOf } from "../../lib/time";
import { type Edit, type EditKind, secondsOf, type TryGround, withEdit } from "./tries";

interface Props {
  edits: readonly Edit[];
  /** The change of the try that is shown, in sentences, when it was not put together here. */
  tried: readonly string[];
  ground: TryGround;
  onChange: (edits: Edit[]) => void;
}

/** What is changed, each with what it was, and a small form for one more. */
export function TryEdits({ edits, tried, ground, onChange }: Props) {
  const { t } = useLingui();
  const [adding, setAdding] = useState(edits.length === 0 && tried.length === 0);
  return (
    <Section title={<Trans>What is changed</Trans>} right={!adding && <button type="button" className="link" onClick={() => setAdding(true)} data-testid="try-add"><Trans>Add</Trans></button>}>
      {edits.length === 0 && tried.length > 0 && (
        <ul className="diff num" data-testid="try-tried">
          {tried.map((sentence) => <li key={sentence}><i aria-hidden>±</i><span>{sentence}</span></li>)}
        </ul>
      )}
      {edits.length === 0 && tried.length === 0 && <p className="t12 i3"><Trans>Nothing yet. Choose below what should differ.</Trans></p>}
      <ul className="diff num" data-testid="try-edits">
        {edits.map((edit) => (
          <li key={JSON.stringify(edit)}>
            <i aria-hidden>{edit.kind === "relax" || edit.kind === "overflow" || edit.kind === "staff" ? "+" : "±"}</i>
            <span className="grow"><Sentence edit={edit} ground={ground} /></span>
            <button type="button" className="ib small" aria-label={t`Take this back`} onClick={() => onChange(edits.filter((each) => each !== edit))}><IconX size={13} stroke={2} /></button>
          </li>
        ))}
      </ul>
      {adding && (
        <AddForm
          ground={ground}
          onAdd={(edit) => {
            onChange(withEdit(edits, edit));
            setAdding(false);
          }}
        />
      )}
    </Section>
  );
}

function Sentence({ edit, ground }: { edit: Edit; ground: TryGround }) {
  if (edit.kind === "skill") {
    const agent = ground.agents.find((each) => each.id === edit.agent);
    return <Was what={<>{agent?.name}, {edit.skill}</>} was={agent?.skills[edit.skill] ?? 0} is={edit.level} />;
  }
  const queue = ground.queues.find((each) => each.id === edit.queue);
  const name = queue?.name ?? edit.queue;
  switch (edit.kind) {
    case "weight":
      return <Was what={<Trans>{name}, weight</Trans>} was={queue?.weight ?? 0} is={edit.weight} />;
    case "needs":
      return <Was what={<>{name}, {edit.skill} ≥</>} was={queue?.requirements[edit.skill] ?? 0} is={edit.level} />;
    case "step": {
      const step = queue?.steps.find((each) => each.id === edit.stepId);
      const label = stepName(step);
      return <Was what={<Trans>{name}, {label}, at</Trans>} was={clockOf(step?.after_s ?? 0)} is={clockOf(edit.afterS)} />;
    }
    case "relax": {
      const at = clockOf(edit.afterS);
      return <Trans>{name}, {edit.skill} ≥ {edit.level} is enough, at <b className="b6">{at}</b></Trans>;
    }
    case "overflow": {
      const to = ground.queues.find((each) => each.id === edit.to)?.name ?? edit.to;
      const at = clockOf(edit.afterS);
      return <Trans>{name}, overflow to {to}, at <b className="b6">{at}</b></Trans>;
    }
    case "strategy":
      return <Was what={<>{name},</>} was={plain(queue?.strategy ?? "")} is={plain(edit.strategy)} />;
    case "staff": {
      const people = signed(edit.people);
      return <Trans>{name}, <b className="b6">{people}</b> people</Trans>;
    }
  }
}

const Was = ({ what, was, is }: { what: ReactNode; was: string | number; is: string | number }) => <>{what} <del>{was}</del> <b className="b6">{is}</b></>;

const plain = (code: string): string => code.replaceAll("_", " ");
const signed = (count: number): string => (count < 0 ? `−${-count}` : `+${count}`);

function stepName(step: { name?: string; operation: string; skill?: string | null; queue?: string | null } | undefined): string {
  if (step === undefined) return "";
  return step.name !== undefined && step.name !== "" ? step.name : `${plain(step.operation)} ${step.skill ?? step.queue ?? ""}`.trim();
}

const STRATEGIES = ["best_skill_then_longest_idle", "longest_idle", "fewest_contacts", "least_talk", "round_robin"] as const;

function AddForm({ ground, onAdd }: { ground: TryGround; onAdd: (edit: Edit) => void }) {
  const { t } = useLingui();
  const [kind, setKind] = useState<EditKind>("weight");
  const [queueId, setQueueId] = useState(ground.queues[0]?.id ?? "");
  const [agentId, setAgentId] = useState(ground.agents[0]?.id ?? "");
  const [chosen, setChosen] = useState("");
  const [count, setCount] = useState<number | string>(1);
  const [at, setAt] = useState("1:00");
  const queue = ground.queues.find((each) => each.id === queueId);
  const agent = ground.agents.find((each) => each.id === agentId);
  const skills = [...new Set([...ground.queues.flatMap((each) => Object.keys(each.requirements)), ...ground.agents.flatMap((each) => Object.keys(each.skills))])].sort();
  const kinds: { value: EditKind; label: string }[] = [
    { value: "weight", label: t`A queue's weight` },
    { value: "needs", label: t`What a queue needs` },
    { value: "staff", label: t`People of a queue` },
    ...(queue?.steps.length ? [{ value: "step" as const, label: t`When a step opens` }] : []),
    { value: "relax", label: t`A step: less is enough` },
    { value: "overflow", label: t`A step: overflow` },
    { value: "strategy", label: t`Who comes first` },
    { value: "skill", label: t`An agent's skill` },
  ];
  const choices = choicesOf(kind, ground, queueId, skills);
  const value = choices.some((each) => each.value === chosen) ? chosen : (choices[0]?.value ?? "");
  const edit = editOf(kind, queueId, agentId, value, Number(count), secondsOf(at));
  const counted = kind === "weight" || kind === "needs" || kind === "staff" || kind === "relax" || kind === "skill";
  const was = kind === "weight" ? queue?.weight : kind === "needs" ? (queue?.requirements[value] ?? 0) : kind === "skill" ? (agent?.skills[value] ?? 0) : undefined;
  return (
    <form
      className="try-add"
      data-testid="try-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (edit !== null) onAdd(edit);
      }}
    >
      <Select size="xs" label={t`Change`} data={kinds} value={kind} allowDeselect={false} onChange={(next) => setKind(next ?? "weight")} comboboxProps={{ withinPortal: true }} />
      {kind === "skill" ? (
        <Select size="xs" searchable label={t`Agent`} data={ground.agents.map((each) => ({ value: each.id, label: each.name }))} value={agentId} allowDeselect={false} onChange={(next) => setAgentId(next ?? agentId)} />
      ) : (
        <Select size="xs" label={t`Queue`} data={ground.queues.map((each) => ({ value: each.id, label: each.name }))} value={queueId} allowDeselect={false} onChange={(next) => setQueueId(next ?? queueId)} />
      )}
      {choices.length > 0 && <Select size="xs" label={kind === "overflow" ? t`To` : kind === "step" ? t`Step` : kind === "strategy" ? t`By` : t`Skill`} data={choices} value={value} allowDeselect={false} onChange={(next) => setChosen(next ?? "")} />}
      <div className="form-2">
        {counted && (
          <NumberInput
            size="xs"
            label={kind === "weight" ? t`Weight` : kind === "staff" ? t`More or fewer` : t`Level`}
            description={was === undefined ? undefined : t`now ${was}`}
            value={count}
            onChange={setCount}
            min={kind === "staff" ? -20 : 0}
            max={kind === "weight" ? 100 : kind === "staff" ? 20 : 10}
            allowDecimal={false}
          />
        )}
        {(kind === "step" || kind === "relax" || kind === "overflow") && <TextInput size="xs" label={t`Opens at`} value={at} onChange={(event) => setAt(event.currentTarget.value)} error={secondsOf(at) === null ? t`Write 2:00` : undefined} />}
      </div>
      <Button type="submit" size="xs" variant="default" disabled={edit === null} data-testid="try-take"><Trans>Take it in</Trans></Button>
    </form>
  );
}

function choicesOf(kind: EditKind, ground: TryGround, queueId: string, skills: readonly string[]): { value: string; label: string }[] {
  const queue = ground.queues.find((each) => each.id === queueId);
  if (kind === "needs" || kind === "relax" || kind === "skill") {
    const needed = Object.keys(queue?.requirements ?? {});
    const ordered = kind === "skill" ? skills : [...needed, ...skills.filter((skill) => !needed.includes(skill))];
    return ordered.map((skill) => ({ value: skill, label: skill }));
  }
  if (kind === "step") return (queue?.steps ?? []).map((step) => ({ value: step.id, label: `${stepName(step)}, ${clockOf(step.after_s)}` }));
  if (kind === "overflow") return ground.queues.filter((each) => each.id !== queueId).map((each) => ({ value: each.id, label: each.name }));
  if (kind === "strategy") return STRATEGIES.map((strategy) => ({ value: strategy, label: plain(strategy) }));
  return [];
}

function editOf(kind: EditKind, queue: string, agent: string, value: string, count: number, afterS: number | null): Edit | null {
  if (!Number.isInteger(count)) return null;
  switch (kind) {
    case "weight":
      return { kind, queue, weight: count };
    case "needs":
      return value === "" ? null : { kind, queue, skill: value, level: count };
    case "staff":
      return count === 0 ? null : { kind, queue, people: count };
    case "skill":
      return value === "" ? null : { kind, agent, skill: value, level: count };
    case "strategy":
      return { kind, queue, strategy: value };
    case "step":
      return afterS === null || value === "" ? null : { kind, queue, stepId: value, afterS };
    case "relax":
      return afterS === null || value === "" ? null : { kind, queue, skill: value, level: count, afterS };
    case "overflow":
      return afterS === null || value === "" ? null : { kind, queue, to: value, afterS };
  }
}
