import { msg } from "@lingui/core/macro";
import type { MessageDescriptor } from "@lingui/core";
import type { ReactNode } from "react";
import type { Tone } from "./bits";

/**
 * The jack: one ring, eight shapes. Shape carries the state, colour repeats it, text names it.
 * Read as a patch panel: an empty ring can be plugged, a filled one is in use, a broken one is not wired.
 */
export type State = "available" | "ringing" | "live" | "hold" | "acw" | "notready" | "unreachable" | "signedout";

export const STATE: Record<State, { tone: Tone; label: MessageDescriptor }> = {
  available: { tone: "ok", label: msg`Available` },
  ringing: { tone: "ring", label: msg`Ringing` },
  live: { tone: "live", label: msg`On contact` },
  hold: { tone: "warn", label: msg`On hold` },
  acw: { tone: "acw", label: msg`Wrap-up` },
  notready: { tone: "off", label: msg`Not ready` },
  unreachable: { tone: "bad", label: msg`Unreachable` },
  signedout: { tone: "off", label: msg`Signed out` },
};

/** The jack for a state as the wire names it. */
export const JACK_OF = {
  available: "available",
  ringing: "ringing",
  on_contact: "live",
  hold: "hold",
  acw: "acw",
  not_ready: "notready",
  unreachable: "unreachable",
  signed_out: "signedout",
} as const satisfies Record<string, State>;

const mark: Record<State, ReactNode> = {
  available: <circle cx="8" cy="8" r="5.2" strokeWidth="2.2" />,
  ringing: (
    <>
      <circle cx="8" cy="8" r="2.6" fill="currentColor" stroke="none" />
      <path d="M3.6 4.2a5.8 5.8 0 0 0 0 7.6M12.4 4.2a5.8 5.8 0 0 1 0 7.6" strokeWidth="1.8" />
    </>
  ),
  live: (
    <>
      <circle cx="8" cy="8" r="6.2" strokeWidth="1.5" />
      <circle cx="8" cy="8" r="3.6" fill="currentColor" stroke="none" />
    </>
  ),
  hold: (
    <>
      <circle cx="8" cy="8" r="6.2" strokeWidth="1.5" />
      <path d="M6.3 5.6v4.8M9.7 5.6v4.8" strokeWidth="1.9" />
    </>
  ),
  acw: (
    <>
      <circle cx="8" cy="8" r="6.2" strokeWidth="1.5" />
      <path d="M8 4.4a3.6 3.6 0 0 1 0 7.2z" fill="currentColor" stroke="none" />
    </>
  ),
  notready: (
    <>
      <circle cx="8" cy="8" r="6.2" strokeWidth="1.5" />
      <path d="M5.2 8h5.6" strokeWidth="1.9" />
    </>
  ),
  unreachable: (
    <>
      <circle cx="8" cy="8" r="6.2" strokeWidth="1.5" strokeDasharray="3 2.4" />
      <path d="m5.9 5.9 4.2 4.2M10.1 5.9l-4.2 4.2" strokeWidth="1.8" />
    </>
  ),
  signedout: <circle cx="8" cy="8" r="5.6" strokeWidth="1.4" strokeDasharray="2.2 2.2" />,
};

export function StateGlyph({ state, size = 16, inherit = false }: { state: State; size?: number; inherit?: boolean }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeLinecap="round"
      aria-hidden
      style={inherit ? undefined : { color: `var(--${STATE[state].tone})` }}
    >
      {mark[state]}
    </svg>
  );
}
