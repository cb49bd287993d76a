import { IconArrowsMaximize, IconLayoutGrid } from "@tabler/icons-react";
import { Button } from "@mantine/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import type { FloorTopic } from "../../api/types";
import { Empty, Kbd } from "../../components/bits";
import { Shell } from "../../components/Shell";
import { useLive } from "../../stores/live";
import { AgentTiles } from "./AgentTiles";
import { AgentWhy } from "./AgentWhy";
import { AlertHistory } from "./AlertHistory";
import { Alerts } from "./Alerts";
import type { FigureName } from "./commands";
import { Dock } from "./Dock";
import { DrillDrawer } from "./DrillDrawer";
import { Figures } from "./Figures";
import { Filters } from "./Filters";
import { filtered, useFilter } from "./filters";
import { FloorLoading } from "./FloorLoading";
import { LiveWord } from "./LiveWord";
import { QueueDrawer } from "./QueueDrawer";
import { QueueTable } from "./QueueTable";
import { ThresholdsDialog } from "./ThresholdsDialog";
import { useBell } from "./useBell";
import { useMaySteer } from "./useMaySteer";
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
      bar={<><span className="tb-title">{t`Floor`}</span><span className="tb-sep" /><Filters /><LiveWord /></>}
      right={<Button variant="default" leftSection={<IconArrowsMaximize size={14} stroke={1.8} />} rightSection={<Kbd>F</Kbd>} onClick={toWall} data-testid="to-wall"><Trans>Wall</Trans></Button>}
    >
      {floor === null ? <FloorLoading /> : <Floor floor={floor} />}
    </Shell>
  );
}

/** What stands beside the queues and tiles; the alerts when nothing was asked for. */
type Beside = { what: "queue"; queueId: string; contactId: string | null } | { what: "agent"; agentId: string } | { what: "figure"; figure: FigureName; queueId: string | null } | null;

function Floor({ floor: whole }: { floor: FloorTopic }) {
  const filter = useFilter();
  const floor = useMemo(() => filtered(whole, filter), [whole, filter]);
  const [beside, setBeside] = useState<Beside>(null);
  const [shownAgent, setShownAgent] = useState<string | null>(null);
  const steers = useMaySteer();
  const [dialog, setDialog] = useState<"thresholds" | "history" | null>(null);
  useBell(whole.alerts);
  const close = useCallback(() => setBeside(null), []);
  const openQueue = useCallback((queueId: string) => {
    setBeside((before) => (before?.what === "queue" && before.queueId === queueId ? null : { what: "queue", queueId, contactId: null }));
  }, []);
  const openFigure = useCallback((figure: FigureName, queueId: string | null = null) => setBeside({ what: "figure", figure, queueId }), []);
  const openWhy = useCallback((agentId: string) => setBeside({ what: "agent", agentId }), []);
  const showAgent = (id: string): void => {
    setShownAgent(id);
    document.querySelector(`[data-testid="agent-${CSS.escape(id)}"]`)?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  };
  return (
    <>
      <div className="floor" data-testid="floor">
        <div className="floor-main">
          <Figures figures={floor.figures} queues={floor.queues} partly={floor !== whole} {...(steers && { onFigure: openFigure })} />
          <div className="scroll grow">
            {floor.queues.length === 0 ? <NoQueues /> : <div className="qt-scroll"><QueueTable queues={floor.queues} all={whole.queues} open={beside?.what === "queue" ? beside.queueId : null} doing={{ onOpen: openQueue, onFigure: steers ? openFigure : null }} /></div>}
            <AgentTiles agents={floor.agents} shown={shownAgent} {...(steers && { onWhy: openWhy })} />
          </div>
        </div>
        <Side beside={beside} whole={whole} onChange={setBeside} onClose={close}>
          <Alerts
            alerts={whole.alerts}
            queues={whole.queues}
            agents={whole.agents}
            doing={{ onQueue: openQueue, onAgent: showAgent, onThresholds: () => setDialog("thresholds"), onHistory: () => setDialog("history") }}
          />
        </Side>
      </div>
      <Dock />
      {dialog === "thresholds" && <ThresholdsDialog floor={whole} onClose={() => setDialog(null)} />}
      {dialog === "history" && <AlertHistory onClose={() => setDialog(null)} />}
    </>
  );
}

function Side({ beside, whole, onChange, onClose, children }: { beside: Beside; whole: FloorTopic; onChange: (beside: Beside) => void; onClose: () => void; children: ReactNode }) {
  const queueId = beside?.what === "queue" || beside?.what === "figure" ? beside.queueId : null;
  const queue = whole.queues.find((each) => each.id === queueId);
  const agent = beside?.what === "agent" ? whole.agents.find((each) => each.id === beside.agentId) : undefined;
  const choose = useCallback((contactId: string | null) => {
    if (queueId !== null) onChange({ what: "queue", queueId, contactId });
  }, [queueId, onChange]);
  if (beside?.what === "queue" && queue) {
    const waiting = whole.waiting.filter((caller) => caller.queue_id === queue.id).sort((a, b) => a.position - b.position);
    return <QueueDrawer queue={queue} queues={whole.queues} waiting={waiting} chosen={beside.contactId} onChoose={choose} onClose={onClose} />;
  }
  if (beside?.what === "figure") return <DrillDrawer figure={beside.figure} queueId={beside.queueId} queueName={queue?.name ?? null} onClose={onClose} />;
  if (agent) return <AgentWhy agent={agent} onClose={onClose} />;
  return <>{children}</>;
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
