import type { DeskSettings } from "./agents.ts";
import { customerSettingsOf, type CustomerSettings } from "./customers.ts";
import type { MailServer } from "./mails.ts";
import { body, client, loose } from "./http.ts";
import type { Compliance, Delivery, Described, EarsSettings, Holidays, Page, Recognition, RecordingPolicy, SipTracePolicy, Sms, SmsProvider, Speech, ToneDef, Webhook } from "./types.ts";

const at = (id: number) => ({ params: { path: { id } } });

export const getSms = (query: Record<string, unknown>): Promise<Page<Sms>> => body(client.GET("/api/v1/sms", { params: { query } }));
export const sendSms = (b: { phones: string[]; text: string; send_at?: string | null }): Promise<Page<Sms>> => body(client.POST("/api/v1/sms", { body: b }));
export const retrySms = (id: number): Promise<Sms> => body(client.POST("/api/v1/sms/{id}/retry", at(id)));

export interface WebhookInput { name: string; url: string; events: string[]; campaign_ids: number[]; results: string[]; enabled: boolean }
const chosen = (w: Described<Webhook, "campaign_ids" | "results">): Webhook => ({ ...w, campaign_ids: w.campaign_ids ?? [], results: w.results ?? [] });
export const getWebhooks = async (): Promise<Page<Webhook>> => {
  const page = await body(client.GET("/api/v1/webhooks"));
  return { ...page, items: page.items.map(chosen) };
};
export const createWebhook = async (b: WebhookInput): Promise<Webhook> => chosen(await body(client.POST("/api/v1/webhooks", { body: b })));
export const updateWebhook = async (id: number, b: WebhookInput): Promise<Webhook> => chosen(await body(client.PUT("/api/v1/webhooks/{id}", { ...at(id), body: b })));
export const deleteWebhook = (id: number): Promise<void> => body(client.DELETE("/api/v1/webhooks/{id}", at(id)));
export const rotateWebhook = async (id: number): Promise<Webhook> => chosen(await body(client.POST("/api/v1/webhooks/{id}/secret", at(id))));
export const testWebhook = (id: number): Promise<{ ok: boolean; status?: number | null; error?: string | null }> => body(client.POST("/api/v1/webhooks/{id}/test", at(id)));
export const replayDead = (id: number): Promise<{ deliveries: number }> => body(client.POST("/api/v1/webhooks/{id}/replay", at(id)));
export const getDeliveries = (query: Record<string, unknown>): Promise<Page<Delivery>> => body(client.GET("/api/v1/webhook-deliveries", { params: { query } }));
export const replayDelivery = (id: number): Promise<Delivery> => body(client.POST("/api/v1/webhook-deliveries/{id}/replay", at(id)));
export const getEventTypes = (): Promise<Page<string>> => body(client.GET("/api/v1/event-types"));

export interface Settings {
  compliance: Compliance; holidays: Holidays; speech: Speech & { api_key_set: boolean };
  recognition: Recognition & { api_key_set: boolean; heard_today_ms: number }; sms: SmsProvider & { secret_names: string[] }; mail: MailServer & { password_set: boolean }; recording: RecordingPolicy; sip_trace: SipTracePolicy; ears: EarsSettings;
  standard_tones: ToneDef[]; desk: DeskSettings; customers: CustomerSettings; costs: Costs;
}
/** Thousandths of a yuan. */
export interface Costs { per_minute: number }
export const getSettings = async (): Promise<Settings> => {
  const all = await body(client.GET("/api/v1/settings"));
  return { ...all, customers: customerSettingsOf(all.customers), costs: { per_minute: all.costs.per_minute ?? 0 } };
};
export const putCompliance = (b: Compliance): Promise<Compliance> => body(client.PUT("/api/v1/settings/compliance", { body: loose(b) }));
export const putHolidays = (b: Holidays): Promise<Holidays> => body(client.PUT("/api/v1/settings/holidays", { body: loose(b) }));
export const putSpeech = (b: Speech): Promise<Settings["speech"]> => body(client.PUT("/api/v1/settings/speech", { body: loose(b) }));
export interface RecognitionTried { text: string; took_ms: number; confidence?: number | null }
export const putRecognition = (b: Recognition): Promise<Settings["recognition"]> => body(client.PUT("/api/v1/settings/recognition", { body: loose(b) }));
export const tryRecognition = (text: string): Promise<RecognitionTried> => body(client.POST("/api/v1/speech/recognise", { body: { text } }));
export const putSmsProvider = (b: SmsProvider): Promise<Settings["sms"]> => body(client.PUT("/api/v1/settings/sms", { body: loose(b) }));
export const putRecording = (b: RecordingPolicy): Promise<RecordingPolicy> => body(client.PUT("/api/v1/settings/recording", { body: loose(b) }));
export const putSipTrace = (b: SipTracePolicy): Promise<SipTracePolicy> => body(client.PUT("/api/v1/settings/sip-trace", { body: loose(b) }));
export const putCosts = (b: Costs): Promise<unknown> => body(client.PUT("/api/v1/settings/costs", { body: b }));
export const putEars = (b: EarsSettings): Promise<EarsSettings> => body(client.PUT("/api/v1/settings/ears", { body: loose(b) }));
