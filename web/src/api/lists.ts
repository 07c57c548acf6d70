/** 名单 of a campaign, whose leads are, and the public pool. */
import type { Selection, LeadFilter } from "./campaigns.ts";
import type { Customer } from "./customers.ts";
import { body, client, loose } from "./http.ts";
import type { Attempt, Page } from "./types.ts";

export type FieldOp = "in" | "not_in" | "contains" | "at_least" | "at_most" | "filled" | "empty";
export interface FieldTest { key: string; op: FieldOp; values: string[] }
export interface ListFilter { regions: string[]; carriers: string[]; attempts_min: number | null; attempts_max: number | null; fields: FieldTest[] }
export interface ListProgress { leads: number; by_state: Record<string, number>; with_result: number }
export interface LeadList {
  id: number; campaign_id: number; name: string; weight: number; priority: number; enabled: boolean; filter: Partial<ListFilter>;
  /** False while a changed filter is still being applied: nobody of the list is dialled. */
  applied: boolean;
  origin: "own" | "import" | "hand" | "api" | "results"; origin_note: string; created_by: string; created_at: string; updated_at: string; revision: number;
}
export type ListView = LeadList & { progress: ListProgress };
export interface ListInput { name: string; weight: number; priority: number; enabled: boolean; filter: Partial<ListFilter> }
export interface Dedupe { in_other_tasks?: boolean; called_within_days?: number | null; results?: string[] }

const at = (id: number) => ({ params: { path: { id } } });

export const getLists = (id: number): Promise<{ items: ListView[] }> => body(client.GET("/api/v1/campaigns/{id}/lists", at(id))) as Promise<{ items: ListView[] }>;
export const createList = (id: number, b: ListInput): Promise<LeadList> => body(client.POST("/api/v1/campaigns/{id}/lists", { ...at(id), body: loose(b) })) as Promise<LeadList>;
export const updateList = (id: number, b: ListInput & { revision: number }): Promise<LeadList> => body(client.PUT("/api/v1/lead-lists/{id}", { ...at(id), body: loose(b) })) as Promise<LeadList>;
export const removeList = (id: number): Promise<{ leads: number }> => body(client.DELETE("/api/v1/lead-lists/{id}", at(id)));
export const listFromResults = (id: number, b: ListInput & { from_campaign_id: number; leads: LeadFilter; dedupe: Dedupe }): Promise<{ list: LeadList; copied: number; duplicates: number }> =>
  body(client.POST("/api/v1/campaigns/{id}/lists/from-results", { ...at(id), body: loose(b) })) as Promise<{ list: LeadList; copied: number; duplicates: number }>;

export interface Assigned { leads: number; agents: { agent_id: number; leads: number }[] }
export const getAssigned = (id: number): Promise<Assigned> => body(client.GET("/api/v1/campaigns/{id}/leads/assigned", at(id)));
export const assignLeads = (id: number, b: Selection & { agents: number[]; again: boolean }): Promise<Assigned> =>
  body(client.POST("/api/v1/campaigns/{id}/leads/assign", { ...at(id), body: loose(b) }));
export const unassignLeads = (id: number, which: Selection): Promise<{ leads: number }> =>
  body(client.POST("/api/v1/campaigns/{id}/leads/unassign", { ...at(id), body: loose(which) }));

export type PastAttempt = Attempt & { campaign_name: string; result_label?: string | null };
export const getPast = (id: number): Promise<{ items: PastAttempt[] }> => body(client.GET("/api/v1/leads/{id}/past", at(id)));

export interface PoolRules { claims_per_day_max: number; holds_max: number; recycle_days: number }
export interface PoolShare { rules: PoolRules; agent: boolean; taken_today: number; held: number }
export interface PoolMove {
  id: number; customer_id: number; kind: "claim" | "release" | "recycle" | "assign"; from_agent?: number | null; to_agent?: number | null; actor: string; note: string; at: string;
}
export const getPool = (query: Record<string, unknown>): Promise<Page<Customer>> => body(client.GET("/api/v1/pool", { params: { query } }));
export const getPoolShare = (): Promise<PoolShare> => body(client.GET("/api/v1/pool/share")) as Promise<PoolShare>;
export const claimCustomer = (id: number): Promise<Customer> => body(client.POST("/api/v1/pool/{id}/claim", at(id)));
export const releaseCustomer = (id: number, note: string): Promise<Customer> => body(client.POST("/api/v1/pool/{id}/release", { ...at(id), body: { note } }));
export const assignCustomer = (id: number, agent_id: number): Promise<Customer> => body(client.POST("/api/v1/pool/{id}/assign", { ...at(id), body: { agent_id } }));
export const getPoolMoves = (id: number): Promise<{ items: PoolMove[] }> => body(client.GET("/api/v1/pool/{id}/moves", at(id))) as Promise<{ items: PoolMove[] }>;
export const putPoolRules = (b: PoolRules): Promise<PoolRules> => body(client.PUT("/api/v1/settings/pool", { body: b })) as Promise<PoolRules>;
