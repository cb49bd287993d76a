import { Button, NumberInput, Progress, Select } from "@mantine/core";
import { IconDownload, IconFlask, IconPlayerPlay, IconPlayerStop } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { attempt, sentenceOf } from "../../desk/commands";
import { Chip, Empty, Inline, Section, Skeleton } from "../../components/bits";
import { useLanguage } from "../../i18n";
import { localeOf } from "../../lib/time";
import { useServerThere } from "../../stores/live";
import "../../styles/try.css";
import { SetUpFrame } from "./SetUpFrame";
import { TryEdits } from "./TryEdits";
import { TryOutcome } from "./TryOutcome";
import { ask, changeOf, type Edit, OPEN, type TryGround, type TryView } from "./tries";

const FOLLOW_MS = 400;
const SEED = 4471;
const OTHERS = 6;

/** A day that was, under rules that might be. Nothing here reaches a caller. */
export function TryChangePage() {
  const { t } = useLingui();
  const ground = useQuery({ queryKey: ["try", "ground"], queryFn: ({ signal }) => ask.ground(signal), staleTime: 30_000 });
  const tries = useQuery({
    queryKey: ["try", "all"],
    queryFn: ({ signal }) => ask.all(signal),
    refetchInterval: (query) => (query.state.data?.tries.some((each) => OPEN.has(each.state)) ? FOLLOW_MS : false),
  });
  const client = useQueryClient();
  const [edits, setEdits] = useState<Edit[]>([]);
  const [editsOf, setEditsOf] = useState<Readonly<Record<string, Edit[]>>>({});
  const [day, setDay] = useState<string | null>(null);
  const [seed, setSeed] = useState<number | string>(SEED);
  const [shownId, setShownId] = useState<string | null>(null);
  const there = useServerThere();
  const all = tries.data?.tries ?? [];
  const shown = all.find((each) => each.try_id === shownId) ?? all[0];
  const running = all.find((each) => OPEN.has(each.state));
  const chosenDay = day ?? ground.data?.days[0]?.day ?? null;
  const run = (): void => {
    if (ground.data === undefined || chosenDay === null) return;
    const asked = { change: changeOf(edits, ground.data), day: chosenDay, seed: Number(seed) || 0, others: OTHERS };
    void attempt(async () => {
      const started = await ask.start(asked);
      setShownId(started.try_id);
      setEditsOf((before) => ({ ...before, [started.try_id]: edits }));
      await client.invalidateQueries({ queryKey: ["try", "all"] });
    });
  };
  const show = (tryId: string): void => {
    setShownId(tryId);
    setEdits(editsOf[tryId] ?? []);
  };
  const stop = (tryId: string): void => {
    void attempt(async () => {
      await ask.cancel(tryId);
      await client.invalidateQueries({ queryKey: ["try", "all"] });
    });
  };
  const number = shown === undefined ? 0 : all.length - all.indexOf(shown);
  return (
    <SetUpFrame
      page="try"
      bar={
        <>
          {shown !== undefined && <Chip><Trans>Try {number}</Trans></Chip>}
          <span className="t12 i3 nowrap cut"><Trans>Nothing here reaches a caller</Trans></span>
        </>
      }
      right={
        <>
          {shown?.result && <Took result={shown.result} />}
          {edits.length > 0 && ground.data !== undefined && <Save edits={edits} ground={ground.data} />}
          {running === undefined ? (
            <Button onClick={run} disabled={!there || edits.length === 0 || chosenDay === null || ground.data === undefined} leftSection={<IconPlayerPlay size={15} stroke={1.8} aria-hidden />} data-testid="try-run"><Trans>Run the day</Trans></Button>
          ) : (
            <Button variant="default" onClick={() => stop(running.try_id)} leftSection={<IconPlayerStop size={15} stroke={1.8} aria-hidden />} data-testid="try-stop"><Trans>Stop</Trans></Button>
          )}
        </>
      }
    >
      <div className="try">
        <aside className="try-l scroll" aria-label={t`The change and the day`}>
          {ground.error !== null && ground.data === undefined && <p className="sec tone-bad toned" role="alert">{sentenceOf(ground.error)}</p>}
          {ground.data === undefined && ground.error === null && <div className="sec"><Skeleton width="80%" height={40} /></div>}
          {ground.data !== undefined && (
            <>
              <TryEdits key={shown?.try_id} edits={edits} tried={edits.length === 0 && tries.data !== undefined ? (shown?.changed ?? []) : []} ground={ground.data} onChange={setEdits} />
              <TheDay ground={ground.data} day={chosenDay} onDay={setDay} seed={seed} onSeed={setSeed} />
            </>
          )}
          {shown !== undefined && <HowSure shown={shown} />}
          {all.length > 0 && <SoFar tries={all} shown={shown} onShow={show} />}
        </aside>
        <div className="try-m scroll">
          {running !== undefined && (
            <div className="try-p" role="status">
              <Progress value={Math.round(running.progress * 100)} size="sm" aria-label={t`How far the day is`} />
            </div>
          )}
          <Main shown={shown} days={ground.data?.days.length ?? 1} />
        </div>
      </div>
    </SetUpFrame>
  );
}

