import { IconPlugConnectedX } from "@tabler/icons-react";
import { Trans } from "@lingui/react/macro";
import { useTicking } from "../../lib/now";
import { clockOf, timeOf } from "../../lib/time";
import { useLive } from "../../stores/live";

/** Whether the figures are of this second; else since when they are not. */
export function LiveWord() {
  const status = useLive((s) => s.status);
  if (status.state === "lost") return <Stale lostAt={status.lostAt} />;
  if (status.state !== "open") return <span className="t12 i3 nowrap" data-testid="live"><Trans>Connecting</Trans></span>;
  return <span className="t12 i3 nowrap row g6 livew tone-ok" data-testid="live"><i aria-hidden /><Trans>Live</Trans></span>;
}

function Stale({ lostAt }: { lostAt: number }) {
  const at = timeOf(lostAt, true);
  const ago = useTicking((now) => clockOf((now - lostAt) / 1000));
  return (
    <span className="t12 nowrap row g6 toned tone-bad b6 num" role="status" data-testid="live">
      <IconPlugConnectedX size={15} stroke={1.8} aria-hidden />
      <Trans>Not live: as of {at}, {ago} ago</Trans>
    </span>
  );
}
