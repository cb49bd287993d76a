import { Link } from "@tanstack/react-router";
import { Trans } from "@lingui/react/macro";
import { has, useSession } from "../../stores/session";

/** Between the two pages of this section; who may open only one sees its title. */
export function PageTabs({ on }: { on: "reports" | "recordings" }) {
  const session = useSession((s) => s.session);
  if (!has(session, "supervisor", "admin")) return <><span className="tb-title"><Trans>Recordings</Trans></span><span className="tb-sep" /></>;
  return (
    <>
      <nav className="rep-tabs row g4">
        <Link to="/reports" search={{}} className={on === "reports" ? "on" : ""} aria-current={on === "reports" ? "page" : undefined}><Trans>Intervals</Trans></Link>
        <Link to="/recordings" search={{}} className={on === "recordings" ? "on" : ""} aria-current={on === "recordings" ? "page" : undefined}><Trans>Recordings</Trans></Link>
      </nav>
      <span className="tb-sep" />
    </>
  );
}
