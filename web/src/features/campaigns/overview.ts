/** What the live page of a campaign shows, worked out of its figures. Pure. */
import type { CampaignOverview } from "@/api/overview.ts";

export type StepKey = "leads" | "called" | "answered" | "human" | "heard" | "reached" | "success";
export interface FunnelStep {
  key: StepKey; count: number;
  /** Of those of the step before, 0–1; none: of nobody. */
  kept: number | null;
  /** How wide its bar is, 0–1. */
  width: number;
}

/** With agents the last step but one is the talk with them or a result of the flow before it, without it is the result alone. */
export function funnelSteps(f: CampaignOverview["funnel"], withAgents: boolean): FunnelStep[] {
  const keys: StepKey[] = ["leads", "called", "answered", "human", withAgents ? "reached" : "heard", "success"];
  const most = Math.max(1, ...keys.map((k) => f[k]));
  return keys.map((key, i) => {
    const before = i > 0 ? f[keys[i - 1] as StepKey] : 0;
    return { key, count: f[key], kept: before > 0 ? f[key] / before : null, width: f[key] / most };
  });
}

export interface HourBar { hour: number; attempts: number; answered: number }

/** Every hour from the first to the last that was dialled in: a gap is shown as one. */
export function hourBars(hours: readonly HourBar[]): HourBar[] {
  const first = hours[0]?.hour;
  const last = hours.at(-1)?.hour;
  if (first === undefined || last === undefined) return [];
  return Array.from({ length: last - first + 1 }, (_, i) => hours.find((h) => h.hour === first + i) ?? { hour: first + i, attempts: 0, answered: 0 });
}

/** A round figure above the highest bar, and what is written beside it. */
export function scale(most: number): { top: number; ticks: number[] } {
  if (most <= 0) return { top: 1, ticks: [0, 1] };
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, ([1, 2, 5, 10].find((n) => n * power >= rough) ?? 10) * power);
  const top = Math.ceil(most / step) * step;
  return { top, ticks: Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step) };
}

/** `2026-09-22T09:15` seen from `now`: today's without the date. */
export function endsText(at: string, now: Date): { day: "today" | "tomorrow" | "later"; clock: string; date: string } {
  const d = new Date(at);
  const pad = (n: number) => String(n).padStart(2, "0");
  const midnight = (x: Date) => new Date(x.getFullYear(), x.getMonth(), x.getDate()).getTime();
  const days = Math.round((midnight(d) - midnight(now)) / 86_400_000);
  return { day: days <= 0 ? "today" : days === 1 ? "tomorrow" : "later", clock: `${pad(d.getHours())}:${pad(d.getMinutes())}`, date: `${pad(d.getMonth() + 1)}-${pad(d.getDate())}` };
}

/** Thousandths of a yuan in yuan; none: nothing is known of the cost. */
export function costYuan(c: CampaignOverview["cost"]): number | null {
  if (c.routed === 0 && c.unrated === 0) return null;
  return (c.routed + c.unrated) / 1000;
}
