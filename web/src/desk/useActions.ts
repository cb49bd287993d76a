import { useEffect, useRef } from "react";
import type { ActionName } from "../lib/keymap";
import { onAction } from "../stores/keys";

export type ActionHandlers = Partial<Record<ActionName, () => void>>;

/** Answers these keys while the component is there, always with the newest handler. */
export function useActions(handlers: ActionHandlers): void {
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  const names = (Object.keys(handlers) as ActionName[]).sort().join();
  useEffect(() => {
    const stops = names.split(",").filter((n) => n !== "").map((name) => onAction(name as ActionName, () => latest.current[name as ActionName]?.()));
    return () => stops.forEach((stop) => stop());
  }, [names]);
}