function Main({ shown, days }: { shown: TryView | undefined; days: number }) {
  if (shown?.result) return <TryOutcome key={shown.try_id} result={shown.result} />;
  if (shown !== undefined && OPEN.has(shown.state)) {
    return <div className="try-none"><Empty icon={<IconFlask size={28} stroke={1.4} aria-hidden />} title={<Trans>The day runs, twice</Trans>}><Trans>Once as it was, once as changed, with the same callers.</Trans></Empty></div>;
  }
  if (shown?.state === "failed") {
    return <div className="try-none"><Inline tone="bad" icon={<IconFlask size={18} stroke={1.6} aria-hidden />} title={<Trans>This try came to nothing</Trans>}>{shown.trouble}</Inline></div>;
  }
  return (
    <div className="try-none">
      <Empty icon={<IconFlask size={28} stroke={1.4} aria-hidden />} title={days === 0 ? <Trans>No day to try it on yet</Trans> : <Trans>Nothing tried yet</Trans>}>
        {days === 0 ? <Trans>A day can be chosen here once it is over and somebody has called.</Trans> : <Trans>Say on the left what should differ, then run a recorded day with it.</Trans>}
      </Empty>
    </div>
  );
}

function Took({ result }: { result: NonNullable<TryView["result"]> }) {
  const seconds = result.seconds.toFixed(1);
  return <span className="t12 i3 num nowrap"><Plural value={result.contacts} one="# contact" other="# contacts" />, <Trans>twice, in {seconds} s</Trans></span>;
}

/** The change as a file that `patchbay simulate --change` reads (JSON is YAML). */
function Save({ edits, ground }: { edits: readonly Edit[]; ground: TryGround }) {
  const save = (): void => {
    const url = URL.createObjectURL(new Blob([JSON.stringify(changeOf(edits, ground), null, 2)], { type: "application/yaml" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = "change.yaml";
    link.click();
    URL.revokeObjectURL(url);
  };
  return <Button variant="default" onClick={save} leftSection={<IconDownload size={15} stroke={1.8} aria-hidden />}><Trans>Save as a file</Trans></Button>;
}

function TheDay({ ground, day, onDay, seed, onSeed }: { ground: TryGround; day: string | null; onDay: (day: string | null) => void; seed: number | string; onSeed: (seed: number | string) => void }) {
  const { t } = useLingui();
  const language = useLanguage((s) => s.language);
  const chosen = ground.days.find((each) => each.day === day);
  const people = chosen?.people ?? 0;
  const nameOf = (date: string): string => new Date(`${date}T12:00:00Z`).toLocaleDateString(localeOf(language), { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
  return (
    <Section title={<Trans>The day</Trans>}>
      <Select
        size="xs"
        label={t`Callers`}
        data={ground.days.map((each) => ({ value: each.day, label: t`${nameOf(each.day)}, as recorded` }))}
        value={day}
        onChange={onDay}
        allowDeselect={false}
        placeholder={t`No day is recorded yet`}
        data-testid="try-day"
      />
      <div className="form-2 wide">
        <div>
          <span className="try-lab"><Trans>People</Trans></span>
          <p className="try-val num"><Trans>As they were, {people}</Trans></p>
        </div>
        <NumberInput size="xs" label={t`Seed`} value={seed} onChange={onSeed} min={0} max={2_147_483_647} allowDecimal={false} hideControls />
      </div>
      <p className="t12 i3 try-note"><Trans>Same callers, same patience, same handle times on both sides. Only the rules differ.</Trans></p>
    </Section>
  );
}

function HowSure({ shown }: { shown: TryView }) {
  const sure = shown.result?.sure ?? null;
  if (sure === null && !(shown.state === "running" && shown.result)) return null;
  return (
    <Section title={<Trans>How sure</Trans>}>
      <p className="i2 num" data-testid="try-sure">{sure === null ? <Trans>Other seeds are being run.</Trans> : sure.sentence}</p>
    </Section>
  );
}

function SoFar({ tries, shown, onShow }: { tries: readonly TryView[]; shown: TryView | undefined; onShow: (tryId: string) => void }) {
  return (
    <Section title={<Trans>Tries so far</Trans>}>
      <table className="mt num" data-testid="tries">
        <tbody>
          {tries.map((each, i) => (
            <tr key={each.try_id} className={each === shown ? "hl" : ""}>
              <td className="i3 try-no">{tries.length - i}</td>
              <td className="cut"><button type="button" className="link plain cut" title={each.changed.join("; ")} onClick={() => onShow(each.try_id)}>{each.changed.join(", ")}</button></td>
              <td className="r b6"><Level of={each} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

function Level({ of }: { of: TryView }) {
  const queue = of.result?.queues.find((each) => each.queue_id === of.result?.focus);
  const level = queue?.service_level_after;
  if (level !== undefined && level !== null) return <>{(level * 100).toFixed(1)}%</>;
  if (OPEN.has(of.state)) return <>{Math.round(of.progress * 100)}%</>;
  return of.state === "cancelled" ? <span className="i3"><Trans>stopped</Trans></span> : <span className="i3">–</span>;
}
