import { ActionIcon, Menu } from "@mantine/core";
import { IconDots, IconLock, IconLockOpen } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { attempt } from "../../desk/commands";
import { timeOf } from "../../lib/time";
import { useServerThere } from "../../stores/live";
import { CloseQueueDialog } from "./CloseQueueDialog";
import { floor } from "./commands";
import type { FloorQueue } from "./types";

/** Close a queue now, or open it again. */
export function QueueMenu({ queue, all }: { queue: FloorQueue; all: readonly FloorQueue[] }) {
  const { t } = useLingui();
  const there = useServerThere();
  const [closing, setClosing] = useState(false);
  return (
    // The row opens its line at a click; what is chosen here is not meant for it.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions, jsx-a11y/click-events-have-key-events
    <span onClick={(event) => event.stopPropagation()}>
      <Menu position="bottom-end" width={250} trapFocus returnFocus>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={26} aria-label={t`${queue.name}: actions`} data-testid={`queue-menu-${queue.id}`}><IconDots size={16} stroke={1.8} aria-hidden /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {queue.closed ? (
            <>
              <Menu.Label><ClosedBy queue={queue} /></Menu.Label>
              <Menu.Item leftSection={<IconLockOpen size={16} stroke={1.8} aria-hidden />} disabled={!there} onClick={() => void attempt(() => floor.reopenQueue(queue.id))} data-testid="reopen-queue"><Trans>Open {queue.name} again</Trans></Menu.Item>
            </>
          ) : (
            <Menu.Item leftSection={<IconLock size={16} stroke={1.8} aria-hidden />} disabled={!there} onClick={() => setClosing(true)} data-testid="close-queue"><Trans>Close {queue.name} now</Trans></Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {closing && <CloseQueueDialog queue={queue} all={all} onClose={() => setClosing(false)} />}
    </span>
  );
}

function ClosedBy({ queue }: { queue: FloorQueue }) {
  const at = queue.closed_at === null ? "" : timeOf(queue.closed_at);
  return queue.closed_by === null ? <Trans>Closed at {at}</Trans> : <Trans>Closed by {queue.closed_by} at {at}</Trans>;
}
