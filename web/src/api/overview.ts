/** 任务概览: the figures of one campaign's live page. */
import { body, client } from "./http.ts";

export interface AgentShare { agent_id: number; number: string; name: string; calls: number; talk_ms: number; results: Record<string, number>; success: number }
export interface CampaignOverview {
  at: string;
  funnel: { leads: number; called: number; answered: number; human: number; agent: number; heard: number; reached: number; success: number };
  dispositions: { disposition: string; attempts: number }[];
  hours: { hour: number; attempts: number; answered: number }[];
  agents: AgentShare[];
  speed: { last_hour: number[]; per_minute_milli: number; attempts_left: number; ends_at?: string | null };
  /** Thousandths of a yuan. */
  cost: { routed: number; unrated_minutes: number; unrated: number };
}

export const getOverview = (id: number): Promise<CampaignOverview> =>
  body(client.GET("/api/v1/campaigns/{id}/overview", { params: { path: { id }, query: { zone: Intl.DateTimeFormat().resolvedOptions().timeZone } } }));

/** What was predicted of attempts against what came, by twentieths. */
export interface Calibration { bins: { attempts: number; answers: number; predicted: number }[]; error: number; skill: number }

export const getCalibration = (id: number): Promise<Calibration> => body(client.GET("/api/v1/campaigns/{id}/calibration", { params: { path: { id } } }));
