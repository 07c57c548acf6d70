/** 坐席台: the agent's own state, call and phone. */
import { agentOf, type Agent, type AgentState, type BreakReason, type MonitorMode, type Seat } from "./agents.ts";
import type { AgentLive, Destination, QueueLive } from "./board.ts";
import { fieldOf, type CustomerBrief, type CustomerField, type Summary, type SummaryChoice } from "./customers.ts";
import { body, client } from "./http.ts";
import type { CallerClass } from "./queues.ts";
import type { Confirmation, DialMode, PreviewEnd, Vars } from "./types.ts";

export type PartyState = "ringing" | "talking" | "held" | "flow";
export interface Party {
  leg_id: number; kind: "customer" | "agent" | "guest" | "supervisor"; state: PartyState; number: string; name: string; agent_id?: number | null; muted: boolean;
  mode?: MonitorMode | null; since: string;
  /** Was asked for advice and has not joined the talk. */
  consulted: boolean;
}
export interface DeskCall {
  call_id: number; direction: "outbound" | "inbound"; number: string; name: string; called: string; queue_id?: number | null; service?: string | null;
  campaign_id?: number | null; campaign_name?: string | null; lead_id?: number | null; data: Vars; digits: string; said: string[]; classes: CallerClass[];
  customers: CustomerBrief[]; started_at: string; answered_at?: string | null; parties: Party[]; consulting: boolean; recording: boolean; survey: boolean; confirmation?: Confirmation | null;
}
/** What is told beside the view, once. */
export type DeskNote =
  | { kind: "dial_failed"; disposition: string; number: string }
  | { kind: "came_back"; number: string; name: string }
  | { kind: "released" | "signed_out_next" | "break_next" | "signed_out" };
/** A lead that the agent sees and has not dialled yet. */
export interface Preview {
  campaign_id: number; campaign_name: string; lead_id: number; number: string; name: string; region: string; data: Vars;
  /** Before this one. */
  attempts: number;
  shown_at: string; until?: string | null; then: PreviewEnd; skips_left?: number | null; dialing: boolean;
}
/** A running task of the agent's groups. */
export interface TaskBrief { campaign_id: number; name: string; mode: DialMode }
export interface DeskView { agent: AgentLive; call?: DeskCall | null; preview?: Preview | null; tasks?: TaskBrief[] }

export interface DeskExtension { id: number; number: string; name: string }
export interface DeskQueue { id: number; name: string }
export interface DeskInfo {
  agent: Agent; view: DeskView; queues: DeskQueue[]; breaks: BreakReason[]; dispositions: SummaryChoice[]; fields: CustomerField[]; extensions: DeskExtension[];
  /** Flows a customer may be sent into to confirm something. */
  flows: { id: number; name: string }[];
  /** The agent's own groups as they were when the desk was asked for, by this browser's clock. */
  live: QueueLive[]; askedAt: number;
}
export interface DeskPhone { extension_id: number; login: string; secret: string; domain: string; web_path: string }
export interface Colleague { agent_id: number; number: string; name: string; state: AgentState }
export interface Colleagues { agents: Colleague[]; queues: { id: number; name: string; ready: number }[] }

export type DeskCommand =
  | { do: "sign_in"; seat: Seat; ready: boolean }
  | { do: "sign_out" | "ready" | "extend_wrap_up" | "decline" | "hang_up" | "swap" | "cancel_consult" | "complete_transfer" | "conference" | "preview_dial" }
  | { do: "break"; reason: string }
  | { do: "hold" | "mute" | "record"; on: boolean }
  | { do: "digits"; digits: string }
  | { do: "dial"; number: string }
  | { do: "consult" | "transfer"; to: Destination }
  | { do: "drop"; leg: number }
  | { do: "pick_up"; entry: number }
  | { do: "confirm"; flow: number; back: boolean }
  | { do: "next_lead"; campaign: number }
  | { do: "preview_skip"; reason: string };

export const getDesk = async (): Promise<DeskInfo> => {
  const askedAt = Date.now();
  const info = await body(client.GET("/api/v1/desk"));
  return { ...info, askedAt, agent: agentOf(info.agent), fields: info.fields.map(fieldOf) };
};
export const command = (c: DeskCommand): Promise<DeskView> => body(client.POST("/api/v1/desk/commands", { body: c }));
export const takePhone = (): Promise<DeskPhone> => body(client.POST("/api/v1/desk/phone"));
export const getColleagues = (q: string): Promise<Colleagues> => body(client.GET("/api/v1/desk/colleagues", { params: { query: q ? { q } : {} } }));

export interface SummaryInput { customer_id?: number | null; disposition: string; note: string; next_contact_at?: string | null }
const at = (id: number) => ({ params: { path: { id } } });
export const putSummary = (call: number, b: SummaryInput): Promise<Summary> => body(client.PUT("/api/v1/calls/{id}/summary", { ...at(call), body: b }));
export const getSummaries = (call: number): Promise<Summary[]> => body(client.GET("/api/v1/calls/{id}/summaries", at(call)));
