/** Names of what queues and steps can be set to, in the page's language. */
import { useLingui } from "@lingui/react/macro";
import type { QueueSetting, StepSetting, WaySetting } from "./types";

export interface Choice {
  value: string;
  label: string;
}

export function useSetUpWords() {
  const { t } = useLingui();
  const operations: Readonly<Record<StepSetting["operation"], string>> = {
    relax: t`Relax a skill`, raise_priority: t`Raise the priority`, widen: t`Ask more people`, overflow: t`Move to a queue`,
    offer_callback: t`Offer a callback`, voicemail: t`Take a message`, announce: t`Play a prompt`,
  };
  const short: Readonly<Record<StepSetting["operation"], string>> = {
    relax: t`Relax`, raise_priority: t`Raise`, widen: t`Widen`, overflow: t`Overflow`, offer_callback: t`Callback`, voicemail: t`Voicemail`, announce: t`Announce`,
  };
  const strategies: Readonly<Record<QueueSetting["strategy"], string>> = {
    best_skill_then_longest_idle: t`Best skill, then longest idle`, longest_idle: t`Longest idle`, fewest_contacts: t`Fewest calls`, least_talk: t`Least talk`,
    round_robin: t`In turn`, top_down: t`Top down, in an order`, weighted_random: t`At random, by penalty`, ring_all: t`Ring all at once`, ring_progressively: t`Ring one more at a time`,
  };
  const ways: Readonly<Record<WaySetting["kind"], string>> = {
    return: t`Back to the flow`, overflow: t`To another queue`, voicemail: t`Voicemail`, callback: t`Offer a callback`, hang_up: t`Hang up`,
  };
  const absences = {
    signed_out: t`Signed out`, not_ready: t`Not ready`, unreachable: t`Unreachable`, on_contact: t`On a call`, ringing: t`Ringing`, acw: t`In wrap-up`,
  };
  return { operations, short, strategies, ways, absences };
}

export const choices = (words: Readonly<Record<string, string>>): Choice[] => Object.entries(words).map(([value, label]) => ({ value, label }));
