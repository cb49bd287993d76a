import { IconAlertTriangle, IconCircleCheck, IconDeviceDesktop, IconHeadphonesOff, IconKeyboard, IconLoader, IconPlugConnectedX, IconUsers, IconVolumeOff } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { useLocation } from "@tanstack/react-router";
import { Since } from "../components/bits";
import { useDesk } from "../stores/desk";
import { useLive } from "../stores/live";
import { usePhone } from "../stores/phone";
import { useSound } from "../stores/sound";
import { useIsLeader } from "./useAgentTab";

const ic = { size: 15, stroke: 1.8, "aria-hidden": true } as const;

/** The agent's queues in one figure, and whether a call could come through just now. */
export function AgentHealth() {
  const { t } = useLingui();
  return (
    <>
      <Waiting />
      <span className="tb-sep" />
      <PhoneWord />
      <button type="button" className="ib" aria-label={t`Keyboard shortcuts`} title={t`Keyboard shortcuts (?)`} onClick={() => useDesk.setState({ keysOpen: true })}>
        <IconKeyboard size={18} stroke={1.6} aria-hidden />
      </button>
    </>
  );
}

function Waiting() {
  const { t } = useLingui();
  const queues = useLive((s) => s.agent?.queues);
  // There it stands beside the figure of all queues.
  const onFloor = useLocation().pathname.startsWith("/floor");
  if (!queues || queues.length === 0) return null;
  const waiting = queues.reduce((sum, q) => sum + q.waiting, 0);
  const longest = queues.map((q) => q.longest_since).filter((at) => at !== null).sort()[0];
  return (
    <span className="q-mini" title={t`Callers you can take`}>
      <IconUsers size={15} stroke={1.7} aria-hidden />
      <span>{onFloor ? <Trans><b className="num">{waiting}</b> waiting in your queues</Trans> : <Trans><b className="num">{waiting}</b> waiting</Trans>}</span>
      {longest !== undefined && <span className="dot3 num"><Trans>longest <Since at={longest} /></Trans></span>}
    </span>
  );
}

/** One word of the phone; the first that fits, worst first. */
function PhoneWord() {
  const lost = useLive((s) => s.status.state === "lost");
  const me = useLive((s) => s.agent?.me);
  const phone = usePhone((s) => s.state);
  const error = usePhone((s) => s.error);
  const locked = useSound((s) => s.locked);
  const leads = useIsLeader();
  if (lost) return <Word tone="bad" icon={<IconPlugConnectedX {...ic} />}><Trans>Reconnecting</Trans></Word>;
  if (!leads) return <Word tone="off" icon={<IconDeviceDesktop {...ic} />}><Trans>Rings elsewhere</Trans></Word>;
  if (error !== null) return <Word tone="bad" icon={<IconHeadphonesOff {...ic} />}><Trans>Phone not ready</Trans></Word>;
  if (phone === "connecting") return <Word tone="off" icon={<IconLoader {...ic} />}><Trans>Opening the line</Trans></Word>;
  if (phone === "lost") return <Word tone="bad" icon={<IconHeadphonesOff {...ic} />}><Trans>Line broke, reopening</Trans></Word>;
  if (phone === "none" && me?.state === "signed_out") return <Word tone="off" icon={<IconHeadphonesOff {...ic} />}><Trans>Phone not open</Trans></Word>;
  if (phone === "none" || me?.reachable === false) return <Word tone="bad" icon={<IconAlertTriangle {...ic} />}><Trans>Phone not ready</Trans></Word>;
  if (locked) return <Word tone="warn" icon={<IconVolumeOff {...ic} />}><Trans>Click anywhere to hear it ring</Trans></Word>;
  return <Word tone="ok" icon={<IconCircleCheck {...ic} />}><Trans>Phone ready</Trans></Word>;
}

function Word({ tone, icon, children }: { tone: string; icon: React.ReactNode; children: React.ReactNode }) {
  return <span className={`q-mini tone-${tone} toned`} data-testid="phone-word" data-tone={tone}>{icon}{children}</span>;
}
