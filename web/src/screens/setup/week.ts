/** Hours of a day as people write them, and as parts of its bar. Pure. */

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Day = (typeof DAYS)[number];

const SPAN = /^(\d{1,2}):?(\d{2})?\s*(?:-|–|to)\s*(\d{1,2}):?(\d{2})?$/;

/** "8-12, 13:00-18:00" as ["08:00-12:00", "13:00-18:00"]; null when it cannot be read. */
export function hoursOf(text: string): string[] | null {
  const parts = text.split(/[,;]/).map((part) => part.trim()).filter((part) => part !== "");
  const read = parts.map((part) => {
    const found = SPAN.exec(part);
    if (!found) return null;
    const [h1, m1, h2, m2] = [found[1], found[2] ?? "0", found[3], found[4] ?? "0"].map(Number) as [number, number, number, number];
    if (h1 > 23 || h2 > 24 || m1 > 59 || m2 > 59 || (h2 === 24 && m2 > 0)) return null;
    return `${two(h1)}:${two(m1)}-${two(h2)}:${two(m2)}`;
  });
  return read.every((each) => each !== null) ? read : null;
}

/** Parts of the day (0 to 1) that are open; what goes past midnight ends at it. */
export function spansOf(hours: readonly string[]): [number, number][] {
  return hours.flatMap((each): [number, number][] => {
    const [from, to] = each.split("-").map((clock) => {
      const [h = 0, m = 0] = clock.split(":").map(Number);
      return (h * 60 + m) / 1440;
    });
    if (from === undefined || to === undefined || Number.isNaN(from) || Number.isNaN(to)) return [];
    return [[from, to > from ? Math.min(1, to) : 1]];
  });
}

const two = (n: number): string => String(n).padStart(2, "0");
