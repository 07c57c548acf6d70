import type { CallerClass, Choice, Overflow, Preference, Strategy, Target } from "@/api/queues.ts";
import { L } from "@/format/words.ts";

export const strategyText: Record<Strategy, { text: string; hint: string }> = {
  longest_idle: { text: L("空闲最久"), hint: L("先给等得最久的坐席，最公平。") }, round_robin: { text: L("循环"), hint: L("按成员顺序轮流。") },
  fewest_calls: { text: L("应答次数最少"), hint: L("先给今天接得少的坐席。") }, least_talk: { text: L("通话时长最短"), hint: L("先给今天讲得少的坐席。") },
  fixed_order: { text: L("固定顺序"), hint: L("总是从第一位开始找，后面的作替补。") }, skill_based: { text: L("技能优先"), hint: L("先给所需技能级别最高的坐席。") },
};
export const targetText: Record<Target["to"], string> = {
  queue: L("转到坐席组"), numbers: L("拨打外线号码"), flow: L("转到流程"), voicemail: L("留言"), resume: L("回到原来的流程"), hang_up: L("挂机"),
};
export const whenText: Record<Overflow["when"], string> = {
  closed: L("非服务时间"), full: L("排队人数已满"), no_agents: L("没有坐席签入"), estimate: L("预计等待超过"), waited: L("已经等待超过"),
};
export const choiceText: Record<Choice["choice"], string> = { keep: L("继续等"), callback: L("挂机，轮到时回拨"), go: L("转到别处") };
export const preferenceText: Record<Preference["mode"], string> = { off: L("不优先"), first: L("先找他，忙就找别人"), wait: L("专门等他") };
export const headStartText: Record<CallerClass, string> = { vip: L("VIP 提前"), important: L("重要客户提前"), elderly: L("老年人提前"), long_distance: L("长途提前") };
