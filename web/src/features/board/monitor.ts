/** Which call the supervisor takes part in, and how: kept over pages and a reload, corrected by what the server shows. */
import { useEffect } from "react";
import type { AgentState, MonitorMode, Seat } from "@/api/agents.ts";
import type { AgentLive } from "@/api/board.ts";
import { own } from "@/app/own.ts";
import { useLive } from "@/live/socket.ts";

export interface Monitoring {
  agent: number; number: string; name: string; mode: MonitorMode; since: string; joined: boolean; browser?: boolean;
  /** The call, by which the next agent is found. */
  call?: number | null;
  /** Since when the server shows nobody who is monitored, ms. */
  missing?: number;
}

/** A phone that is not answered in this time is not in the call. */
export const JOIN_MS_MAX = 60_000;
/** Between two agents of a call nobody may be shown as monitored for a moment. */
export const GAP_MS = 3_000;

type Watched = Pick<AgentLive, "agent_id" | "number" | "name" | "state" | "call_id" | "monitored" | "monitors">;

/** How this supervisor takes part in the agent's call, as far as the server says who does. */
const modeOf = (a: Watched, user: number | undefined): MonitorMode | undefined => a.monitors.find((x) => x.user_id === user)?.mode;

const RINGS: readonly AgentState[] = ["reserved", "ringing"];
const TALKS: readonly AgentState[] = ["dialing", "talking", "held"];

/** Whose call it is now, as the server names it. */
function watched(agents: readonly Watched[], user: number | undefined): { agent: Watched; mode: MonitorMode } | undefined {
  for (const agent of agents) {
    const mode = modeOf(agent, user);
    if (mode) return { agent, mode };
  }
  return undefined;
}

/**
 * What the agents' live states make of it: joined, in another mode, with the next agent of the call, or over. `phoneUp`: whether this
 * page's phone is in a call; undefined for phones that the page does not see.
 */
export function followed(m: Monitoring, agents: readonly Watched[], user: number | undefined, phoneUp: boolean | undefined, now: number): Monitoring | null {
  const found = watched(agents, user);
  if (found) {
    const { agent, mode } = found;
    const same = m.joined && m.mode === mode && m.agent === agent.agent_id && m.missing === undefined && (m.call ?? null) === (agent.call_id ?? null);
    if (same) return m;
    const { missing: _over, ...rest } = m;
    return { ...rest, joined: true, mode, agent: agent.agent_id, number: agent.number, name: agent.name, call: agent.call_id ?? null };
  }
  if (!m.joined) return now - Date.parse(m.since) > JOIN_MS_MAX ? null : m;
  if (!agents.some((a) => a.agent_id === m.agent)) return m;
  if (phoneUp === false) return null;
  // Given away, and the next agent's phone rings.
  const passing = m.call != null && agents.some((a) => a.call_id === m.call && RINGS.includes(a.state));
  if (passing && m.missing === undefined) return m;
  if (passing || m.missing === undefined) return { ...m, missing: now };
  return now - m.missing > GAP_MS ? null : m;
}

const kept = own<Monitoring | null>("monitoring", null);
const SEAT_KEY = "fengling.monitor-seat";

/** The server goes on showing for a moment what has just been left. */
const LEFT_MS = 5_000;
let leftAt = 0;

export function setMonitoring(next: Monitoring | null): void {
  if (next === null && kept.get() !== null) leftAt = Date.now();
  kept.set(next);
}

export const monitoringNow = (): Monitoring | null => kept.get();
export const useMonitoring = (): Monitoring | null => kept.use();

/** A call this supervisor takes part in from before, or from another page: it is shown, with the way out. */
export function useAdoption(user: number | undefined): void {
  const monitoring = useMonitoring() !== null;
  const found = useLive((s) => (monitoring || user === undefined ? undefined : Object.values(s.agents).find((a) => TALKS.includes(a.value.state) && modeOf(a.value, user))));
  useEffect(() => {
    if (!found || user === undefined || Date.now() - leftAt < LEFT_MS) return;
    const { agent_id, number, name, call_id } = found.value;
    const mode = modeOf(found.value, user);
    if (mode) setMonitoring({ agent: agent_id, number, name, mode, since: new Date().toISOString(), joined: true, call: call_id ?? null });
  }, [found, user]);
}

/** The phone by which this supervisor listens, on this computer. */
export function storedSeat(): Seat | null {
  try {
    return JSON.parse(localStorage.getItem(SEAT_KEY) ?? "null") as Seat | null;
  } catch {
    return null;
  }
}
export const storeSeat = (seat: Seat): void => { localStorage.setItem(SEAT_KEY, JSON.stringify(seat)); };
