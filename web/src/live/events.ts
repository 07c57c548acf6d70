/** What the WebSocket says, folded into what screens show. Pure: the time is handed in. */
import type { DeskNote, DeskView } from "@/api/desk.ts";
import type { AgentLive, Board, QueueLive } from "@/api/board.ts";
import type { CampaignProgress, TrunkState } from "@/api/types.ts";

export interface LiveEvent { seq: number; type: string; ts: string; data: Record<string, unknown> }
export type Link = "connecting" | "live" | "lagging" | "down";
export interface Alarm { seq: number; ts: string; code: string; text: string }
/** Something live, and when it was heard by this browser's clock. */
export interface Fresh<T> { value: T; at: number }
export interface LiveState {
  link: Link;
  /** The last stored event seen; the next connection resumes after it. */
  seq: number;
  /** When anything was last heard, ms since the epoch. */
  heardAt: number;
  /** What the floor says of each campaign: its live gauges, laid over the stored figures. */
  progress: Readonly<Record<number, Partial<CampaignProgress>>>;
  trunks: Readonly<Record<number, TrunkState>>;
  alarms: readonly Alarm[];
  /** By agent and by group; laid over the board as it was fetched. */
  agents: Readonly<Record<number, Fresh<AgentLive>>>;
  queues: Readonly<Record<number, Fresh<QueueLive>>>;
  /** The desk of the agent who is signed in here, as the server last said. */
  desk: DeskView | null;
  /** What was last told beside it. */
  note: DeskNote | null;
  /** How far this computer's clock is ahead of the server's, ms: countdowns run by the server's. */
  skew: number;
}

export const LAG_MS = 12_000;
const ALARMS_MAX = 20;

export const initial: LiveState = { link: "connecting", seq: 0, heardAt: 0, progress: {}, trunks: {}, alarms: [], agents: {}, queues: {}, desk: null, note: null, skew: 0 };

export function parse(text: string): LiveEvent | null {
  try {
    const raw = JSON.parse(text) as Partial<LiveEvent> | null;
    if (!raw || typeof raw.type !== "string") return null;
    return { seq: typeof raw.seq === "number" ? raw.seq : 0, type: raw.type, ts: raw.ts ?? "", data: raw.data ?? {} };
  } catch {
    return null;
  }
}

/** Folds one event in. An event seen before (after a reconnect) changes nothing. */
export function heard(state: LiveState, event: LiveEvent, now: number): LiveState {
  const base: LiveState = { ...state, link: "live", heardAt: now, skew: skewed(state.skew, event, now) };
  if (event.type === "reset") return { ...base, seq: event.seq };
  const live = event.seq === 0 || event.type === "heartbeat";
  if (!live && event.seq <= state.seq) return base;
  const next: LiveState = event.seq > state.seq ? { ...base, seq: event.seq } : base;
  const id = Number(event.data.campaign_id ?? event.data.trunk_id ?? event.data.id);
  switch (event.type) {
    case "campaign.progress": {
      return { ...next, progress: { ...next.progress, [id]: gauge(event.data) } };
    }
    case "trunk.state": {
      const inner = event.data.state;
      const value = (typeof inner === "object" && inner !== null ? inner : event.data) as TrunkState;
      return { ...next, trunks: { ...next.trunks, [id]: value } };
    }
    case "agent.state": {
      const value = event.data as unknown as AgentLive;
      return { ...next, agents: { ...next.agents, [value.agent_id]: { value, at: now } } };
    }
    case "queue.state": {
      const value = event.data as unknown as QueueLive;
      return { ...next, queues: { ...next.queues, [value.queue_id]: { value, at: now } } };
    }
    case "alarm": {
      const alarm: Alarm = { seq: event.seq, ts: event.ts, code: String(event.data.code ?? ""), text: String(event.data.text ?? "") };
      return { ...next, alarms: [alarm, ...next.alarms].slice(0, ALARMS_MAX) };
    }
    case "desk.changed": {
      const view = event.data.view as DeskView | undefined;
      return view ? { ...next, desk: view, note: (event.data.note as DeskNote | null | undefined) ?? kept(next.note, view) } : next;
    }
    default:
      return next;
  }
}

