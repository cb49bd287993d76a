/** A recording's sound: fetched when somebody wants to hear it, because every fetch is written down. */
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, NoAnswer } from "../../api/client";
import type { Problem } from "../../api/types";
import { NotDrawable, readWav, type Wav } from "./wav";

export type Sound =
  | { state: "none" }
  | { state: "loading" }
  /** `wav` is null when the file can be played but not drawn. */
  | { state: "ready"; url: string; wav: Wav | null }
  | { state: "failed"; detail: string | null };

/** `load` resolves when there is something to play. One sound for the life of the component. */
export function useSound(recordingId: string): { sound: Sound; load: () => Promise<void> } {
  const [sound, setSound] = useState<Sound>({ state: "none" });
  const url = useRef<string | null>(null);
  useEffect(() => () => {
    if (url.current !== null) URL.revokeObjectURL(url.current);
  }, []);
  const load = useCallback(async () => {
    setSound({ state: "loading" });
    try {
      const buffer = await fetchSound(recordingId);
      url.current = URL.createObjectURL(new Blob([buffer], { type: "audio/wav" }));
      setSound({ state: "ready", url: url.current, wav: drawable(buffer) });
    } catch (error) {
      setSound({ state: "failed", detail: error instanceof ApiError ? error.message : null });
    }
  }, [recordingId]);
  return { sound, load };
}

async function fetchSound(recordingId: string): Promise<ArrayBuffer> {
  let response: Response;
  try {
    response = await fetch(`/api/recordings/${recordingId}/audio`, { credentials: "same-origin" });
  } catch (cause) {
    throw new NoAnswer({ cause });
  }
  if (response.ok) return response.arrayBuffer();
  const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
  throw new ApiError({ status: response.status, code: problem.code ?? "", title: problem.title ?? "", detail: problem.detail ?? "" });
}

function drawable(buffer: ArrayBuffer): Wav | null {
  try {
    return readWav(buffer);
  } catch (error) {
    if (error instanceof NotDrawable) return null;
    throw error;
  }
}
