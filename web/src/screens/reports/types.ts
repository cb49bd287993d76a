/** The wire's shapes for reports and recordings. */
import type { components } from "../../api/schema";

type Schemas = components["schemas"];

export type ReportView = Schemas["ReportView"];
export type ReportRow = Schemas["ReportRow"];
export type Figure = Schemas["FigureView"];
export type Choices = Schemas["ReportChoices"];
export type Behind = Schemas["BehindView"];
export type BehindRow = Schemas["BehindRow"];
export type Interval = ReportView["interval"];
export type Dimension = ReportView["dimension"];
export type ScheduleList = Schemas["ScheduleList"];
export type Schedule = Schemas["ScheduleView"];
export type ScheduleChange = Schemas["ScheduleChange"];
export type RecordingPage = Schemas["RecordingPage"];
export type RecordingRow = Schemas["RecordingRow"];
export type RecordingDetail = Schemas["RecordingDetail"];
export type Rating = Schemas["RatingView"];
export type RecordingSettings = Schemas["RecordingSettings"];
export type ReachName = RecordingPage["reach"];
