/** A day of each agent as a bar. Pure. */
import type { AgentState } from "@/api/agents.ts";
import { rowsOf, type ReportTable } from "@/api/reports.ts";

export interface Span { state: AgentState; reason: string; from: number; to: number }
export interface Lane { agent: string; spans: Span[] }

/** One bar an agent, in the order of their numbers; what still goes on reaches to `now`. */
export function lanes(table: ReportTable, now: number): Lane[] {
  const by = new Map<string, Span[]>();
  for (const row of rowsOf(table)) {
    const agent = [row.agent_number ?? row.number, row.agent_name ?? row.name ?? row.agent].filter(Boolean).join(" ");
    const from = Date.parse(String(row.started_at));
    const to = row.ended_at ? Date.parse(String(row.ended_at)) : now;
    if (Number.isNaN(from) || Number.isNaN(to) || to <= from) continue;
    const spans = by.get(agent) ?? [];
    spans.push({ state: String(row.state) as AgentState, reason: String(row.reason ?? ""), from, to });
    by.set(agent, spans);
  }
  return [...by].map(([agent, spans]) => ({ agent, spans: spans.sort((a, b) => a.from - b.from) })).sort((a, b) => a.agent.localeCompare(b.agent, "zh"));
}

const HOUR_MS = 3_600_000;

/** Whole hours that hold everything but being signed out; a day when there is nothing. */
export function frame(all: readonly Lane[], from: number, to: number): { from: number; to: number; hours: number[] } {
  const worked = all.flatMap((l) => l.spans.filter((s) => s.state !== "off"));
  const first = worked.length > 0 ? Math.max(from, Math.min(...worked.map((s) => s.from))) : from;
  const last = worked.length > 0 ? Math.min(to, Math.max(...worked.map((s) => s.to))) : to;
  const start = from + Math.floor((first - from) / HOUR_MS) * HOUR_MS;
  const end = Math.max(start + HOUR_MS, from + Math.ceil((last - from) / HOUR_MS) * HOUR_MS);
  const step = Math.max(1, Math.ceil((end - start) / HOUR_MS / 16));
  return { from: start, to: end, hours: Array.from({ length: Math.floor((end - start) / HOUR_MS / step) + 1 }, (_, i) => start + i * step * HOUR_MS) };
}

/** Where a span stands in the frame, in percent; none: outside. */
export function place(span: Span, f: { from: number; to: number }): { left: number; width: number } | null {
  const a = Math.max(span.from, f.from);
  const b = Math.min(span.to, f.to);
  if (b <= a) return null;
  const whole = f.to - f.from;
  return { left: ((a - f.from) / whole) * 100, width: ((b - a) / whole) * 100 };
}

/** How long in each state, the longest first; without being signed out. */
export function sums(spans: readonly Span[]): [AgentState, number][] {
  const by = new Map<AgentState, number>();
  for (const s of spans) if (s.state !== "off") by.set(s.state, (by.get(s.state) ?? 0) + s.to - s.from);
  return [...by].sort((a, b) => b[1] - a[1]);
}
