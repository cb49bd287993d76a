/* The floor topic of the demo morning. */
import { MORNING, people } from "./data.mjs";

const iso = (ms) => new Date(ms).toISOString();

export function floorTopic(now) {
  const ago = (s) => iso(now - s * 1000);
  const figure = (value, goal = null, detail = "") => ({ value, goal, definition: "", detail });
  const queue = (id, name, waiting, longest, level, goal, abandoned, on, acw, free, tone) => ({
    id, name, waiting, longest_since: longest ? ago(longest) : null, wait_limit_s: 180, estimate_s: longest || null, spark: [2, 3, 4, 3, 5, waiting], service_level: level, goal, target_s: 20, abandoned, on_contact: on, acw, free, level: tone,
  });
  return {
    figures: {
      waiting: 19, longest_since: ago(222), longest_queue: "Retention", service_level: figure(0.814, 0.8), abandoned: figure(0.031, 0.05), offered: 524, answered: 489, abandoned_count: 16, handle_time_s: 370,
      on_contact: 20, agents_signed_in: 37, available: 3,
    },
    queues: [
      queue("q_retention", "Retention", 7, 222, 0.613, 0.8, 0.078, 4, 1, 0, "bad"), queue("q_welsh", "Welsh language", 2, 125, 0.74, 0.8, 0.041, 2, 0, 0, "warn"),
      queue("q_billing", "Billing", 4, 72, 0.826, 0.8, 0.029, 7, 2, 0, "ok"), queue("q_moving", "Moving home", 0, 0, 0.912, 0.8, 0.01, 1, 1, 1, "ok"),
    ],
    agents: people.map((p) => ({ id: p.agent_id, name: p.name, initials: p.initials, team: p.role, state: p.state, since: p.since, queue: p.role, reason: p.reason, contact_id: null, long_after_s: 600 })),
    waiting: [{ id: "ct_9", queue_id: "q_retention", position: 1, since: ago(222), priority: 0, label: "Piotr Zając", offered_to: null, lost: false, why: "Nobody who can take this caller is free." }],
    alerts: [{ id: "al_1", tone: "bad", kind: "queue_wait", title: "Retention: longest wait 3:42", text: "Seven wait, nobody is free.", at: iso(MORNING - 60_000), subject: "q_retention" }],
  };
}
