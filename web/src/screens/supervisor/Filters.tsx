import { Menu } from "@mantine/core";
import { IconCheck, IconChevronDown } from "@tabler/icons-react";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { useLive } from "../../stores/live";
import { teamsOf, toggled, useFilter } from "./filters";

interface Choice {
  id: string;
  name: string;
}

/** Which queues and teams are looked at. */
export function Filters() {
  const { t } = useLingui();
  const floor = useLive((s) => s.floor);
  const { queues, teams } = useFilter();
  if (floor === null) return null;
  const all = floor.queues.map(({ id, name }) => ({ id, name }));
  const known = queues.filter((id) => all.some((queue) => queue.id === id));
  const groups = [...new Set([...teamsOf(floor), ...teams])].map((name) => ({ id: name, name }));
  return (
    <>
      <Pick label={t`Queues`} choices={all} chosen={known} onChange={(next) => useFilter.setState({ queues: next })} testid="filter-queues"
        everything={<Trans>All queues</Trans>} many={<Plural value={known.length} one="# queue" other="# queues" />} />
      {groups.length > 0 && (
        <Pick label={t`Teams`} choices={groups} chosen={teams} onChange={(next) => useFilter.setState({ teams: next })} testid="filter-teams"
          everything={<Trans>All teams</Trans>} many={<Plural value={teams.length} one="# team" other="# teams" />} />
      )}
    </>
  );
}

function Pick({ label, choices, chosen, onChange, everything, many, testid }: {
  label: string;
  choices: readonly Choice[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
  everything: ReactNode;
  many: ReactNode;
  testid: string;
}) {
  const names = choices.filter((choice) => chosen.includes(choice.id)).map((choice) => choice.name);
  return (
    <Menu position="bottom-start" width={240} closeOnItemClick={false} trapFocus returnFocus>
      <Menu.Target>
        <button type="button" className="next-btn fl-pick" aria-label={label} data-testid={testid}>
          <b className="cut">{names.length === 0 ? everything : names.length <= 2 ? names.join(", ") : many}</b>
          <IconChevronDown size={14} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown className="fl-menu">
        <Menu.Item onClick={() => onChange([])} rightSection={chosen.length === 0 ? <IconCheck size={15} stroke={2.2} aria-hidden /> : null}>{everything}</Menu.Item>
        <Menu.Divider />
        {choices.map((choice) => (
          <Menu.Item key={choice.id} role="menuitemcheckbox" aria-checked={chosen.includes(choice.id)} onClick={() => onChange(toggled(chosen, choice.id))} rightSection={chosen.includes(choice.id) ? <IconCheck size={15} stroke={2.2} aria-hidden /> : null}>
            {choice.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
