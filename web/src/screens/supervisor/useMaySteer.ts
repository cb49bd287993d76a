import { has, useSession } from "../../stores/session";

/** Operators see the floor; supervisors and administrators act on it. */
export function useMaySteer(): boolean {
  return useSession((s) => has(s.session, "supervisor", "admin"));
}
