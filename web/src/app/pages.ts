/** Which pages exist and who may open them. */
import type { Role, Session } from "../api/types";

export type PageKey = "desk" | "cases" | "floor" | "contacts" | "reports" | "setup";

export const SCREENS: Record<string, () => Promise<unknown>> = import.meta.glob("../screens/*/index.tsx");

export function screenExists(folder: string): boolean {
  return `../screens/${folder}/index.tsx` in SCREENS;
}

const PAGES: readonly { key: PageKey; folder: string; roles: readonly Role[] }[] = [
  { key: "desk", folder: "agent", roles: ["agent"] },
  { key: "cases", folder: "cases", roles: ["agent", "supervisor", "admin"] },
  { key: "floor", folder: "supervisor", roles: ["supervisor", "operator", "admin"] },
  { key: "contacts", folder: "cases", roles: ["agent", "supervisor", "admin"] },
  { key: "reports", folder: "reports", roles: ["supervisor", "admin"] },
  { key: "setup", folder: "setup", roles: ["supervisor", "admin"] },
];

export function allowedPages(session: Session | null): PageKey[] {
  const roles = session?.user.roles ?? [];
  return PAGES.filter((page) => screenExists(page.folder) && page.roles.some((role) => roles.includes(role))).map((page) => page.key);
}

/** Where somebody lands after signing in. */
export function homeOf(session: Session): "/check" | "/floor" {
  const { roles } = session.user;
  return roles.includes("agent") ? "/check" : "/floor";
}
