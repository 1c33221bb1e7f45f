/** The hub's values as the API and the stream write them, by the names that the screens use. All come
 * from `openapi.json` by `npm run types`; only this file knows how. */

import type { components } from "./schema";

type Schemas = components["schemas"];

/** As the hub sends it: it always writes every field, also those that it would not ask for. */
type Sent<T> = T extends object ? { [K in keyof T]-?: Sent<Exclude<T[K], undefined>> } : T;
type Of<Name extends keyof Schemas> = Sent<Schemas[Name]>;

/** [lon, lat] in WGS 84 degrees. */
export type LonLat = [number, number];
export type Shape = Of<"Point"> | Of<"Circle"> | Of<"Polygon">;

export type Account = Of<"AccountAnswer">;
export type Agency = Of<"AgencyAnswer">;
export type AgencyStatus = Of<"AgencyStatus">;
export type Assignment = Of<"Assignment">;
export type PlaceCorrection = Of<"PlaceCorrection">;
export type Authority = Of<"Authority">;
export type Bolo = Of<"Bolo">;
export type BoardSnapshot = Of<"BoardSnapshot">;
export type Call = Of<"Call">;
export type CallerFix = Of<"CallerFix">;
export type CallOutcome = NonNullable<Call["outcome"]>;
export type CallTaken = Of<"CallTaken">;
export type Closure = Of<"Closure">;
export type Coverage = Of<"Coverage">;
export type Delivery = Of<"Delivery">;
export type Duplicate = Of<"Duplicate">;
export type Emergency = Of<"Emergency">;
export type FeedRead = Of<"FeedRead">;
export type EarlierIncident = Of<"EarlierIncident">;
export type Fix = Of<"Fix">;
export type KeptQuery = Of<"KeptQuery">;
export type Incident = Of<"Incident">;
export type IncidentType = Of<"IncidentTypeAnswer">;
export type LogOn = Of<"LogOn">;
export type Leg = Of<"Leg">;
export type Note = Of<"Note">;
export type PassedOver = Of<"PassedOver">;
export type Pick = Of<"Pick">;
export type Place = Of<"Place">;
export type RecordNews = Of<"RecordNews">;
export type PlaceCandidate = Of<"PlaceCandidate">;
export type PlaceIndex = Of<"PlaceIndexAnswer">;
export type PlacesFound = Of<"PlacesFound">;
export type Position = Of<"Position">;
export type ProtocolRun = Of<"ProtocolRun">;
export type Storm = Of<"Storm">;
export type Hospital = Of<"Hospital">;
export type PushState = Of<"PushState">;
export type PushSubscribed = Of<"PushSubscribed">;
export type ChannelFault = Of<"ChannelFault">;
export type HospitalState = Of<"HospitalState">;
export type Patients = Of<"Patients">;
export type OutsideUnit = Of<"OutsideUnit">;
export type SopLine = Of<"SopLine">;
export type StatusLimit = Of<"StatusLimit">;
export type Presence = Of<"Presence">;
export type PremiseNote = Of<"PremiseNote">;
export type InfrastructureFault = Of<"NewFault">["fault"];
export type MapFault = Of<"MapFault">;
export type Problem = Of<"Problem">;
export type Reason = Of<"Reason">;
export type Recommendation = Of<"Recommendation">;
export type Region = Of<"RegionAnswer">;
export type RegionActivated = Of<"RegionActivated">;
export type Resolution = Of<"Resolution">;
export type SessionReply = Of<"NewSession">;
export type Slot = Of<"Slot">;
export type StageMark = Of<"StageAnswer">;
export type TextLine = Of<"TextLine">;
export type Unit = Of<"Unit">;
export type ZoneCover = Of<"ZoneCover">;

export type Discipline = Leg["discipline"];
export type Role = Account["role"];
export type AssignmentStatus = Assignment["status"];
export type StatusCode = "AV" | "DP" | "ER" | "ST" | "OS" | "TR" | "AH" | "OOS";

/** One numbered fact of the log. */
export type HubEvent = Of<"Event">;
export type CallsFound = Of<"CallsFound">;
export type PastCall = Of<"PastCall">;
export type TransfersFound = Of<"TransfersRead">;
export type TransferredCall = Of<"TransferredCall">;
export type Transfer = Of<"Transfer">;
export type Hearing = Of<"Hearing">;
export type IncidentDetail = Of<"IncidentDetail">;
export type LookBackReply = Of<"LookBackAnswer">;
export type ConsoleThen = Of<"ConsoleAnswer">;
export type EventBody = HubEvent["body"];

export type ServerMessage =
  | Of<"Snapshot">
  | Of<"Resumed">
  | Of<"EventMessage">
  | Of<"Heartbeat">
  | Of<"Fixes">
  | Of<"People">
  | Of<"ProblemMessage">;
export type ClientMessage = Of<"Hello"> | Of<"Ack"> | Of<"Looking">;
