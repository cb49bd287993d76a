import { Button } from "@mantine/core";
import { Trans } from "@lingui/react/macro";
import { useEffect } from "react";
import { ApiError } from "../../api/client";
import { useDesk } from "../../stores/desk";
import { toast } from "../../stores/toasts";
import { commands, sentenceOf } from "../commands";
import { useReference } from "../queries";

const STAYS_MS = 30_000;

const close = () => useDesk.setState({ declined: null });

/** The reason is asked after the decline, never before; it may be left open. */
export function DeclineReason({ offerId, name }: { offerId: string; name: string }) {
  const reasons = useReference().data?.decline_reasons ?? [];
  useEffect(() => {
    const timer = setTimeout(close, STAYS_MS);
    return () => clearTimeout(timer);
  }, []);
  const tell = (reason: string) => {
    close();
    commands.decline(offerId, reason).catch((error: unknown) => {
      // Too late to be noted is not the agent's concern.
      if (!(error instanceof ApiError && error.status === 409)) toast("bad", sentenceOf(error));
    });
  };
  return (
    <div className="banner note" role="group" aria-label={name} data-testid="decline-reason">
      <span><Trans>You declined <b>{name}</b>. Why?</Trans></span>
      <span className="row g6 wrap grow">
        {reasons.map((r) => <Button key={r.code} variant="default" size="compact-sm" onClick={() => tell(r.code)} data-testid={`decline-${r.code}`}>{r.label}</Button>)}
      </span>
      <Button variant="subtle" size="compact-sm" onClick={close}><Trans>Skip</Trans></Button>
    </div>
  );
}
