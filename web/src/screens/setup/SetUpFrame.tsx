import { IconFlask } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { Shell } from "../../components/Shell";
import { has, useSession } from "../../stores/session";

export type SetUpPage = "queues" | "agents" | "skills" | "teams" | "users" | "numbers" | "hours" | "outcomes" | "sounds" | "try";

export interface SetUpFrameProps {
  page: SetUpPage;
  /** The page's own part of the top bar, after its title: what is chosen, its version, how many findings. */
  bar?: ReactNode;
  /** Buttons at the right of the top bar. */
  right?: ReactNode;
  children: ReactNode;
}

/** The section "Set up": the page's title, the way to its other pages, and the page. */
export function SetUpFrame({ page, bar, right, children }: SetUpFrameProps) {
  const { t } = useLingui();
  const admin = useSession((s) => has(s.session, "admin"));
  const pages = [
    { key: "queues", label: t`Queues`, to: "/set-up/queues" },
    { key: "agents", label: t`Agents`, to: "/set-up/agents" },
    { key: "teams", label: t`Teams`, to: "/set-up/teams" },
    { key: "skills", label: t`Skills`, to: "/set-up/skills" },
    { key: "users", label: t`Users`, to: "/set-up/users" },
    { key: "numbers", label: t`Numbers`, to: "/set-up/numbers" },
    { key: "hours", label: t`Hours`, to: "/set-up/hours" },
    { key: "outcomes", label: t`Outcomes and reasons`, to: "/set-up/outcomes" },
    { key: "sounds", label: t`Sounds`, to: "/set-up/sounds" },
  ] as const;
  const title = page === "try" ? t`Try a change` : (pages.find((each) => each.key === page)?.label ?? "");
  return (
    <Shell active="setup" bar={<><h1 className="tb-title">{title}</h1>{bar}</>} right={right}>
      <nav className="setup-nav" aria-label={t`Set up`}>
        {pages
          .filter((each) => admin || each.key !== "users")
          .map((each) => (
            <Link key={each.key} to={each.to} className={each.key === page ? "on" : ""} aria-current={each.key === page ? "page" : undefined}>
              {each.label}
            </Link>
          ))}
        <Link to="/set-up/try" className={`push row g6 ${page === "try" ? "on" : ""}`} aria-current={page === "try" ? "page" : undefined}>
          <IconFlask size={14} stroke={1.8} aria-hidden />
          {t`Try a change`}
        </Link>
      </nav>
      {children}
    </Shell>
  );
}
