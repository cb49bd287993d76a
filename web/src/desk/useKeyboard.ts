/** The desk's keys, in one place for the whole page. */
import { useEffect } from "react";
import { actionOf, isTyping } from "../lib/keymap";
import { type PaneName, useDesk } from "../stores/desk";
import { fireAction, useKeymap } from "../stores/keys";

const PANES: readonly PaneName[] = ["band", "left", "mid", "right"];

/** Listens as long as the page is open. `agent`: only then the desk's own keys act. */
export function useKeyboard(agent: boolean): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat) return;
      if (agent) {
        const action = actionOf(event, useKeymap.getState().keymap);
        if (action !== null && fireAction(action)) {
          event.preventDefault();
          return;
        }
      }
      if (event.key === "F6" && movePane(event.shiftKey ? -1 : 1)) event.preventDefault();
      if (event.ctrlKey && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        useDesk.setState({ paletteOpen: true });
      }
      if (event.key === "?" && !isTyping(event.target) && !event.ctrlKey && !event.altKey) {
        event.preventDefault();
        useDesk.setState({ keysOpen: true });
      }
    };
    const onFocus = (event: FocusEvent) => {
      const pane = event.target instanceof Element ? event.target.closest("[data-pane]")?.getAttribute("data-pane") : null;
      // The band has no digits of its own, so that a click on it leaves them where they were.
      if (pane !== null && pane !== undefined && pane !== "band") useDesk.setState({ pane: pane as PaneName });
    };
    addEventListener("keydown", onKey);
    addEventListener("focusin", onFocus);
    return () => {
      removeEventListener("keydown", onKey);
      removeEventListener("focusin", onFocus);
    };
  }, [agent]);
}

/** Puts the focus into a pane: on what is chosen in it, else on its first control, else on itself. */
export function focusPane(pane: PaneName): boolean {
  const host = document.querySelector<HTMLElement>(`[data-pane="${pane}"]`);
  if (!host?.checkVisibility()) return false;
  const target = host.querySelector<HTMLElement>('[aria-checked="true"]:not(:disabled)')
    ?? host.querySelector<HTMLElement>('[role="radio"]:not(:disabled), textarea, button:not(:disabled)')
    ?? host;
  target.focus();
  if (pane !== "band") useDesk.setState({ pane });
  return true;
}

function movePane(step: 1 | -1): boolean {
  const pane = document.activeElement?.closest("[data-pane]")?.getAttribute("data-pane") ?? useDesk.getState().pane;
  const from = pane === null ? (step === 1 ? -1 : 0) : PANES.indexOf(pane as PaneName);
  for (let i = 1; i <= PANES.length; i += 1) {
    const next = PANES[(from + step * i + PANES.length * 2) % PANES.length];
    if (next !== undefined && focusPane(next)) return true;
  }
  return false;
}

/**
 * Digits 1 to 9 for the pane in focus, or wherever the focus is (`anywhere`), never while somebody types. `choose`
 * gets the position, from 0.
 */
export function usePaneDigits(pane: PaneName | "anywhere" | null, choose: ((index: number) => void) | null): boolean {
  const active = useDesk((s) => pane === "anywhere" || (pane !== null && s.pane === pane));
  const listens = active && choose !== null;
  useEffect(() => {
    if (!listens) return undefined;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target) || !/^[1-9]$/.test(event.key)) return;
      if (document.querySelector('[role="dialog"], [data-keypad]') !== null) return;
      event.preventDefault();
      choose(Number(event.key) - 1);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [listens, choose]);
  return listens;
}
