import { body, client } from "./http.ts";
import type { CampaignView } from "./campaigns.ts";
import type { TrunkView } from "./lines.ts";
import type { Call, Page, Recording, SipTrace } from "./types.ts";

export type CallDetail = Call & { recordings: Recording[] };
export const getCalls = (query: Record<string, unknown>): Promise<Page<CallDetail>> => body(client.GET("/api/v1/calls", { params: { query } }));
export const getCall = (id: number): Promise<CallDetail> => body(client.GET("/api/v1/calls/{id}", { params: { path: { id } } }));
export interface LegMessages { leg_id: number; from: string; to: string; trace?: SipTrace | null }
export const getSipTrace = (id: number): Promise<LegMessages[]> => body(client.GET("/api/v1/calls/{id}/sip-trace", { params: { path: { id } } }));
export interface Peaks { channels: number[][]; duration_ms: number }
export const getPeaks = (id: number): Promise<Peaks> => body(client.GET("/api/v1/recordings/{id}/peaks", { params: { path: { id } } }));
export const audioUrl = (id: number, download = false): string => `/api/v1/recordings/${id}/audio${download ? "?download=1" : ""}`;

export interface Dashboard {
  today: {
    attempts: number; answered: number; talk_ms: number; by_disposition: Record<string, number>;
    by_hour: { hour: number; attempts: number; answered: number }[];
  };
  running: CampaignView[];
  trunks: TrunkView[];
  calls: number;
  degraded?: string | null;
  alarms: { seq: number; ts: string; code: string; text: string }[];
  sms: { queued: number; failed: number };
}
export const getDashboard = (): Promise<Dashboard> => body(client.GET("/api/v1/dashboard"));
