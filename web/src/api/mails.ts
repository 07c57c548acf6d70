import { body, client, loose } from "./http.ts";
import type { Page } from "./types.ts";

export interface Mail {
  id: number; to: string; subject: string; text: string; state: string; campaign_id?: number | null; lead_id?: number | null;
  tries: number; next_at: string; error?: string | null; created_at: string; sent_at?: string | null;
}
export interface MailServer {
  host: string; port: number; tls: "none" | "starttls" | "tls"; user: string; password?: string | null; from_address: string; from_name: string;
  authority?: string | null; timeout_s: number; per_second_max: number; tries_max: number;
}

export const getMails = (query: Record<string, unknown>): Promise<Page<Mail>> => body(client.GET("/api/v1/mails", { params: { query } }));
export const sendMail = (b: { to: string; subject: string; text: string; send_at?: string | null }): Promise<Mail> => body(client.POST("/api/v1/mails", { body: b }));
export const retryMail = (id: number): Promise<Mail> => body(client.POST("/api/v1/mails/{id}/retry", { params: { path: { id } } }));
export const putMailServer = (b: MailServer): Promise<unknown> => body(client.PUT("/api/v1/settings/mail", { body: loose(b) }));
export const testMail = (to: string): Promise<unknown> => body(client.POST("/api/v1/settings/mail/test", { body: { to } }));
