import { IconShieldCheck } from "@tabler/icons-react";
import { useLingui } from "@lingui/react/macro";
import { createContext, type ReactNode, type MouseEvent, useCallback, useContext, useLayoutEffect, useMemo, useState } from "react";
import { ClickGuard } from "../lib/guard";

export type BandKind = "live" | "ring" | "hold" | "acw" | "quiet";

const GuardContext = createContext<ClickGuard>(new ClickGuard());

/**
 * The band: the one loud surface in the product. It exists while a line is open, and its colour is the call's state.
 * Left: who. Middle: what is happening. Right: what can be done. The three never change places.
 *
 * `shows` names what its controls belong to. For half a second after it changes they do nothing, so that the second
 * half of a double click never hits what has just appeared under it.
 */
export function Band({ kind, state, shows, label, who, status, actions, more }: {
  kind: BandKind;
  /** What `data-state` says; the kind when left out. */
  state?: string;
  shows: string;
  label?: string;
  who: ReactNode;
  status: ReactNode;
  actions: ReactNode;
  /** Facts, a line that runs out. */
  more?: ReactNode;
}) {
  const { t } = useLingui();
  const [guard] = useState(() => new ClickGuard());
  useLayoutEffect(() => guard.show(shows), [guard, shows]);
  return (
    <GuardContext value={guard}>
      <section className={`band band-${kind}`} aria-label={label ?? t`Current call`} data-testid="band" data-state={state ?? kind}>
        <div className="band-main">
          <div className="band-who">{who}</div>
          <div className="band-status">{status}</div>
          <div className="band-actions">{actions}</div>
        </div>
        {more}
      </section>
    </GuardContext>
  );
}

/** Wraps a click handler of something in the band. Keys pass: nobody double-clicks Ctrl Shift E. */
export function useGuarded(action: (() => void) | undefined): ((event: MouseEvent) => void) | undefined {
  const guard = useContext(GuardContext);
  const guarded = useCallback((event: MouseEvent) => {
    if (event.detail !== 0 && !guard.open) return;
    action?.();
  }, [guard, action]);
  return useMemo(() => (action ? guarded : undefined), [action, guarded]);
}

export function Who({ name, line, face, verified, tags, ringing = false }: { name: string; line: ReactNode; face: ReactNode; verified?: string; tags?: ReactNode; ringing?: boolean }) {
  return (
    <>
      <span className={`band-av ${ringing ? "ring-av" : ""}`} aria-hidden>{face}</span>
      <div className="col g2">
        <div className="row g6">
          <h1 className="t20 cut" data-testid="caller-name">{name}</h1>
          {verified !== undefined && <span className="band-chip"><IconShieldCheck size={13} stroke={2} aria-hidden />{verified}</span>}
          {tags}
        </div>
        <div className="band-sub num">{line}</div>
      </div>
    </>
  );
}

export interface CtlProps {
  icon: ReactNode;
  label: string;
  /** The letter drawn in its corner. */
  k?: string | undefined;
  /** The same for assistive technology, e.g. "Control+Shift+M". */
  keys?: string | undefined;
  on?: boolean;
  tone?: "end";
  disabled?: boolean;
  testid: string;
  onClick: () => void;
  expanded?: boolean;
  /** Only where the page is wide; a narrow one has it under More. */
  wide?: boolean;
}

/** A control of the band. Pressed it turns white and its word changes; without the server it is struck through. */
export function Ctl({ icon, label, k, keys, on, tone, disabled = false, testid, onClick, expanded, wide = false }: CtlProps) {
  const click = useGuarded(onClick);
  return (
    <button
      type="button"
      className={`ctl ${on === true ? "on" : ""} ${tone ? `ctl-${tone}` : ""} ${wide ? "only-wide" : ""}`}
      aria-pressed={on}
      aria-expanded={expanded}
      aria-keyshortcuts={keys}
      disabled={disabled}
      data-testid={testid}
      onClick={click}
    >
      {icon}
      <span className="ctl-l">{label}</span>
      {k !== undefined && <span className="ctl-k" aria-hidden>{k}</span>}
    </button>
  );
}
