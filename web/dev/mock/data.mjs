/* The demo morning, Wed 19 Nov, about 10:43. Everything here is invented. */

/** What the morning's clock says when the mock starts. */
export const MORNING = Date.parse("2025-11-19T10:43:07Z");

const at = (time, day = "2025-11-19") => `${day}T${time}Z`;

export const amina = {
  user_id: "u_amina", username: "amina.yusuf", name: "Amina Yusuf", initials: "AY", roles: ["agent"], agent_id: "ag_amina", language: "en",
};
export const leila = {
  user_id: "u_leila", username: "leila.haddad", name: "Leila Haddad", initials: "LH", roles: ["supervisor", "agent"], agent_id: "ag_leila", language: "en",
};

export const signIns = [
  { username: "amina.yusuf", password: "brightwater", name: "Amina Yusuf", initials: "AY", role: "agent", line: "Billing, Moving home, Retention" },
  { username: "sian.pritchard", password: "brightwater", name: "Siân Pritchard", initials: "SP", role: "agent", line: "Welsh language, Billing" },
  { username: "leila.haddad", password: "brightwater", name: "Leila Haddad", initials: "LH", role: "supervisor", line: "Team lead" },
  { username: "owen.price", password: "brightwater", name: "Owen Price", initials: "OP", role: "admin", line: "Flows and numbers" },
];

const choice = (code, label, group = "", key = null) => ({ code, label, group, key });

export const reference = {
  not_ready_reasons: [
    choice("break", "Break"), choice("lunch", "Lunch"), choice("coaching", "Coaching"), choice("meeting", "Meeting"), choice("paperwork", "Paperwork"),
  ],
  decline_reasons: [
    choice("finishing", "Still finishing something"), choice("not_my_skill", "Not my skill"), choice("unwell", "Unwell just now"), choice("equipment", "Headset or computer"), choice("other", "Something else"),
  ],
  dispositions: [
    choice("refund", "Resolved: refund issued", "Billing", "1"), choice("explained", "Resolved: explained invoice", "Billing", "2"),
    choice("review", "Passed to billing review", "Billing", "3"), choice("plan", "Payment plan agreed", "Billing", "4"),
    choice("callback", "Callback promised", "Follow-up", "5"), choice("complaint", "Complaint opened", "Follow-up", "6"),
    choice("wrong", "Wrong department", "Other", "7"), choice("left", "Caller left before finish", "Other", "8"),
  ],
  case_types: [choice("question", "Question"), choice("problem", "Problem"), choice("complaint", "Complaint"), choice("moving", "Moving home")],
  queues: [
    { queue_id: "q_billing", name: "Billing" }, { queue_id: "q_moving", name: "Moving home" }, { queue_id: "q_retention", name: "Retention" },
  ],
  languages: [choice("en", "English"), choice("cy", "Cymraeg")],
};

const kase = (number, subject, over = {}) => ({
  case_id: `c_${number}`, number, subject, type: "problem", status: "open", status_label: "Open", mine: true, assignee: "Amina Yusuf",
  opened_at: at("10:01:00"), updated_at: at("10:01:00"), due: null, ...over,
});

export const cases = [
  kase(48213, "Charged twice for November", { status_label: "Open, with you", due: { state: "risk", what: "Reply", due_at: new Date(MORNING + 1102_000).toISOString(), paused_left_s: null } }),
  kase(47990, "Smart meter sends no readings", { status: "waiting_customer", status_label: "Waiting for customer", due: { state: "paused", what: "Resolution", due_at: null, paused_left_s: 100_800 } }),
];

export const mine = [
  { case: cases[0], customer_name: "Margaret Okonjo", customer_tier: "gold" },
  { case: kase(48120, "Final invoice after moving out", { due: { state: "ok", what: "Resolution", due_at: new Date(MORNING + 22_320_000).toISOString(), paused_left_s: null } }), customer_name: "Grace Whitfield", customer_tier: "silver" },
  { case: cases[1], customer_name: "Margaret Okonjo", customer_tier: "gold" },
];

export const margaret = {
  customer_id: "cu_margaret", name: "Margaret Okonjo", initials: "MO", tier: "gold", account: "BW-204-7713", place: "Leeds", zone: "Europe/London", language: "en",
  numbers: ["+44 7700 900 142"],
  facts: [
    { label: "Plan", value: "Fibre 500, dual energy" }, { label: "Balance", value: "£156.20 in credit" }, { label: "Customer since", value: "March 2016" },
  ],
};
export const david = { ...margaret, customer_id: "cu_david", name: "David Okonjo", initials: "DO", tier: "silver", account: "BW-204-7720", numbers: ["+44 113 496 0142"] };
export const catering = { ...margaret, customer_id: "cu_catering", name: "Okonjo Catering Ltd", initials: "OC", tier: "gold", account: "BW-881-0034" };
export const rhys = { ...margaret, customer_id: "cu_rhys", name: "Rhys Morgan", initials: "RM", tier: null, account: "BW-310-2214", place: "LS6 2AB", numbers: ["+44 7700 900 566"] };
export const customers = [margaret, david, catering, rhys];

