import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import type { AgentSelf } from "../api/types";
import { useLive } from "../stores/live";
import { flushNote, useNote } from "../stores/note";
import { signOut } from "../stores/session";
import { useIsLeader } from "./useAgentTab";

const BUSY: readonly (AgentSelf["state"] | null)[] = ["ringing", "on_contact", "acw"];

/** "Sign out after this call": once the call and its wrap-up are over, the session ends too. */
export function useSignOutAfterCall(): void {
  const navigate = useNavigate();
  const leads = useIsLeader();
  const state = useLive((s) => s.agent?.me.state ?? null);
  const before = useRef(state);
  useEffect(() => {
    const wasBusy = BUSY.includes(before.current);
    // Nothing known for a moment, as while the server is away, is not another state.
    if (state !== null) before.current = state;
    if (state !== "signed_out" || !wasBusy || !leads) return;
    void leave().finally(() => void navigate({ to: "/" }));
  }, [state, leads, navigate]);
}

async function leave(): Promise<void> {
  const { draft } = useNote.getState();
  if (draft !== null) await flushNote(draft.contactId);
  // Where the server does not answer, this page is signed out all the same.
  await signOut().catch(() => undefined);
}
