/**
 * The call's own controls. While the server is away Mute, Keypad and End go over the line itself;
 * with it they are commands, so that the server's word and the page's never differ for long.
 */
import { t } from "@lingui/core/macro";
import { ApiError, NoAnswer } from "../api/client";
import type { ContactView } from "../api/types";
import { headset } from "../lib/sounds";
import { useLive } from "../stores/live";
import { endOnPhone, sendPhoneDigit, setPhoneMuted, usePhone } from "../stores/phone";
import { toast } from "../stores/toasts";
import { attempt, commands, sentenceOf } from "./commands";

const serverThere = () => useLive.getState().status.state === "open";

/** Muted in this page or, after a reload, still muted at the server. */
export function isMuted(contact: ContactView): boolean {
  return usePhone.getState().muted || contact.muted;
}

export function toggleMute(contact: ContactView): void {
  const on = !isMuted(contact);
  setPhoneMuted(on);
  headset.play(on ? "muted" : "unmuted");
  if (serverThere()) void attempt(() => commands.mute(contact.contact_id, on));
}

export function toggleHold(contact: ContactView): void {
  if (contact.state === "held") void attempt(() => commands.resume(contact.contact_id));
  else void attempt(() => commands.hold(contact.contact_id));
}

export function toggleRecording(contact: ContactView): void {
  const { contact_id, recording } = contact;
  void attempt(() => (recording === "paused" ? commands.resumeRecording(contact_id) : commands.pauseRecording(contact_id)));
}

export function sendDigit(contact: ContactView, digit: string): void {
  if (serverThere()) void attempt(() => commands.sendDigits(contact.contact_id, digit));
  else sendPhoneDigit(digit);
}

/** Whatever happens to the server, End ends: where it does not answer, the line itself carries the word. */
export async function hangUp(contact: ContactView): Promise<void> {
  if (!serverThere() && endOnPhone()) {
    toast("off", t`The call is over. Its wrap-up comes with the connection.`);
    return;
  }
  try {
    await commands.hangUp(contact.contact_id);
  } catch (error) {
    const silent = error instanceof NoAnswer || (error instanceof ApiError && error.status >= 502);
    if (!silent || !endOnPhone()) toast("bad", sentenceOf(error));
  }
}
