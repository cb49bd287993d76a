import { Menu } from "@mantine/core";
import { IconAddressBook, IconChartBar, IconHeadset, IconInbox, IconLayoutGrid, IconLogout, IconSettings } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, use } from "react";
import { allowedPages, type PageKey } from "../app/pages";
import { LanguageSwitch } from "../i18n/LanguageSwitch";
import { attempt, commands } from "../desk/commands";
import { useLive, useServerThere } from "../stores/live";
import { chooseSessionLanguage, signOut, useSession } from "../stores/session";
import { Avatar } from "./bits";
import { Mark } from "./Mark";
import { SchemeSwitch } from "./SchemeSwitch";
import { ShellSlotsContext } from "./slots";

export interface ShellProps {
  active: PageKey;
  /** The screen's own part of the top bar, after the agent's state. */
  bar?: ReactNode;
  /** What stands at the right of the top bar, before the switches. */
  right?: ReactNode;
  banner?: ReactNode;
  children: ReactNode;
}

/** Rail (52) + top bar (44) + content. An open call and a lost connection show on every page. */
export function Shell({ active, bar, right, banner, children }: ShellProps) {
  const slots = use(ShellSlotsContext);
  return (
    <div className="shell">
      <Rail active={active} />
      <div className="shell-main">
        <header className="topbar">
          {slots.bar}
          {bar}
          <span className="grow" />
          {right}
          {slots.find}
          {slots.right}
          <SchemeSwitch />
        </header>
        {slots.banner}
        {banner}
        {slots.band}
        <main className="content">{children}</main>
      </div>
    </div>
  );
}

/** Only pages that exist and that this person may open. */
function Rail({ active }: { active: PageKey }) {
  const { t } = useLingui();
  const session = useSession((s) => s.session);
  const pages = {
    desk: { icon: IconHeadset, label: t`Desk`, to: "/desk" },
    cases: { icon: IconInbox, label: t`Cases`, to: "/cases" },
    floor: { icon: IconLayoutGrid, label: t`Floor`, to: "/floor" },
    contacts: { icon: IconAddressBook, label: t({ message: "Contacts", context: "rail, at most nine letters" }), to: "/contacts" },
    reports: { icon: IconChartBar, label: t({ message: "Reports", context: "rail, at most nine letters" }), to: "/reports" },
    setup: { icon: IconSettings, label: t({ message: "Set up", context: "rail, at most nine letters" }), to: "/set-up/queues" },
  } as const;
  return (
    <nav className="rail" aria-label={t`Main`}>
      <Mark />
      {allowedPages(session).map((key) => {
        const page = pages[key];
        return (
          <Link key={key} to={page.to} className={`rail-i ${key === active ? "on" : ""}`} aria-current={key === active ? "page" : undefined}>
            <page.icon size={20} stroke={1.6} aria-hidden />
            <span>{page.label}</span>
          </Link>
        );
      })}
      <span className="grow" />
      <Person />
    </nav>
  );
}

function Person() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const user = useSession((s) => s.session?.user);
  const there = useServerThere();
  const me = useLive((s) => s.agent?.me ?? null);
  const open = useLive((s) => (s.agent?.contact ?? null) !== null);
  // A call is never cut off by this menu: the person leaves when it and its wrap-up are over.
  const busy = open || me?.state === "ringing";
  if (!user) return null;
  const asked = busy && me?.next_state === "signed_out";
  const leave = () => {
    if (busy) void attempt(() => commands.setState("signed_out"));
    else void signOut().finally(() => void navigate({ to: "/" }));
  };
  return (
    <Menu position="right-end" width={220}>
      <Menu.Target>
        <button type="button" aria-label={t`${user.initials}, ${user.name}: language and sign out`} data-testid="person-menu">
          <Avatar initials={user.initials} tone="live" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{user.name}</Menu.Label>
        <div className="menu-row">
          <LanguageSwitch onChosen={(language) => void chooseSessionLanguage(language)} />
        </div>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={15} stroke={1.7} aria-hidden />} onClick={leave} disabled={busy && (asked || !there)} data-testid="sign-out">
          {busy ? <Trans>Sign out after this call</Trans> : <Trans>Sign out</Trans>}
        </Menu.Item>
        {busy && <p className="menu-note t12 i3">{asked ? <Trans>You are signed out when this call and its wrap-up are over.</Trans> : <Trans>The call and its wrap-up go on until they are over.</Trans>}</p>}
      </Menu.Dropdown>
    </Menu>
  );
}
