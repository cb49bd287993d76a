import { Button, Menu, NumberInput, Popover } from "@mantine/core";
import { IconArrowBarToDown, IconArrowBarToUp, IconArrowRight, IconArrowUp, IconPhoneCalling } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { attempt } from "../../desk/commands";
import { useServerThere } from "../../stores/live";
import { toast } from "../../stores/toasts";
import { floor } from "./commands";
import type { FloorQueue, FloorWaiting } from "./types";

const PRIORITY = { min: -100, max: 100 } as const;

/** What can be done for one who waits: a call back, another priority, another place. */
export function CallerActions({ caller, queue, queues }: { caller: FloorWaiting; queue: FloorQueue; queues: readonly FloorQueue[] }) {
  const { t } = useLingui();
  const there = useServerThere();
  const others = queues.filter((each) => each.id !== queue.id && !each.closed);
  const callback = async (): Promise<void> => {
    if (await attempt(() => floor.offerCallback(caller.id))) toast("ok", t`${caller.label} hears that a call back can be chosen.`);
  };
  return (
    <footer className="dr-f">
      {!caller.callback && <Button size="sm" disabled={!there} leftSection={<IconPhoneCalling size={15} stroke={1.8} aria-hidden />} onClick={() => void callback()} data-testid="offer-callback"><Trans>Offer a call back</Trans></Button>}
      <Priority key={`${caller.id}:${caller.priority}`} caller={caller} />
      <Menu position="top-end" width={240} trapFocus returnFocus>
        <Menu.Target>
          <Button size="sm" variant="default" disabled={!there} leftSection={<IconArrowRight size={15} stroke={1.8} aria-hidden />} data-testid="move"><Trans>Move</Trans></Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconArrowBarToUp size={16} stroke={1.8} aria-hidden />} onClick={() => void attempt(() => floor.move(caller.id, null, "first"))} data-testid="move-first"><Trans>To the front</Trans></Menu.Item>
          <Menu.Item leftSection={<IconArrowBarToDown size={16} stroke={1.8} aria-hidden />} onClick={() => void attempt(() => floor.move(caller.id, null, "last"))} data-testid="move-last"><Trans>To the back</Trans></Menu.Item>
          {others.length > 0 && <Menu.Label><Trans>To another queue, the wait counts</Trans></Menu.Label>}
          {others.map((each) => (
            <Menu.Item key={each.id} onClick={() => void attempt(() => floor.move(caller.id, each.id, "place"))} data-testid={`move-to-${each.id}`}>{each.name}</Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </footer>
  );
}

function Priority({ caller }: { caller: FloorWaiting }) {
  const { t } = useLingui();
  const there = useServerThere();
  const [opened, setOpened] = useState(false);
  const [priority, setPriority] = useState(caller.priority);
  const save = async (): Promise<void> => {
    if (await attempt(() => floor.prioritise(caller.id, priority))) setOpened(false);
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="top" trapFocus returnFocus shadow="md">
      <Popover.Target>
        <Button size="sm" variant="default" disabled={!there} leftSection={<IconArrowUp size={15} stroke={1.8} aria-hidden />} onClick={() => setOpened(!opened)} data-testid="priority"><Trans>Priority</Trans></Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form className="row g8 pr-f" onSubmit={(event) => { event.preventDefault(); void save(); }}>
          <NumberInput label={t`Priority`} description={t`Higher is served first`} size="xs" w={130} {...PRIORITY} value={priority} allowDecimal={false} clampBehavior="strict" onChange={(value) => setPriority(Number(value) || 0)} data-testid="priority-value" data-autofocus />
          <Button type="submit" disabled={priority === caller.priority} data-testid="priority-set"><Trans>Set</Trans></Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