/** Why the agent was signed out holds until they are back. */
const kept = (note: DeskNote | null, { agent }: DeskView): DeskNote | null => (agent.state === "ready" || agent.state === "break" ? null : note);

/** Less than that is the way of the message, not the clock. */
const SKEW_MS_MIN = 1_500;

/** Only what is said as it happens tells the server's time; a stored event may be hours old. */
function skewed(before: number, event: LiveEvent, now: number): number {
  if (event.seq !== 0 && event.type !== "heartbeat") return before;
  const ahead = now - Date.parse(event.ts);
  if (Number.isNaN(ahead)) return before;
  return Math.abs(ahead) < SKEW_MS_MIN ? 0 : ahead;
}

/** Ringing calls are shown among those being dialled. */
function gauge(data: Record<string, unknown>): Partial<CampaignProgress> {
  const { campaign_id: _id, ringing, ...rest } = (data.progress ?? data) as Partial<CampaignProgress> & { campaign_id?: number; ringing?: number };
  return ringing === undefined ? rest : { ...rest, dialing: (rest.dialing ?? 0) + ringing };
}

/** Stored figures with the live gauges over them. */
export function overlaid(stored: CampaignProgress, live: Partial<CampaignProgress> | undefined): CampaignProgress {
  return live ? { ...stored, ...live } : stored;
}

/** A fetched board may be this much older than when it was asked for. */
const BOARD_AGE_MS = 1_000;

/** What was fetched, unless something was heard since. */
export const newer = <T>(item: T, askedAt: number, fresh: Fresh<T> | undefined): T => (fresh && fresh.at > askedAt - BOARD_AGE_MS ? fresh.value : item);

/** The board as fetched, under what was heard since. Who is not on it is no agent any more. */
export function boarded(board: Board, askedAt: number, live: Pick<LiveState, "agents" | "queues">): Board {
  const pick = <T>(item: T, fresh: Fresh<T> | undefined): T => newer(item, askedAt, fresh);
  return { agents: board.agents.map((a) => pick(a, live.agents[a.agent_id])), queues: board.queues.map((q) => pick(q, live.queues[q.queue_id])) };
}

/** Whether the stream still deserves trust. */
export function ticked(state: LiveState, now: number): LiveState {
  if (state.link === "live" && now - state.heardAt > LAG_MS) return { ...state, link: "lagging" };
  return state;
}

/** First words of the query keys that an event makes stale. */
export function staleKeys(type: string): string[] {
  switch (type) {
    case "reset":
      return ["*"];
    case "campaign.changed":
    case "campaign.finished":
      return ["campaigns", "campaign", "dashboard"];
    case "attempt.ended":
    case "lead.result":
    case "callback.received":
      return ["leads", "lead", "report", "overview", "dashboard", "campaign", "campaigns"];
    case "call.ended":
      return ["calls"];
    case "sms.changed":
    case "sms.received":
      return ["sms"];
    case "appointment.changed":
      return ["bookings", "slots"];
    case "mail.changed":
      return ["mails"];
    case "import.changed":
      return ["imports", "import", "leads"];
    case "flow.published":
      return ["flows", "flow"];
    case "agent.changed":
      return ["agents", "skills", "board"];
    case "queue.changed":
      return ["queues", "queue", "members", "board"];
    case "customer.changed":
      return ["customers", "customer"];
    case "summary.changed":
      return ["customer-history", "appointments"];
    case "order.changed":
      return ["orders", "order", "report"];
    case "queue.left":
      return ["floor-report"];
    case "extension.changed":
    case "extension.state":
      return ["extensions"];
    case "trunk.changed":
      return ["trunks", "dashboard"];
    case "alarm":
      return ["dashboard"];
    default:
      return [];
  }
}

/** Milliseconds before try number `tries`: doubles to half a minute, spread by `share` (0–1). */
export function backoffMs(tries: number, share: number): number {
  const base = Math.min(30_000, 500 * 2 ** Math.min(tries, 6));
  return Math.round(base * (0.7 + 0.6 * share));
}
