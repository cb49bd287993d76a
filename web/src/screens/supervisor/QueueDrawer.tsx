import { IconChevronRight, IconHourglassEmpty, IconPhoneCalling, IconPhoneRinging, IconPlugConnectedX, IconX } from "@tabler/icons-react";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useCallback } from "react";
import { Chip, Empty, Since } from "../../components/bits";
import type { FloorQueue, FloorWaiting } from "./types";
import { useEscape } from "./useEscape";
import { WhyWaiting } from "./WhyWaiting";

/** Beside the floor: who waits in a queue, and for one of them why. */
export function QueueDrawer({ queue, queues, waiting, chosen, onChoose, onClose }: {
  queue: FloorQueue;
  /** All of them: where a caller may be moved to. */
  queues: readonly FloorQueue[];
  /** Callers of this queue, in order. */
  waiting: readonly FloorWaiting[];
  chosen: string | null;
  onChoose: (contactId: string | null) => void;
  onClose: () => void;
}) {
  useEscape(useCallback(() => {
    if (chosen === null) onClose();
    else onChoose(null);
  }, [chosen, onChoose, onClose]));
  const caller = waiting.find((each) => each.id === chosen);
  if (caller) return <WhyWaiting caller={caller} queue={queue} queues={queues} onBack={() => onChoose(null)} onClose={onClose} />;
  return <Line queue={queue} waiting={waiting} gone={chosen !== null} onChoose={onChoose} onClose={onClose} />;
}

function Line({ queue, waiting, gone, onChoose, onClose }: { queue: FloorQueue; waiting: readonly FloorWaiting[]; gone: boolean; onChoose: (contactId: string) => void; onClose: () => void }) {
  const { t } = useLingui();
  return (
    <aside className="drawer" aria-label={t`Waiting in ${queue.name}`} data-testid="drawer">
      <header className="dr-h">
        <div className="col grow">
          <span className="t12 i3"><Trans>Waiting in</Trans></span>
          <h2 className="t16 b6">{queue.name} <span className="dr-n num"><Plural value={waiting.length} one="# caller" other="# callers" /></span></h2>
        </div>
        <button type="button" className="ib" aria-label={t`Close`} onClick={onClose} data-testid="drawer-close"><IconX size={17} stroke={1.8} /></button>
      </header>
      {gone && <p className="dr-gone" role="status"><Trans>The caller you looked at waits no longer.</Trans></p>}
      {waiting.length === 0 ? (
        <div className="dr-none">
          <Empty icon={<IconHourglassEmpty size={28} stroke={1.4} aria-hidden />} title={<Trans>Nobody waits here</Trans>}>
            <Plural value={queue.free} _0="The next caller waits until somebody is free." one="# agent is free for the next caller." other="# agents are free for the next caller." />
          </Empty>
        </div>
      ) : (
        <ol className="scroll grow wl">
          {waiting.map((caller) => (
            <li key={caller.id}>
              <button type="button" className="wl-i" onClick={() => onChoose(caller.id)} data-testid={`waiting-${caller.id}`} data-position={caller.position}>
                <span className="wl-p num">{caller.position}</span>
                <span className="col grow">
                  <span className="row g6">
                    <b className="cut b6">{caller.label}</b>
                    {caller.offered_to !== null && <Chip tone="ring" icon={<IconPhoneRinging size={12} stroke={2} aria-hidden />}><Trans>rings {caller.offered_to}</Trans></Chip>}
                    {caller.callback && <Chip tone="live" icon={<IconPhoneCalling size={12} stroke={2} aria-hidden />}><Trans>call back</Trans></Chip>}
                    {caller.lost && <Chip tone="bad" icon={<IconPlugConnectedX size={12} stroke={2} aria-hidden />}><Trans>line lost</Trans></Chip>}
                    <span className="push num b6"><Since at={caller.since} /></span>
                  </span>
                  <span className="t12 i2">{caller.why}</span>
                </span>
                <IconChevronRight size={15} stroke={1.8} aria-hidden />
              </button>
            </li>
          ))}
        </ol>
      )}
    </aside>
  );
}
