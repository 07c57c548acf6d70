/** One WebSocket for the page: resumes by sequence number, refreshes queries, and admits when it lags. */
import type { QueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { DeskView } from "@/api/desk.ts";
import { backoffMs, heard, initial, LAG_MS, parse, staleKeys, ticked, type LiveState } from "./events.ts";

let state: LiveState = initial;
const listeners = new Set<() => void>();

function set(next: LiveState): void {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};

/** What a screen needs of the live state; it renders again only when that part changes. */
export function useLive<T>(pick: (s: LiveState) => T): T {
  return useSyncExternalStore(subscribe, () => pick(state));
}

/** What the server answered or was asked for counts like what it says by itself. */
export function setDesk(desk: DeskView | null): void {
  set({ ...state, desk });
}

export const liveNow = (): LiveState => state;

/** Called after each change of the live state, outside of any screen. */
export const onLive = subscribe;

/** The server's time, by which states end and waits are counted. */
export const serverNow = (): number => Date.now() - state.skew;

/** As `useLive`, at most once in `ms`: for screens that many events touch. */
export function useCalmLive<T>(pick: (s: LiveState) => T, ms: number): T {
  const [value, setValue] = useState(() => pick(state));
  const picked = useRef(pick);
  useEffect(() => {
    picked.current = pick;
  });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      timer = undefined;
      setValue(() => picked.current(state));
    };
    const stop = subscribe(() => {
      timer ??= setTimeout(look, ms);
    });
    look();
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [ms]);
  return value;
}

const FRESHEN_MS = 1500;
/** Live states are told once: what was missed while the line was down has to be asked for. */
const UNREPEATED = ["board", "desk"];

/** Connects until the returned function is called. */
export function connect(queries: QueryClient): () => void {
  let socket: WebSocket | null = null;
  let closed = false;
  let tries = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let freshen: ReturnType<typeof setTimeout> | undefined;
  const stale = new Set<string>();

  const refresh = () => {
    freshen = undefined;
    if (stale.has("*")) void queries.invalidateQueries({ predicate: (q) => q.queryKey[0] !== "session" });
    else for (const key of stale) void queries.invalidateQueries({ queryKey: [key] });
    stale.clear();
  };
  const open = () => {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const after = state.seq > 0 ? `?after=${state.seq}` : "";
    const opened = new WebSocket(`${scheme}://${location.host}/api/v1/ws${after}`);
    socket = opened;
    opened.onopen = () => {
      if (state.heardAt > 0) for (const key of UNREPEATED) void queries.invalidateQueries({ queryKey: [key] });
      tries = 0;
      set({ ...state, link: "live", heardAt: Date.now() });
    };
    opened.onmessage = (message) => {
      const event = parse(String(message.data));
      if (!event) return;
      const fresh = event.seq === 0 || event.seq > state.seq || event.type === "reset";
      set(heard(state, event, Date.now()));
      if (fresh) for (const key of staleKeys(event.type)) stale.add(key);
      if (stale.size > 0) freshen ??= setTimeout(refresh, FRESHEN_MS);
    };
    opened.onclose = (event) => {
      if (closed || socket !== opened) return;
      if (event.code === 4401) void queries.invalidateQueries({ queryKey: ["session"] });
      set({ ...state, link: "down" });
      retry = setTimeout(open, backoffMs(tries++, Math.random()));
    };
  };
  open();
  const tick = setInterval(() => {
    set(ticked(state, Date.now()));
    if (state.link === "lagging" && Date.now() - state.heardAt > 3 * LAG_MS) socket?.close();
  }, 2000);
  return () => {
    closed = true;
    clearInterval(tick);
    clearTimeout(retry);
    clearTimeout(freshen);
    socket?.close();
    set(initial);
  };
}
