import { IconAlertTriangle, IconDownload, IconFileText, IconLock, IconLockOpen, IconShieldLock } from "@tabler/icons-react";
import { Button, Modal, TextInput } from "@mantine/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { ApiError, get, put } from "../../api/client";
import { Inline, Skeleton } from "../../components/bits";
import { useLanguage } from "../../i18n";
import { useNow } from "../../lib/now";
import { localeOf, timeOf } from "../../lib/time";
import { RecordingPlayer } from "../cases/RecordingPlayer";
import { momentOf } from "../cases/words";
import { download } from "./download";
import { RatingPane } from "./RatingPane";
import type { RecordingDetail } from "./types";

/** One recording: who with whom, the player with both sides, its moments, and what it was found to be. */
export function RecordingDetails({ recordingId }: { recordingId: string }) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["recording", recordingId, useLanguage((s) => s.language)],
    queryFn: ({ signal }) => get<RecordingDetail>(`/api/recordings/${recordingId}`, { signal }),
    staleTime: 0,
  });
  if (isPending) return <div className="adm-main rec-load" aria-busy="true"><Skeleton width="40%" height={22} /><Skeleton width="60%" /><Skeleton width="100%" height={180} /></div>;
  if (data === undefined) {
    return (
      <div className="adm-main"><div className="list-none">
        <Inline tone="warn" icon={<IconAlertTriangle size={16} stroke={1.9} aria-hidden />} title={<Trans>This recording cannot be shown</Trans>} action={<Button variant="default" onClick={() => void refetch()}><Trans>Retry</Trans></Button>}>
          {error instanceof ApiError ? <Trans>It does not exist, or your role may not hear it.</Trans> : <Trans>The server does not answer.</Trans>}
        </Inline>
      </div></div>
    );
  }
  return <Details detail={data} />;
}

function Details({ detail }: { detail: RecordingDetail }) {
  const [asking, setAsking] = useState<"download" | "hold" | null>(null);
  const { who, agent_name: agent, case_number: number } = detail;
  const sides = { caller: firstOf(who), agent: detail.message ? "–" : firstOf(agent) };
  const recording = { recording_id: detail.recording_id, started_at: detail.started_at, duration_s: detail.duration_s, state: detail.state === "expired" ? ("failed" as const) : detail.state };
  return (
    <div className="adm-main" data-testid="recording-detail">
      <header className="ch rec-h">
        <div className="row g6">
          <h1 className="t20 cut grow">{detail.message ? <Trans>Message of {who}</Trans> : <Trans>{who} with {agent}</Trans>}</h1>
          {number !== null && <Button variant="default" leftSection={<IconFileText size={15} stroke={1.8} />} renderRoot={(props) => <Link to="/cases" search={{ q: String(number) }} {...props} />}>#{number}</Button>}
          {detail.may_hold && detail.state === "ready" && <HoldButton detail={detail} onAsk={() => setAsking("hold")} />}
          {detail.state === "ready" && <Button variant="default" leftSection={<IconDownload size={15} stroke={1.8} />} onClick={() => setAsking("download")} data-testid="export"><Trans>Export with reason</Trans></Button>}
        </div>
        <Meta detail={detail} />
      </header>
      <div className="scroll grow">
        {detail.state === "expired" ? (
          <div className="rec-p"><Inline tone="off" icon={<IconShieldLock size={16} stroke={1.9} aria-hidden />} title={<Trans>Its time is over</Trans>}><Trans>It was kept as long as its queue asks, and then deleted. Who heard it before stands below.</Trans></Inline></div>
        ) : (
          <RecordingPlayer recording={recording} events={detail.events} sides={sides} beside={<RatingPane detail={detail} />} />
        )}
        {detail.state === "expired" && <RatingPane detail={detail} />}
      </div>
      {asking !== null && <Reason what={asking} detail={detail} onClose={() => setAsking(null)} />}
    </div>
  );
}

/** A person's first name; a number stays whole. */
function firstOf(name: string): string {
  return /^[\d+\s]+$/.test(name) ? name : (name.split(" ")[0] ?? name);
}

function Meta({ detail }: { detail: RecordingDetail }) {
  const language = useLanguage((s) => s.language);
  const from = momentOf(detail.started_at, useNow(60_000), language);
  const to = detail.ended_at === null ? null : timeOf(detail.ended_at);
  const until = detail.kept_until === null ? null : new Date(detail.kept_until).toLocaleDateString(localeOf(language), { day: "numeric", month: "short", year: "numeric" });
  const parts: ReactNode[] = [
    detail.queue_name,
    to === null ? from : <Trans key="m">{from} to {to}</Trans>,
    detail.outcome,
    detail.held ? <Trans key="h">kept beyond its time: {detail.held_why}</Trans> : until === null ? <Trans key="k">kept without end</Trans> : <Trans key="u">kept until {until}</Trans>,
  ];
  return <div className="row g6 t12 i3 num rec-meta">{parts.filter((part) => part !== "").map((part, i) => <span key={i} className={i === 0 ? "" : "dot3"}>{part}</span>)}</div>;
}

function HoldButton({ detail, onAsk }: { detail: RecordingDetail; onAsk: () => void }) {
  const queries = useQueryClient();
  const release = async (): Promise<void> => {
    await put(`/api/recordings/${detail.recording_id}/hold`, { on: false, reason: "" });
    await queries.invalidateQueries({ queryKey: ["recording", detail.recording_id] });
  };
  return detail.held ? (
    <Button variant="default" leftSection={<IconLockOpen size={15} stroke={1.8} />} onClick={() => void release()} data-testid="release"><Trans>Release</Trans></Button>
  ) : (
    <Button variant="default" leftSection={<IconLock size={15} stroke={1.8} />} onClick={onAsk} data-testid="hold-recording"><Trans>Keep</Trans></Button>
  );
}

/** Why it leaves the house, or is kept beyond its time: without a reason neither happens. */
function Reason({ what, detail, onClose }: { what: "download" | "hold"; detail: RecordingDetail; onClose: () => void }) {
  const { t } = useLingui();
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const go = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      if (what === "download") await download(detail.recording_id, reason.trim());
      else await put(`/api/recordings/${detail.recording_id}/hold`, { on: true, reason: reason.trim() });
      await queries.invalidateQueries({ queryKey: ["recording", detail.recording_id] });
      onClose();
    } catch (failure) {
      setError(failure instanceof ApiError ? failure.message : t`The server does not answer. Try again.`);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={what === "download" ? <Trans>Export with reason</Trans> : <Trans>Keep beyond its time</Trans>} closeButtonProps={{ "aria-label": t`Close` }}>
      <form className="rep-f" onSubmit={(event) => { event.preventDefault(); void go(); }}>
        <p className="i2">{what === "download" ? <Trans>The file leaves Patchbay. Your name, the time and this reason are written down.</Trans> : <Trans>It is not deleted until somebody releases it. Your name, the time and this reason are written down.</Trans>}</p>
        <TextInput label={t`Reason`} value={reason} onChange={(event) => setReason(event.currentTarget.value)} minLength={3} maxLength={300} required data-autofocus data-testid="reason" />
        {error !== null && <Inline tone="bad" icon={<IconAlertTriangle size={16} stroke={1.9} aria-hidden />} title={<Trans>Not done</Trans>}>{error}</Inline>}
        <div className="row g6"><Button type="submit" loading={busy} disabled={reason.trim().length < 3}>{what === "download" ? <Trans>Export</Trans> : <Trans>Keep</Trans>}</Button></div>
      </form>
    </Modal>
  );
}
