/*
 * Plays the demo morning over the same HTTP and websocket as the server, so that screens can be looked at.
 *
 *   node dev/mock-server.mjs [--port 8800] [--static FOLDER]     then open /desk?scene=call, or sign in at /
 *
 * Serves the last build from ../app/static; the dev server may proxy to it as well. The phone is real WebRTC: the
 * far end is a second connection in the same page (dev/mock/loopback.js). Nothing of this is in the bundle.
 */
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";
import * as d from "./mock/data.mjs";
import { floorTopic } from "./mock/floor.mjs";
import { agentTopic, contactOf, offerOf, partiesOf } from "./mock/scenes.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at > 0 ? process.argv[at + 1] : otherwise;
};
const statics = option("static", join(here, "..", "..", "app", "static"));
const port = Number(option("port", "8800"));
const startedAt = Date.now();

const now = () => d.MORNING + (Date.now() - startedAt);
const iso = (ms) => new Date(ms).toISOString();
const worlds = new Map();
const tickets = new Map();

/** One world per scene; a page that asks who it is while no other is open begins it afresh. */
function worldOf(scene, afresh = false) {
  let world = worlds.get(scene);
  if (!world || (afresh && world.sockets.size === 0)) {
    world = { scene, agent: agentTopic(scene, now()), floor: floorTopic(now()), seq: { agent: 1, floor: 1 }, sockets: new Set(), user: scene.startsWith("floor") ? d.leila : d.amina };
    worlds.set(scene, world);
  }
  return world;
}

function publish(world, set) {
  Object.assign(world.agent, set);
  world.seq.agent += 1;
  const text = JSON.stringify({ type: "delta", topic: "agent", seq: world.seq.agent, set, upsert: {}, remove: {} });
  for (const socket of world.sockets) socket.send(text);
}

const sessionOf = (user) => ({ user, csrf_token: "mock-csrf", server_time: iso(now()), clock_rate: 1, centre: "Brightwater", demo: true });

class Refused extends Error {
  constructor(status, code, detail) {
    super(detail);
    Object.assign(this, { status, code });
  }
}

function patchContact(world, change) {
  if (!world.agent.contact) throw new Refused(409, "contact_ended", "This contact is over.");
  publish(world, { contact: { ...world.agent.contact, ...change } });
}

const patchMe = (world, change) => publish(world, { me: { ...world.agent.me, ...change } });

function wrapUp(world, endedBy, endedAt = iso(now())) {
  const c = world.agent.contact;
  publish(world, {
    me: { ...world.agent.me, state: "acw", since: iso(now()) },
    contact: {
      ...c, state: "acw", talk_s: (now() - Date.parse(c.answered_at)) / 1000, ended_at: endedAt, ended_by: endedBy, recording: "off", recording_since: null,
      acw_started_at: iso(now()), acw_ends_at: iso(now() + 60_000),
    },
  });
}