const entry = (id, kind, when, title, over = {}) => ({
  id, kind, at: when, title, text: "", who: "", direction: null, duration_s: null, case_number: null, contact_id: null, has_recording: false, chips: [], ...over,
});

export const history = [
  entry("h1", "email", at("10:01:00"), "Second payment taken from my account", { who: "Email", direction: "in", case_number: 48213, text: "You have taken £156.20 from my account twice on the same day. I rang yesterday and was told somebody would come back to me. Please refund it before Friday, my rent goes out then." }),
  entry("h2", "chat", at("16:40:00", "2025-11-18"), "Chat, 12 min", { who: "Tom Reyes", chips: [{ tone: "warn", text: "Promise open" }], text: "Asked when the refund arrives. Tom promised an answer by Thursday 12:00." }),
  entry("h3", "payment", at("09:00:11", "2025-11-12"), "Two payments of £156.20, eleven seconds apart", { chips: [{ tone: "bad", text: "Likely duplicate" }], text: "Card ending 4432, references 77120-A and 77120-B, invoice 4471." }),
  entry("h4", "call", at("14:12:00", "2025-11-03"), "Call, 4 min 12 s", { who: "Ines Duarte", direction: "in", duration_s: 252, case_number: 47990, text: "Meter shows “no signal”. Reset by phone, engineer offered. Outcome: waiting for customer." }),
  entry("h5", "post", at("08:00:00", "2025-10-28"), "Invoice 4471 sent, £156.20", { who: "Post", direction: "out" }),
];

const may = [
  ["Open a case, take a message", true], ["Say what is public: tariffs, outages, hours", true], ["Read out balance, address or payments", false], ["Change anything, refund, send a code elsewhere", false],
];

const blank = {
  number_note: "", customer: null, candidates: [], new_customer: {}, cases: [], likely_case_id: null, history: [], ivr_path: [], topic: "", typed: "",
  say_first: "", likely_reason: "", promises: [], unverified_may: [], ask_to_verify: [], why_unverified: "", failed: [],
};

export const popKnown = {
  ...blank, match: "known", verification: { verified: true, how: "pin", label: "PIN verified" }, number: "+44 7700 900 142", customer: margaret,
  cases, likely_case_id: "c_48213", history, topic: "Billing, Question about an invoice", typed: "Account and PIN, accepted",
  ivr_path: [
    { at: at("10:34:19"), label: "Billing", key: "1", note: "Main menu" }, { at: at("10:34:31"), label: "Question about an invoice", key: "2", note: "Billing menu" },
    { at: at("10:34:58"), label: "Account number and PIN accepted", key: null, note: "BW-204-7713" }, { at: at("10:36:12"), label: "Waited 1:14 in Billing", key: null, note: "From position 3" },
  ],
  say_first: "Good morning Mrs Okonjo, this is Amina at Brightwater. You are calling about invoice 4471, is that right?",
  likely_reason: "Wrote at 10:01 about a second payment of £156.20. Case #48213 is open and with you.",
  promises: ["By Thu 12:00: refund answer, by Tom Reyes"],
};

export const popSeveral = {
  ...blank, match: "several", verification: { verified: false, how: "number_only", label: "Unverified" }, why_unverified: "A number alone can be borrowed or forged. No PIN was typed in the menu.",
  number: "+44 113 496 0142", number_note: "Leeds, landline",
  candidates: [
    { customer: margaret, why: "Called from this number 4 times", case: cases[0] }, { customer: david, why: "Gave it as his second number", case: null }, { customer: catering, why: "Number on the contract", case: null },
  ],
  history, topic: "Billing", typed: "", say_first: "Good morning, this is Amina at Brightwater. Who am I speaking to, please?",
  ivr_path: [{ at: at("10:42:09"), label: "Billing", key: "1", note: "Main menu" }, { at: at("10:43:07"), label: "Waited 0:58 in Billing", key: null, note: "" }],
  unverified_may: may, ask_to_verify: ["Account number, or PIN", "Date of birth, as on the account", "Amount of the last invoice"],
};

