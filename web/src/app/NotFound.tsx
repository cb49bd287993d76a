import { Link } from "@tanstack/react-router";
import { IconMapQuestion } from "@tabler/icons-react";
import { Trans } from "@lingui/react/macro";
import { Empty } from "../components/bits";

export function NotFound() {
  return (
    <div className="page-alone">
      <Empty icon={<IconMapQuestion size={28} stroke={1.4} aria-hidden />} title={<Trans>There is no page here</Trans>} action={<Link to="/"><Trans>Go to the front door</Trans></Link>}>
        <Trans>The address may be old or mistyped.</Trans>
      </Empty>
    </div>
  );
}
