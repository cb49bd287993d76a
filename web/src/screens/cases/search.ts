import type { ContactRow } from "./types";

/** Letters without their marks, so that "Sian" finds "Siân". */
function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}

/** Calls in which every word of the query occurs somewhere; digits find a number however it is spaced. */
export function searched(rows: readonly ContactRow[], query: string): ContactRow[] {
  const words = plain(query).split(/\s+/).filter((word) => word !== "");
  return rows.filter((row) => {
    const text = plain([row.name, row.agent_name ?? "", row.queue_name ?? "", row.outcome].join(" "));
    const digits = text.replace(/\D/g, "");
    return words.every((word) => text.includes(word) || (/^\+?\d+$/.test(word) && digits.includes(word.replace("+", ""))));
  });
}
