/* The agent topic at each moment of the morning. `now` is the mock's clock in ms. */
import * as d from "./data.mjs";

const iso = (ms) => new Date(ms).toISOString();

export const SCENES = ["idle", "offer", "matches", "unknown", "call", "hold", "lost", "acw", "notready", "unreachable", "second", "call-unknown", "call-matches", "reconnecting", "broke"];

function me(state, since, over = {}) {
  return {
    agent_id: "ag_amina", name: "Amina Yusuf", initials: "AY", state, since: iso(since), reason: null, next_state: "not_ready", next_reason: "lunch",
    reachable: true, unreachable_why: null, unreachable_since: null, leader: true, ...over,
  };
}

function topic(self, over = {}) {
  return { me: self, offer: null, contact: null, queues: d.queues(2), people: d.people, day: d.day, ...over };
}

export function offerOf(now, pop, over = {}) {
  return {
    offer_id: `of_${now}`, contact_id: "ct_1", queue_id: "q_billing", queue_name: "Billing", made_at: iso(now - 6_000), expires_at: iso(now + 14_000), waited_s: 74,
    offered_before: ["Ines Duarte (no answer)"], because: ["Billing 8 of 10, needs 5 or more", "You own the open case #48213", "Idle longest of 2 who could take it"], pop, ...over,
  };
}

export function contactOf(now, over = {}) {
  const answered = now - 402_000;
  return {
    contact_id: "ct_1", state: "talking", queue_id: "q_billing", queue_name: "Billing", answered_at: iso(answered), held_since: null, hold_s: 0, talk_s: null, ended_at: null, ended_by: null,
    muted: false, recording: "on", recording_since: iso(now - 391_000), recorded_s: 0, lost_since: null, grace_ends_at: null, acw_started_at: null, acw_ends_at: null, acw_extendable_s: 240,
    note: "Two payments for invoice 4471 confirmed on our side (77120-A, -B). Wants the money before Friday because of rent.", note_saved_at: iso(now), disposition: null, case_id: "c_48213",
    quality: { rtt_ms: 38, loss_fraction: 0, word: "clear" }, pop: d.popKnown, ...over,
  };
}

export function agentTopic(scene, now) {
  const talking = me("on_contact", now - 402_000);
  const ringing = me("ringing", now - 6_000);
  switch (scene) {
    case "offer":
      return topic(ringing, { offer: offerOf(now, d.popKnown), queues: d.queues(3) });
    case "matches":
      return topic(ringing, { offer: offerOf(now, d.popSeveral, { waited_s: 58, offered_before: [], expires_at: iso(now + 16_000), made_at: iso(now - 4_000), because: ["Billing 8 of 10, needs 5 or more"] }) });
    case "unknown":
      return topic(ringing, { offer: offerOf(now, d.popUnknown, { queue_name: "Moving home", waited_s: 21, offered_before: [], expires_at: iso(now + 15_000), made_at: iso(now - 5_000), because: ["Moving home 6 of 10"] }) });
    case "call":
      return topic(talking, { contact: contactOf(now) });
    case "call-unknown":
      return topic(talking, { contact: contactOf(now, { pop: d.popUnknown, case_id: null, note: "", note_saved_at: null, queue_name: "Moving home" }) });
    case "call-matches":
      return topic(talking, { contact: contactOf(now, { pop: d.popSeveral, case_id: null, note: "", note_saved_at: null }) });
    case "hold":
      return topic(talking, { contact: contactOf(now, { state: "held", held_since: iso(now - 24_000), hold_s: 0 }) });
    case "lost":
      return topic(talking, { contact: contactOf(now, { state: "caller_lost", lost_since: iso(now - 3_000), grace_ends_at: iso(now + 12_000) }) });
    case "reconnecting":
      return topic(talking, { contact: contactOf(now, { state: "reconnecting", lost_since: iso(now - 2_000), grace_ends_at: iso(now + 8_000) }) });
    case "acw":
    case "broke":
      return topic(me("acw", now - 22_000), {
        contact: contactOf(now, {
          state: "acw", answered_at: iso(now - 516_000), talk_s: 494, hold_s: 40, ended_at: iso(now - 22_000), ended_by: scene === "broke" ? "line" : "caller", recording: "off", recording_since: null, recorded_s: 480,
          acw_started_at: iso(now - 22_000), acw_ends_at: iso(now + 38_000), disposition: "refund",
        }),
      });
    case "notready":
      return topic(me("not_ready", now - 312_000, { reason: "coaching", next_state: null, next_reason: null }));
    case "unreachable":
      return topic(me("available", now - 900_000, { reachable: false, unreachable_why: "microphone_silent", unreachable_since: iso(now - 47_000), next_state: null, next_reason: null }));
    case "second":
      return topic(me("available", now - 134_000, { leader: false, next_state: null, next_reason: null }));
    default:
      return topic(me("available", now - 134_000, { next_state: null, next_reason: null }), { queues: d.queues(0) });
  }
}
