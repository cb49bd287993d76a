import { Modal } from "@mantine/core";
import { IconAlertTriangle, IconBellCheck } from "@tabler/icons-react";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Skeleton } from "../../components/bits";
import { sentenceOf } from "../../desk/commands";
import { useLanguage } from "../../i18n";
import { dayOf, spanOf, timeOf } from "../../lib/time";
import { serverNow } from "../../lib/now";
import { isOpen } from "./alerts";
import { titleOf } from "./alertWords";
import { floor } from "./commands";
import type { FloorAlert } from "./types";

/** Alerts of before: how long each lasted, who took it, and what was sent of it. */
export function AlertHistory({ onClose }: { onClose: () => void }) {
  const language = useLanguage((s) => s.language);
  const { data, error } = useQuery({ queryKey: ["floor", "alerts", language], queryFn: ({ signal }) => floor.alerts(signal), staleTime: 0 });
  return (
    <Modal opened onClose={onClose} size={760} title={<span className="t16 b6"><Trans>Past alerts</Trans></span>} data-testid="alert-history-dialog">
      {error !== null && <p className="tone-bad toned" role="alert">{sentenceOf(error)}</p>}
      {data === undefined && error === null && <Skeleton width="100%" height={160} />}
      {data?.alerts.length === 0 && <p className="i2"><Trans>No alert was raised yet.</Trans></p>}
      <ul className="ah-l">{data?.alerts.map((alert) => <Past key={alert.id} alert={alert} language={language} />)}</ul>
    </Modal>
  );
}

function Past({ alert, language }: { alert: FloorAlert; language: string }) {
  const [shown, setShown] = useState(false);
  const opened = alert.opened_at ?? alert.at;
  const lasted = alert.closed_at === null ? null : spanOf((Date.parse(alert.closed_at) - Date.parse(opened)) / 1000);
  const Icon = isOpen(alert) ? IconAlertTriangle : IconBellCheck;
  return (
    <li className={`tone-${alert.tone}`}>
      <button type="button" className="ah-i" aria-expanded={shown} onClick={() => setShown(!shown)}>
        <Icon size={16} stroke={1.9} color="var(--c)" aria-hidden />
        <span className="num i3">{dayOf(opened, serverNow(), language)} {timeOf(opened)}</span>
        <span className="grow cut b5">{titleOf({ ...alert, closed_at: null }, alert.value)}</span>
        <span className="t12 i2">{alert.taken_by}</span>
        <span className="num t12 i2">{lasted ?? <Trans>open</Trans>}</span>
      </button>
      {shown && <Notices alertId={alert.id} />}
    </li>
  );
}

function Notices({ alertId }: { alertId: string }) {
  const { data } = useQuery({ queryKey: ["floor", "notices", alertId], queryFn: ({ signal }) => floor.notices(alertId, signal), staleTime: 0 });
  if (data === undefined) return <Skeleton width="60%" />;
  if (data.length === 0) return <p className="ah-n t12 i3"><Trans>Nothing was sent of it.</Trans></p>;
  return (
    <ul className="ah-n t12">
      {data.map((notice) => (
        <li key={`${notice.notice_id}:${notice.address}`} className="row g8">
          <span>{notice.change}</span>
          <span className="grow cut i2">{notice.address}</span>
          <span className="num i2">
            {notice.delivered_at !== null ? <Trans>delivered {timeOf(notice.delivered_at)}</Trans> : notice.next_at !== null ? <Trans>again at {timeOf(notice.next_at, true)}</Trans> : <Trans>given up</Trans>}
          </span>
          {notice.error !== null && <span className="tone-bad toned">{notice.error}</span>}
        </li>
      ))}
    </ul>
  );
}
