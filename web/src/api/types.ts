/** The records of the API by the names the screens use. */
import type { BookingPlan } from "./bookings.ts";
import type { DialRules } from "./rules.ts";

export type Vars = Record<string, unknown>;
/** As answers are described: what has a default is optional there, though the server always writes it. */
export type Described<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>;
export interface Page<T> { items: T[]; next_cursor?: string | null; total?: number | null }

export type Role = "admin" | "manager" | "supervisor" | "agent" | "approver" | "operator" | "viewer";
/** Whose work somebody sees: their own, their unit's, that and what is below, everybody's. */
export type Scope = "self" | "unit" | "below" | "all";
export interface User {
  id: number; tenant_id: number; login: string; name: string; role: Role; unit_id?: number | null; scope: Scope; enabled: boolean;
  must_change_password: boolean; last_login_at?: string | null; created_at: string;
}
export interface Tenant { code: string; name: string }
export interface Session { user: User; permissions: string[]; csrf: string; tenant: Tenant }
export interface ApiKey {
  id: number; name: string; prefix: string; scopes: string[]; enabled: boolean;
  last_used_at?: string | null; expires_at?: string | null; created_by: number; created_at: string;
}
export interface AuditEntry {
  id: number; at: string; actor: string; remote_ip: string; action: string; target: string; detail: unknown;
}

export type CampaignStatus = "draft" | "pending" | "approved" | "running" | "paused" | "stopped" | "finished";
export interface Window { from: string; to: string }
export interface Schedule {
  start_date: string | null; end_date: string | null; weekdays: number[]; windows: Window[]; skip_holidays: boolean;
}
export type FieldKind = "text" | "number" | "money" | "date" | "datetime";
export interface FieldDef { key: string; label: string; kind: FieldKind }
/** `success`: counts as success; where none does the first one is it. */
export interface ResultDef { code: string; label: string; settles: boolean; success?: boolean }
/** 二次确认: pressed when the customer confirmed by a key. */
export type Confirmation = "running" | "pressed" | "missed";
export interface RetryRule { attempts_max: number; delay_s: number }
export interface RetryPolicy { attempts_max: number; rules: Record<string, RetryRule>; no_result?: RetryRule | null }
export type OnMachine = "hang_up" | "message" | "go_on";
export interface Amd { mode: "off" | "detect"; machine: OnMachine; assistant: OnMachine; end_dead_air: boolean }
export type DialMode = "ivr" | "play_agent" | "manual" | "preview" | "preview_connect" | "progressive" | "power" | "predictive" | "appointment";
/** What follows when the countdown of a previewed lead ends. */
export type PreviewEnd = "wait" | "dial" | "skip";
/** How fast a task dials for its agents, and what a previewed lead waits for. */
export interface Pacing {
  ratio: number; abandon_percent_max: number; cancel_ms_min: number | null; lines_per_agent_max: number; wait_ms_max: number; harbour: string;
  preview_end: PreviewEnd; preview_ms: number; skips_per_hour_max: number | null; blended: boolean; best_hour: boolean;
}
export type PacingLimit = "no_agents" | "learning" | "risk" | "guard" | "lines" | "room" | "ready" | "ratio";
/** Why a task with agents dials as it does, at its last decision. */
export interface PacingLive {
  limit: PacingLimit; agents: number; ready: number; waiting: number; in_flight: number; cancelled: number;
  /** Of the predictive mode alone, else 0: within ten seconds; shares are 0–1. */
  free_forecast: number; answers_forecast: number; risk: number; risk_max: number; answer_probability: number; trend: number;
  answers_24h: number; abandoned_24h: number; answers_30d: number; abandoned_30d: number; budget_left: number;
}
export interface Campaign {
  id: number; tenant_id: number; name: string; description: string; status: CampaignStatus; mode: DialMode; queue_id?: number | null; pacing: Pacing;
  /** Written by the tab of its own. */
  agent_work: unknown; dial_rules: DialRules; booking: BookingPlan;
  purpose: "notice" | "survey" | "marketing" | "collection"; flow_id: number; callback_flow_id?: number | null;
  caller_ids: string[]; trunk_ids: number[]; schedule: Schedule; concurrency_max: number; calls_per_second_max: number;
  ring_ms_max: number; retry: RetryPolicy; record: boolean; recording_format?: RecordingFormat | null; amd: Amd; variables: Vars; fields: FieldDef[]; results: ResultDef[];
  created_by: number; submitted_by?: number | null; approved_by?: number | null; approved_at?: string | null;
  review_note?: string | null; started_at?: string | null; finished_at?: string | null; created_at: string;
  updated_at: string; revision: number;
}
export interface CampaignProgress {
  leads: number; by_state: Record<string, number>; by_disposition: Record<string, number>; by_result: Record<string, number>;
  attempts: number; answered: number; talk_ms: number; dialing: number; talking: number; waiting_for?: string | null;
  pacing?: PacingLive | null;
}

