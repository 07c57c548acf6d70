/** Timers that run in the page without rendering: one clock writes all of them, so that three hundred cost no more than one. */
import { useLayoutEffect, useRef } from "react";
import { serverNow } from "@/live/socket.ts";
import { tickText, type Tick } from "./tick.ts";

const running = new Map<HTMLElement, Tick>();
let clock: ReturnType<typeof setInterval> | undefined;

function write(el: HTMLElement, tick: Tick, now: number): void {
  const { text, late } = tickText(tick, now);
  if (el.textContent !== text) el.textContent = text;
  const mark = late ? "1" : "";
  if (el.dataset.late !== mark) el.dataset.late = mark;
}

function start(el: HTMLElement, tick: Tick): () => void {
  running.set(el, tick);
  write(el, tick, serverNow());
  clock ??= setInterval(() => {
    if (document.hidden) return;
    const now = serverNow();
    for (const [e, t] of running) write(e, t, now);
  }, 500);
  return () => {
    running.delete(el);
    if (running.size > 0 || clock === undefined) return;
    clearInterval(clock);
    clock = undefined;
  };
}

/** Time since `since`, or left until `until`. Turns red (`data-late`) after `limitMs`. */
export function Ticker({ since, until, limitMs, className, label }: { since?: string | null; until?: string | null; limitMs?: number; className?: string; label?: string }) {
  const ref = useRef<HTMLSpanElement>(null);
  const from = since ? Date.parse(since) : null;
  const to = until ? Date.parse(until) : null;
  const limit = limitMs ?? 0;
  useLayoutEffect(() => (ref.current ? start(ref.current, { from, to, limit }) : undefined), [from, to, limit]);
  return <span ref={ref} className={`num fl-tick${className ? ` ${className}` : ""}`} {...(label ? { "aria-label": label } : {})} />;
}
