/** One WebSocket for the page: resumes by sequence number, refreshes queries, and admits when it lags. */
import type { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
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

const FRESHEN_MS = 1500;

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