const commands = {
  "POST offers accept": (world) => {
    const { offer } = world.agent;
    if (!offer) throw new Refused(409, "offer_ended", "This call is no longer offered to you.");
    publish(world, {
      offer: null, me: { ...world.agent.me, state: "on_contact", since: iso(now()) },
      contact: contactOf(now(), { contact_id: offer.contact_id, queue_name: offer.queue_name, answered_at: iso(now()), recording_since: iso(now()), note: "", note_saved_at: null, case_id: null, pop: offer.pop }),
    });
  },
  "POST offers decline": (world) => publish(world, { offer: null, me: { ...world.agent.me, state: "available", since: iso(now()) } }),
  "POST contacts hold": (world) => patchContact(world, { state: "held", held_since: iso(now()) }),
  "POST contacts resume": (world) => {
    const c = world.agent.contact;
    patchContact(world, { state: "talking", hold_s: c.hold_s + (now() - Date.parse(c.held_since)) / 1000, held_since: null });
  },
  "POST contacts hang-up": (world) => wrapUp(world, "agent"),
  "POST contacts mute": (world, body) => patchContact(world, { muted: body.on }),
  "POST contacts digits": () => undefined,
  "POST contacts recording/pause": (world) => {
    const c = world.agent.contact;
    patchContact(world, { recording: "paused", recorded_s: c.recorded_s + (now() - Date.parse(c.recording_since)) / 1000, recording_since: null });
  },
  "POST contacts recording/resume": (world) => patchContact(world, { recording: "on", recording_since: iso(now()) }),
  "POST contacts wrap-up/extend": (world, body) => {
    const c = world.agent.contact;
    patchContact(world, { acw_ends_at: iso(Date.parse(c.acw_ends_at) + body.seconds * 1000), acw_extendable_s: c.acw_extendable_s - body.seconds });
  },
  "POST contacts wrap-up/finish": (world) => publish(world, {
    contact: null, me: { ...world.agent.me, state: world.agent.me.next_state ?? "available", reason: world.agent.me.next_reason, next_state: null, next_reason: null, since: iso(now()) },
  }),
  "PUT contacts disposition": (world, body) => patchContact(world, { disposition: body.disposition }),
  "PUT contacts note": (world, body) => {
    patchContact(world, { note: body.text, note_saved_at: iso(now()) });
    return { saved_at: iso(now()) };
  },
  "PUT contacts case": (world, body) => {
    const c = world.agent.contact;
    const made = body.new ? { ...d.cases[0], case_id: "c_48377", number: 48377, subject: body.new.subject, type: body.new.type, due: null, status_label: "New, with you" } : d.cases.find((k) => k.case_id === body.case_id);
    patchContact(world, { case_id: made.case_id, pop: body.new ? { ...c.pop, cases: [made, ...c.pop.cases] } : c.pop });
    return made;
  },
  "PUT contacts customer": (world, body) => {
    const c = world.agent.contact;
    const card = body.new ? { ...d.margaret, ...body.new, customer_id: "cu_new", initials: body.new.name.slice(0, 2).toUpperCase(), tier: null, facts: [], numbers: [body.new.number] } : d.customers.find((k) => k.customer_id === body.customer_id);
    patchContact(world, { pop: { ...c.pop, match: "known", customer: card, candidates: [], cases: body.new ? [] : d.cases } });
    return card;
  },
  "POST contacts transfer": (world, body) => {
    if (body.to.kind !== "flow") return wrapUp(world, null, null);
    patchContact(world, { aside: { flow_name: "Take a payment", since: iso(now()), says: "" }, parties: partiesOf(now(), "held") });
  },
  "POST contacts take-back": (world) => patchContact(world, { aside: null, parties: partiesOf(now()) }),
  "POST contacts consult": (world, body) => {
    const person = d.targets.people.find((p) => p.agent_id === body.to.id);
    const dev = ["pa_dev", person ? "agent" : body.to.kind, person?.name ?? body.to.id, "ringing", 0, { detail: person?.role ?? "", agent_id: person?.agent_id ?? null }];
    patchContact(world, { state: "held", held_since: iso(now()), parties: partiesOf(now(), "held", [dev]) });
    setTimeout(() => patchContact(world, { parties: partiesOf(now(), "held", [dev.with(3, "talking")]) }), 2500);
  },
  "POST contacts consult/cancel": (world) => patchContact(world, { state: "talking", held_since: null, parties: partiesOf(now()) }),
  "POST contacts consult/swap": (world) => {
    const c = world.agent.contact;
    const to = c.state === "held" ? ["talking", "held"] : ["held", "talking"];
    patchContact(world, { state: to[0], held_since: to[0] === "held" ? iso(now()) : null, parties: c.parties.map((p) => (p.kind === "caller" ? { ...p, state: to[0] } : p.me ? p : { ...p, state: to[1] })) });
  },
  "POST contacts consult/join": (world) => patchContact(world, { state: "talking", held_since: null, parties: world.agent.contact.parties.map((p) => ({ ...p, state: "talking" })) }),
  "POST contacts consult/complete": (world) => wrapUp(world, null, null),
  "POST contacts leave": (world) => wrapUp(world, null, null),
  "POST contacts help": (world) => patchContact(world, { parties: partiesOf(now(), "talking", [["pa_leila", "supervisor", "Leila Haddad", "ringing", 0]]) }),
  "POST contacts verify": (world) => patchContact(world, { pop: { ...world.agent.contact.pop, verification: { verified: true, how: "agent", label: "Verified by two answers" } } }),
};

function route(method, path, query, body, world) {
  const key = `${method} ${path}`;
  if (key === "GET /api/caller/centre") return { name: "Brightwater", number: "020 7946 0100", open: true, waiting: 4, estimate_s: 120, topics: [], languages: d.reference.languages };
  if (key === "GET /api/demo/sign-ins") return d.signIns;
  if (key === "POST /api/session") {
    if (body.password !== "brightwater") throw new Refused(401, "wrong_credentials", "Name and password do not fit. Check both; a supervisor can set a new password.");
    return sessionOf(body.username.startsWith("leila") ? d.leila : d.amina);
  }
  if (key === "GET /api/session" && world.scene === "out") throw new Refused(401, "signed_out", "There is no session. Sign in again.");
  if (key === "GET /api/session" || key === "PUT /api/session/language") return sessionOf(world.user);
  if (key === "DELETE /api/session") return null;
  if (key === "POST /api/ws-ticket") {
    const ticket = randomUUID();
    tickets.set(ticket, world);
    return { ticket, expires_in_s: 30 };
  }
  if (key === "GET /api/transfer-targets") return world.scene === "call-browser" ? { ...d.targets, dialling: false, dialling_why: "This line reaches browsers only." } : d.targets;
  if (key === "GET /api/agent/why") return { agent_id: "ag_amina", verdict: world.agent.why_no_calls[0] ?? "You are next for Billing and Moving home.", until: null, sentences: world.agent.why_no_calls.slice(1) };
  if (key === "GET /api/reference") return d.reference;
  if (key === "GET /api/phone") return { ice_servers: [], codec: "opus", backend: "webrtc" };
  if (key === "DELETE /api/agent/phone") return null;
  if (key === "POST /api/agent/state") {
    const busy = ["ringing", "on_contact", "acw"].includes(world.agent.me.state);
    patchMe(world, busy ? { next_state: body.state, next_reason: body.reason } : { state: body.state, reason: body.reason, since: iso(now()) });
    return { ok: true };
  }
  if (key === "GET /api/customers") return d.customers.filter((c) => `${c.name} ${c.account}`.toLowerCase().includes(query.get("q").toLowerCase()));
  if (/^GET \/api\/customers\/[^/]+\/history$/.test(key)) return d.history;
  if (/^GET \/api\/customers\/[^/]+$/.test(key)) return d.customers.find((c) => path.endsWith(c.customer_id));
  if (key === "GET /api/cases") return { cases: d.mine, total: d.mine.length };
  const command = /^\/api\/(offers|contacts)\/[^/]+\/(.+)$/.exec(path);
  const run = command && commands[`${method} ${command[1]} ${command[2]}`];
  if (run) return run(world, body) ?? { ok: true };
  throw new Refused(404, "not_found", `The mock does not know ${key}.`);
}

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2" };
const CSP = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; media-src 'self' blob:; object-src 'none'; frame-ancestors 'none'";

