/** What the dial modes mean on a screen, and which settings belong to which. Pure. */
import type { DialMode, Pacing, PacingLimit, PacingLive, PreviewEnd } from "@/api/types.ts";
import { L } from "@/format/words.ts";

export interface ModeText { what: string; suits: string; risk: string }

/** In the order of the choice: from none of the agent's time spent on it to all of it. */
export const MODES: readonly DialMode[] = ["ivr", "play_agent", "manual", "preview", "preview_connect", "progressive", "power", "predictive", "appointment"];

export const modeText: Record<DialMode, ModeText> = {
  ivr: { what: L("系统拨打，接通后走流程，没有坐席。"), suits: L("通知、调查、催缴提醒"), risk: L("没有人能当场解答") },
  play_agent: { what: L("接通后先放流程，客户要找人时再接坐席。"), suits: L("意向筛选、通知里带人工"), risk: L("同时要人的客户多时要等") },
  manual: { what: L("坐席自己取名单，看好了再拨。"), suits: L("人少、每通都要准备的业务"), risk: L("最慢，全看坐席快慢") },
  preview: { what: L("坐席空闲时弹出客户资料，看完再拨或跳过。"), suits: L("重要客户、复杂业务"), risk: L("响铃和占线的时间也占坐席") },
  preview_connect: { what: L("坐席的电话先接好并一直通着，看完资料马上拨。"), suits: L("要求接起就说话的预览业务"), risk: L("坐席一直占着一路电话") },
  progressive: { what: L("有一位坐席空闲就拨一路，接通马上转给他。"), suits: L("不允许客户空等的业务"), risk: L("几乎没有呼损，但坐席等得久") },
  power: { what: L("每位空闲坐席按固定倍率同时拨几路。"), suits: L("接通率稳定、人数多的任务"), risk: L("倍率定高了呼损会超，需有人盯着") },
  predictive: { what: L("系统预测谁快说完、谁会接，提前拨好，呼损不超过上限。"), suits: L("10 位以上坐席的大批量任务"), risk: L("人少时提前量小；刚开始要先学习") },
  appointment: { what: L("到约好的时间才联系，用客户选的方式：电话、短信或邮件。"), suits: L("成交回报、到期提醒、约时间的回访"), risk: L("过了最晚时间就不再联系，要留够线路") },
};

const FLOW_MODES: readonly DialMode[] = ["ivr", "play_agent", "appointment"];
const PACED: readonly DialMode[] = ["play_agent", "progressive", "power", "predictive"];
const PREVIEWED: readonly DialMode[] = ["preview", "preview_connect"];

/** The callee hears a flow first. */
export const needsFlow = (m: DialMode): boolean => FLOW_MODES.includes(m);
export const needsAgents = (m: DialMode): boolean => m !== "ivr" && m !== "appointment";
/** Calls are made for the agents, who take what is answered. */
export const isPaced = (m: DialMode): boolean => PACED.includes(m);
/** What is answered goes to an agent whose phone answers by itself. After a flow it is offered, and rings. */
export const answersAlone = (m: DialMode): boolean => isPaced(m) && m !== "play_agent";
/** Agents see the lead before it is dialled. */
export const isShown = (m: DialMode): boolean => PREVIEWED.includes(m) || m === "manual";

export type Setting = "ratio" | "abandon" | "cancel" | "lines" | "wait" | "countdown" | "skips" | "blended" | "hour";

/** The settings of a mode. What is not among them has no effect there and is not shown. */
export function settingsOf(m: DialMode): readonly Setting[] {
  switch (m) {
    case "ivr":
      return ["hour"];
    case "appointment":
      return [];
    case "manual":
      return ["skips", "blended"];
    case "preview":
    case "preview_connect":
      return ["countdown", "skips", "blended"];
    case "progressive":
      return ["wait", "blended", "hour"];
    case "play_agent":
    case "power":
      return ["ratio", "lines", "wait", "blended", "hour"];
    case "predictive":
      return ["abandon", "cancel", "lines", "wait", "blended", "hour"];
  }
}

