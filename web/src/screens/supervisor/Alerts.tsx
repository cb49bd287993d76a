import { ActionIcon } from "@mantine/core";
import { IconAlertTriangle, IconBell, IconBellCheck, IconBellOff, IconCircleCheck, IconClockExclamation, IconMicrophoneOff, IconPhoneX } from "@tabler/icons-react";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { attempt } from "../../desk/commands";
import { Chip, Empty } from "../../components/bits";
import { useTicking } from "../../lib/now";
import { timeOf } from "../../lib/time";
import { type AlertLine, isOpen, linesOf } from "./alerts";
import { textOf, titleOf, valueNow } from "./alertWords";
import { floor as ask } from "./commands";
import type { FloorAgent, FloorAlert, FloorQueue } from "./types";
import { setAlertsMuted, useAlertSound } from "./useBell";
import { useMaySteer } from "./useMaySteer";

const ICONS: Record<FloorAlert["kind"], typeof IconAlertTriangle> = {
  queue_waiting: IconAlertTriangle,
  queue_wait: IconAlertTriangle,
  queue_level: IconAlertTriangle,
  queue_abandoned: IconAlertTriangle,
  agent_unreachable: IconMicrophoneOff,
  agent_long: IconClockExclamation,
  agent_missed: IconPhoneX,
  system: IconAlertTriangle,
};
const NAMED = 3;

interface Doing {
  onQueue: (queueId: string) => void;
  onAgent: (agentId: string) => void;
  onThresholds: () => void;
  onHistory: () => void;
}

/** What needs a person, gravest first, then what is just over. The wall has no `doing`: nothing can be clicked there. */
export function Alerts({ alerts, queues, agents, doing }: { alerts: readonly FloorAlert[]; queues: readonly FloorQueue[]; agents: readonly FloorAgent[]; doing?: Doing }) {
  const { t } = useLingui();
  const steers = useMaySteer();
  const open = alerts.filter(isOpen).length;
  return (
    <aside className="alerts" aria-label={t`Alerts`} data-testid="alerts">
      <div className="pane-h">
        <h2><Trans>Alerts</Trans></h2>
        {open > 0 && <Chip tone="bad"><Plural value={open} one="# open" other="# open" /></Chip>}
        {doing && (
          <span className="push row g10 al-tools">
            <SoundSwitch />
            {steers && <button type="button" className="link" onClick={doing.onHistory} data-testid="alert-history"><Trans>Past</Trans></button>}
            {steers && <button type="button" className="link" onClick={doing.onThresholds} data-testid="thresholds"><Trans>Thresholds</Trans></button>}
          </span>
        )}
      </div>
      {alerts.length === 0 ? (
        <div className="alerts-none">
          <Empty icon={<IconCircleCheck size={28} stroke={1.4} aria-hidden />} title={<Trans>Nothing needs you</Trans>}>
            <Trans>An alert appears when a figure passes its threshold.</Trans>
          </Empty>
        </div>
      ) : (
        <ul className="scroll grow" aria-live="polite">
          {linesOf(alerts).map((line) => <Line key={line.key} line={line} queues={queues} agents={agents} doing={doing} />)}
        </ul>
      )}
    </aside>
  );
}

function SoundSwitch() {
  const { t } = useLingui();
  const muted = useAlertSound((s) => s.muted);
  const label = muted ? t`Alerts make no sound here. Sound on` : t`Alerts ring a bell. Sound off`;
  return (
    <ActionIcon variant="subtle" color="gray" size={26} aria-label={label} title={label} aria-pressed={!muted} onClick={() => setAlertsMuted(!muted)} data-testid="alert-sound">
      {muted ? <IconBellOff size={16} stroke={1.8} aria-hidden /> : <IconBell size={16} stroke={1.8} aria-hidden />}
    </ActionIcon>
  );
}

function Line({ line, queues, agents, doing }: { line: AlertLine; queues: readonly FloorQueue[]; agents: readonly FloorAgent[]; doing: Doing | undefined }) {
  const [first, ...others] = line.alerts;
  if (others.length > 0) return <Together alerts={line.alerts} doing={doing} />;
  const queue = first.kind.startsWith("queue") ? queues.find((each) => each.id === first.subject) : undefined;
  const agent = first.kind.startsWith("agent") ? agents.find((each) => each.id === first.subject) : undefined;
  return <Alert alert={first} queue={queue} agent={agent} doing={doing} />;
}

function Alert({ alert, queue, agent, doing }: { alert: FloorAlert; queue: FloorQueue | undefined; agent: FloorAgent | undefined; doing: Doing | undefined }) {
  const Icon = isOpen(alert) ? ICONS[alert.kind] : IconBellCheck;
  const title = useTicking((now) => titleOf(alert, valueNow(alert, queue, agent, now)));
  const text = useTicking((now) => textOf(alert, valueNow(alert, queue, agent, now), agent?.reason ?? null, now));
  const open = isOpen(alert);
  const steers = useMaySteer();
  return (
    <li className={`alert tone-${alert.tone}`} data-testid={`alert-${alert.kind}-${alert.subject}`} data-tone={alert.tone} data-alert={alert.id}>
      <Icon size={16} stroke={1.9} color="var(--c)" aria-hidden />
      <div className="col grow alert-b">
        <div className="row g6">
          <b className="cut grow">{title}</b>
          <span className="num t12 i3">{timeOf(alert.at)}</span>
        </div>
        <p className="i2 t12">{text}</p>
        {open && alert.taken_by !== null && <p className="t12 b5 al-taken"><Trans>{alert.taken_by} looks after it</Trans></p>}
        {open && doing && (
          <div className="row g12">
            {queue && <button type="button" className="link" onClick={() => doing.onQueue(queue.id)}><Trans>Why?</Trans></button>}
            {agent && <button type="button" className="link" onClick={() => doing.onAgent(agent.id)}><Trans>Show</Trans></button>}
            {steers && alert.taken_by === null && <button type="button" className="link" onClick={() => void attempt(() => ask.take(alert.id))} data-testid="take"><Trans>Take it</Trans></button>}
          </div>
        )}
      </div>
    </li>
  );
}

/** Many agents with the same trouble: one line, else nobody sees the queues for them. */
function Together({ alerts, doing }: { alerts: AlertLine["alerts"]; doing: Doing | undefined }) {
  const { t } = useLingui();
  const [first] = alerts;
  const steers = useMaySteer();
  const Icon = ICONS[first.kind];
  const count = alerts.length;
  const names = alerts.slice(0, NAMED).map((alert) => alert.name).join(", ");
  const more = count - NAMED;
  const untaken = alerts.filter((alert) => alert.taken_by === null);
  const title = first.kind === "agent_unreachable" ? t`${count} agents are unreachable` : first.kind === "agent_missed" ? t`${count} agents missed calls` : t`${count} agents are long in their state`;
  const take = async (): Promise<void> => {
    for (const alert of untaken) if (!(await attempt(() => ask.take(alert.id)))) return;
  };
  return (
    <li className={`alert tone-${first.tone}`} data-testid={`alert-together-${first.kind}`}>
      <Icon size={16} stroke={1.9} color="var(--c)" aria-hidden />
      <div className="col grow alert-b">
        <div className="row g6">
          <b className="cut grow">{title}</b>
          <span className="num t12 i3">{timeOf(first.at)}</span>
        </div>
        <p className="i2 t12">{names} <Plural value={more} one="and # more" other="and # more" /></p>
        {doing && steers && untaken.length > 0 && <button type="button" className="link" onClick={() => void take()}><Trans>Take all</Trans></button>}
      </div>
    </li>
  );
}
