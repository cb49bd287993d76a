import { Button, NumberInput, Popover, Select, Switch, TextInput } from "@mantine/core";
import { IconAdjustments, IconPlus, IconTrash } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { use } from "react";
import { ClockInput, FieldStateContext } from "./fields";
import { inOrder, stepRows, unconditional } from "./steps";
import type { CentreView, QueueSetting, StepSetting } from "./types";
import { choices, useSetUpWords } from "./words";

export interface StepEditorProps {
  queue: QueueSetting;
  step: StepSetting | null;
  view: CentreView;
  onChange: (step: StepSetting) => void;
  onAdd: () => void;
  onRemove: () => void;
}

/** The chosen step, changed in one line: when, what, with what, and under which condition. */
export function StepEditor({ queue, step, view, onChange, onAdd, onRemove }: StepEditorProps) {
  const { t } = useLingui();
  const { operations } = useSetUpWords();
  const { readOnly } = use(FieldStateContext);
  const add = !readOnly && <Button variant="default" leftSection={<IconPlus size={14} stroke={1.8} aria-hidden />} onClick={onAdd} data-testid="add-step"><Trans>Add step</Trans></Button>;
  if (step === null) {
    return <div className="stp-edit one"><p className="t12 i2"><Trans>Choose a step above to change it. Steps open in the order of their times; time in earlier ones counts.</Trans></p>{add}</div>;
  }
  const number = inOrder(queue.steps).findIndex((each) => each.id === step.id) + 1;
  const set = (part: Partial<StepSetting>) => onChange({ ...step, ...part });
  const people = stepRows(queue, view.centre.agents ?? []).find((row) => row.step.id === step.id)?.people ?? 0;
  return (
    <div className="stp-edit">
      <ClockInput label={t`Step ${number} opens at`} value={step.after_s} onChange={(after) => after !== null && set({ after_s: after })} />
      <Select size="xs" label={t`It will`} data={choices(operations)} value={step.operation} allowDeselect={false} disabled={readOnly} onChange={(value) => value !== null && set(fresh(value as StepSetting["operation"], queue, view))} />
      <With step={step} queue={queue} view={view} people={people} set={set} />
      <div className="row g4">
        <Conditions step={step} view={view} set={set} />
        {!readOnly && <button type="button" className="ib" aria-label={t`Remove step ${number}`} title={t`Remove step ${number}`} onClick={onRemove}><IconTrash size={15} stroke={1.8} aria-hidden /></button>}
        {add}
      </div>
    </div>
  );
}

/** What a step needs besides its time, likely values first. */
function fresh(operation: StepSetting["operation"], queue: QueueSetting, view: CentreView): Partial<StepSetting> {
  const nothing = { operation, skill: null, level: null, by: 0, queue: null, prompt: null };
  const other = (view.centre.queues ?? []).find((each) => each.id !== queue.id)?.id ?? null;
  const [skill, level] = Object.entries(queue.requirements)[0] ?? [null, 2];
  switch (operation) {
    case "relax": return { ...nothing, skill, level: level > 1 ? level - 1 : null };
    case "raise_priority": return { ...nothing, by: 1 };
    case "widen":
    case "overflow": return { ...nothing, queue: other };
    case "announce": return { ...nothing, prompt: view.sounds[0]?.id ?? null };
    default: return nothing;
  }
}