/** Bounds of the server, as they are stored. */
export const BOUNDS = {
  ratio: { min: 1, max: 10, step: 0.1 }, abandon: { min: 0.5, max: 3, step: 0.1 }, cancel: { min: 15_000, max: 60_000 }, lines: { min: 1, max: 20 }, wait: { min: 500, max: 2_000 },
  countdown: { min: 5_000, max: 600_000 }, skips: { min: 0, max: 1_000 },
} as const;

/** What somebody hears who answered and finds nobody. Spoken to the callee, so not in the language of the screen. */
export const HARBOUR = "您好，这里是{{campaign.name}}，刚才给您致电，因坐席忙未能接通，打扰了。";
export const HARBOUR_MAX = 300;

export const previewEnd: Record<PreviewEnd, string> = { wait: L("不倒计时，由坐席决定"), dial: L("到时自动拨打"), skip: L("到时退回名单") };

/** One step up or down, rounded to tenths and kept within the bounds. */
export function stepped(ratio: number, steps: number): number {
  const { min, max, step } = BOUNDS.ratio;
  return Math.min(max, Math.max(min, Math.round((ratio + steps * step) * 10) / 10));
}

export const shownRatio = (ratio: number): string => ratio.toFixed(1);

/** Why a running or approved task cannot go over to a mode now: what is approved stays, and the flow is part of it. */
export const lacksFlow = (m: DialMode, flow_id: number): boolean => needsFlow(m) && flow_id === 0;

export interface LimitText { short: string; why: string; tone: "ok" | "info" | "warn" | "bad" | "muted" }

/** What keeps a task from one call more, in words. */
export const limitText: Record<PacingLimit, LimitText> = {
  no_agents: { short: L("没有坐席"), why: L("坐席组里没有人签入，或都在小休，所以不拨打。请坐席签入并示闲。"), tone: "bad" },
  learning: { short: L("学习中"), why: L("刚开始，先按每位空闲坐席一路拨，够 60 个结果和 20 通通话后再加快。"), tone: "info" },
  risk: { short: L("受呼损上限约束"), why: L("再拨一路，接通后没有坐席的可能就超过允许的了，先等等。"), tone: "ok" },
  guard: { short: L("呼损保护"), why: L("近期呼损已到上限，正在降速，回落后自动恢复。"), tone: "bad" },
  lines: { short: L("受每坐席线路数约束"), why: L("每位坐席同时在拨的路数已到上限；线路有余量时可以在设置里调高。"), tone: "warn" },
  room: { short: L("受并发或线路约束"), why: L("同时呼叫数或线路已用满；要更快请调高并发上限或增加线路。"), tone: "warn" },
  ready: { short: L("受空闲坐席数约束"), why: L("每位空闲坐席都已有一路在拨，等下一位空闲。"), tone: "ok" },
  ratio: { short: L("受倍率约束"), why: L("在拨的路数已到空闲坐席数乘以倍率，等坐席空闲或有结果。"), tone: "ok" },
};

export interface Share { rate: number | null; abandoned: number; answers: number }
const shareOf = (abandoned: number, answers: number): Share => ({ abandoned, answers, rate: answers > 0 ? (abandoned / answers) * 100 : null });

/** 呼损 of 24 hours and of 30 days, percent of live answers. */
export const abandonment = (p: PacingLive): { day: Share; month: Share } => ({ day: shareOf(p.abandoned_24h, p.answers_24h), month: shareOf(p.abandoned_30d, p.answers_30d) });

/** How near a rate is to its cap. */
export function nearness(rate: number | null, cap: number): "ok" | "warn" | "bad" {
  if (rate === null || cap <= 0) return "ok";
  return rate > cap ? "bad" : rate > cap * 0.85 ? "warn" : "ok";
}

export type Trend = { kind: "usual" } | { kind: "more" | "less"; percent: number };
const USUAL_PERCENT = 5;

/** Answers just now against the usual. */
export function trendOf(trend: number): Trend {
  const percent = Math.round((trend - 1) * 100);
  if (trend <= 0 || Math.abs(percent) < USUAL_PERCENT) return { kind: "usual" };
  return percent > 0 ? { kind: "more", percent } : { kind: "less", percent: -percent };
}

/** Changes of the pacing that would be sent, none when it is the same. */
export const changes = (from: Pacing, to: Pacing): boolean => (Object.keys(to) as (keyof Pacing)[]).some((k) => from[k] !== to[k]);
