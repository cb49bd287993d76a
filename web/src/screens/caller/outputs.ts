/** The loudspeakers this browser lets a page choose from. */
import { useEffect, useState } from "react";

export interface Output {
  deviceId: string;
  label: string;
}

/** Empty where the browser gives no choice (`setSinkId` is missing) or there is only one. */
export function useOutputs(): Output[] {
  const [outputs, setOutputs] = useState<Output[]>([]);
  useEffect(() => {
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    if (!devices || !("setSinkId" in HTMLMediaElement.prototype)) return;
    let there = true;
    const list = async (): Promise<void> => {
      const all = await devices.enumerateDevices();
      const found = all.filter((d) => d.kind === "audiooutput" && d.label !== "").map(({ deviceId, label }) => ({ deviceId, label }));
      if (there) setOutputs(found.length > 1 ? found : []);
    };
    const look = (): void => void list().catch(() => undefined);
    look();
    devices.addEventListener("devicechange", look);
    return () => {
      there = false;
      devices.removeEventListener("devicechange", look);
    };
  }, []);
  return outputs;
}
