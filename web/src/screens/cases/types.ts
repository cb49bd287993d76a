import type { CaseList, CaseSummary, ContactDetail, ContactList } from "../../api/types";

export type CaseRow = CaseList["cases"][number];
export type CaseStatus = CaseSummary["status"];
export type ContactRow = ContactList["contacts"][number];
export type ContactEvent = ContactDetail["events"][number];
export type Recording = ContactDetail["recordings"][number];
