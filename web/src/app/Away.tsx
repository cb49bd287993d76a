import { Button } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { Trans } from "@lingui/react/macro";
import { useEffect } from "react";
import { Empty } from "../components/bits";
import { restoreSession } from "../stores/session";

const AGAIN_MS = 3_000;

/** The page was opened while the server was away: it asks again by itself. */
export function Away() {
  useEffect(() => {
    const timer = setInterval(() => void restoreSession(), AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="page-alone" role="alert">
      <Empty icon={<IconPlugConnectedX size={28} stroke={1.4} aria-hidden />} title={<Trans>The server does not answer</Trans>} action={<Button onClick={() => void restoreSession()}><Trans>Try now</Trans></Button>}>
        <Trans>This page asks again every 3 s. A call that was open goes on; you are back in it as soon as the server answers.</Trans>
      </Empty>
    </div>
  );
}
