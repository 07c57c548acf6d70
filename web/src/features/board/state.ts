/** What the boards make of the floor's figures. Pure: the time is handed in. */
import type { AgentState, BreakReason, Seat } from "@/api/agents.ts";
import type { AgentLive, QueueLive } from "@/api/board.ts";
import type { Queue } from "@/api/queues.ts";
import { L, systemBreak } from "@/format/words.ts";
import type { Alarm } from "@/live/events.ts";

/** States as the board counts and filters them. */
export const GROUPS = ["ready", "ringing", "talking", "wrap_up", "break", "off"] as const;
export type StateGroup = (typeof GROUPS)[number];
export const groupText: Record<StateGroup, string> = {
  ready: L("空闲"), ringing: L("振铃"), talking: L("通话"), wrap_up: L("话后整理"), break: L("小休"), off: L("未签入"),
};
/** Ready green, ringing gold, in a call blue, wrap-up purple, break orange, off grey. */
export const groupColor: Record<StateGroup, string> = {
  ready: "#2f8a48", ringing: "#c08a12", talking: "#1f6fb2", wrap_up: "#7450ad", break: "#d0630f", off: "#8b989d",
};

export function groupOf(state: AgentState): StateGroup {
  switch (state) {
    case "reserved":
    case "ringing":
      return "ringing";
    case "dialing":
    case "talking":
    case "held":
      return "talking";
    default:
      return state;
  }
}

export const inCall = (a: AgentLive): boolean => a.call_id != null && groupOf(a.state) === "talking";

export function countGroups(agents: readonly AgentLive[]): Record<StateGroup, number> {
  const counts: Record<StateGroup, number> = { ready: 0, ringing: 0, talking: 0, wrap_up: 0, break: 0, off: 0 };
  for (const a of agents) counts[groupOf(a.state)] += 1;
  return counts;
}

export interface BoardFilter { queue?: string | undefined; state?: string | undefined; q?: string | undefined; units?: ReadonlySet<number> | undefined }

export function filtered(agents: readonly AgentLive[], f: BoardFilter): AgentLive[] {
  const text = f.q?.trim().toLowerCase();
  return agents.filter((a) =>
    (!f.units || (a.unit_id != null && f.units.has(a.unit_id))) && (!f.queue || a.queues.includes(Number(f.queue))) && (!f.state || groupOf(a.state) === f.state)
    && (!text || a.number.includes(text) || a.name.toLowerCase().includes(text) || (a.number_far ?? "").includes(text)));
}

/** A break by the name that the tenant or the system gave it. */
export function breakName(code: string | null | undefined, breaks: readonly BreakReason[], t: (text: string) => string): string {
  if (!code) return "";
  const own = breaks.find((b) => b.code === code);
  return own ? own.name : t(systemBreak[code] ?? code);
}

/** How long the present state may last before it is shown red, ms; 0: for ever. */
export function limitOf(a: AgentLive, breaks: readonly BreakReason[], queues: ReadonlyMap<number, Queue>): number {
  if (a.state === "break") return breaks.find((b) => b.code === a.reason)?.ms_max ?? 0;
  if (a.state === "wrap_up") return a.queue_id == null ? 0 : (queues.get(a.queue_id)?.wrap_up_ms ?? 0);
  return 0;
}

export const seatText: Record<Seat["kind"], string> = { browser: L("浏览器"), phone: L("话机"), outside: L("外线") };

export interface Alarms { longWait: boolean; lowService: boolean; unstaffed: boolean }

/** What of a group needs somebody: a caller who waits too long, too few answered in time, nobody there. */
export function alarmsOf(live: QueueLive, rules: Queue | undefined, now: number): Alarms {
  const s = rules?.service_level;
  const waits = live.first_came_at ? now - Date.parse(live.first_came_at) : 0;
  return {
    longWait: s !== undefined && s.long_wait_ms > 0 && live.waiting > 0 && waits > s.long_wait_ms,
    lowService: s !== undefined && live.service_level != null && live.service_level < s.percent_min,
    unstaffed: live.open && live.waiting > 0 && live.staffed === 0,
  };
}

export interface Totals { waiting: number; callbacks: number; firstCameAt: string | null; level: number | null; served: number }

/** All groups together; the service level weighs each by its callers. */
export function totals(queues: readonly QueueLive[]): Totals {
  let well = 0;
  const sum: Totals = { waiting: 0, callbacks: 0, firstCameAt: null, level: null, served: 0 };
  for (const q of queues) {
    sum.waiting += q.waiting;
    sum.callbacks += q.callbacks;
    if (q.waiting > 0 && q.first_came_at && (!sum.firstCameAt || q.first_came_at < sum.firstCameAt)) sum.firstCameAt = q.first_came_at;
    if (q.service_level == null) continue;
    sum.served += q.served;
    well += q.service_level * q.served;
  }
  return { ...sum, level: sum.served > 0 ? Math.round(well / sum.served) : null };
}

const FLOOR_ALARMS = ["service_level", "long_wait", "long_wrap_up", "long_break", "phone_silent", "recording_failed"];
/** Nobody acts on an older one any more. */
export const ALARM_MS_MAX = 600_000;

/** Alarms of the floor that were not waved off, none older than ten minutes. */
export function fresh(alarms: readonly Alarm[], seen: number, now: number): Alarm[] {
  return alarms.filter((a) => FLOOR_ALARMS.includes(a.code) && a.seq > seen && now - Date.parse(a.ts) < ALARM_MS_MAX);
}
