/** Alerts on the page: which stand together, and when the bell rings. Pure. */
import type { FloorAlert } from "./types";

/** More open alerts of one kind than this stand as one line, else nobody sees the queues for them. */
export const APART_MAX = 4;
/** The bell rings at most this often, however many alerts there are. */
export const BELL_EVERY_MS = 30_000;

export interface AlertLine {
  key: string;
  alerts: readonly [FloorAlert, ...FloorAlert[]];
}

export function isOpen(alert: FloorAlert): boolean {
  return alert.tone !== "ok";
}

/** One line an alert; many of the same kind share one. The order stays. */
export function linesOf(alerts: readonly FloorAlert[]): AlertLine[] {
  const counts = new Map<string, number>();
  for (const alert of alerts) if (isOpen(alert)) counts.set(alert.kind, (counts.get(alert.kind) ?? 0) + 1);
  const lines: AlertLine[] = [];
  const together = new Map<string, AlertLine>();
  for (const alert of alerts) {
    const many = isOpen(alert) && (counts.get(alert.kind) ?? 0) > APART_MAX && alert.kind.startsWith("agent_");
    if (!many) {
      lines.push({ key: alert.id, alerts: [alert] });
      continue;
    }
    const line = together.get(alert.kind);
    if (line === undefined) {
      const made: AlertLine = { key: `together:${alert.kind}`, alerts: [alert] };
      together.set(alert.kind, made);
      lines.push(made);
    } else {
      line.alerts = [...line.alerts, alert];
    }
  }
  return lines;
}

/** Rings for alerts that nobody has taken and that were not there before, or grew bad. */
export class Bell {
  #known: Map<string, FloorAlert["tone"]> | null = null;
  #rangAtMs = Number.NEGATIVE_INFINITY;

  /** Whether to ring now. What was there at the first look is no news. */
  hear(alerts: readonly FloorAlert[], nowMs: number): boolean {
    const known = this.#known;
    this.#known = new Map(alerts.map((alert) => [alert.id, alert.tone]));
    if (known === null) return false;
    const news = alerts.some((alert) => {
      const before = known.get(alert.id);
      return alert.sound && alert.taken_by === null && isOpen(alert) && (before === undefined || (before === "warn" && alert.tone === "bad"));
    });
    if (!news || nowMs - this.#rangAtMs < BELL_EVERY_MS) return false;
    this.#rangAtMs = nowMs;
    return true;
  }
}
