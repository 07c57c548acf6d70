import { body, client, loose, upload } from "./http.ts";
import type { Dedupe } from "./lists.ts";
import type { Attempt, Campaign, CampaignProgress, FieldDef, Import, Lead, Page, Sms, Vars } from "./types.ts";

export type CampaignView = Campaign & { progress: CampaignProgress };
export type CampaignInput = Pick<
  Campaign,
  | "name" | "description" | "purpose" | "flow_id" | "callback_flow_id" | "caller_ids" | "trunk_ids" | "schedule" | "concurrency_max"
  | "calls_per_second_max" | "ring_ms_max" | "retry" | "record" | "recording_format" | "amd" | "variables" | "fields" | "results"
  | "mode" | "queue_id" | "pacing" | "agent_work" | "dial_rules" | "booking"
>;
export interface Template { code: string; name_zh: string; name_en: string; description_zh: string; description_en: string }

/** What is written of a campaign: whole, or what is left out goes back to its default. */
export function inputOf(c: Campaign): CampaignInput {
  const { name, description, purpose, flow_id, caller_ids, trunk_ids, schedule, concurrency_max, calls_per_second_max, ring_ms_max, retry, record, amd, variables, fields, results } = c;
  const { mode, pacing, agent_work, dial_rules, booking } = c;
  return {
    name, description, purpose, flow_id, callback_flow_id: c.callback_flow_id ?? null, caller_ids, trunk_ids, schedule, concurrency_max, calls_per_second_max, ring_ms_max, retry, record,
    recording_format: c.recording_format ?? null, amd, variables, fields, results, mode, queue_id: c.queue_id ?? null, pacing, agent_work, dial_rules, booking,
  };
}

const at = (id: number) => ({ params: { path: { id } } });

export const getTemplates = (): Promise<Page<Template>> => body(client.GET("/api/v1/campaign-templates"));
export const getCampaigns = (query: Record<string, unknown>): Promise<Page<CampaignView>> =>
  body(client.GET("/api/v1/campaigns", { params: { query } }));
export const getCampaign = (id: number): Promise<CampaignView> => body(client.GET("/api/v1/campaigns/{id}", at(id)));
export const createFromTemplate = (b: { template: string; name: string }): Promise<CampaignView> =>
  body(client.POST("/api/v1/campaigns/from-template", { body: b }));
export const createCampaign = (b: Partial<Omit<CampaignInput, "pacing">> & { pacing?: Partial<CampaignInput["pacing"]> }): Promise<CampaignView> => body(client.POST("/api/v1/campaigns", { body: loose(b) }));
export const updateCampaign = (id: number, b: CampaignInput & { revision: number }): Promise<CampaignView> =>
  body(client.PUT("/api/v1/campaigns/{id}", { ...at(id), body: loose(b) }));
export const deleteCampaign = (id: number): Promise<void> => body(client.DELETE("/api/v1/campaigns/{id}", at(id)));

export const submit = (id: number): Promise<CampaignView> => body(client.POST("/api/v1/campaigns/{id}/submit", at(id)));
export const approve = (id: number): Promise<CampaignView> => body(client.POST("/api/v1/campaigns/{id}/approve", at(id)));
export const reject = (id: number, note: string): Promise<CampaignView> =>
  body(client.POST("/api/v1/campaigns/{id}/reject", { ...at(id), body: { note } }));
export const start = (id: number): Promise<CampaignView> => body(client.POST("/api/v1/campaigns/{id}/start", at(id)));
export const pause = (id: number): Promise<CampaignView> => body(client.POST("/api/v1/campaigns/{id}/pause", at(id)));
export const resume = (id: number): Promise<CampaignView> => body(client.POST("/api/v1/campaigns/{id}/resume", at(id)));
export const stop = (id: number): Promise<CampaignView> => body(client.POST("/api/v1/campaigns/{id}/stop", at(id)));
export const copy = (id: number, name: string): Promise<CampaignView> =>
  body(client.POST("/api/v1/campaigns/{id}/copy", { ...at(id), body: { name } }));
export interface LeadFilter {
  states?: string[]; dispositions?: string[]; results?: string[]; q?: string; import_id?: number; list_id?: number; agent_id?: number; assigned?: boolean; called_from?: string; called_until?: string;
}
export const reuse = (id: number, b: { name: string; filter: LeadFilter }): Promise<{ campaign: CampaignView; copied: number; duplicates: number }> =>
  body(client.POST("/api/v1/campaigns/{id}/reuse", { ...at(id), body: loose(b) }));

export const resultsUrl = (id: number, format: "xlsx" | "csv"): string => `/api/v1/campaigns/${id}/results.${format}`;

export type LeadDetail = Lead & { history: Attempt[]; sms: Sms[] };
export const getLeads = (id: number, query: Record<string, unknown>): Promise<Page<Lead>> =>
  body(client.GET("/api/v1/campaigns/{id}/leads", { params: { path: { id }, query } }));
export const getLead = (id: number): Promise<LeadDetail> => body(client.GET("/api/v1/leads/{id}", at(id)));
export const createLead = (id: number, b: { phone: string; phones?: string[]; name: string; variables: Vars; priority?: number; list_id?: number; after_minutes?: number; call_within_minutes?: number }): Promise<Lead> =>
  body(client.POST("/api/v1/campaigns/{id}/leads", { ...at(id), body: loose(b) }));
export type Selection = { ids: number[] } | { filter: LeadFilter };
export const removeLeads = (id: number, which: Selection): Promise<{ deleted: number; excluded: number }> =>
  body(client.POST("/api/v1/campaigns/{id}/leads/remove", { ...at(id), body: loose(which) }));
export const excludeLeads = (id: number, which: Selection): Promise<{ leads: number }> =>
  body(client.POST("/api/v1/campaigns/{id}/leads/exclude", { ...at(id), body: loose(which) }));
export const restoreLeads = (id: number, which: Selection): Promise<{ leads: number }> =>
  body(client.POST("/api/v1/campaigns/{id}/leads/restore", { ...at(id), body: loose(which) }));

export interface PreviewColumn { index: number; header: string; guess: string }
export interface PreviewRow { row: number; values: string[]; verdict: string; phone?: string | null; reason?: string | null; reason_en?: string | null }
export interface Preview {
  encoding: string; sheets: string[]; sheet?: string | null; columns: PreviewColumn[]; rows: PreviewRow[]; rows_total?: number | null;
}
export interface Mapping { column: number; target: string; new_field?: FieldDef | null }
export const getImports = (id: number): Promise<Page<Import>> => body(client.GET("/api/v1/campaigns/{id}/imports", at(id)));
export const getImport = (id: number): Promise<Import> => body(client.GET("/api/v1/imports/{id}", at(id)));
export function uploadSheet(id: number, file: File, onProgress: (share: number) => void): Promise<{ import: Import; preview: Preview }> {
  const form = new FormData();
  form.append("file", file, file.name);
  return upload(`/api/v1/campaigns/${id}/imports`, form, onProgress);
}
export interface PreviewOptions { sheet?: string; encoding?: string; default_area?: string }
export const getPreview = (id: number, query: PreviewOptions): Promise<Preview> =>
  body(client.GET("/api/v1/imports/{id}/preview", { params: { path: { id }, query } }));
export const commitImport = (id: number, b: { mapping: Mapping[]; list_id?: number; new_list?: string; dedupe?: Dedupe } & PreviewOptions): Promise<Import> =>
  body(client.POST("/api/v1/imports/{id}/commit", { ...at(id), body: loose(b) }));
export const rejectedUrl = (id: number): string => `/api/v1/imports/${id}/rejected.csv`;
