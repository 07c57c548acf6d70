/** Codes of the API as words and colours. Texts are the Chinese keys of the translation table; `L` marks them for its test. */

export const L = (text: string): string => text;

export type Tone = "neutral" | "info" | "active" | "ok" | "warn" | "bad" | "muted" | "accent" | "rest";
export interface Word { text: string; tone: Tone }
type Words = Record<string, Word>;

const w = (text: string, tone: Tone): Word => ({ text, tone });

export const campaignStatus: Words = {
  draft: w(L("草稿"), "muted"), pending: w(L("待审批"), "warn"), approved: w(L("已审批"), "info"), running: w(L("运行中"), "active"),
  paused: w(L("已暂停"), "warn"), stopped: w(L("已停止"), "bad"), finished: w(L("已完成"), "ok"),
};

export const purpose: Words = {
  notice: w(L("通知"), "info"), survey: w(L("调查回访"), "accent"), marketing: w(L("营销"), "warn"), collection: w(L("催收"), "bad"),
};

/** 拨打方式. */
export const dialMode: Words = {
  ivr: w(L("自动语音"), "neutral"), play_agent: w(L("语音+坐席"), "accent"), manual: w(L("手动"), "muted"), preview: w(L("预览"), "info"), preview_connect: w(L("先接坐席"), "info"),
  progressive: w(L("渐进"), "active"), power: w(L("倍率"), "warn"), predictive: w(L("预测"), "ok"), appointment: w(L("预约"), "accent"),
};

export const leadState: Words = {
  ready: w(L("待呼"), "neutral"), leased: w(L("排队中"), "info"), dialing: w(L("呼叫中"), "active"), retry: w(L("待重呼"), "warn"),
  done: w(L("已完成"), "ok"), exhausted: w(L("未接通"), "bad"), excluded: w(L("已排除"), "muted"), expired: w(L("已过期"), "muted"),
};

export const attemptState: Words = {
  dialing: w(L("呼叫中"), "info"), ringing: w(L("振铃中"), "warn"), answered: w(L("通话中"), "active"), ended: w(L("已结束"), "muted"),
};

export const disposition: Words = {
  human: w(L("真人接听"), "ok"), machine: w(L("答录机"), "accent"), assistant: w(L("语音助手"), "accent"), fax: w(L("传真"), "accent"),
  dead_air: w(L("接通无声"), "warn"), busy: w(L("占线"), "warn"), no_answer: w(L("无人接听"), "warn"), rejected: w(L("拒接"), "bad"),
  invalid: w(L("空号"), "bad"), changed: w(L("号码已改"), "bad"), suspended: w(L("停机"), "bad"), off: w(L("关机"), "muted"),
  unreachable: w(L("无法接通"), "muted"), restricted: w(L("呼入限制"), "bad"), unwanted: w(L("标记骚扰"), "bad"),
  caller_id_blocked: w(L("主叫被拦截"), "bad"), congestion: w(L("线路拥塞"), "bad"), route_failed: w(L("线路故障"), "bad"),
  pacing_cancel: w(L("主动取消"), "muted"), abandoned: w(L("呼损"), "bad"), interrupted: w(L("异常中断"), "bad"),
  blocked: w(L("规则拦截"), "muted"), stopped: w(L("任务停止"), "muted"),
};

export const carrier: Words = {
  mobile: w(L("中国移动"), "neutral"), unicom: w(L("中国联通"), "neutral"), telecom: w(L("中国电信"), "neutral"),
  broadnet: w(L("中国广电"), "neutral"), unknown: w(L("未知运营商"), "muted"),
};

export const leadNote: Words = {
  removed: w(L("人工移除"), "muted"), blocked: w(L("在黑名单中"), "bad"), exempt: w(L("在免呼名单中"), "warn"), unwanted: w(L("对方标记骚扰"), "bad"), refused: w(L("客户拒绝再呼"), "warn"), wrong_number: w(L("号码有误"), "muted"),
  blocked_everywhere: w(L("在全局黑名单中"), "bad"), exempt_everywhere: w(L("在全局免呼名单中"), "warn"), exempt_here: w(L("在本任务的免呼名单中"), "warn"), no_consent: w(L("没有同意记录"), "warn"),
  list_removed: w(L("名单已删除"), "muted"),
};

