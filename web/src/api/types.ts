/** The wire's shapes by name. `schema.d.ts` is generated from the server's models. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type AgentSelf = Schemas["AgentSelf"];
export type AgentStateName = AgentSelf["state"];
export type AgentTopic = Schemas["AgentTopic"];
export type AsideView = Schemas["AsideView"];
export type AttachCase = Schemas["AttachCase"];
export type CallerCall = Schemas["CallerCall"];
export type CallerCallStarted = Schemas["CallerCallStarted"];
export type CallerCentre = Schemas["CallerCentre"];
export type CallerMessage =
  | Schemas["Heartbeat"]
  | Schemas["Resync"]
  | Schemas["CallerDigit"]
  | Schemas["CallerEnd"];
export type CallerRejoin = Schemas["CallerRejoin"];
export type CallerTopic = Schemas["CallerTopic"];
export type TelephoneMessage = Schemas["Heartbeat"] | Schemas["Resync"];
export type TelephoneTopic = Schemas["TelephoneTopic"];
export type TelephoneDirectory = Schemas["TelephoneDirectory"];
export type TelephoneOpened = Schemas["TelephoneOpened"];
export type CaseChange = Schemas["CaseChange"];
export type CaseList = Schemas["CaseList"];
export type CaseSummary = Schemas["CaseSummary"];
export type CaseView = Schemas["CaseView"];
export type Choice = Schemas["Choice"];
export type ChooseCustomer = Schemas["ChooseCustomer"];
export type ContactDetail = Schemas["ContactDetail"];
export type ContactList = Schemas["ContactList"];
export type ContactView = Schemas["ContactView"];
export type CustomerCard = Schemas["CustomerCard"];
export type Delta = Schemas["Delta"];
export type DemoSignIn = Schemas["DemoSignIn"];
export type FloorTopic = Schemas["FloorTopic"];
export type Heartbeat = Schemas["Heartbeat"];
export type HeartbeatAnswer = Schemas["HeartbeatAnswer"];
export type Hello = Schemas["Hello"];
export type IceServer = Schemas["IceServer"];
export type IvrStep = Schemas["IvrStep"];
export type MatchCandidate = Schemas["MatchCandidate"];
export type MyDay = Schemas["MyDay"];
export type MyQueue = Schemas["MyQueue"];
export type NewCase = Schemas["NewCase"];
export type NewCustomer = Schemas["NewCustomer"];
export type NoteSaved = Schemas["NoteSaved"];
export type Notice = Schemas["Notice"];
export type OfferView = Schemas["OfferView"];
export type PartyView = Schemas["PartyView"];
export type Person = Schemas["Person"];
export type PhoneConfiguration = Schemas["PhoneConfiguration"];
export type Pop = Schemas["Pop"];
export type Problem = Schemas["Problem"];
export type Reference = Schemas["Reference"];
export type Role = Schemas["User"]["roles"][number];
export type Session = Schemas["Session"];
export type SessionAnswer = Schemas["SessionAnswer"];
export type SlaDue = Schemas["SlaDue"];
export type TargetFlow = Schemas["TargetFlow"];
export type TargetNumber = Schemas["TargetNumber"];
export type TargetPerson = Schemas["TargetPerson"];
export type TargetQueue = Schemas["TargetQueue"];
export type Snapshot = Schemas["Snapshot"];
export type Ticket = Schemas["Ticket"];
export type TimelineEntry = Schemas["TimelineEntry"];
export type TransferTarget = Schemas["TransferTarget"];
export type TransferTargets = Schemas["TransferTargets"];
export type AgentSkills = Schemas["AgentSkills"];
export type AlertHistory = Schemas["AlertHistory"];
export type AlertNotice = Schemas["AlertNoticeView"];
export type AlertTarget = Schemas["AlertTargetView"];
export type AlertTargetMade = Schemas["AlertTargetMade"];
export type ClosePreview = Schemas["ClosePreview"];
export type FigureContacts = Schemas["FigureContacts"];
export type SupervisingView = Schemas["SupervisingView"];
export type TargetTried = Schemas["TargetTried"];
export type ThresholdSetting = Schemas["ThresholdSetting"];
export type Thresholds = Schemas["Thresholds"];
export type ThresholdView = Schemas["ThresholdView"];
export type User = Schemas["User"];
export type Verification = Schemas["Verification"];
export type WhyNoCalls = Schemas["WhyNoCalls"];
export type WhyWaiting = Schemas["WhyWaiting"];

export type ServerMessage = Hello | Snapshot | Delta | Notice | HeartbeatAnswer;
export type StaffMessage =
  | Heartbeat
  | Schemas["Resync"]
  | Schemas["Subscribe"]
  | Schemas["TakeOver"]
  | Schemas["Shown"];

export interface TopicData {
  agent: AgentTopic;
  floor: FloorTopic;
  caller: CallerTopic;
  telephone: TelephoneTopic;
}
export type TopicName = keyof TopicData;
