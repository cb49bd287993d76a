import { IconAlertTriangle } from "@tabler/icons-react";
import { Button, Modal, NativeSelect, NumberInput } from "@mantine/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, get, put } from "../../api/client";
import type { Role } from "../../api/types";
import { Inline, Skeleton } from "../../components/bits";
import { useChoices } from "./queries";
import type { ReachName, RecordingSettings } from "./types";

const ROLES: readonly Role[] = ["agent", "supervisor", "operator", "admin"];

/** Who may hear whose recordings, and how long those of each queue are kept. For administrators. */
export function RecordingSettingsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const { data, error } = useQuery({ queryKey: ["recording-settings"], queryFn: ({ signal }) => get<RecordingSettings>("/api/recordings/settings", { signal }), staleTime: 0, gcTime: 0 });
  return (
    <Modal opened onClose={onClose} title={<Trans>Who may hear recordings, and how long they are kept</Trans>} size={560} closeButtonProps={{ "aria-label": t`Close` }}>
      {data ? <Form start={data} onClose={onClose} /> : error ? <Inline tone="bad" icon={<IconAlertTriangle size={16} stroke={1.9} aria-hidden />} title={<Trans>The rules could not be read</Trans>}>{error instanceof ApiError ? error.message : <Trans>The server does not answer.</Trans>}</Inline> : <Skeleton width="100%" height={200} />}
    </Modal>
  );
}

function Form({ start, onClose }: { start: RecordingSettings; onClose: () => void }) {
  const { t } = useLingui();
  const queries = useQueryClient();
  const choices = useChoices();
  const [access, setAccess] = useState(start.access);
  const [days, setDays] = useState<Record<string, number | null>>(Object.fromEntries(start.retention.map((each) => [each.queue_id, each.days ?? null])));
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const names: Record<Role, string> = { agent: t`Agents`, supervisor: t`Supervisors`, operator: t`Operators`, admin: t`Administrators` };
  const reaches: { value: ReachName; label: string }[] = [{ value: "none", label: t`none` }, { value: "own", label: t`their own` }, { value: "team", label: t`their team’s` }, { value: "all", label: t`all` }];
  const queues = [...(choices.data?.queues ?? []), { value: "", name: t`All other queues` }];
  const save = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await put("/api/recordings/settings", { access, retention: Object.entries(days).map(([queue_id, kept]) => ({ queue_id, days: kept })) });
      await queries.invalidateQueries({ queryKey: ["recordings"] });
      await queries.invalidateQueries({ queryKey: ["recording"] });
      onClose();
    } catch (failure) {
      setError(failure instanceof ApiError ? failure.message : t`The server does not answer. Nothing was saved.`);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="rep-f" onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <div className="rep-set">
        {ROLES.map((role) => <NativeSelect key={role} size="xs" label={names[role]} value={access[role] ?? "none"} onChange={(event) => setAccess({ ...access, [role]: event.currentTarget.value as ReachName })} data={reaches} data-testid={`reach-${role}`} />)}
      </div>
      <fieldset className="rep-keep">
        <legend className="t12 i3"><Trans>Days a recording is kept. Empty: without end; a queue without its own days follows the last line.</Trans></legend>
        {queues.map((queue) => (
          <NumberInput key={queue.value} size="xs" label={queue.name} min={1} max={3650} allowDecimal={false} value={days[queue.value] ?? ""} onChange={(value) => setDays(value === "" ? without(days, queue.value) : { ...days, [queue.value]: Number(value) })} data-testid={`keep-${queue.value || "others"}`} />
        ))}
      </fieldset>
      {error !== null && <Inline tone="bad" icon={<IconAlertTriangle size={16} stroke={1.9} aria-hidden />} title={<Trans>Not saved</Trans>}>{error}</Inline>}
      <p className="t12 i3"><Trans>What is over its time is deleted within the hour, and cannot be brought back.</Trans></p>
      <div className="row g6"><Button type="submit" loading={busy}><Trans>Save</Trans></Button></div>
    </form>
  );
}

/** "All other queues" stays, without end; any other queue follows it again. */
function without(days: Record<string, number | null>, queue: string): Record<string, number | null> {
  if (queue === "") return { ...days, "": null };
  return Object.fromEntries(Object.entries(days).filter(([each]) => each !== queue));
}
