/** What 试算 reckons with on the screen. Pure. */
import type { CampaignView } from "@/api/campaigns.ts";
import type { DialMode } from "@/api/types.ts";
import type { Figure, Missing, WhatIfFigures, WhatIfNote, WhatIfResult, WhatIfVariant } from "@/api/whatIf.ts";
import { L } from "@/format/words.ts";

export const TRIED: readonly DialMode[] = ["progressive", "power", "predictive"];
/** Modes that decide by themselves how much to dial. */
export const isTried = (m: DialMode): boolean => TRIED.includes(m);
export const VARIANTS_MAX = 4;
export const DAYS_MAX = 7;
export const LETTERS = ["A", "B", "C", "D"] as const;
/** Told apart with colour-blind eyes; the first is what really was, the second its replay. */
export const COLORS = ["#16282c", "#7b8b90", "#0072b2", "#d55e00", "#009e73", "#a6559d"] as const;

/** The settings the task has now. */
export function present(c: CampaignView): WhatIfVariant {
  return { mode: c.mode, pacing: c.pacing, ring_ms_max: c.ring_ms_max, agents_change: 0, wrap_up_ms_max: null };
}

/** What is worth trying beside them. */
export function suggested(c: CampaignView): WhatIfVariant {
  const now = present(c);
  if (c.mode !== "predictive") return { ...now, mode: "predictive" };
  return { ...now, pacing: { ...now.pacing, cancel_ms_min: now.pacing.cancel_ms_min == null ? 15_000 : null } };
}

/** The next one: the last with something else in it, so that two do not begin alike. */
export function another(c: CampaignView, variants: readonly WhatIfVariant[]): WhatIfVariant {
  const last = variants.at(-1);
  if (!last) return suggested(c);
  if (last.mode === "predictive") return { ...last, mode: "power" };
  if (last.mode === "power") return { ...last, pacing: { ...last.pacing, ratio: Math.min(10, Math.round((last.pacing.ratio + 0.5) * 10) / 10) } };
  return { ...last, mode: "power" };
}

/** Settings of the task that differ; agents and wrap-up are not among them. */
export function appliesTo(c: CampaignView, v: WhatIfVariant): boolean {
  const p = c.pacing;
  const q = v.pacing;
  return c.mode !== v.mode || c.ring_ms_max !== v.ring_ms_max || p.ratio !== q.ratio || p.abandon_percent_max !== q.abandon_percent_max || (p.cancel_ms_min ?? null) !== (q.cancel_ms_min ?? null) || p.lines_per_agent_max !== q.lines_per_agent_max;
}

export const shown = (n: number, digits: number): string => n.toFixed(digits);

/** A figure with its interval, where it has one. */
export function withHalf(f: Figure, digits: number): { mean: string; half: string | null } {
  return { mean: shown(f.mean, digits), half: f.half > 0 ? shown(f.half, digits) : null };
}

export interface Row { key: string; figures: WhatIfFigures; color: string; best: boolean; variant: number | null }

/** Measured, replayed, and each variant. */
export function rows(r: WhatIfResult): Row[] {
  const row = (key: string, figures: WhatIfFigures, n: number, best: boolean, variant: number | null): Row => ({ key, figures, color: COLORS[n] ?? "#555", best, variant });
  return [
    row("measured", r.measured, 0, false, null), row("as_was", r.as_was, 1, r.best === 0, null),
    ...r.variants.map((f, n) => row(`v${n}`, f, n + 2, r.best === n + 1, n)),
  ];
}

export const CLOSENESS: Record<WhatIfResult["closeness"], { word: string; why: string; tone: "ok" | "warn" | "bad" }> = {
  good: { word: L("重演与实际吻合"), why: L("按原设置重演得到的结果与实际接近，下面的比较可以参考。"), tone: "ok" },
  fair: { word: L("重演与实际大致吻合"), why: L("按原设置重演得到的结果与实际有些差别，看方案之间的高低，不要看绝对数。"), tone: "warn" },
  poor: { word: L("重演与实际差得多"), why: L("这些天里可能改过设置、线路不稳或名单断档，换几天再试，先不要照着调整。"), tone: "bad" },
};

export const NOTE: Record<WhatIfNote, string> = {
  changed: L("这些天里改过任务，“原设置”按现在的设置算。"), rings_longer: L("有方案的振铃比历史更长，多出来的几秒按最后几秒的接听推算。"), few_runs: L("数据量大，重演次数少，区间偏宽；少选几天会更准。"),
};

export const PART: Record<Missing["part"], string> = { answers: L("真人接听"), talks: L("坐席通话"), agent_hours: L("坐席在岗") };

/** A step of 1, 2 or 5 times a power of ten, so that about four of them are the span. */
function nice(span: number): number {
  const raw = Math.max(span, 1e-6) / 4;
  const ten = 10 ** Math.floor(Math.log10(raw));
  return ten * ([1, 2, 5].find((n) => n * ten >= raw) ?? 10);
}

/** Marks of an axis that holds all values, on round figures and never below `floor`. */
export function marks(values: readonly number[], floor = 0): number[] {
  const [low, high] = values.length === 0 ? [floor, floor + 1] : [Math.min(...values), Math.max(...values)];
  const step = nice(Math.max(high - low, Math.abs(high) * 0.05, 0.5));
  const first = Math.max(floor, Math.floor(low / step) * step);
  const n = Math.max(1, Math.ceil((high - first) / step - 1e-9));
  return Array.from({ length: n + 1 }, (_, i) => Number((first + i * step).toFixed(6)));
}
