import { Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import { ShellSlotsContext } from "../components/slots";
import { AgentBar } from "../desk/AgentBar";
import { AgentHealth } from "../desk/AgentHealth";
import { Announcer } from "../desk/Announcer";
import { Banners } from "../desk/Banners";
import { DeskBand } from "../desk/DeskBand";
import { KeysDialog } from "../desk/KeysDialog";
import { FindButton, Palette } from "../desk/Palette";
import { Toasts } from "../desk/Toasts";
import { useAgentLine, useStaffConnection } from "../desk/useAgentTab";
import { useHappenings } from "../desk/useHappenings";
import { useKeyboard } from "../desk/useKeyboard";
import { useRinging } from "../desk/useRinging";
import { useSignOutAfterCall } from "../desk/useSignOutAfterCall";
import { wasChecked } from "../stores/checked";
import { useLive } from "../stores/live";
import { has, useSession } from "../stores/session";
import { watchSound } from "../stores/sound";

/**
 * Around every page of somebody who is signed in: one connection, one phone, one ring, whatever page is open.
 * Without a session it goes to the front door.
 */
export function StaffFrame() {
  const navigate = useNavigate();
  const session = useSession((s) => s.session);
  const signedOut = useSession((s) => s.status === "out");
  const agent = has(session, "agent");
  const { pathname } = useLocation();

  useStaffConnection();
  useKeyboard(agent);
  useEffect(watchSound, []);
  useEffect(() => {
    if (signedOut) void navigate({ to: "/", search: { next: pathname } });
  }, [signedOut, navigate, pathname]);

  const slots = useMemo(
    () => ({
      bar: agent ? <AgentBar /> : null,
      find: <FindButton />,
      right: agent ? <AgentHealth /> : null,
      banner: <Banners agent={agent} />,
      band: agent ? <DeskBand /> : null,
    }),
    [agent],
  );

  return (
    <ShellSlotsContext value={slots}>
      {agent && <AgentLife userId={session?.user.user_id} />}
      <Outlet />
      <KeysDialog />
      <Palette />
      <Toasts />
    </ShellSlotsContext>
  );
}

/** What runs only for an agent. Where the check was not passed yet, it comes first. */
function AgentLife({ userId }: { userId: string | undefined }) {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const ringing = useLive((s) => s.agent?.offer?.offer_id ?? null);
  const inCall = useLive((s) => (s.agent?.contact ?? null) !== null);
  const checked = wasChecked(userId);

  useAgentLine(checked || inCall || pathname === "/check");
  useRinging();
  useHappenings();
  useSignOutAfterCall();
  useEffect(() => {
    if (ringing !== null && pathname !== "/desk") void navigate({ to: "/desk" });
    // A ring brings the desk to the front once; leaving it again is the person's own wish.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [ringing]);
  return <Announcer />;
}