export const leadHold: Words = { time: w(L("时间未到"), "info"), filter: w(L("不符合名单筛选"), "muted") };

export const listOrigin: Words = {
  own: w(L("默认"), "muted"), import: w(L("导入"), "muted"), hand: w(L("手工"), "muted"), api: w(L("接口"), "muted"), results: w(L("呼叫结果"), "muted"),
};

export const poolMove: Words = { claim: w(L("领取"), "ok"), release: w(L("放回"), "warn"), recycle: w(L("自动收回"), "bad"), assign: w(L("分配"), "info") };

export const refusal: Words = {
  unreadable: w(L("任务的时段设置有误"), "bad"), outside_hours: w(L("不在允许的呼叫时段"), "warn"), blocked: w(L("号码在黑名单中"), "bad"), exempt: w(L("号码在免呼名单中"), "warn"),
  locked_out: w(L("呼损后的保护期内"), "warn"), in_call: w(L("该号码正在通话中"), "warn"), attempts_max: w(L("对该联系人的呼叫次数已用完"), "warn"),
  contact_per_day: w(L("今天对该联系人的呼叫次数已满"), "warn"), number_per_24h: w(L("该号码 24 小时内呼叫次数已满"), "warn"),
  number_per_5min: w(L("该号码 5 分钟内呼叫次数已满"), "warn"), campaign_per_day: w(L("任务今日呼叫量已满"), "warn"),
  caller_id_per_day: w(L("主叫号码今日呼叫量已满"), "warn"), trunk_per_day: w(L("线路今日呼叫量已满"), "warn"), no_route: w(L("没有匹配的路由"), "bad"),
  region_unknown: w(L("不知道被叫在哪个国家"), "bad"), blocked_everywhere: w(L("号码在全局黑名单中"), "bad"), exempt_everywhere: w(L("号码在全局免呼名单中"), "warn"),
  exempt_here: w(L("号码在本任务的免呼名单中"), "warn"), no_consent: w(L("没有同意记录"), "warn"), caller_id_flagged: w(L("主叫号码被停用"), "bad"),
  halted: w(L("任务已暂停或停止"), "muted"), begin_timeout: w(L("数据库没有及时响应，未拨出"), "bad"),
};

/** What an alarm is about, before its details. */
export const alarmText: Record<string, string> = {
  trunk_down: L("线路不通"), disk_low: L("磁盘空间不足"), disk_full: L("磁盘已满"), sms_unconfigured: L("短信网关没有设置"), sms_provider: L("短信网关出错"), speech_down: L("语音合成不可用"),
  caller_id_blocked: L("主叫号码被拦截"), number_flagged: L("主叫号码已停用"), webhook_dead: L("事件推送多次失败"),
  service_level: L("服务水平过低"), long_wait: L("等待过久"), long_wrap_up: L("话后整理超时"), long_break: L("小休超时"), phone_silent: L("话机没有声音"), recording_failed: L("录音失败"),
};

