/** Sounds and sentences for what happens by itself: a notice, an answered call, a wrap-up about to end. */
import { t } from "@lingui/core/macro";
import { useEffect, useRef } from "react";
import type { Notice } from "../api/types";
import { headset, ringer } from "../lib/sounds";
import { serverNow } from "../lib/now";
import { secondsUntil } from "../lib/time";
import { onNotice, useLive } from "../stores/live";
import { setPhoneMuted, usePhone } from "../stores/phone";
import { clearPicks, useDesk } from "../stores/desk";
import { saveNewCustomer } from "../stores/newCustomer";
import { flushNote } from "../stores/note";
import { toast } from "../stores/toasts";
import { useIsLeader } from "./useAgentTab";
import { callerOf } from "./words";

const ACW_WARNING_S = 10;
/** So long before the end what is typed is sent. */
const ACW_LAST_S = 2;

export function useHappenings(): void {
  const leads = useIsLeader();
  const contact = useLive((s) => s.agent?.contact ?? null);
  const contactId = contact?.contact_id ?? null;
  const over = contact === null || contact.state === "acw";
  const acwEndsAt = contact?.state === "acw" ? contact.acw_ends_at : null;
  const mutedThere = contact?.muted ?? false;
  const phoneState = usePhone((s) => s.state);

  const offer = useLive((s) => s.agent?.offer ?? null);
  const lastCaller = useRef("");
  useEffect(() => {
    if (offer !== null) lastCaller.current = callerOf(offer.pop);
  }, [offer]);

  useEffect(
    () =>
      onNotice((notice) => {
        if (notice.code === "rejoined") {
          headset.play("click");
          toast("ok", notice.detail === "" ? t`You are back in the call.` : notice.detail);
        }
        if (notice.code === "offer_ended") toast("off", offerEnded(notice, lastCaller.current));
        if (notice.code === "not_ready_missed") toast("warn", notice.detail === "" ? t`You missed calls, so you are not ready now.` : notice.detail);
      }),
    [],
  );

  const before = useRef<string | null>(null);
  useEffect(() => {
    if (leads && contactId !== null && !over && before.current !== contactId) headset.play("click");
    before.current = contactId;
  }, [leads, contactId, over]);

  // A mute belongs to its call: the next caller must be heard from the first word.
  useEffect(() => {
    if (over && usePhone.getState().muted) setPhoneMuted(false);
    if (over) useDesk.setState({ keypadOpen: false, picker: null, joining: false, helpOpen: false });
  }, [over, contactId]);

  // After a reload the microphone is open again although the call is muted: silence is the safe reading.
  useEffect(() => {
    if (!over && mutedThere && phoneState === "ready") setPhoneMuted(true);
    // Only when the line has just opened; later the person decides.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [phoneState, contactId]);

  useEffect(() => {
    if (contactId === null) clearPicks();
  }, [contactId]);

  // A wrap-up that runs out takes nothing typed with it.
  const latest = useRef(contact);
  useEffect(() => {
    latest.current = contact;
  });
  useEffect(() => {
    if (!leads || acwEndsAt === null || contactId === null) return undefined;
    const wait = Math.max(0, secondsUntil(acwEndsAt, serverNow()) - ACW_LAST_S);
    const timer = setTimeout(() => {
      void flushNote(contactId);
      if (latest.current !== null) void saveNewCustomer(latest.current);
    }, wait * 1000);
    return () => clearTimeout(timer);
  }, [leads, acwEndsAt, contactId]);

  useEffect(() => {
    if (!leads || acwEndsAt === null) return undefined;
    const wait = secondsUntil(acwEndsAt, serverNow()) - ACW_WARNING_S;
    if (wait <= 0) return undefined;
    const timer = setTimeout(() => ringer.play("acwEnding"), wait * 1000);
    return () => clearTimeout(timer);
  }, [leads, acwEndsAt]);
}

/** An offer that ended without the agent: too late, or the caller is gone. Missed and withdrawn are not the same. */
function offerEnded(notice: Notice, caller: string): string {
  if (notice.detail !== "") return notice.detail;
  const name = caller === "" ? t`The caller` : caller;
  return notice.data.outcome === "timed_out" ? t`${name} was not answered in time and goes to the next agent.` : t`${name} rang off or was taken back. It does not count as missed.`;
}
