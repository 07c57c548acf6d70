/** Which call the supervisor takes part in, and how: kept over pages and a reload, corrected by what the server shows. */
import { useSyncExternalStore } from "react";
import type { MonitorMode, Seat } from "@/api/agents.ts";
import type { AgentLive } from "@/api/board.ts";

export interface Monitoring { agent: number; number: string; name: string; mode: MonitorMode; since: string; joined: boolean; browser?: boolean }

/** A phone that is not answered in this time is not in the call. */
export const JOIN_MS_MAX = 60_000;

/** What the agent's live state makes of it: joined, in another mode, or over. */
export function followed(m: Monitoring, live: Pick<AgentLive, "monitored"> | undefined, now: number): Monitoring | null {
  if (live?.monitored) return m.joined && m.mode === live.monitored ? m : { ...m, joined: true, mode: live.monitored };
  if (m.joined && live) return null;
  return now - Date.parse(m.since) > JOIN_MS_MAX && !m.joined ? null : m;
}

const KEY = "fengling.monitoring";
const SEAT_KEY = "fengling.monitor-seat";

function stored<T>(storage: Storage, key: string): T | null {
  try {
    return JSON.parse(storage.getItem(key) ?? "null") as T | null;
  } catch {
    return null;
  }
}

let current = stored<Monitoring>(sessionStorage, KEY);
const listeners = new Set<() => void>();

export function setMonitoring(next: Monitoring | null): void {
  if (next === current) return;
  current = next;
  if (next) sessionStorage.setItem(KEY, JSON.stringify(next));
  else sessionStorage.removeItem(KEY);
  for (const listener of listeners) listener();
}

export function useMonitoring(): Monitoring | null {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, () => current);
}

/** The phone by which this supervisor listens, on this computer. */
export const storedSeat = (): Seat | null => stored<Seat>(localStorage, SEAT_KEY);
export const storeSeat = (seat: Seat): void => { localStorage.setItem(SEAT_KEY, JSON.stringify(seat)); };
