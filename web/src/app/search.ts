/** What stands behind the `?` of a page's address. Anything else there is dropped. */

const CASE_STATUSES = ["new", "open", "waiting_customer", "solved", "closed"] as const;
type CaseStatus = (typeof CASE_STATUSES)[number];

export interface CasesSearch {
  q?: string;
  status?: CaseStatus;
  mine?: boolean;
}

/** The router reads a number as a number, and a case is looked for by its number. */
const text = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "");

export function casesSearch(search: Record<string, unknown>): CasesSearch {
  const q = text(search.q);
  const status = CASE_STATUSES.find((each) => each === search.status);
  return { ...(q !== "" && { q }), ...(status && { status }), ...(search.mine === true && { mine: true }) };
}

export function contactsSearch(search: Record<string, unknown>): { id?: string } {
  const id = text(search.id);
  return id === "" ? {} : { id };
}

/** Set up: which object is chosen in the list. */
export const chosenSearch = contactsSearch;
