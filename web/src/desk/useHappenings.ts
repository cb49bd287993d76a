/** Sounds and sentences for what happens by itself: a notice, an answered call, a wrap-up about to end. */
import { t } from "@lingui/core/macro";
import { useEffect, useRef } from "react";
import { headset, ringer } from "../lib/sounds";
import { serverNow } from "../lib/now";
import { secondsUntil } from "../lib/time";
import { onNotice, useLive } from "../stores/live";
import { setPhoneMuted, usePhone } from "../stores/phone";
import { clearPicks, useDesk } from "../stores/desk";
import { toast } from "../stores/toasts";
import { useIsLeader } from "./useAgentTab";

const ACW_WARNING_S = 10;

export function useHappenings(): void {
  const leads = useIsLeader();
  const contact = useLive((s) => s.agent?.contact ?? null);
  const contactId = contact?.contact_id ?? null;
  const over = contact === null || contact.state === "acw";
  const acwEndsAt = contact?.state === "acw" ? contact.acw_ends_at : null;
  const mutedThere = contact?.muted ?? false;
  const phoneState = usePhone((s) => s.state);

  useEffect(
    () =>
      onNotice((notice) => {
        if (notice.code === "rejoined") {
          headset.play("click");
          toast("ok", notice.detail === "" ? t`You are back in the call.` : notice.detail);
        }
        if (notice.code === "offer_ended" && notice.detail !== "") toast("off", notice.detail);
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
    if (over) useDesk.setState({ keypadOpen: false });
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

  useEffect(() => {
    if (!leads || acwEndsAt === null) return undefined;
    const wait = secondsUntil(acwEndsAt, serverNow()) - ACW_WARNING_S;
    if (wait <= 0) return undefined;
    const timer = setTimeout(() => ringer.play("acwEnding"), wait * 1000);
    return () => clearTimeout(timer);
  }, [leads, acwEndsAt]);
}
