import { ActionIcon, Button, Modal, NumberInput, Select } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { AgentSkills } from "../../api/types";
import { attempt, sentenceOf } from "../../desk/commands";
import { Skeleton } from "../../components/bits";
import { toast } from "../../stores/toasts";
import { floor } from "./commands";

const LEVELS = { min: 1, max: 10 } as const;

/** An agent's skills with their levels; they count from the router's next decision on. */
export function SkillsDialog({ agentId, name, onClose }: { agentId: string; name: string; onClose: () => void }) {
  const { data, error } = useQuery({ queryKey: ["floor", "skills", agentId], queryFn: ({ signal }) => floor.skills(agentId, signal), staleTime: 0, gcTime: 0 });
  return (
    <Modal opened onClose={onClose} size={460} title={<span className="t16 b6"><Trans>Skills of {name}</Trans></span>}>
      {error !== null && <p className="tone-bad toned" role="alert">{sentenceOf(error)}</p>}
      {data === undefined && error === null && <Skeleton width="100%" height={120} />}
      {data !== undefined && <Form skills={data} onClose={onClose} />}
    </Modal>
  );
}

function Form({ skills, onClose }: { skills: AgentSkills; onClose: () => void }) {
  const { t } = useLingui();
  const [levels, setLevels] = useState<Record<string, number>>(skills.skills);
  const [saving, setSaving] = useState(false);
  const rest = skills.known.filter((skill) => !(skill in levels));
  const changed = JSON.stringify(Object.entries(levels).sort()) !== JSON.stringify(Object.entries(skills.skills).sort());
  const save = async (): Promise<void> => {
    setSaving(true);
    const done = await attempt(() => floor.changeSkills(skills.agent_id, levels));
    setSaving(false);
    if (!done) return;
    toast("ok", t`The new skills count from the next call on.`);
    onClose();
  };
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <ul className="sk-l">
        {Object.keys(levels).sort().map((skill) => (
          <li key={skill} className="row g8">
            <span className="grow cut">{skill}</span>
            <NumberInput aria-label={t`Level of ${skill}, 1 to 10`} size="xs" w={76} {...LEVELS} value={levels[skill] ?? 1} clampBehavior="strict" allowDecimal={false} onChange={(value) => setLevels({ ...levels, [skill]: Number(value) || 1 })} data-testid={`level-${skill}`} />
            <ActionIcon variant="subtle" color="gray" aria-label={t`Take ${skill} away`} onClick={() => setLevels(Object.fromEntries(Object.entries(levels).filter(([each]) => each !== skill)))}><IconX size={15} stroke={1.8} aria-hidden /></ActionIcon>
          </li>
        ))}
        {Object.keys(levels).length === 0 && <li className="i2"><Trans>No skill: only queues that ask for none.</Trans></li>}
      </ul>
      {rest.length > 0 && (
        <Select aria-label={t`Add a skill`} placeholder={t`Add a skill`} size="xs" searchable data={rest} value={null} onChange={(skill) => { if (skill !== null) setLevels({ ...levels, [skill]: 5 }); }} data-testid="add-skill" />
      )}
      <div className="row g8">
        <Button type="submit" disabled={!changed} loading={saving} data-testid="save-skills"><Trans>Save</Trans></Button>
        <Button variant="default" onClick={onClose}><Trans>Cancel</Trans></Button>
      </div>
    </form>
  );
}
