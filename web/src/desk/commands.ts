/** What the desk asks of the server, and how a refusal is said. */
import { t } from "@lingui/core/macro";
import { ApiError, del, NoAnswer, post, put } from "../api/client";
import type { AttachCase, CaseSummary, ChooseCustomer, CustomerCard, NoteSaved, TransferTarget } from "../api/types";
import { toast } from "../stores/toasts";

type StateWish = "available" | "not_ready" | "signed_out";

const contact = (id: string, verb: string) => `/api/contacts/${encodeURIComponent(id)}/${verb}`;
const offer = (id: string, verb: string) => `/api/offers/${encodeURIComponent(id)}/${verb}`;

export const commands = {
  setState: (state: StateWish, reason: string | null = null, once = false) => post("/api/agent/state", { state, reason, once }),
  accept: (offerId: string) => post(offer(offerId, "accept")),
  decline: (offerId: string, reason: string | null = null) => post(offer(offerId, "decline"), { reason }),
  hold: (id: string) => post(contact(id, "hold")),
  resume: (id: string) => post(contact(id, "resume")),
  hangUp: (id: string) => post(contact(id, "hang-up"), undefined, { retries: 1 }),
  mute: (id: string, on: boolean) => post(contact(id, "mute"), { on }),
  sendDigits: (id: string, digits: string) => post(contact(id, "digits"), { digits }),
  pauseRecording: (id: string) => post(contact(id, "recording/pause")),
  resumeRecording: (id: string) => post(contact(id, "recording/resume")),
  extend: (id: string, seconds: number) => post(contact(id, "wrap-up/extend"), { seconds }),
  finish: (id: string, disposition: string) => post(contact(id, "wrap-up/finish"), { disposition }),
  setDisposition: (id: string, disposition: string | null) => put(contact(id, "disposition"), { disposition }),
  saveNote: (id: string, text: string) => put<NoteSaved>(contact(id, "note"), { text }, { retries: 0 }),
  attachCase: (id: string, choice: AttachCase) => put<CaseSummary>(contact(id, "case"), choice),
  chooseCustomer: (id: string, choice: ChooseCustomer) => put<CustomerCard>(contact(id, "customer"), choice),
  transfer: (id: string, to: TransferTarget, why: string, back: boolean) => post(contact(id, "transfer"), { to, why, back }),
  takeBack: (id: string) => post(contact(id, "take-back")),
  consult: (id: string, to: TransferTarget, why: string) => post(contact(id, "consult"), { to, why }),
  cancelConsult: (id: string) => post(contact(id, "consult/cancel")),
  swapConsult: (id: string) => post(contact(id, "consult/swap")),
  completeConsult: (id: string) => post(contact(id, "consult/complete")),
  joinConsult: (id: string) => post(contact(id, "consult/join")),
  leaveCall: (id: string) => post(contact(id, "leave")),
  dropParty: (id: string, partyId: string) => del(contact(id, `parties/${encodeURIComponent(partyId)}`)),
  askForHelp: (id: string, why: string) => post(contact(id, "help"), { why }),
  supervise: (id: string, mode: "listen" | "whisper" | "barge") => post(`/api/floor/contacts/${encodeURIComponent(id)}/supervise`, { mode }),
  stopSupervising: () => del("/api/floor/supervising"),
  verify: (id: string, asked: string[]) => post(contact(id, "verify"), { asked }),
};

/** A refusal as a sentence: the server's own, or that it did not answer. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  if (error instanceof NoAnswer) return t`The server does not answer. Nothing was changed.`;
  return t`That did not work. Try again.`;
}

/** Carries a command out; a refusal is shown. Resolves to whether it was carried out. */
export async function attempt(command: () => Promise<unknown>): Promise<boolean> {
  try {
    await command();
    return true;
  } catch (error) {
    toast("bad", sentenceOf(error));
    return false;
  }
}
