import { useEffect, useState } from "react";
import { create } from "zustand";
import { keep, readKept } from "../../lib/kept";
import { ringer } from "../../lib/sounds";
import { Bell } from "./alerts";
import type { FloorAlert } from "./types";

const KEY = "patchbay.alertsMuted";
const isFlag = (value: unknown): value is boolean => typeof value === "boolean";

/** Whether this supervisor wants to hear alerts on this computer. */
export const useAlertSound = create<{ muted: boolean }>(() => ({ muted: readKept(KEY, isFlag, false) }));

export function setAlertsMuted(muted: boolean): void {
  keep(KEY, muted);
  useAlertSound.setState({ muted });
}

/** One bell for new alerts, unless it is muted. */
export function useBell(alerts: readonly FloorAlert[]): void {
  const [bell] = useState(() => new Bell());
  useEffect(() => {
    if (bell.hear(alerts, performance.now()) && !useAlertSound.getState().muted) ringer.play("alert");
  }, [alerts, bell]);
}
