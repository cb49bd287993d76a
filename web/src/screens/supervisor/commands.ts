/** What supervisors ask of the server. */
import { del, get, post, put } from "../../api/client";
import type { AgentSkills, AlertHistory, AlertNotice, AlertTargetMade, ClosePreview, FigureContacts, TargetTried, Thresholds, ThresholdSetting, WhyNoCalls } from "../../api/types";

export type SuperviseMode = "listen" | "whisper" | "barge";
export type WayThen = "return" | "overflow" | "voicemail" | "callback" | "hang_up";
export type MoveTo = "place" | "first" | "last";
export type FigureName = FigureContacts["figure"];

const id = encodeURIComponent;

export const floor = {
  supervise: (contactId: string, mode: SuperviseMode) => post(`/api/floor/contacts/${id(contactId)}/supervise`, { mode }),
  stopSupervising: () => del("/api/floor/supervising"),
  forceState: (agentId: string, state: "available" | "not_ready" | "signed_out", reason: string | null = null) => post(`/api/floor/agents/${id(agentId)}/state`, { state, reason }),
  move: (contactId: string, queueId: string | null, to: MoveTo) => post(`/api/floor/contacts/${id(contactId)}/move`, { queue_id: queueId, to }),
  prioritise: (contactId: string, priority: number) => post(`/api/floor/contacts/${id(contactId)}/priority`, { priority }),
  offerCallback: (contactId: string) => post(`/api/floor/contacts/${id(contactId)}/offer-callback`),
  closeQueue: (queueId: string, then: WayThen, thenQueueId: string | null) => post(`/api/floor/queues/${id(queueId)}/close`, { then, then_queue_id: thenQueueId }),
  reopenQueue: (queueId: string) => post(`/api/floor/queues/${id(queueId)}/reopen`),
  preview: (queueId: string, signal?: AbortSignal) => get<ClosePreview>(`/api/floor/queues/${id(queueId)}/close-preview`, { ...(signal && { signal }) }),
  skills: (agentId: string, signal?: AbortSignal) => get<AgentSkills>(`/api/floor/agents/${id(agentId)}/skills`, { ...(signal && { signal }) }),
  changeSkills: (agentId: string, skills: Record<string, number>) => put<AgentSkills>(`/api/floor/agents/${id(agentId)}/skills`, { skills }),
  whyNoCalls: (agentId: string, signal?: AbortSignal) => get<WhyNoCalls>(`/api/floor/agents/${id(agentId)}/why`, { ...(signal && { signal }) }),
  contacts: (figure: FigureName, queueId: string | null, signal?: AbortSignal) =>
    get<FigureContacts>(`/api/floor/contacts?figure=${figure}${queueId === null ? "" : `&queue=${id(queueId)}`}`, { ...(signal && { signal }) }),
  thresholds: (signal?: AbortSignal) => get<Thresholds>("/api/floor/thresholds", { ...(signal && { signal }) }),
  setThreshold: (measure: string, subject: string, setting: ThresholdSetting) => put<Thresholds>(`/api/floor/thresholds/${measure}?subject=${id(subject)}`, setting),
  resetThreshold: (measure: string, subject: string) => del<Thresholds>(`/api/floor/thresholds/${measure}?subject=${id(subject)}`),
  addTarget: (kind: "webhook" | "email", address: string) => post<AlertTargetMade>("/api/floor/targets", { kind, address }),
  removeTarget: (targetId: string) => del(`/api/floor/targets/${id(targetId)}`),
  tryTarget: (targetId: string) => post<TargetTried>(`/api/floor/targets/${id(targetId)}/test`),
  alerts: (signal?: AbortSignal) => get<AlertHistory>("/api/floor/alerts?limit=100", { ...(signal && { signal }) }),
  notices: (alertId: string, signal?: AbortSignal) => get<AlertNotice[]>(`/api/floor/alerts/${id(alertId)}/notices`, { ...(signal && { signal }) }),
  take: (alertId: string) => post(`/api/floor/alerts/${id(alertId)}/take`),
};
