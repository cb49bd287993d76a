/* The agent topic at each moment of the morning. `now` is the mock's clock in ms. */
import * as d from "./data.mjs";

const iso = (ms) => new Date(ms).toISOString();

export const SCENES = ["idle", "offer", "matches", "unknown", "call", "hold", "lost", "acw", "notready", "unreachable", "second", "call-unknown", "call-matches", "reconnecting", "broke", "transfer", "consult", "consult-ringing", "consult-failed", "consult-queued", "conference", "aside", "guest", "helped", "offer-consult", "offer-transfer", "offer-help", "offer-callback", "handed", "why"];

function me(state, since, over = {}) {
  return {
    agent_id: "ag_amina", name: "Amina Yusuf", initials: "AY", state, since: iso(since), reason: null, next_state: "not_ready", next_reason: "lunch", once: false,
    reachable: true, unreachable_why: null, unreachable_since: null, leader: true, ...over,
  };
}

function topic(self, over = {}) {
  return { me: self, offer: null, contact: null, queues: d.queues(2), people: d.people, day: d.day, supervising: null, why_no_calls: [], ...over };
}

const party = (now, id, kind, name, state, ago, over = {}) => ({ party_id: id, kind, name, detail: "", state, since: iso(now - ago * 1000), me: false, owner: false, agent_id: null, failed_why: null, ...over });

/** Who is in the contact: Margaret, Amina, and `more`. */
export function partiesOf(now, caller = "talking", more = [], me = true) {
  return [
    party(now, "caller", "caller", "Margaret Okonjo", caller, caller === "held" ? 24 : 402),
    party(now, "ag_amina", "agent", me ? "Amina Yusuf" : "Dev Patel", "talking", 402, { owner: true, me, agent_id: me ? "ag_amina" : "ag_dev" }),
    ...more.map(([id, kind, name, state, ago, over]) => party(now, id, kind, name, state, ago, over)),
  ];
}

const DEV = (state, over = {}) => ["pa_dev", "agent", "Dev Patel", state, 19, { detail: "Billing tier 2", agent_id: "ag_dev", ...over }];

export function offerOf(now, pop, over = {}) {
  return {
    offer_id: `of_${now}`, contact_id: "ct_1", queue_id: "q_billing", queue_name: "Billing", made_at: iso(now - 6_000), expires_at: iso(now + 14_000), waited_s: 74,
    offered_before: ["Ines Duarte (no answer)"], because: ["Billing 8 of 10, needs 5 or more", "You own the open case #48213", "Idle longest of 2 who could take it"], kind: "call", from_name: null, why: "", pop, ...over,
  };
}

export function contactOf(now, over = {}) {
  const answered = now - 402_000;
  return {
    contact_id: "ct_1", state: "talking", queue_id: "q_billing", queue_name: "Billing", answered_at: iso(answered), held_since: null, hold_s: 0, talk_s: null, ended_at: null, ended_by: null,
    muted: false, recording: "on", recording_since: iso(now - 391_000), recorded_s: 0, lost_since: null, grace_ends_at: null, acw_started_at: null, acw_ends_at: null, acw_extendable_s: 240,
    note: "Two payments for invoice 4471 confirmed on our side (77120-A, -B). Wants the money before Friday because of rent.", note_saved_at: iso(now), disposition: null, case_id: "c_48213",
    quality: { rtt_ms: 38, loss_fraction: 0, word: "clear" }, role: "owner", parties: partiesOf(now), aside: null, from_name: null, why: "", pop: d.popKnown, ...over,
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
    case "transfer":
      return topic(talking, { contact: contactOf(now) });
    case "consult":
      return topic(talking, { contact: contactOf(now, { state: "held", held_since: iso(now - 24_000), parties: partiesOf(now, "held", [DEV("talking")]) }) });
    case "consult-ringing":
      return topic(talking, { contact: contactOf(now, { state: "held", held_since: iso(now - 24_000), parties: partiesOf(now, "held", [DEV("ringing")]) }) });
    case "consult-queued":
      return topic(talking, { contact: contactOf(now, { state: "held", held_since: iso(now - 24_000), parties: partiesOf(now, "held", [["pa_q", "queue", "Complaints", "queued", 31]]) }) });
    case "consult-failed":
      return topic(talking, { contact: contactOf(now, { state: "held", held_since: iso(now - 24_000), parties: partiesOf(now, "held", [DEV("failed", { failed_why: "declined" })]) }) });
    case "conference":
      return topic(talking, { contact: contactOf(now, { parties: partiesOf(now, "talking", [DEV("talking")]) }) });
    case "aside":
      return topic(talking, { contact: contactOf(now, { aside: { flow_name: "Take a payment", since: iso(now - 31_000), says: "" }, parties: partiesOf(now, "held").slice(0, 2) }) });
    case "guest":
      return topic(talking, { contact: contactOf(now, { state: "talking", role: "consulted", recording: "off", recording_since: null, from_name: "Dev Patel", why: "Second payment taken, needs approval over £150", parties: partiesOf(now, "held", [["pa_me", "agent", "Amina Yusuf", "talking", 19, { me: true, agent_id: "ag_amina" }]], false) }) });
    case "helped":
      return topic(talking, { contact: contactOf(now, { parties: partiesOf(now, "talking", [["pa_leila", "supervisor", "Leila Haddad", "whispering", 41, { agent_id: "ag_leila" }]]) }) });
    case "offer-consult":
      return topic(ringing, { offer: offerOf(now, d.popKnown, { kind: "consult", from_name: "Dev Patel", why: "Second payment taken, needs approval over £150" }) });
    case "offer-transfer":
      return topic(ringing, { offer: offerOf(now, d.popKnown, { kind: "transfer", from_name: "Dev Patel", why: "Wants to move house and keep the tariff" }) });
    case "offer-help":
      return topic(ringing, { offer: offerOf(now, d.popKnown, { kind: "help", from_name: "Dev Patel", why: "" }) });
    case "offer-callback":
      return topic(ringing, { offer: offerOf(now, d.popKnown, { kind: "callback" }) });
    case "handed":
      return topic(me("acw", now - 22_000), {
        contact: contactOf(now, { state: "acw", talk_s: 494, hold_s: 40, recording: "off", recording_since: null, recorded_s: 480, acw_started_at: iso(now - 22_000), acw_ends_at: iso(now + 38_000) }),
      });
    case "why":
      return topic(me("available", now - 934_000, { next_state: null, next_reason: null, once: true }), { queues: d.queues(3), why_no_calls: ["You are the third who is free; two have been free for longer.", "Billing: nobody waits.", "Moving home: nobody waits.", "Retention: two wait, and need Retention 3 or more; you have none."] });
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