export const popUnknown = {
  ...blank, match: "unknown", verification: { verified: false, how: "nothing", label: "Unverified" }, why_unverified: "A number alone can be borrowed or forged. No PIN was typed in the menu.",
  number: "+44 7700 900 655", number_note: "mobile, UK", new_customer: { number: "+44 7700 900 655", place: "LS6 2AB", language: "en" },
  candidates: [{ customer: rhys, why: "two digits swapped, lives in LS6 2AB", case: null }],
  topic: "Moving home, Moving in", typed: "Postcode LS6 2AB", say_first: "Good morning, this is Amina at Brightwater. You are moving in, congratulations. May I have your name?",
  ivr_path: [{ at: at("10:42:40"), label: "Moving home", key: "3", note: "Main menu" }, { at: at("10:43:07"), label: "Waited 0:21 in Moving home", key: null, note: "" }],
  unverified_may: may, ask_to_verify: ["Full name and date of birth", "Address and day of moving in", "A code sent to this mobile"],
};

const person = (name, role, state, ago, over = {}) => ({
  agent_id: `ag_${name.split(" ")[0].toLowerCase()}`, name, initials: name.split(" ").map((w) => w[0]).join(""), role, state,
  since: new Date(MORNING - ago * 1000).toISOString(), reason: null, ...over,
});

export const people = [
  person("Dev Patel", "Billing tier 2", "available", 80), person("Ines Duarte", "Billing", "on_contact", 362), person("Tom Reyes", "Billing", "acw", 211),
  person("Siân Pritchard", "Welsh language", "on_contact", 708), person("Leila Haddad", "Team lead", "available", 555), person("Kofi Mensah", "Retention", "unreachable", 107, { reason: "microphone silent" }),
  person("Hugo Blanc", "Technical help", "not_ready", 1880, { reason: "Lunch" }), person("Grace Lowe", "Billing", "ringing", 6),
];

const queue = (id, name, waiting, longest, on, free, level, spark) => ({
  queue_id: id, name, waiting, longest_since: longest === 0 ? null : new Date(MORNING - longest * 1000).toISOString(), on_contact: on, free, service_level: level, goal: 0.8, spark,
});

export const queues = (billing = 0) => [
  queue("q_billing", "Billing", billing, billing ? 72 : 0, 9, 2, 0.82, [3, 5, 4, 6, 7, 5, 4, 3, 2, 2, 1, 0]),
  queue("q_moving", "Moving home", 0, 0, 2, 1, 0.91, [1, 0, 1, 2, 2, 1, 1, 0, 1, 1, 1, 0]),
  queue("q_retention", "Retention", 2, 72, 5, 0, 0.76, [0, 0, 1, 2, 3, 2, 2, 1, 1, 3, 2, 2]),
];

export const day = { handled: 31, talk_s: 9130, handle_s_average: 348, missed: 2 };

const target = (name, role, state, ago, likely, detail = "", reachable = true) => ({
  agent_id: `ag_${name.split(" ")[0].toLowerCase()}`, name, initials: name.split(" ").map((w) => w[0]).join(""), role, state, since: new Date(MORNING - ago * 1000).toISOString(), reachable, detail, likely,
});
const line = (id, name, waiting, free, estimate_s) => ({ queue_id: id, name, waiting, free, estimate_s, closed: false, keeps_wait: true });

export const targets = {
  people: [
    target("Dev Patel", "Billing tier 2, Complaints", "available", 80, 1), target("Leila Haddad", "Team lead", "available", 555, 2),
    target("Ines Duarte", "Billing", "on_contact", 362, 3, "usually 1 min more"), target("Tom Reyes", "Billing, spoke to Margaret yesterday", "acw", 211, 4),
    target("Kofi Mensah", "Retention", "unreachable", 107, 0, "microphone silent", false), target("Siân Pritchard", "Welsh language", "on_contact", 708, 0, "longer than usual"),
    target("Hugo Blanc", "Technical help", "not_ready", 1880, 0, "Lunch", false),
  ],
  queues: [line("q_complaints", "Complaints", 0, 2, 0), line("q_technical", "Technical help", 4, 0, 40), line("q_retention", "Retention", 7, 0, 250)],
  flows: [{ flow_id: "payment", name: "Take a payment", comes_back: true }, { flow_id: "rate", name: "Rate this call", comes_back: false }],
  numbers: [{ number: "+441134960300", label: "Billing partner, Ardent", detail: "0113 496 0300" }],
  dialling: true, dialling_why: "", ring_timeout_s: 20,
  travels: ["Case #48213 and your note", "PIN verified, not asked again", "Chosen in the menu: Question about an invoice", "Promised: By Thu 12:00: refund answer, by Tom Reyes"],
};
