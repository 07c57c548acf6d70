/** Rules of dialling: what holds for a task, whom they refused, abandoned calls, consent. */
import { body, client, loose } from "./http.ts";
import type { ListKind, Page, PhoneLine } from "./types.ts";
import type { CampaignView } from "./campaigns.ts";

const at = (id: number) => ({ params: { path: { id } } });

export interface DialRules {
  rotation: "turn" | "least_used" | "random"; local_presence: boolean; caller_id_interval_s: number; caller_id_rest_after: number;
  caller_id_rest_min: number; caller_id_per_day_max: number; contact_per_day_max: number; number_per_24h_max: number;
  number_per_5min_max: number; campaign_per_day_max: number; consent_required: boolean; refusal_results: string[];
  refusal_scope: "tenant" | "campaign"; consent_results: string[];
}
export interface RuleInForce { key: string; value: string; from: "house" | "tenant" | "task" }
export interface PoolNumber {
  number: string; region: string; state: string; resting_until?: string | null;
  flag_reason?: string | null; flag_note: string; calls_today: number; calls_per_day_max: number; calls_24h: number; answered_24h: number;
}
export interface RulesView { rules: RuleInForce[]; pool: PoolNumber[] }
export interface RefusalCount { rule: string; today: number; all: number }
export interface LedgerSum { answers: number; abandoned: number; percent: number; over: boolean; left: number }
export interface AbandonedCall {
  attempt_id: number; lead_id: number; phone: string; name: string; answered_at: string; waited_ms: number; message: boolean; locked_until: string;
}
export interface LedgerView { percent_max: number; day: LedgerSum; month: LedgerSum; calls: Page<AbandonedCall> }

export const getRules = (id: number): Promise<RulesView> => body(client.GET("/api/v1/campaigns/{id}/rules", at(id)));
export const getRefusals = (id: number): Promise<Page<RefusalCount>> => body(client.GET("/api/v1/campaigns/{id}/refusals", at(id)));
export const getLedger = (id: number, query: Record<string, unknown>): Promise<LedgerView> =>
  body(client.GET("/api/v1/campaigns/{id}/ledger", { params: { path: { id }, query } }));
/** The campaign is sent back whole, with other rules. */
export const updateRules = ({ progress: _, ...campaign }: CampaignView, dial_rules: DialRules): Promise<CampaignView> =>
  body(client.PUT("/api/v1/campaigns/{id}", { ...at(campaign.id), body: loose({ ...campaign, dial_rules }) }));

export const flagNumber = (id: number, note: string): Promise<PhoneLine> => body(client.POST("/api/v1/numbers/{id}/flag", { ...at(id), body: { note } }));
export const unflagNumber = (id: number): Promise<PhoneLine> => body(client.POST("/api/v1/numbers/{id}/unflag", at(id)));

export interface ListAt { kind: ListKind; campaign_id?: number; everywhere?: boolean }
export const importList = (b: ListAt & { text: string }): Promise<{ added: number }> => body(client.POST("/api/v1/list-entries/import", { body: loose(b) }));
export function listUrl(list: ListAt): string {
  const query = new URLSearchParams({ kind: list.kind });
  if (list.campaign_id != null) query.set("campaign_id", String(list.campaign_id));
  if (list.everywhere) query.set("everywhere", "true");
  return `/api/v1/list-entries/export.csv?${query.toString()}`;
}