export interface MediaStats {
  codec?: string | null; packets_sent: number; packets_received: number; packets_lost: number; packets_discarded: number; jitter_ms: number;
  far_packets_lost?: number | null; far_jitter_ms?: number | null; rtt_ms?: number | null; mos?: number | null;
}
export interface Cause {
  by: "us" | "far" | "network"; sip_code?: number | null; q850?: number | null; action?: string | null;
  retry_after_s?: number | null; text?: string | null;
}
export interface Lead {
  id: number; campaign_id: number; list_id: number; import_id?: number | null; source_id?: string | null; phone: string; phone_raw: string; name: string; region: string;
  carrier: string; variables: Vars; state: string; priority: number; attempts: number; next_at: string;
  last_disposition?: string | null; last_attempt_at?: string | null; result?: string | null; result_at?: string | null;
  note?: string | null; created_at: string; phones: string[]; phone_at: number; phones_spent: number; hold: string; expires_at?: string | null; agent_id?: number | null;
}
export interface Attempt {
  id: number; campaign_id: number; lead_id: number; call_id: number; ordinal: number; phone: string; caller_id: string;
  trunk_id?: number | null; state: string; dialing_at: string; ringing_at?: string | null; answered_at?: string | null;
  ended_at?: string | null; disposition?: string | null; failovers: number; cause: Cause; result?: string | null; refusal?: string | null;
}
export interface Import {
  id: number; campaign_id: number; file_name: string; state: "uploaded" | "running" | "done" | "failed"; rows_total: number;
  rows_read: number; accepted: number; duplicates: number; rejected: number; error?: string | null; created_by: string;
  created_at: string; finished_at?: string | null;
}
export interface TrailStep { at: string; node: string; kind: string; outcome: string }
export interface LegRecord {
  id: number; trunk_id?: number | null; from: string; to: string; started_at: string; ringing_at?: string | null;
  answered_at?: string | null; ended_at: string; cause: Cause; stats: MediaStats; cost?: number | null;
}
export interface SipMessage { at_us: number; sent: boolean; transport: string; local: string; remote: string; text: string }
export interface SipTrace { leg_id: number; at: string; messages: SipMessage[]; left_out: number }
export interface Call {
  id: number; direction: "outbound" | "inbound"; campaign_id?: number | null; lead_id?: number | null; attempt_id?: number | null;
  name: string; caller: string; called: string; trunk_id?: number | null; flow_id?: number | null; flow_version?: number | null;
  started_at: string; ringing_at?: string | null; answered_at?: string | null; ended_at: string; disposition: string;
  result?: string | null; confirmation?: Confirmation | null; digits: string; trail: TrailStep[]; cost?: number | null; heard?: Heard[]; legs: LegRecord[];
  utterances?: Utterance[]; heard_ms?: number;
}
export interface Utterance {
  speaker: "far" | "house" | "line"; from_ms: number; to_ms: number; text: string; is_final: boolean; confidence?: number | null;
}
export interface Heard {
  class: string; means: string; confidence: number; at_ms: number; early: boolean; evidence: string; fingerprint_id?: number | null;
}
export interface Fingerprint {
  id: number; name: string; class: string; source: string; recording_id?: number | null; enabled: boolean; duration_ms: number;
  created_by: string; created_at: string; hits: number; last_hit_at?: string | null;
}
export interface Recording {
  id: number; call_id: number; kind: "call" | "answer" | "early"; label: string; started_at: string; duration_ms: number; bytes: number; recovered: boolean;
}

export interface Flow {
  id: number; name: string; description: string; published_version?: number | null; has_draft: boolean; created_at: string;
  updated_at: string; revision: number;
}
export interface FlowVersion { flow_id: number; version: number; doc: unknown; published_at: string; published_by: string; note: string }
export interface Prompt {
  id: number; name: string; source: "upload" | "tts"; text: string; voice?: string | null; duration_ms: number; created_at: string; updated_at: string;
}

