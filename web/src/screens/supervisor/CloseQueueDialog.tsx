import { Button, Modal, Radio, Select } from "@mantine/core";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { sentenceOf } from "../../desk/commands";
import { floor, type WayThen } from "./commands";
import type { FloorQueue } from "./types";

const AGAIN_MS = 2_000;

/** Callers are moved at once, so this is said before it is done: how many, and where to. */
export function CloseQueueDialog({ queue, all, onClose }: { queue: FloorQueue; all: readonly FloorQueue[]; onClose: () => void }) {
  const { t } = useLingui();
  const others = all.filter((each) => each.id !== queue.id && !each.closed);
  const [then, setThen] = useState<WayThen>("return");
  const [target, setTarget] = useState<string | null>(others[0]?.id ?? null);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const { data } = useQuery({ queryKey: ["floor", "close-preview", queue.id], queryFn: ({ signal }) => floor.preview(queue.id, signal), refetchInterval: AGAIN_MS, staleTime: 0 });
  const waiting = data?.waiting ?? queue.waiting;
  const close = async (): Promise<void> => {
    setBusy(true);
    setRefusal(null);
    try {
      await floor.closeQueue(queue.id, then, then === "overflow" ? target : null);
      onClose();
    } catch (error) {
      setRefusal(sentenceOf(error));
      setBusy(false);
    }
  };
  const ways: { way: WayThen; name: string; what: string }[] = [
    { way: "return", name: t`Back into the menu`, what: t`They hear that the queue is closed and choose again.` },
    { way: "overflow", name: t`Into another queue`, what: t`The waiting so far counts there.` },
    { way: "voicemail", name: t`Leave a message`, what: t`They are asked to speak after the tone.` },
    { way: "callback", name: t`Offer a call back`, what: t`At the place they have; who does not want one leaves.` },
    { way: "hang_up", name: t`Say goodbye and end the call`, what: t`After the queue's sentence.` },
  ];
  return (
    <Modal opened onClose={onClose} size={480} title={<span className="t16 b6"><Trans>Close {queue.name} now</Trans></span>} data-testid="close-dialog">
      <div className="stack">
        <p className="i2" data-testid="close-preview">
          <Plural value={waiting} _0="Nobody waits here just now." one="# caller waits here." other="# callers wait here." />
          {data !== undefined && data.callbacks > 0 && <> <Plural value={data.callbacks} one="# of them waits for a call back." other="# of them wait for a call back." /></>}
          {" "}
          {/* Who comes later is treated as those who wait: a call back keeps a place even in a closed queue. */}
          {then === "callback" ? <Trans>Until it is open again, whoever comes is asked whether they want a call back, and nobody waits on the line.</Trans> : <Trans>Nobody can join until it is open again.</Trans>}
        </p>
        <Radio.Group value={then} onChange={(value) => setThen(value)} label={<span className="t12 i3"><Trans>Those who wait</Trans></span>}>
          <div className="stack close-ways">
            {ways.map(({ way, name, what }) => (
              <Radio key={way} value={way} label={name} description={what} disabled={way === "overflow" && others.length === 0} data-testid={`then-${way}`} />
            ))}
          </div>
        </Radio.Group>
        {then === "overflow" && (
          <Select aria-label={t`The queue they go to`} size="xs" allowDeselect={false} data={others.map((each) => ({ value: each.id, label: each.name }))} value={target} onChange={setTarget} data-testid="then-queue" />
        )}
        {refusal !== null && <p className="tone-bad toned" role="alert">{refusal}</p>}
        <div className="row g8">
          <Button className="danger" loading={busy} disabled={then === "overflow" && target === null} onClick={() => void close()} data-testid="close-now"><Trans>Close {queue.name}</Trans></Button>
          <Button variant="default" onClick={onClose}><Trans>Keep it open</Trans></Button>
        </div>
      </div>
    </Modal>
  );
}
