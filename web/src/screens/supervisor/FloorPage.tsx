import { IconArrowsMaximize, IconLayoutGrid } from "@tabler/icons-react";
import { Button } from "@mantine/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import type { FloorTopic } from "../../api/types";
import { Empty, Kbd } from "../../components/bits";
import { Shell } from "../../components/Shell";
import { useLive } from "../../stores/live";
import { AgentTiles } from "./AgentTiles";
import { Alerts } from "./Alerts";
import { Figures } from "./Figures";
import { FloorLoading } from "./FloorLoading";
import { LiveWord } from "./LiveWord";
import { QueueDrawer } from "./QueueDrawer";
import { QueueTable } from "./QueueTable";
import { fillScreen, useKeyF } from "./wall";

/** The supervisor's floor: figures, queues, agents, alerts, and who waits behind each queue. */
export function FloorPage() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const floor = useLive((s) => s.floor);
  const toWall = useCallback(() => {
    fillScreen();
    void navigate({ to: "/wall" });
  }, [navigate]);
  useKeyF(toWall);
  return (
    <Shell
      active="floor"
      bar={<><span className="tb-title">{t`Floor`}</span><span className="tb-sep" /><LiveWord /></>}
      right={<Button variant="default" leftSection={<IconArrowsMaximize size={14} stroke={1.8} />} rightSection={<Kbd>F</Kbd>} onClick={toWall} data-testid="to-wall"><Trans>Wall</Trans></Button>}
    >
      {floor === null ? <FloorLoading /> : <Floor floor={floor} />}
    </Shell>
  );
}

function Floor({ floor }: { floor: FloorTopic }) {
  const [queueId, setQueueId] = useState<string | null>(null);
  const [contactId, setContactId] = useState<string | null>(null);
  const [agentId, setAgentId] = useState<string | null>(null);
  const queue = floor.queues.find((each) => each.id === queueId);
  const openQueue = useCallback((id: string) => {
    setQueueId((before) => (before === id ? null : id));
    setContactId(null);
  }, []);
  const close = useCallback(() => {
    setQueueId(null);
    setContactId(null);
  }, []);
  const showAgent = (id: string): void => {
    setAgentId(id);
    document.querySelector(`[data-testid="agent-${CSS.escape(id)}"]`)?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  };
  return (
    <div className="floor" data-testid="floor">
      <div className="floor-main">
        <Figures figures={floor.figures} queues={floor.queues} />
        <div className="scroll grow">
          {floor.queues.length === 0 ? <NoQueues /> : <QueueTable queues={floor.queues} open={queueId} onOpen={openQueue} />}
          <AgentTiles agents={floor.agents} shown={agentId} />
        </div>
      </div>
      {queue ? (
        <QueueDrawer
          queue={queue}
          waiting={floor.waiting.filter((caller) => caller.queue_id === queue.id).sort((a, b) => a.position - b.position)}
          chosen={contactId}
          onChoose={setContactId}
          onClose={close}
        />
      ) : (
        <Alerts alerts={floor.alerts} onQueue={openQueue} onAgent={showAgent} />
      )}
    </div>
  );
}

function NoQueues() {
  return (
    <div className="agents none">
      <Empty icon={<IconLayoutGrid size={28} stroke={1.4} aria-hidden />} title={<Trans>There is no queue yet</Trans>}>
        <Trans>Queues come with the configuration; start the server with the demo data to see some.</Trans>
      </Empty>
    </div>
  );
}
