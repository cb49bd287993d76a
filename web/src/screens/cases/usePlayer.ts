/** Plays one sound: where it stands, how fast, and which of the two sides is heard. */
import { useCallback, useEffect, useRef, useState } from "react";

export type Heard = "both" | "caller" | "agent";

export interface Player {
  playing: boolean;
  atS: number;
  rate: number;
  heard: Heard;
  toggle: () => void;
  seek: (toS: number) => void;
  setRate: (rate: number) => void;
  setHeard: (heard: Heard) => void;
}

/** Each side on its own gain, then both into both ears: a voice in one ear only is tiring. */
function connectSides(audio: HTMLAudioElement): { caller: GainNode; agent: GainNode; context: AudioContext } {
  const context = new AudioContext();
  const source = context.createMediaElementSource(audio);
  const splitter = context.createChannelSplitter(2);
  const [caller, agent] = [context.createGain(), context.createGain()];
  source.connect(splitter);
  splitter.connect(caller, 0);
  splitter.connect(agent, 1);
  const mono = context.createGain();
  mono.channelCount = 1;
  mono.channelCountMode = "explicit";
  caller.connect(mono);
  agent.connect(mono);
  mono.connect(context.destination);
  return { caller, agent, context };
}

export function usePlayer(url: string, playAtOnce: boolean): Player {
  const [playing, setPlaying] = useState(false);
  const [atS, setAt] = useState(0);
  const [rate, setRate] = useState(1);
  const [heard, setHeard] = useState<Heard>("both");
  const audio = useRef<HTMLAudioElement | null>(null);
  const sides = useRef<ReturnType<typeof connectSides> | null>(null);

  useEffect(() => {
    const element = new Audio(url);
    audio.current = element;
    let frame = 0;
    const follow = (): void => {
      setAt(element.currentTime);
      frame = requestAnimationFrame(follow);
    };
    const on = (): void => {
      setPlaying(true);
      cancelAnimationFrame(frame);
      follow();
    };
    const off = (): void => {
      setPlaying(false);
      cancelAnimationFrame(frame);
      setAt(element.currentTime);
    };
    element.addEventListener("play", on);
    element.addEventListener("pause", off);
    element.addEventListener("ended", off);
    element.addEventListener("seeked", () => setAt(element.currentTime));
    if (playAtOnce) void element.play().catch(() => undefined);
    return () => {
      cancelAnimationFrame(frame);
      element.pause();
      audio.current = null;
      void sides.current?.context.close();
      sides.current = null;
    };
  }, [url, playAtOnce]);

  const toggle = useCallback(() => {
    const element = audio.current;
    if (!element) return;
    if (element.paused) void element.play().catch(() => undefined);
    else element.pause();
  }, []);
  const seek = useCallback((toS: number) => {
    if (audio.current) audio.current.currentTime = Math.max(0, toS);
  }, []);
  const changeRate = useCallback((next: number) => {
    if (audio.current) audio.current.playbackRate = next;
    setRate(next);
  }, []);
  const changeHeard = useCallback((next: Heard) => {
    // Only who chooses a side pays for the extra path.
    if (audio.current) sides.current ??= connectSides(audio.current);
    if (sides.current) {
      void sides.current.context.resume();
      sides.current.caller.gain.value = next === "agent" ? 0 : 1;
      sides.current.agent.gain.value = next === "caller" ? 0 : 1;
    }
    setHeard(next);
  }, []);
  return { playing, atS, rate, heard, toggle, seek, setRate: changeRate, setHeard: changeHeard };
}
