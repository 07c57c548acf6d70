/** 坐席 and what they can do. */
import { body, client } from "./http.ts";
import type { Described, Page } from "./types.ts";

export type AgentState = "off" | "ready" | "reserved" | "ringing" | "dialing" | "talking" | "held" | "wrap_up" | "break";
export type MonitorMode = "listen" | "whisper" | "barge";
export type Seat = { kind: "browser"; extension: number } | { kind: "phone"; extension: number } | { kind: "outside"; number: string };

export interface Agent {
  id: number; tenant_id: number; user_id?: number | null; number: string; name: string; extension_id?: number | null; unit_id?: number | null; enabled: boolean;
  /** Their own phone, E.164; empty: none. */
  mobile: string;
  /** Skill → level, 1–10. */
  skills: Record<string, number>; created_at: string; revision: number;
}
export interface Skill { id: number; tenant_id: number; name: string }
export interface BreakReason { code: string; name: string; ms_max: number }
export interface DeskSettings {
  zone: string; breaks: BreakReason[]; link_grace_ms: number; setup_ms_max: number; setup_ms_max_outside: number; direct_ring_ms: number;
  direct_wrap_up_ms: number; music: string; record_dialed: boolean; survey_text: string;
}

const at = (id: number) => ({ params: { path: { id } } });

export interface AgentInput { number: string; name: string; mobile: string; user_id?: number | null; unit_id?: number | null; enabled: boolean; skills: Record<string, number> }
export const agentOf = (a: Described<Agent, "mobile">): Agent => ({ ...a, mobile: a.mobile ?? "" });
export const getAgents = async (): Promise<Page<Agent>> => {
  const page = await body(client.GET("/api/v1/agents"));
  return { ...page, items: page.items.map(agentOf) };
};
export const createAgent = async (b: AgentInput): Promise<Agent> => agentOf(await body(client.POST("/api/v1/agents", { body: b })));
export const updateAgent = async (id: number, b: AgentInput & { revision: number }): Promise<Agent> => agentOf(await body(client.PUT("/api/v1/agents/{id}", { ...at(id), body: b })));
export const deleteAgent = (id: number): Promise<void> => body(client.DELETE("/api/v1/agents/{id}", at(id)));

/** These groups and no others. */
export const setGroups = (id: number, queues: number[]): Promise<void> => body(client.PUT("/api/v1/agents/{id}/groups", { ...at(id), body: { queues } }));

export const getSkills = (): Promise<Page<Skill>> => body(client.GET("/api/v1/skills"));
export const createSkill = (name: string): Promise<Skill> => body(client.POST("/api/v1/skills", { body: { name } }));
export const updateSkill = (id: number, name: string): Promise<Skill> => body(client.PUT("/api/v1/skills/{id}", { ...at(id), body: { name } }));
export const deleteSkill = (id: number): Promise<void> => body(client.DELETE("/api/v1/skills/{id}", at(id)));

export const putDesk = (b: DeskSettings): Promise<DeskSettings> => body(client.PUT("/api/v1/settings/desk", { body: b }));
