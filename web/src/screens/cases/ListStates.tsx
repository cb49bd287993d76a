import { IconAlertTriangle } from "@tabler/icons-react";
import { Button } from "@mantine/core";
import { Trans } from "@lingui/react/macro";
import { ApiError } from "../../api/client";
import { Inline, Skeleton } from "../../components/bits";

const ROWS = ["72%", "56%", "64%", "48%", "70%", "60%"];

/** A list in grey, for what takes longer than a moment (the fade-in waits 300 ms). */
export function ListLoading() {
  return (
    <div className="list-sk" aria-busy="true">
      {ROWS.map((width) => <div key={width}><Skeleton width={width} /><Skeleton width="88%" height={10} /></div>)}
    </div>
  );
}

export function ListFailed({ error, onRetry }: { error: Error; onRetry: () => void }) {
  return (
    <div className="list-none">
      <Inline tone="warn" icon={<IconAlertTriangle size={16} stroke={1.9} aria-hidden />} title={<Trans>The list could not be read</Trans>} action={<Button variant="default" onClick={onRetry}><Trans>Retry</Trans></Button>}>
        {error instanceof ApiError ? error.message : <Trans>The server does not answer.</Trans>}
      </Inline>
    </div>
  );
}
