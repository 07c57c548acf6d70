export type AgentState = "off" | "ready" | "reserved" | "ringing" | "dialing" | "talking" | "held" | "wrap_up" | "break";
export type Seat = { kind: "browser"; extension: number } | { kind: "phone"; extension: number } | { kind: "outside"; number: string };
export type Destination = { kind: "agent"; agent: number } | { kind: "queue"; queue: number } | { kind: "number"; number: string };
export type Link = "live" | "lagging" | "down";

export interface AgentLive {
  agent_id: number; number: string; name: string; state: AgentState;
  /** Of a break: its code. */
  reason: string | null;
  since: string;
  /** When the state ends by itself: ringing, wrap-up, a break. */
  until: string | null;
  /** What follows the call. */
  next: AgentState | null;
  link_up: boolean; session_id: number | null; seat: Seat | null; queues: number[]; queue_id: number | null; call_id: number | null; number_far: string | null;
  monitored: "listen" | "whisper" | "barge" | null; calls: number; talk_ms: number;
}
export interface Party {
  leg_id: number; kind: "customer" | "agent" | "guest" | "supervisor"; state: "ringing" | "talking" | "held" | "flow"; number: string; name: string;
  agent_id: number | null; muted: boolean; mode: "listen" | "whisper" | "barge" | null; since: string;
}
export interface CustomerBrief { id: number; name: string; company: string; classes: string[]; owner_id: number | null; seat_id: number | null }
export interface DeskCall {
  call_id: number; direction: "outbound" | "inbound"; number: string; name: string; called: string; queue_id: number | null; service: string | null;
  campaign_id: number | null; campaign_name: string | null; lead_id: number | null; data: Record<string, unknown>; digits: string; said: string[]; classes: string[];
  customers: CustomerBrief[]; started_at: string; answered_at: string | null; parties: Party[]; consulting: boolean; recording: boolean; survey: boolean;
}
export type DialMode = "ivr" | "play_agent" | "manual" | "preview" | "preview_connect" | "progressive" | "power" | "predictive";
/** A lead that the agent sees and has not dialled yet. */
export interface Preview {
  campaign_id: number; campaign_name: string; lead_id: number; number: string; name: string; region: string; data: Record<string, unknown>;
  /** Counted attempts before this one. */
  attempts: number;
  shown_at: string;
  /** When the countdown ends, and what then; null: it waits for the agent. */
  until: string | null;
  then: "wait" | "dial" | "skip";
  /** Leads that may be skipped in this hour; null: as many as the agent likes. */
  skips_left: number | null;
  /** Being dialled: neither skipped nor dialled again. */
  dialing: boolean;
}
/** A running task of the agent's groups. */
export interface TaskBrief { campaign_id: number; name: string; mode: DialMode }
export interface DeskView { agent: AgentLive; call: DeskCall | null; preview: Preview | null; tasks: TaskBrief[] }
export interface DeskInfo {
  agent: { id: number; number: string; name: string; enabled: boolean };
  view: DeskView;
  queues: { id: number; name: string }[];
  breaks: { code: string; name: string; ms_max: number }[];
  dispositions: { code: string; name: string }[];
  extensions: { id: number; number: string; name: string }[];
}
export interface Session { csrf: string; user: { id: number; login: string; name: string } }
export interface Colleagues { agents: { agent_id: number; number: string; name: string; state: AgentState }[]; queues: { id: number; name: string; ready: number }[] }
export type DeskCommand = { do: string } & Record<string, unknown>;

export class FenglingError extends Error {
  readonly status: number;
  /** `offline`, `no_agent`, `not_now`, `busy`, `bad_number`, `forbidden`… */
  readonly code: string;
  readonly field: string | null;
}

export interface PhoneAccount { url: string; login: string; secret: string; domain: string }
export type PhoneEvent =
  | { type: "registered" | "lost" | "refused" | "talking" | "ended" | "sound_blocked" }
  /** `auto`: it asks to be answered at once, and is. */
  | { type: "incoming"; number: string; auto?: boolean };
/** A phone in the page. `jsSipPhone` makes one; any other will do that speaks SIP over WebSocket. */
export interface Phone {
  on(listener: (event: PhoneEvent) => void): () => void;
  register(account: PhoneAccount): Promise<void>;
  unregister(): void;
  answer(): void;
  mute?(on: boolean): void;
  /** Tells the agent's ear that a call has been answered by itself. */
  zip?(): void;
}
export function jsSipPhone(JsSIP: unknown, options?: { audio?: HTMLAudioElement }): Phone;

export interface Events {
  /** Anything of the desk has changed. */
  state: (view: DeskView, before: DeskView | null) => void;
  ringing: (call: DeskCall | null) => void;
  answered: (call: DeskCall) => void;
  ended: (call: DeskCall | null) => void;
  /** A lead is shown, is being dialled, or is gone. */
  preview: (lead: Preview | null) => void;
  link: (link: Link) => void;
  phone: (event: PhoneEvent) => void;
  /** The agent has signed in elsewhere; this page works no phone any more. */
  taken: () => void;
}

export class FenglingDesk {
  constructor(options?: { base?: string; language?: "zh-CN" | "en"; phone?: Phone | null });
  readonly info: DeskInfo | null;
  readonly view: DeskView | null;
  readonly link: Link;
  on<K extends keyof Events>(type: K, listener: Events[K]): () => void;

  logIn(login: string, password: string, tenant?: string | null): Promise<Session>;
  resume(): Promise<Session | null>;
  logOut(): Promise<void>;
  open(): Promise<DeskInfo>;
  close(): void;

  signIn(options: { seat: "browser" | Exclude<Seat, { kind: "browser" }>; ready?: boolean }): Promise<DeskView>;
  signOut(): Promise<DeskView>;
  ready(): Promise<DeskView>;
  break(reason: string): Promise<DeskView>;
  extendWrapUp(): Promise<DeskView>;
  answer(): void;
  decline(): Promise<DeskView>;
  hangUp(): Promise<DeskView>;
  hold(on: boolean): Promise<DeskView>;
  mute(on: boolean): Promise<DeskView>;
  record(on: boolean): Promise<DeskView>;
  digits(digits: string): Promise<DeskView>;
  dial(number: string): Promise<DeskView>;
  nextLead(campaign: number): Promise<DeskView>;
  dialPreview(): Promise<DeskView>;
  skipPreview(reason?: string): Promise<DeskView>;
  transfer(to: string | Destination): Promise<DeskView>;
  consult(to: string | Destination): Promise<DeskView>;
  swap(): Promise<DeskView>;
  cancelConsult(): Promise<DeskView>;
  completeTransfer(): Promise<DeskView>;
  conference(): Promise<DeskView>;
  drop(leg: number): Promise<DeskView>;
  pickUp(entry: number): Promise<DeskView>;
  confirm(flow: number, back?: boolean): Promise<DeskView>;
  command(command: DeskCommand): Promise<DeskView>;

  colleagues(text?: string): Promise<Colleagues>;
  customers(number: string): Promise<CustomerBrief[]>;
  saveSummary(call: number, summary: { disposition?: string; note?: string; customer_id?: number | null; next_contact_at?: string | null }): Promise<unknown>;
}
