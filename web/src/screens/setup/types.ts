import type { components } from "../../api/schema";

type Schemas = components["schemas"];

export type CentreView = Schemas["CentreView"];
export type CentreFile = Schemas["CentreFile"];
export type QueueSetting = Schemas["QueueSetting"];
export type StepSetting = Schemas["StepSetting"];
export type WaySetting = Schemas["WaySetting"];
export type AgentSetting = Schemas["AgentSetting"];
export type UserSetting = Schemas["UserSetting"];
export type TeamSetting = Schemas["TeamSetting"];
export type SkillSetting = Schemas["SkillSetting"];
export type NumberSetUp = Schemas["NumberSetUp"];
export type CalendarSetting = Schemas["CalendarSetting"];
export type ReasonList = Schemas["ReasonList"];
export type ReasonEntry = Schemas["ReasonEntry"];
export type SoundSetting = Schemas["SoundSetting"];
export type SoundView = Schemas["SoundView"];
export type StillWaiting = Schemas["StillWaiting"];
export type Finding = Schemas["FindingView"];
export type Edit = Schemas["EditView"];
export type SetUpSaved = Schemas["SetUpSaved"];

/** Sections with a page of their own, and what one object of each is. */
export interface Settings {
  queues: QueueSetting;
  agents: AgentSetting;
  teams: TeamSetting;
  skills: SkillSetting;
  users: UserSetting;
  numbers: NumberSetUp;
  calendars: CalendarSetting;
  reasons: ReasonList;
  sounds: SoundSetting;
}
export type Section = keyof Settings;

/** The field that names an object. */
export const KEY: { readonly [S in Section]: keyof Settings[S] & string } = {
  queues: "id",
  agents: "id",
  teams: "team",
  skills: "skill",
  users: "username",
  numbers: "dnis",
  calendars: "id",
  reasons: "id",
  sounds: "id",
};
