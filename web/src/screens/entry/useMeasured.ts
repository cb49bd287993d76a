/** Measures for the check page, a few times a second while it is open. */
import { useEffect, useRef, useState } from "react";
import { lengthMs, headset, ringer } from "../../lib/sounds";
import { microphoneLevel, usePhone } from "../../stores/phone";
import { useDevices } from "../../stores/devices";
import { keep, readKept } from "../../lib/kept";
import { HEARD_DBFS, type Measured } from "./checks";

const EVERY_MS = 100;
const HEARD_KEY = "patchbay.heard";

type SoundState = Measured["headset"];

interface Heard {
  headset: string;
  ringer: string;
}

const isHeard = (v: unknown): v is Heard => typeof v === "object" && v !== null && "headset" in v && "ringer" in v;

/** Level of the microphone as it is now, and the loudest of the last second. */
export interface Level {
  dbfs: number;
  peak: number;
}

export interface Check {
  measured: Measured;
  level: Level;
  play: (which: "headset" | "ringer") => void;
  answer: (which: "headset" | "ringer", heard: boolean) => void;
  again: () => void;
}

/** What was heard on a device is remembered until another device is chosen. */
export function useMeasured(): Check {
  const phone = usePhone();
  const output = useDevices((s) => s.output);
  const ringerId = useDevices((s) => s.ringer);
  const [permission, setPermission] = useState<Measured["permission"]>("unknown");
  const [level, setLevel] = useState<Level>({ dbfs: -100, peak: -100 });
  const [spoke, setSpoke] = useState(false);
  const [quietS, setQuietS] = useState(0);
  const [heard, setHeard] = useState<Heard>(() => readKept(HEARD_KEY, isHeard, { headset: "?", ringer: "?" }));
  const [sounds, setSounds] = useState<{ headset: SoundState; ringer: SoundState }>({ headset: "idle", ringer: "idle" });
  const quietSince = useRef(0);
  const loudTicks = useRef(0);
  const open = phone.state !== "none";

  useEffect(() => follow(setPermission), []);

  useEffect(() => {
    if (!open) return undefined;
    quietSince.current = performance.now();
    const timer = setInterval(() => {
      const dbfs = microphoneLevel();
      setLevel((l) => ({ dbfs, peak: Math.max(dbfs, l.peak - 2) }));
      // Two readings in a row: a bump on the table is no voice.
      loudTicks.current = dbfs >= HEARD_DBFS ? loudTicks.current + 1 : 0;
      if (loudTicks.current >= 2) {
        setSpoke(true);
        quietSince.current = performance.now();
      }
      setQuietS(Math.floor((performance.now() - quietSince.current) / 1000));
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [open]);

  const play: Check["play"] = (which) => {
    const speaker = which === "headset" ? headset : ringer;
    const name = which === "headset" ? "notes" : "ring";
    setSounds((s) => ({ ...s, [which]: "playing" }));
    void speaker.unlock().then(() => speaker.play(name));
    setTimeout(() => setSounds((s) => (s[which] === "playing" ? { ...s, [which]: "idle" } : s)), lengthMs(name) + 20_000);
  };
  const answer: Check["answer"] = (which, yes) => {
    setSounds((s) => ({ ...s, [which]: yes ? "heard" : "unheard" }));
    const next = { ...heard, [which]: yes ? (which === "headset" ? output : ringerId) : "?" };
    setHeard(next);
    keep(HEARD_KEY, next);
  };
  const again = () => {
    setSpoke(false);
    setQuietS(0);
    quietSince.current = performance.now();
    setSounds({ headset: "idle", ringer: "idle" });
  };

  const remembered = (which: "headset" | "ringer", id: string): SoundState => (sounds[which] === "idle" && heard[which] === id ? "heard" : sounds[which]);
  const measured: Measured = {
    secure: isSecureContext,
    webrtc: typeof RTCPeerConnection !== "undefined",
    permission,
    phone: phone.state,
    error: phone.error,
    microphone: phone.microphone,
    spoke,
    quietS,
    headset: remembered("headset", output),
    ringer: remembered("ringer", ringerId),
    rttMs: phone.rttMs,
    lossFraction: phone.lossFraction,
  };
  return { measured, level, play, answer, again };
}

/** Whether the browser allows the microphone, and each change of it. Not every browser can be asked. */
function follow(tell: (permission: Measured["permission"]) => void): () => void {
  let status: PermissionStatus | null = null;
  const changed = () => {
    if (status !== null) tell(status.state);
  };
  const permissions = navigator.permissions as Permissions | undefined;
  void permissions?.query({ name: "microphone" }).then((found) => {
    status = found;
    changed();
    found.addEventListener("change", changed);
  }).catch(() => undefined);
  return () => status?.removeEventListener("change", changed);
}