function With({ step, queue, view, people, set }: { step: StepSetting; queue: QueueSetting; view: CentreView; people: number; set: (part: Partial<StepSetting>) => void }) {
  const { t } = useLingui();
  const { readOnly } = use(FieldStateContext);
  const count = <span className="t12 tone-ok toned nowrap">{t`${people} people`}</span>;
  switch (step.operation) {
    case "relax":
      return (
        <div className="row" style={{ alignItems: "flex-end" }}>
          <Select size="xs" className="grow" label={t`From then on needs`} data={(view.centre.skills ?? []).map((each) => each.skill)} value={step.skill} disabled={readOnly} onChange={(skill) => set({ skill })} />
          <Select size="xs" w={96} label={t`at least`} data={[{ value: "", label: t`not at all` }, ...Array.from({ length: 9 }, (_, i) => ({ value: String(i + 1), label: String(i + 1) }))]} value={step.level === null ? "" : String(step.level)} allowDeselect={false} disabled={readOnly} onChange={(level) => set({ level: level === null || level === "" ? null : Number(level) })} rightSectionWidth={20} />
        </div>
      );
    case "raise_priority":
      return <NumberInput size="xs" label={t`By`} maw={120} value={step.by} allowDecimal={false} readOnly={readOnly} onChange={(by) => typeof by === "number" && set({ by })} />;
    case "widen":
    case "overflow":
      return (
        <div className="row" style={{ alignItems: "flex-end" }}>
          <Select size="xs" className="grow" label={step.operation === "widen" ? t`Also ask the people of` : t`Move to`} data={(view.centre.queues ?? []).filter((each) => each.id !== queue.id).map((each) => ({ value: each.id, label: each.name }))} value={step.queue} disabled={readOnly} onChange={(to) => set({ queue: to })} />
          {step.operation === "widen" && <span className="stp-count">{count}</span>}
        </div>
      );
    case "announce":
      return <Select size="xs" label={t`Prompt`} searchable data={view.sounds.map((each) => each.id)} value={step.prompt} disabled={readOnly} onChange={(prompt) => set({ prompt })} />;
    default:
      return <p className="t12 i3" style={{ alignSelf: "center" }}>{step.operation === "offer_callback" ? <Trans>They press 1 and keep their place. Nobody moves.</Trans> : <Trans>After it the caller no longer waits.</Trans>}</p>;
  }
}

function Conditions({ step, view, set }: { step: StepSetting; view: CentreView; set: (part: Partial<StepSetting>) => void }) {
  const { t } = useLingui();
  const { readOnly } = use(FieldStateContext);
  const { when } = step;
  const put = (part: Partial<StepSetting["when"]>) => set({ when: { ...when, ...part } });
  const repeats = step.operation === "raise_priority" || step.operation === "announce" || step.operation === "offer_callback";
  const least = (label: string, value: number | null, name: "position_at_least" | "waiting_at_least" | "available_at_most" | "signed_in_at_most") => (
    <NumberInput size="xs" label={label} value={value ?? ""} min={0} allowDecimal={false} placeholder={t`any`} readOnly={readOnly} onChange={(next) => put({ [name]: typeof next === "number" ? next : null })} />
  );
  return (
    <Popover width={320} position="top-end" withArrow shadow="md">
      <Popover.Target>
        <button type="button" className={`ib ${unconditional(step) ? "" : "tone-live toned"}`} aria-label={t`Name, conditions and repeating`} title={t`Name, conditions and repeating`}><IconAdjustments size={16} stroke={1.8} aria-hidden /></button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className="set-pop">
          <TextInput size="xs" label={t`Name`} value={step.name} readOnly={readOnly} onChange={(event) => set({ name: event.currentTarget.value })} />
          <p className="t12 b6"><Trans>Only if all of these hold</Trans></p>
          <div className="set-two">
            {least(t`Place in line, from`, when.position_at_least, "position_at_least")}
            {least(t`In line, from`, when.waiting_at_least, "waiting_at_least")}
            {least(t`Free for it, at most`, when.available_at_most, "available_at_most")}
            {least(t`Signed in, at most`, when.signed_in_at_most, "signed_in_at_most")}
          </div>
          <Select size="xs" label={t`Hours`} clearable placeholder={t`any time`} data={(view.centre.calendars ?? []).map((each) => ({ value: each.id, label: each.name === "" ? each.id : each.name }))} value={when.calendar} disabled={readOnly} onChange={(calendar) => put({ calendar })} />
          {when.calendar !== null && <Switch size="sm" label={when.open ? t`while open` : t`while closed`} checked={when.open} disabled={readOnly} onChange={(event) => put({ open: event.currentTarget.checked })} />}
          {repeats && <ClockInput label={t`Again every`} none={t`once`} value={step.repeat_every_s} onChange={(every) => set({ repeat_every_s: every })} />}
          <Switch size="sm" label={t`Open it early when nobody who is signed in could ever take the caller`} checked={step.skip_if_nobody} disabled={readOnly} onChange={(event) => set({ skip_if_nobody: event.currentTarget.checked })} />
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
