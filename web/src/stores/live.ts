/** What the server says just now: one connection for the whole page, its topics as stores. */
import { create } from "zustand";
import { post } from "../api/client";
import { Live, type LiveStatus, socketUrl } from "../api/live";
import type { AgentTopic, FloorTopic, Heartbeat, Notice, StaffMessage, Ticket } from "../api/types";
import { leave } from "./session";

export interface LiveStore {
  status: LiveStatus;
  agent: AgentTopic | null;
  floor: FloorTopic | null;
}

export const useLive = create<LiveStore>(() => ({ status: { state: "stopped" }, agent: null, floor: null }));

type BeatParts = Omit<Heartbeat, "type">;

const noPhone: BeatParts = { phone: "none", microphone: "unknown", rtt_ms: null, visible: true, leader: false };
let beatParts: () => BeatParts = () => noPhone;
let topics: ("agent" | "floor")[] = [];
const noticeListeners = new Set<(notice: Notice) => void>();

const live = new Live<StaffMessage>({
  getTicket: async (signal) => (await post<Ticket>("/api/ws-ticket", undefined, { signal, retries: 0 })).ticket,
  url: (ticket) => socketUrl("/ws", ticket),
  heartbeat: () => ({ type: "heartbeat", ...beatParts() }),
  resync: (topic) => ({ type: "resync", topic }),
  onHello: (send) => send({ type: "subscribe", topics }),
  onStatus: (status) => useLive.setState({ status }),
  onTopic: (topic, data) => useLive.setState({ [topic]: data }),
  onNotice: (notice) => {
    for (const listener of noticeListeners) listener(notice);
  },
  onRefused: leave,
});

/** Connects and stays connected. `wanted` are the topics this person may see. */
export function startLive(wanted: ("agent" | "floor")[]): void {
  topics = wanted;
  live.start();
}

export function stopLive(): void {
  live.stop();
  useLive.setState({ agent: null, floor: null });
}

export function sendLive(message: StaffMessage): boolean {
  return live.send(message);
}

export function tryNow(): void {
  live.tryNow();
}

/** What this page's heartbeats say of its phone; `beatNow` when it changed. */
export function setBeatParts(parts: () => BeatParts): void {
  beatParts = parts;
}

export function beatNow(): void {
  live.beatNow();
}

export function onNotice(listener: (notice: Notice) => void): () => void {
  noticeListeners.add(listener);
  return () => noticeListeners.delete(listener);
}

/** True while the server answers: controls that need it are shown as usable. */
export function useServerThere(): boolean {
  return useLive((s) => s.status.state !== "lost");
}