function page(path, response) {
  if (path === "/mock/loopback.js") return send(response, 200, readFileSync(join(here, "mock", "loopback.js")), ".js");
  const file = normalize(join(statics, path));
  if (file.startsWith(statics) && existsSync(file) && statSync(file).isFile() && !path.endsWith(".html")) return send(response, 200, readFileSync(file), extname(file));
  const html = readFileSync(join(statics, "index.html"), "utf8").replace("<script", '<script src="/mock/loopback.js"></script>\n    <script');
  return send(response, 200, html, ".html");
}

function send(response, status, content, extension) {
  response.writeHead(status, { "content-type": TYPES[extension] ?? "application/octet-stream", "content-security-policy": CSP, "permissions-policy": "microphone=(self)" });
  response.end(content);
}

const server = createServer((request, response) => {
  const url = new URL(request.url, "http://mock");
  if (!url.pathname.startsWith("/api/")) return page(url.pathname, response);
  const referer = request.headers.referer ? new URL(request.headers.referer) : url;
  const scene = referer.searchParams.get("scene") ?? "idle";
  let text = "";
  request.on("data", (chunk) => (text += chunk));
  request.on("end", () => {
    const json = (status, body) => {
      response.writeHead(status, { "content-type": status < 400 ? "application/json" : "application/problem+json" });
      response.end(body === null ? undefined : JSON.stringify(body));
    };
    try {
      const body = route(request.method, url.pathname, url.searchParams, text === "" ? null : JSON.parse(text), worldOf(scene, url.pathname === "/api/session" && request.method === "GET"));
      json(body === null ? 204 : 200, body);
    } catch (error) {
      json(error.status ?? 500, { type: "about:blank", title: "Refused", status: error.status ?? 500, detail: error.message, code: error.code ?? "mock", errors: [] });
    }
  });
});

const sockets = new WebSocketServer({ server });
sockets.on("connection", (socket, request) => {
  const world = tickets.get(new URL(request.url, "http://mock").searchParams.get("ticket"));
  if (!world) return socket.close(1008, "This ticket is used or too old.");
  world.sockets.add(socket);
  const say = (message) => socket.send(JSON.stringify(message));
  const snapshot = (topic) => say({ type: "snapshot", topic, seq: world.seq[topic], data: world[topic] });
  say({ type: "hello", server_time: iso(now()), clock_rate: 1, node: "mock", topics: ["agent", "floor"] });
  snapshot("agent");
  socket.on("message", (text) => {
    const message = JSON.parse(text);
    if (message.type === "heartbeat") say({ type: "heartbeat", server_time: iso(now()) });
    if (message.type === "resync") snapshot(message.topic);
    if (message.type === "subscribe") for (const topic of message.topics) snapshot(topic);
    if (message.type === "take_over") patchMe(world, { leader: true });
  });
  socket.on("close", () => world.sockets.delete(socket));
});

/* Anything a picture needs at a certain moment: POST /mock would be a route of its own; a line on stdin is enough. */
process.stdin.on("data", (line) => {
  const [verb, scene] = String(line).trim().split(" ");
  const world = worldOf(scene ?? "idle");
  if (verb === "reset") worlds.clear();
  if (verb === "offer") publish(world, { me: { ...world.agent.me, state: "ringing", since: iso(now()) }, offer: offerOf(now(), d.popKnown, { expires_at: iso(now() + 20_000), made_at: iso(now()) }) });
  if (verb === "end") wrapUp(world, "caller");
});

server.listen(port, "127.0.0.1", () => console.log(`mock server at http://127.0.0.1:${server.address().port}`));
