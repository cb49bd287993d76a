/** Fetches a recording with its reason and hands it to the browser as a file. */
import { ApiError, newId, NoAnswer } from "../../api/client";
import type { Problem } from "../../api/types";
import { useSession } from "../../stores/session";

export async function download(recordingId: string, reason: string): Promise<void> {
  const csrf = useSession.getState().session?.csrf_token ?? "";
  let response: Response;
  try {
    response = await fetch(`/api/recordings/${recordingId}/download`, {
      method: "POST",
      credentials: "same-origin",
      headers: { "content-type": "application/json", "x-csrf-token": csrf, "idempotency-key": newId() },
      body: JSON.stringify({ reason }),
    });
  } catch (cause) {
    throw new NoAnswer({ cause });
  }
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
    throw new ApiError({ status: response.status, code: problem.code ?? "", title: problem.title ?? "", detail: problem.detail ?? "" });
  }
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = `${recordingId}.wav`;
  link.click();
  URL.revokeObjectURL(url);
}
