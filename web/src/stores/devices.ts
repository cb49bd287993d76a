/** Which microphone, headset and ringer this person chose on this computer. */
import { create } from "zustand";
import { keep, readKept } from "../lib/kept";

export interface DeviceChoice {
  /** Device ids; "" is the system's own choice. */
  input: string;
  output: string;
  ringer: string;
  /** Loudness of the ringer, 0 to 1. */
  ringerVolume: number;
}

export interface DeviceStore extends DeviceChoice {
  inputs: MediaDeviceInfo[];
  outputs: MediaDeviceInfo[];
}

const KEY = "patchbay.devices";
const NONE: DeviceChoice = { input: "", output: "", ringer: "", ringerVolume: 0.7 };

function isChoice(value: unknown): value is DeviceChoice {
  if (typeof value !== "object" || value === null) return false;
  const v = value as Record<string, unknown>;
  return typeof v.input === "string" && typeof v.output === "string" && typeof v.ringer === "string" && typeof v.ringerVolume === "number";
}

export const useDevices = create<DeviceStore>(() => ({ ...readKept(KEY, isChoice, NONE), inputs: [], outputs: [] }));

export function chooseDevice(change: Partial<DeviceChoice>): void {
  useDevices.setState(change);
  const { input, output, ringer, ringerVolume } = useDevices.getState();
  keep(KEY, { input, output, ringer, ringerVolume });
}

/** Reads the list again. Names are empty until the microphone was allowed once. */
export async function listDevices(): Promise<void> {
  const media = navigator.mediaDevices as MediaDevices | undefined;
  if (!media) return;
  const all = await media.enumerateDevices();
  useDevices.setState({
    inputs: all.filter((d) => d.kind === "audioinput" && d.deviceId !== ""),
    outputs: all.filter((d) => d.kind === "audiooutput" && d.deviceId !== ""),
  });
}

/** Follows plugging and unplugging until the returned function is called. */
export function watchDevices(): () => void {
  const media = navigator.mediaDevices as MediaDevices | undefined;
  const changed = () => void listDevices();
  changed();
  media?.addEventListener("devicechange", changed);
  return () => media?.removeEventListener("devicechange", changed);
}

/** The chosen device's name, else the system's own choice, which stands first; empty while names are hidden. */
export function deviceName(list: readonly MediaDeviceInfo[], id: string): string {
  return (list.find((d) => d.deviceId === id) ?? list[0])?.label ?? "";
}

/** Whether this browser can send sound to a device of one's choice. */
export function canChooseOutput(): boolean {
  return "setSinkId" in HTMLMediaElement.prototype;
}