export type TrunkState = { state: "starting" } | { state: "up"; latency_ms: number } | { state: "down"; reason: string } | { state: "resting"; until: string } | { state: "disabled" };
export interface NumberRule { prefix: string; length: number; strip: number; prepend: string }
export interface TrunkRules {
  identity: "p_asserted_identity" | "p_preferred_identity" | "remote_party_id" | "none"; from_username: boolean; anonymous: boolean; caller_ids: string[];
  digits: "rfc4733" | "info" | "inband"; redirects_max: number; redirect_to: string[]; refer: boolean;
  called_out: NumberRule[]; calling_out: NumberRule[]; called_in: NumberRule[]; calling_in: NumberRule[];
}
export interface Trunk {
  id: number; name: string; enabled: boolean; address: string; transport: "udp" | "tcp" | "tls"; srtp?: "off" | "optional" | "required"; register: boolean; username: string;
  password?: string | null; domain?: string | null; tls_authority?: string | null; register_expires_s: number; options_interval_s: number; codecs: ("pcma" | "pcmu" | "g722" | "g729" | "opus")[];
  calls_max: number; calls_per_second_max: number; caller_id: string; dial_format: "national" | "e164" | "e164_no_plus";
  prefix: string; inbound_from: string[]; calls_per_day_max: number; rules: TrunkRules; created_at: string; revision: number;
}
export interface Route {
  id: number; trunk_id: number; carrier?: string | null; region: string; number_prefix: string; priority: number; cost: number;
  billing_s: number; from_minute: number; until_minute: number; enabled: boolean;
}
export interface Phone {
  contact: string; transport: string; address: string; user_agent: string; since: string; expires_at: string; latency_ms?: number | null;
  reachable: boolean; behind_nat: boolean;
}
export interface Extension {
  id: number; number: string; login: string; name: string; enabled: boolean; contacts_max: number; allowed_from: string[]; codecs: string[];
  created_at: string; revision: number; phones: Phone[];
}
export interface SipAccess { domain: string; port?: number | null; tls_port?: number | null; web_path: string }
export interface Ban { address: string; reason: "guessing" | "scanner"; since: string; until: string; times: number; dropped: number }
export interface PhoneLine {
  id: number; number: string; trunk_id?: number | null; inbound_flow_id?: number | null; outbound: boolean; calls_per_day_max: number; note: string;
  flag?: { at?: string | null; reason?: string | null; note: string; by: string };
}
export type ListKind = "block" | "exempt" | "vip" | "consent";
export interface ListEntry { id: number; kind: ListKind; campaign_id?: number | null; phone: string; reason: string; expires_at?: string | null; created_at: string }
export interface Sms {
  id: number; direction: "outbound" | "inbound"; phone: string; text: string; state: string; campaign_id?: number | null;
  lead_id?: number | null; call_id?: number | null; tries: number; next_at: string; provider_ref?: string | null; error?: string | null;
  created_at: string; sent_at?: string | null;
}
export interface Webhook { id: number; name: string; url: string; secret?: string | null; events: string[]; campaign_ids: number[]; results: string[]; enabled: boolean; created_at: string }
export interface Delivery {
  id: number; webhook_id: number; event_seq: number; event_type: string; state: "pending" | "delivered" | "dead"; tries: number;
  next_at: string; last_status?: number | null; last_error?: string | null; created_at: string; delivered_at?: string | null;
}

export interface Compliance {
  hours_from: string; hours_to: string; contact_per_day_max: number; number_per_24h_max: number; number_per_5min_max: number;
  caller_id_per_day_max: number; campaign_per_day_max: number; ring_ms_min: number; lockout_h: number;
  approval_required: boolean; approval_by_other: boolean; region_zones: Record<string, string>; caller_id_interval_s: number;
  caller_id_rest_after: number; caller_id_rest_min: number; flag_after_refusals: number; flag_below_percent: number;
  abandoned_percent_max: number; refusal_words: string[];
}
export interface Holidays { off: Record<string, string>; working: Record<string, string> }
export interface Speech { provider: string; voice: string; speed: number; base_url: string; model: string; stream_over_chars: number; api_key?: string | null }
export interface Recognition {
  provider: string; base_url: string; model: string; language: string; format: string; dialect: string; answer_ms_max: number;
  sessions_max: number; early_media: boolean; api_key?: string | null;
}
export interface SmsProvider {
  url: string; method: string; headers: Record<string, string>; body: string; success_pointer: string; success_value: string;
  ref_pointer: string; signature: string; timeout_s: number; per_second_max: number; tries_max: number; secrets?: Record<string, string>;
}
export interface ToneDef { name: string; class: string; hz: number[]; on_ms: number; off_ms: number; repeats: number }
export interface EarsSettings {
  early_media: boolean; end_on_announcement: boolean; keep_s: number; silence_ms: number; dead_air_ms: number; cadences: ToneDef[];
}
export interface SipTracePolicy { keep: "off" | "failed" | "all"; retention_days: number }
export type RecordingFormat = "alaw_wav" | "ulaw_wav" | "pcm_wav" | "raw8" | "raw16" | "adpcm_wav" | "gsm_wav" | "g729";
export interface RecordingPolicy { retention_days: number; format: RecordingFormat; disk_free_mb_min: number }
