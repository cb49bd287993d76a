import type { ReactNode } from "react";

/** The caller's column: the centre's name, one thing at the right of it, then the page. */
export function Frame({ centre, right, tone = "plain", state, children }: {
  centre: string;
  right?: ReactNode;
  /** Colour of the call's state, as on the agent's band. */
  tone?: "plain" | "live" | "hold";
  /** State as the wire names it, or this page's own before and after a call. */
  state: string;
  children: ReactNode;
}) {
  return (
    <div className={`cp ${tone === "plain" ? "" : `live ${tone}`}`} data-testid="status" data-state={state}>
      <header className="cp-top">
        <span className="cp-logo" aria-hidden>
          <svg width="22" height="22" viewBox="0 0 22 22">
            <path d="M11 2c4 5 6 7.6 6 11a6 6 0 0 1-12 0c0-3.4 2-6 6-11z" fill="currentColor" />
          </svg>
        </span>
        <b>{centre}</b>
        <span className="push">{right}</span>
      </header>
      <main className="cp-body">{children}</main>
    </div>
  );
}