/** Why a running campaign does not dial: what a supervisor needs to know, and what to do. */
export const waitingFor: Record<string, { text: string; hint: string }> = {
  outside_hours: { text: L("现在不在呼叫时段"), hint: L("到了下一个时段会自动继续；要马上拨打，请到“设置”里调整时段。") },
  no_trunk: { text: L("没有可用的线路"), hint: L("请到“中继线路”查看注册状态，并确认路由匹配被叫号码。") },
  trunk_busy: { text: L("线路已占满"), hint: L("有通话结束后会自动继续。") },
  schedule_over: { text: L("任务的最后日期已过"), hint: L("要继续拨打，请到“设置”里延长日期。") },
  schedule_unreadable: { text: L("任务的时段设置有误"), hint: L("请到“设置”里重新填写呼叫时段。") },
  no_settings: { text: L("系统设置还没有读到"), hint: L("数据库恢复后会自动继续。") },
  no_group: { text: L("任务的坐席组不在了"), hint: L("请在“调整拨打方式”里重新选择坐席组。") },
  no_agents: { text: L("没有坐席在岗"), hint: L("请坐席组里的坐席签入并示闲，任务会自动开始拨打。") },
  outside_seats: { text: L("在岗的坐席都用外线电话签入"), hint: L("外线电话接得慢，客户接通后等不到人，所以不拨打。请坐席改用浏览器或 SIP 话机签入，或把任务改成预览方式。") },
  draining: { text: L("系统正在关闭"), hint: L("重新启动后会自动继续。") },
  retry_later: { text: L("名单都在等待重呼"), hint: L("到了重呼时间会自动继续。") },
  no_flow: { text: L("流程还没有发布"), hint: L("请先发布任务所用的流程。") },
  no_caller_id: { text: L("没有可用的主叫号码"), hint: L("请在“设置”里为任务选择主叫号码，或在线路上填写默认主叫。") },
  caller_ids_rest: { text: L("主叫号码都在休息"), hint: L("休息结束后会自动继续；要打得更快，请增加主叫号码或缩短休息。") },
  daily_cap: { text: L("今天的呼叫量已到上限"), hint: L("明天会自动继续；上限在系统设置的“合规限制”里。") },
  store: { text: L("数据库暂时没有响应"), hint: L("恢复后会自动继续，正在进行的通话不受影响。") },
};

export const smsState: Words = {
  queued: w(L("待发送"), "neutral"), sending: w(L("发送中"), "info"), sent: w(L("已提交"), "info"), delivered: w(L("已送达"), "ok"),
  failed: w(L("发送失败"), "bad"), received: w(L("收到"), "accent"),
};

export const mailState: Words = {
  queued: w(L("待发送"), "neutral"), sending: w(L("发送中"), "info"), sent: w(L("已提交"), "ok"), failed: w(L("发送失败"), "bad"),
};

export const deliveryState: Words = {
  pending: w(L("待推送"), "warn"), delivered: w(L("已送达"), "ok"), dead: w(L("多次失败"), "bad"),
};

export const importState: Words = {
  uploaded: w(L("待确认"), "warn"), running: w(L("导入中"), "active"), done: w(L("已完成"), "ok"), failed: w(L("失败"), "bad"),
};

export const role: Words = {
  admin: w(L("系统管理员"), "accent"), manager: w(L("任务主管"), "info"), supervisor: w(L("班长"), "active"), agent: w(L("坐席"), "ok"), approver: w(L("审批人"), "warn"), operator: w(L("操作员"), "neutral"),
  viewer: w(L("只读"), "muted"),
};

/** 坐席状态. Ready green, ringing gold, in a call blue, wrap-up purple, break orange, off grey. */
export const agentState: Words = {
  off: w(L("未签入"), "muted"), ready: w(L("空闲"), "ok"), reserved: w(L("预占"), "warn"), ringing: w(L("振铃"), "warn"), dialing: w(L("外拨"), "info"), talking: w(L("通话"), "info"),
  held: w(L("保持"), "info"), wrap_up: w(L("话后整理"), "accent"), break: w(L("小休"), "rest"),
};
/** Breaks that the system itself gives. */
export const systemBreak: Record<string, string> = {
  signed_in: L("刚签入"), no_answer: L("没接来电"), declined: L("拒接来电"), unreachable: L("话机不通"), link_lost: L("断线"),
};
export const callerClass: Words = { vip: w(L("VIP"), "accent"), important: w(L("重要客户"), "warn"), elderly: w(L("老年人"), "active"), long_distance: w(L("长途"), "neutral") };
export const channel: Words = { call: w(L("电话"), "neutral"), sms: w(L("短信"), "neutral"), mail: w(L("邮件"), "neutral") };
export const monitorMode: Words = { listen: w(L("监听"), "info"), whisper: w(L("密语"), "accent"), barge: w(L("强插"), "bad") };

