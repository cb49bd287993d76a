import { IconAlertTriangle, IconBellCheck, IconCircleCheck, IconClockExclamation, IconMicrophoneOff, IconPhoneX } from "@tabler/icons-react";
import { Plural, Trans } from "@lingui/react/macro";
import { Chip, Empty } from "../../components/bits";
import { timeOf } from "../../lib/time";
import type { FloorAlert } from "./types";

const ICONS: Record<FloorAlert["kind"], typeof IconAlertTriangle> = {
  queue_wait: IconAlertTriangle,
  queue_level: IconAlertTriangle,
  agent_unreachable: IconMicrophoneOff,
  agent_long: IconClockExclamation,
  agent_missed: IconPhoneX,
  system: IconAlertTriangle,
};

/** What needs a person. `onQueue` opens who waits, `onAgent` shows the tile; the wall has neither. */
export function Alerts({ alerts, onQueue, onAgent }: { alerts: readonly FloorAlert[]; onQueue?: (queueId: string) => void; onAgent?: (agentId: string) => void }) {
  const bad = alerts.filter((alert) => alert.tone === "bad").length;
  return (
    <aside className="alerts" aria-live="polite">
      <div className="pane-h">
        <h2><Trans>Alerts</Trans></h2>
        {bad > 0 && <Chip tone="bad"><Plural value={bad} one="# open" other="# open" /></Chip>}
      </div>
      {alerts.length === 0 ? (
        <div className="alerts-none">
          <Empty icon={<IconCircleCheck size={28} stroke={1.4} aria-hidden />} title={<Trans>Nothing needs you</Trans>}>
            <Trans>An alert appears when a queue nears its limit or an agent cannot be reached.</Trans>
          </Empty>
        </div>
      ) : (
        <ul className="scroll grow">
          {alerts.map((alert) => <Alert key={alert.id} alert={alert} onQueue={onQueue} onAgent={onAgent} />)}
        </ul>
      )}
    </aside>
  );
}

function Alert({ alert, onQueue, onAgent }: { alert: FloorAlert; onQueue: ((queueId: string) => void) | undefined; onAgent: ((agentId: string) => void) | undefined }) {
  const Icon = alert.tone === "ok" ? IconBellCheck : ICONS[alert.kind];
  const ofQueue = alert.kind === "queue_wait" || alert.kind === "queue_level";
  const ofAgent = alert.kind.startsWith("agent_");
  return (
    <li className={`alert tone-${alert.tone}`} data-testid={`alert-${alert.id}`}>
      <Icon size={16} stroke={1.9} color="var(--c)" aria-hidden />
      <div className="col grow alert-b">
        <div className="row g6">
          <b className="cut grow">{alert.title}</b>
          <span className="num t12 i3">{timeOf(alert.at)}</span>
        </div>
        <p className="i2 t12">{alert.text}</p>
        {ofQueue && onQueue && <button type="button" className="link" onClick={() => onQueue(alert.subject)}><Trans>Why?</Trans></button>}
        {ofAgent && onAgent && <button type="button" className="link" onClick={() => onAgent(alert.subject)}><Trans>Show</Trans></button>}
      </div>
    </li>
  );
}
