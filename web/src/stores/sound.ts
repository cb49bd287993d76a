/** Browsers play nothing before the page is touched once: whether that is so just now, and how it ends. */
import { create } from "zustand";
import { headset, ringer } from "../lib/sounds";
import { useDevices } from "./devices";

export const useSound = create<{ locked: boolean }>(() => ({ locked: true }));

/** From a click or a key press; both loudspeakers may play from then on. */
export async function unlockSound(): Promise<void> {
  await Promise.all([ringer.unlock(), headset.unlock()]);
  useSound.setState({ locked: !ringer.unlocked });
}

/** Unlocks at the first touch and follows the chosen devices. Returns how to stop. */
export function watchSound(): () => void {
  const touched = () => {
    if (useSound.getState().locked) void unlockSound();
  };
  const follow = (s: { ringer: string; output: string; ringerVolume: number }) => {
    ringer.volume = s.ringerVolume;
    void ringer.use(s.ringer).catch(() => undefined);
    void headset.use(s.output).catch(() => undefined);
  };
  follow(useDevices.getState());
  touched();
  addEventListener("pointerdown", touched);
  addEventListener("keydown", touched);
  const stop = useDevices.subscribe(follow);
  return () => {
    removeEventListener("pointerdown", touched);
    removeEventListener("keydown", touched);
    stop();
  };
}
