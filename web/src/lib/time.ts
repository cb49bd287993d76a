/** Durations and instants in words and figures. Durations are seconds, instants RFC 3339 or ms. Pure. */

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** "m:ss" below an hour, "h:mm:ss" below a day, then "1 d 4 h". Never negative. */
export function clockOf(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  if (s >= DAY) return longOf(s);
  const mmss = `${Math.floor((s % HOUR) / MINUTE)}:${two(s % MINUTE)}`;
  if (s < HOUR) return mmss;
  return `${Math.floor(s / HOUR)}:${two(Math.floor((s % HOUR) / MINUTE))}:${two(s % MINUTE)}`;
}

/** "mm:ss", as the band shows it; hours before it when there are any. */
export function bandClockOf(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  const head = s >= HOUR ? `${Math.floor(s / HOUR)}:` : "";
  return `${head}${two(Math.floor((s % HOUR) / MINUTE))}:${two(s % MINUTE)}`;
}

/** Time left: counts up to the next whole second, so that "0:01" stands until nothing is left. */
export function leftOf(seconds: number): string {
  return clockOf(Math.ceil(Math.max(0, seconds)));
}

/** The two largest units: "1 d 4 h", "6 h 12", "18:22". */
export function longOf(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  if (s >= DAY) return `${Math.floor(s / DAY)} d ${Math.floor((s % DAY) / HOUR)} h`;
  if (s >= HOUR) return `${Math.floor(s / HOUR)} h ${two(Math.floor((s % HOUR) / MINUTE))}`;
  return clockOf(s);
}

/** Units as written beside a figure: "1 min 14 s", "58 s", "2 h 41 min". */
export function spanOf(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < MINUTE) return `${s} s`;
  if (s < HOUR) return s % MINUTE === 0 ? `${s / MINUTE} min` : `${Math.floor(s / MINUTE)} min ${s % MINUTE} s`;
  const minutes = Math.floor((s % HOUR) / MINUTE);
  return minutes === 0 ? `${Math.floor(s / HOUR)} h` : `${Math.floor(s / HOUR)} h ${minutes} min`;
}

/** "10:34" or, with seconds, "10:34:02", where the person sits. */
export function timeOf(at: string | number, seconds = false): string {
  const d = new Date(at);
  const hm = `${two(d.getHours())}:${two(d.getMinutes())}`;
  return seconds ? `${hm}:${two(d.getSeconds())}` : hm;
}

/** "12 Nov", with the year when it is another one. */
export function dayOf(at: string | number, nowMs: number, language: string): string {
  const d = new Date(at);
  const sameYear = d.getFullYear() === new Date(nowMs).getFullYear();
  return d.toLocaleDateString(localeOf(language), { day: "numeric", month: "short", ...(!sameYear && { year: "numeric" }) });
}

/** Days between the two calendar days, where the person sits. */
export function daysAgo(at: string | number, nowMs: number): number {
  const midnight = (ms: number | string) => {
    const d = new Date(ms);
    return Date.UTC(d.getFullYear(), d.getMonth(), d.getDate());
  };
  return Math.round((midnight(nowMs) - midnight(at)) / (DAY * 1000));
}

export function secondsSince(at: string, nowMs: number): number {
  return (nowMs - Date.parse(at)) / 1000;
}

export function secondsUntil(at: string, nowMs: number): number {
  return (Date.parse(at) - nowMs) / 1000;
}

/** British English and Welsh dates, not the browser's own. */
export function localeOf(language: string): string {
  return language === "cy" ? "cy-GB" : "en-GB";
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}
