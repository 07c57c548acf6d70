import { L } from "@/format/words.ts";

/** The reports of the floor, in the order of the menu, and what each is for. */
export const FLOOR: Record<string, { text: string; hint: string; agents: boolean }> = {
  lost_calls: { text: L("未接来电"), hint: L("排了队却没有接通的来电：几时来、等了多久、响过谁，便于回电。"), agents: true },
  queue_service: { text: L("坐席组服务"), hint: L("每个坐席组来了多少、接了多少、等了多久、服务水平如何。"), agents: false },
  agent_workload: { text: L("坐席工作量"), hint: L("每位坐席接了多少、讲了多久、整理和小休多久、客户满意度。"), agents: true },
  agent_timeline: { text: L("坐席时间线"), hint: L("每位坐席一天里每一次状态变化。"), agents: true },
};

/** Reports about orders, in the order of the menu. */
export const SALES: Record<string, { hint: string }> = {
  sales_campaigns: { hint: L("每个任务卖了多少、转化如何，旁边是上一段同样长的日子。有效通话是讲满 30 秒的。") },
  sales_agents: { hint: L("每位坐席卖了多少、转化如何，旁边是上一段同样长的日子。有效通话是讲满 30 秒的。") },
  sales_days: { hint: L("每天卖了多少、转化如何，旁边是上一段里对应的那天。有效通话是讲满 30 秒的。") },
};

/** Reports that mean nothing without a campaign. */
export const NEEDS_CAMPAIGN: readonly string[] = ["campaign_results", "survey_summary", "survey_detail"];

export const outcomeText: Record<string, string> = {
  answered: L("已接听"), abandoned: L("客户放弃"), left: L("按键离开"), overflowed: L("溢出"), timed_out: L("等待超时"), full: L("排队已满"), closed: L("非服务时间"), merged: L("并入已有回拨"), superseded: L("客户又来电"),
  callback_failed: L("回拨未通"), cancelled: L("已取消"),
};
