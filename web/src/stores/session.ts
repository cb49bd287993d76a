/** Who is signed in on this page. */
import { create } from "zustand";
import { serverClock } from "../api/clock";
import { ApiError, del, get, post, put, setCsrfToken, setSignedOutHandler } from "../api/client";
import type { Role, Session } from "../api/types";
import { forgetCheck } from "./checked";
import { isLanguage, type Language, readKept, speak } from "../i18n";

export interface SessionStore {
  /** `unknown` until the server was asked; `away` when it gave no answer. */
  status: "unknown" | "in" | "out" | "away";
  session: Session | null;
}

export const useSession = create<SessionStore>(() => ({ status: "unknown", session: null }));

/** Asks the server who this is. Resolves with the status it leaves behind. */
export async function restoreSession(): Promise<SessionStore["status"]> {
  const askedAt = performance.now();
  try {
    take(await get<Session>("/api/session"), askedAt);
  } catch (error) {
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) leave();
    else useSession.setState({ status: "away" });
  }
  return useSession.getState().status;
}

export async function signIn(username: string, password: string): Promise<Session> {
  const askedAt = performance.now();
  const session = await post<Session>("/api/session", { username, password });
  take(session, askedAt);
  return session;
}

/** Ends the session; the agent's line closes with it. Local sign-out happens even when the server is away. */
export async function signOut(): Promise<void> {
  try {
    await del<undefined>("/api/session");
  } finally {
    forgetCheck();
    leave();
  }
}

/** Tells the server the language, so that its own sentences follow. */
export async function chooseSessionLanguage(language: Language): Promise<void> {
  if (useSession.getState().session === null) return;
  const askedAt = performance.now();
  take(await put<Session>("/api/session/language", { language }), askedAt);
}

export function has(session: Session | null, ...roles: Role[]): boolean {
  return session?.user.roles.some((role) => roles.includes(role)) ?? false;
}

export function leave(): void {
  setCsrfToken(null);
  useSession.setState({ status: "out", session: null });
}

function take(session: Session, askedAt: number): void {
  setCsrfToken(session.csrf_token);
  serverClock.set(session.server_time, performance.now() - askedAt, session.clock_rate);
  useSession.setState({ status: "in", session });
  const kept = readKept();
  if (kept === null && isLanguage(session.user.language)) void speak(session.user.language, false);
}

setSignedOutHandler(leave);
