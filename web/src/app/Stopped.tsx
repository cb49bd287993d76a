import { Button } from "@mantine/core";
import { IconBug } from "@tabler/icons-react";
import { Trans } from "@lingui/react/macro";
import { Empty } from "../components/bits";

/** A fault of ours in one page. The line lives outside it, so an open call goes on while the page is loaded again. */
export function Stopped({ error }: { error: unknown }) {
  return (
    <div className="page-alone" role="alert" data-testid="stopped">
      <Empty icon={<IconBug size={28} stroke={1.4} aria-hidden />} title={<Trans>This page has stopped</Trans>} action={<Button onClick={() => location.reload()}><Trans>Load it again</Trans></Button>}>
        <Trans>An open call goes on, and you are back in it after loading. The cause, for whoever looks after Patchbay:</Trans>{" "}
        <span className="i3">{error instanceof Error ? error.message : String(error)}</span>
      </Empty>
    </div>
  );
}