export const direction: Words = { outbound: w(L("呼出"), "info"), inbound: w(L("呼入"), "accent") };
export const trunkState: Words = {
  up: w(L("正常"), "ok"), starting: w(L("连接中"), "info"), down: w(L("不通"), "bad"), resting: w(L("暂歇"), "warn"), disabled: w(L("已停用"), "muted"),
};
/** 二次确认. */
export const confirmation: Words = { running: w(L("进行中"), "warn"), pressed: w(L("已按键确认"), "ok"), missed: w(L("未确认"), "bad") };
/** What the ears tell apart. */
export const heardClass: Words = {
  ringing: w(L("回铃音"), "info"), busy: w(L("占线"), "warn"), congestion: w(L("线路拥塞"), "bad"), information: w(L("特别信息音"), "neutral"),
  invalid: w(L("空号"), "bad"), suspended: w(L("停机"), "bad"), off: w(L("关机"), "warn"), unreachable: w(L("无法接通"), "warn"),
  no_answer: w(L("无人接听"), "warn"), restricted: w(L("呼入限制"), "warn"), changed: w(L("号码已改"), "bad"), assistant: w(L("语音助手"), "accent"),
  human: w(L("真人接听"), "ok"), machine: w(L("答录机"), "accent"), beep: w(L("滴声"), "accent"), fax: w(L("传真"), "accent"),
  silence: w(L("暂时无声"), "muted"), dead_air: w(L("接通无声"), "muted"), other: w(L("其他声音"), "neutral"),
};
export const heardMeans: Words = {
  tone: w(L("信号音"), "neutral"), fingerprint: w(L("声音指纹"), "neutral"), text: w(L("语音文字"), "neutral"), timing: w(L("说话节奏"), "neutral"),
};
/** What a recording may be marked as. */
export const announcementClasses = ["invalid", "suspended", "off", "busy", "unreachable", "no_answer", "restricted", "changed", "assistant", "machine", "other"];
export const listKind: Words = { block: w(L("黑名单"), "bad"), exempt: w(L("免呼名单"), "warn"), vip: w(L("VIP 名单"), "accent"), consent: w(L("已同意"), "ok") };
export const fieldKind: Words = {
  text: w(L("文字"), "neutral"), number: w(L("数字"), "neutral"), money: w(L("金额"), "neutral"), date: w(L("日期"), "neutral"),
  datetime: w(L("日期时间"), "neutral"),
};
export const endedBy: Words = { us: w(L("我方结束"), "neutral"), far: w(L("对方结束"), "neutral"), network: w(L("网络结束"), "neutral") };
export const action: Words = {
  normal: w(L("流程走完，正常挂机"), "ok"), ring_timeout: w(L("振铃超时，主动取消"), "warn"), pacing_cancel: w(L("无空闲坐席，主动取消"), "warn"),
  stopped: w(L("任务被停止"), "muted"), media_timeout: w(L("长时间收不到声音"), "bad"), refused: w(L("被规则或上限拒绝"), "warn"),
  too_long: w(L("超过最长通话时间"), "warn"), shutdown: w(L("系统关闭"), "muted"),
};

const unknown = (code: string): Word => ({ text: code, tone: "neutral" });
export function word(words: Words, code: string | null | undefined): Word {
  if (!code) return { text: "—", tone: "muted" };
  return words[code] ?? unknown(code);
}

export const TONE: Record<Tone, { fg: string; bg: string; line: string }> = {
  neutral: { fg: "#3d4f55", bg: "#f1f4f5", line: "#d9e1e4" },
  info: { fg: "#1f5fa8", bg: "#eaf2fb", line: "#c3daf3" },
  active: { fg: "#0b6e69", bg: "#e0f4f1", line: "#a5dcd4" },
  ok: { fg: "#2c7a3f", bg: "#e9f6ec", line: "#bfe3c8" },
  warn: { fg: "#9a6408", bg: "#fdf4e1", line: "#f2dba6" },
  bad: { fg: "#b3372f", bg: "#fcecea", line: "#f3c6c2" },
  muted: { fg: "#6b7c82", bg: "#f4f6f7", line: "#e0e6e8" },
  accent: { fg: "#6a4a9c", bg: "#f2edfa", line: "#d8c9ef" },
  rest: { fg: "#b4500c", bg: "#fdefe4", line: "#f5cda9" },
};

/** Who did something, as the audit trail writes it: `user:<login>`, `key:<name>` or `system`. */
export const actorText = (actor: string, t: (text: string) => string): string =>
  actor === "system" ? t("系统") : actor.replace(/^user:/, "").replace(/^key:/, `${t("密钥")} `);
