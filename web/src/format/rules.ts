/** Rules of dialling in words. */
import { L, type Tone, type Word } from "./words.ts";

const w = (text: string, tone: Tone): Word => ({ text, tone });

/** What to do about a refusal; the words for it stand with the other codes. */
export const refusalHint: Record<string, string> = {
  unreadable: L("时段、节假日或数据库有问题，先不拨；请检查任务的呼叫时段。"),
  region_unknown: L("请核对号码的国家区号，无法判断当地时间的号码不会拨打。"),
  outside_hours: L("到了当地的时段会自动再拨。"),
  blocked: L("名单已排除；确实要联系，请先从“黑名单”移出。"),
  blocked_everywhere: L("名单已排除；全局名单由首个单位的管理员维护。"),
  exempt: L("名单已排除；营销和催收不能呼叫这些号码。"),
  exempt_everywhere: L("名单已排除；全局名单由首个单位的管理员维护。"),
  exempt_here: L("名单已排除；可以在下面的“本任务免呼”里移出。"),
  no_consent: L("任务只呼叫“已同意”名单里的号码；取得同意后加入名单，再恢复这些名单。"),
  locked_out: L("这些人接起来却没有人应答，锁定期过后会自动再拨。"),
  in_call: L("一分钟后自动再试。"),
  attempts_max: L("要多打几次，请到“设置”的重呼规则里调整。"),
  contact_per_day: L("明天自动再拨。"),
  number_per_24h: L("最早的一次满 24 小时后自动再拨。"),
  number_per_5min: L("几分钟后自动再拨。"),
  campaign_per_day: L("明天自动继续；上限在任务规则和“合规限制”里。"),
  caller_id_per_day: L("会换别的主叫号码再拨；号码都用完时请增加号码。"),
  caller_id_flagged: L("会换别的主叫号码再拨；停用原因见“号码”。"),
  trunk_per_day: L("会换别的线路再拨；上限在“中继线路”里。"),
  no_route: L("请检查路由是否匹配这些号码。"),
  halted: L("继续任务后会再拨。"),
  begin_timeout: L("一分钟后自动再试。"),
};

export const ruleName: Record<string, { text: string; unit: string }> = {
  hours: { text: L("合规时段（被叫当地时间）"), unit: "" },
  lists: { text: L("黑名单、免呼名单、通话中的号码"), unit: "" },
  consent: { text: L("只呼叫已同意的号码"), unit: "" },
  contact_per_day: { text: L("每人每天最多"), unit: L("次") },
  number_per_24h: { text: L("每个号码 24 小时最多"), unit: L("次") },
  number_per_5min: { text: L("每个号码 5 分钟最多"), unit: L("次") },
  attempts: { text: L("每人总共最多"), unit: L("次") },
  campaign_per_day: { text: L("任务每天最多"), unit: L("次") },
  caller_id_per_day: { text: L("每个主叫号码每天最多"), unit: L("次") },
  caller_id_interval: { text: L("同一主叫两次呼叫的间隔"), unit: L("秒") },
  caller_id_rest_after: { text: L("主叫连续呼叫多少次后休息"), unit: L("次") },
  caller_id_rest: { text: L("主叫每次休息"), unit: L("分钟") },
  ring: { text: L("振铃"), unit: L("秒") },
  lockout: { text: L("呼损后多久不再呼叫"), unit: L("小时") },
  abandoned: { text: L("呼损率上限"), unit: "%" },
};

export const ruleFrom: Record<string, Word> = { house: w(L("固定"), "neutral"), tenant: w(L("本单位"), "info"), task: w(L("本任务"), "accent") };
export const poolState: Record<string, Word> = {
  free: w(L("可用"), "ok"), resting: w(L("休息中"), "warn"), spent: w(L("今天已满"), "warn"), flagged: w(L("已停用"), "bad"), gone: w(L("不在号码表"), "bad"),
};
export const flagReason: Record<string, Word> = { manual: w(L("人工停用"), "bad"), refused: w(L("被标记骚扰"), "bad"), low_answer: w(L("接通率过低"), "bad") };
