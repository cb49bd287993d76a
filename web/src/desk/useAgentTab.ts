/** What makes this tab the agent's desk: it leads, holds the line, and says so with every heartbeat. */
import { useEffect } from "react";
import { create } from "zustand";
import { serverNow } from "../lib/now";
import { watchDevices } from "../stores/devices";
import { claimDesk, leaveDesk, takeDesk, useLeader } from "../stores/leader";
import { beatNow, onNotice, sendLive, setBeatParts, startLive, stopLive, useLive } from "../stores/live";
import { closePhone, openPhone, usePhone } from "../stores/phone";
import { has, leave, useSession } from "../stores/session";

/** Set when another computer became this agent's desk; only the person takes it back. */
const useTakenOver = create<{ taken: boolean }>(() => ({ taken: false }));

/** True in the tab that rings. While the server has not said otherwise, holding the lock is enough. */
export function useIsLeader(): boolean {
  const leadership = useLeader((s) => s.leadership);
  const taken = useTakenOver((s) => s.taken);
  const serverSays = useLive((s) => s.agent?.me.leader ?? true);
  return leadership === "leader" && !taken && serverSays;
}

/**
 * True in the tab that holds the line. What the server says of the leader may flicker while pages come back after a
 * restart; an open call must not.
 */
function useHoldsLine(): boolean {
  const leadership = useLeader((s) => s.leadership);
  const taken = useTakenOver((s) => s.taken);
  return leadership === "leader" && !taken;
}

// In one browser the lock decides: whoever gets it back leads again.
useLeader.subscribe((now, before) => {
  if (now.leadership === "leader" && before.leadership !== "leader") useTakenOver.setState({ taken: false });
});

/** Pages that come back together may be taken for each other for a moment. So long the lock outweighs the notice. */
const SETTLING_MS = 3_000;

function onTakenOver(): void {
  const { status } = useLive.getState();
  const settling = status.state === "open" && serverNow() - status.since < SETTLING_MS;
  if (settling && useLeader.getState().leadership === "leader") sendLive({ type: "take_over" });
  else useTakenOver.setState({ taken: true });
}

/** The person wants to work here. */
export function takeOverHere(): void {
  const agentId = useSession.getState().session?.user.agent_id;
  useTakenOver.setState({ taken: false });
  if (agentId !== undefined && agentId !== null && useLeader.getState().leadership !== "leader") takeDesk(agentId);
  sendLive({ type: "take_over" });
}

/** Connects to the server for as long as somebody is signed in; for an agent, claims the desk first. */
export function useStaffConnection(): void {
  const session = useSession((s) => s.session);
  const leadership = useLeader((s) => s.leadership);
  const agentId = session?.user.roles.includes("agent") === true ? session.user.agent_id : null;
  const supervises = has(session, "supervisor", "operator", "admin");
  const ready = session !== null && (agentId === null || leadership !== "pending");

  useEffect(() => {
    if (agentId === null) return undefined;
    claimDesk(agentId);
    return leaveDesk;
  }, [agentId]);

  useEffect(() => {
    if (!ready) return undefined;
    startLive([...(agentId !== null ? (["agent"] as const) : []), ...(supervises ? (["floor"] as const) : [])]);
    return stopLive;
  }, [ready, agentId, supervises]);

  useEffect(
    () =>
      onNotice((notice) => {
        if (notice.code === "signed_out") leave();
        if (notice.code === "taken_over") onTakenOver();
      }),
    [],
  );
}

/** Heartbeats, and the line: open in the leading tab, closed in all others. `needed`: on the check page or after it. */
export function useAgentLine(needed: boolean): void {
  const holds = useHoldsLine();
  const leadership = useLeader((s) => s.leadership);
  const taken = useTakenOver((s) => s.taken);
  const open = useLive((s) => s.status.state === "open");
  const serverLeader = useLive((s) => s.agent?.me.leader);
  const phone = usePhone((s) => s.state);
  const microphone = usePhone((s) => s.microphone);

  useEffect(() => {
    setBeatParts(() => {
      const { state, microphone: heard, rttMs } = usePhone.getState();
      return {
        phone: state,
        microphone: heard,
        rtt_ms: rttMs,
        visible: document.visibilityState === "visible",
        leader: useLeader.getState().leadership === "leader" && !useTakenOver.getState().taken,
      };
    });
    document.addEventListener("visibilitychange", beatNow);
    const stop = watchDevices();
    return () => {
      document.removeEventListener("visibilitychange", beatNow);
      stop();
    };
  }, []);

  useEffect(beatNow, [phone, microphone, leadership, taken]);

  useEffect(() => {
    if (open && leadership === "leader" && !taken && serverLeader === false) sendLive({ type: "take_over" });
  }, [open, leadership, taken, serverLeader]);

  const wanted = holds && needed;
  useEffect(() => {
    if (!wanted) return undefined;
    void openPhone();
    return closePhone;
  }, [wanted]);
}
