import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect, type RouteComponent } from "@tanstack/react-router";
import type { Role } from "../api/types";
import { has, restoreSession, useSession } from "../stores/session";
import { Away } from "./Away";
import { SCREENS } from "./pages";
import { NotFound } from "./NotFound";
import { recordingSearch, reportSearch } from "../screens/reports/search";
import { casesSearch, chosenSearch, contactsSearch } from "./search";
import { Stopped } from "./Stopped";
import { StaffFrame } from "./StaffFrame";

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

/** Loads a screen's folder when its page is opened. `name` is what its `index.tsx` exports. */
function screen(folder: string, name: string): RouteComponent {
  const load = SCREENS[`../screens/${folder}/index.tsx`];
  if (load === undefined) return NotFound;
  return lazyRouteComponent(load as () => Promise<Record<string, RouteComponent>>, name);
}

/** Lets in who is signed in and has one of the roles; everybody else goes to the front door. */
function only(...roles: Role[]) {
  return async ({ location }: { location: { href: string } }): Promise<void> => {
    const status = useSession.getState().status === "in" ? "in" : await restoreSession();
    if (status === "away") return;
    if (status !== "in") throw redirect({ to: "/", search: { next: location.href } });
    if (!has(useSession.getState().session, ...roles)) throw redirect({ to: "/", search: { refused: location.href } });
  };
}

/** The page itself, or the words for a server that does not answer. */
function guarded(component: RouteComponent): RouteComponent {
  function Guarded() {
    const away = useSession((s) => s.status === "away");
    const Page = component;
    return away ? <Away /> : <Page />;
  }
  // The router loads a page before it draws it, if it can; else React complains about a page that waits while drawn.
  return Object.assign(Guarded, { preload: () => component.preload?.() });
}

const frame = createRoute({ getParentRoute: () => root, id: "staff", component: StaffFrame });

const entry = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: screen("entry", "SignInPage"),
  validateSearch: (search: Record<string, unknown>): { next?: string; refused?: string } => ({
    ...(typeof search.next === "string" && { next: search.next }),
    ...(typeof search.refused === "string" && { refused: search.refused }),
  }),
});

const caller = createRoute({ getParentRoute: () => root, path: "/call", component: screen("caller", "CallerPage") });

/** Plays a number outside the centre, where the server allows it. */
const telephone = createRoute({ getParentRoute: () => root, path: "/telephone", component: screen("telephone", "TelephonePage") });

/** Pages for people who are signed in. Within them the connection, the phone and an open call go on. */
const pages = [
  createRoute({ getParentRoute: () => frame, path: "/check", beforeLoad: only("agent"), component: guarded(screen("entry", "CheckPage")) }),
  createRoute({ getParentRoute: () => frame, path: "/desk", beforeLoad: only("agent"), component: guarded(screen("agent", "DeskPage")) }),
  createRoute({ getParentRoute: () => frame, path: "/floor", beforeLoad: only("supervisor", "operator", "admin"), component: guarded(screen("supervisor", "FloorPage")) }),
  createRoute({ getParentRoute: () => frame, path: "/wall", beforeLoad: only("supervisor", "operator", "admin"), component: guarded(screen("supervisor", "WallPage")) }),
  createRoute({ getParentRoute: () => frame, path: "/cases", validateSearch: casesSearch, beforeLoad: only("agent", "supervisor", "admin"), component: guarded(screen("cases", "CasesPage")) }),
  createRoute({ getParentRoute: () => frame, path: "/cases/$id", validateSearch: casesSearch, beforeLoad: only("agent", "supervisor", "admin"), component: guarded(screen("cases", "CasePage")) }),
  createRoute({ getParentRoute: () => frame, path: "/contacts", validateSearch: contactsSearch, beforeLoad: only("agent", "supervisor", "admin"), component: guarded(screen("cases", "ContactsPage")) }),
  createRoute({ getParentRoute: () => frame, path: "/set-up/queues", validateSearch: chosenSearch, beforeLoad: only("supervisor", "admin"), component: guarded(screen("setup", "QueuesPage")) }),
  createRoute({ getParentRoute: () => frame, path: "/set-up/agents", validateSearch: chosenSearch, beforeLoad: only("supervisor", "admin"), component: guarded(screen("setup", "AgentsPage")) }),
  createRoute({ getParentRoute: () => frame, path: "/set-up/teams", validateSearch: chosenSearch, beforeLoad: only("supervisor", "admin"), component: guarded(screen("setup", "TeamsPage")) }),
  createRoute({ getParentRoute: () => frame, path: "/set-up/skills", validateSearch: chosenSearch, beforeLoad: only("supervisor", "admin"), component: guarded(screen("setup", "SkillsPage")) }),
  createRoute({ getParentRoute: () => frame, path: "/set-up/users", validateSearch: chosenSearch, beforeLoad: only("admin"), component: guarded(screen("setup", "UsersPage")) }),
  createRoute({ getParentRoute: () => frame, path: "/set-up/numbers", validateSearch: chosenSearch, beforeLoad: only("supervisor", "admin"), component: guarded(screen("setup", "NumbersPage")) }),
  createRoute({ getParentRoute: () => frame, path: "/set-up/hours", validateSearch: chosenSearch, beforeLoad: only("supervisor", "admin"), component: guarded(screen("setup", "HoursPage")) }),
  createRoute({ getParentRoute: () => frame, path: "/set-up/outcomes", validateSearch: chosenSearch, beforeLoad: only("supervisor", "admin"), component: guarded(screen("setup", "OutcomesPage")) }),
  createRoute({ getParentRoute: () => frame, path: "/set-up/sounds", validateSearch: chosenSearch, beforeLoad: only("supervisor", "admin"), component: guarded(screen("setup", "SoundsPage")) }),
  createRoute({ getParentRoute: () => frame, path: "/set-up/try", validateSearch: chosenSearch, beforeLoad: only("supervisor", "admin"), component: guarded(screen("setup", "TryChangePage")) }),
  createRoute({ getParentRoute: () => frame, path: "/reports", validateSearch: reportSearch, beforeLoad: only("supervisor", "admin"), component: guarded(screen("reports", "ReportsPage")) }),
  createRoute({ getParentRoute: () => frame, path: "/recordings", validateSearch: recordingSearch, beforeLoad: only("agent", "supervisor", "admin"), component: guarded(screen("reports", "RecordingsPage")) }),
] as const;

const tree = root.addChildren([entry, caller, telephone, frame.addChildren([...pages])]);

export const router = createRouter({ routeTree: tree, defaultPreload: false, defaultErrorComponent: Stopped, scrollRestoration: false });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
