// Invented tasks with agents: their campaigns with what the pacer says, and their side of the desk. Used by mock-server and mock-desk.
import { ago, campaigns, leads, progress } from "./mock-data.mjs";

const past = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
const later = (seconds) => past(-seconds);

export const pacing = (more = {}) => ({
  ratio: 1.5, abandon_percent_max: 3, cancel_ms_min: 15_000, lines_per_agent_max: 10, wait_ms_max: 2000, harbour: "", preview_end: "wait", preview_ms: 30_000, skips_per_hour_max: null, blended: true, best_hour: true, ...more,
});
const live = (more = {}) => ({
  limit: "risk", agents: 24, ready: 2, waiting: 0, in_flight: 17, cancelled: 41, free_forecast: 4.3, answers_forecast: 3.9, risk: 0.019, risk_max: 0.026, answer_probability: 0.31, trend: 1.12,
  answers_24h: 2140, abandoned_24h: 51, answers_30d: 38_220, abandoned_30d: 1011, budget_left: 13.2, ...more,
});
const none = { free_forecast: 0, answers_forecast: 0, risk: 0, risk_max: 0, answer_probability: 0, trend: 0 };
for (const c of campaigns) Object.assign(c, { queue_id: null, pacing: pacing(), agent_work: {}, recording_format: null, amd: { mode: "off", machine: "hang_up", assistant: "hang_up", end_dead_air: false } });

const task = (id, name, mode, more = {}, seen = live()) => ({
  ...campaigns[0], id, name, mode, status: "running", purpose: "marketing", description: "", queue_id: 2, flow_id: 0, callback_flow_id: null, variables: {}, pacing: pacing(more.pacing), created_at: ago(300 + id), updated_at: ago(id - 190),
  progress: { ...progress(18_200, 0.31), pacing: seen }, ...more.campaign,
});
export const tasks = [
  task(201, "冬季供暖服务套餐推荐（老客户第三批）", "predictive"),
  task(202, "存量客户提速升级", "power", { campaign: { flow_id: 1 } }, live({ limit: "ratio", ready: 4, in_flight: 6, answers_24h: 412, abandoned_24h: 14, budget_left: -1.6, ...none })),
  task(203, "市重点企业年度走访预约与惠企政策兑现情况逐户核实（含高新技术企业、专精特新和规上服务业）", "preview", { pacing: { preview_end: "dial", skips_per_hour_max: 10 } }, live({ limit: "ready", agents: 6, ready: 1, in_flight: 2, answers_24h: 88, abandoned_24h: 0, abandoned_30d: 0, cancelled: 0, budget_left: 2.6, ...none })),
  task(204, "续费提醒", "predictive", { campaign: { queue_id: 1 } }, live({ limit: "no_agents", agents: 0, ready: 0, in_flight: 0, answers_24h: 0, abandoned_24h: 0, answers_30d: 0, abandoned_30d: 0, cancelled: 0, budget_left: 0, ...none })),
  task(205, "刚开始的任务", "progressive", {}, null),
  task(206, "大客户专属回访", "manual", {}, live({ limit: "ready", agents: 3, ready: 1, in_flight: 1, answers_24h: 31, abandoned_24h: 0, abandoned_30d: 0, cancelled: 0, ...none })),
  task(207, "呼损保护中的任务", "predictive", { pacing: { harbour: "您好，这里是{{campaign.name}}，刚才给您致电，因坐席忙未能接通，打扰了。" } }, live({ limit: "guard", risk: 0.041, trend: 0.78, abandoned_24h: 69, budget_left: -5 })),
];
tasks[4].progress.waiting_for = null;
campaigns.push(...tasks);

/** What the pacer says now, as events. */
export function stir(tick) {
  return tasks.filter((c) => c.progress.pacing && c.id !== 204).map((c) => {
    const p = c.progress.pacing;
    p.in_flight = Math.max(0, Math.round((c.mode === "predictive" ? 17 : 6) + 6 * Math.sin(tick / 4 + c.id)));
    p.ready = Math.max(0, Math.round(2 + 2 * Math.sin(tick / 3 + c.id)));
    p.waiting = tick % 11 === 0 ? 1 : 0;
    return { type: "campaign.progress", data: { campaign_id: c.id, dialing: p.in_flight, talking: 18, waiting_for: c.progress.waiting_for, pacing: p } };
  });
}
/** A campaign is written: the next answer shows it. */
export function put(id, body) {
  const c = campaigns.find((x) => x.id === id);
  if (!c || c.id < 200) return undefined;
  if (body.revision !== c.revision) return { refused: { code: "revision_conflict", detail: "任务已被他人修改，请刷新后再改", current: c } };
  if (body.queue_id == null && body.mode !== "ivr") return { refused: { code: "invalid", detail: "请选择坐席组", errors: [{ field: "queue_id", code: "value", detail: "请选择由哪个坐席组来接" }] } };
  if (body.pacing.ratio > 9) return { refused: { code: "invalid", detail: "有一处需要修改", errors: [{ field: "pacing.ratio", code: "value", detail: "倍率 1–9，线路只够这么多" }] } };
  return Object.assign(c, body, { revision: c.revision + 1 });
}

const brief = (id) => { const c = tasks.find((x) => x.id === id); return { campaign_id: c.id, name: c.name, mode: c.mode }; };
const line = (talking, state = "ringing") => ({ ...talking(), direction: "outbound", answered_at: null, parties: [{ leg_id: 2, kind: "agent", state, number: "6001", name: "李晓梅", agent_id: 1, muted: false, consulted: false, mode: null, since: past(1) }] });
const lead = (more = {}) => ({
  campaign_id: 203, campaign_name: tasks[2].name, lead_id: 9101, number: "+86139****5678", name: "王建国", region: "山东省济南市", data: { 客户等级: "金卡", 到期日: "2026-12-31", 在用套餐: "企业宽带 500M" }, attempts: 0,
  shown_at: past(6), until: later(24), then: "dial", skips_left: 3, dialing: false, ...more,
});
const long = {
  name: "古丽娜尔·阿卜杜热合曼（新疆维吾尔自治区公共资源交易中心乌鲁木齐分中心联系人）", region: "新疆维吾尔自治区乌鲁木齐市", attempts: 4, skips_left: 0, until: null, then: "wait",
  data: Object.fromEntries(["单位全称", "经营地址", "上次走访", "政策兑现", "法定代表人", "诉求", "用工", "融资", "用地", "用能", "备注"].map((k, i) => [k, i % 3 === 1 ? "高新区舜华路街道汉峪金谷 A4-3 座 2201–2209 室，另有章丘、莱芜两处生产基地，电话以总部为准" : `第 ${i + 1} 项：已登记`])),
};

/** Scenes of the desk: `of` makes the agent in a state. */
export const scenes = (of, talking) => ({
  preview: () => ({ agent: of("reserved", { since: past(6), until: later(1000) }), call: null, preview: lead(), tasks: [brief(203)] }),
  "preview-skip": () => ({ agent: of("reserved", { since: past(6), until: later(1000) }), call: null, preview: lead({ then: "skip", skips_left: null, attempts: 2 }), tasks: [brief(203)] }),
  "preview-long": () => ({ agent: of("reserved", { since: past(6), until: later(1000) }), call: null, preview: lead(long), tasks: [brief(203)] }),
  "preview-bare": () => ({ agent: of("reserved", { since: past(2), until: later(1000) }), call: null, preview: lead({ name: "", region: "", data: {}, until: null, then: "wait", skips_left: null }), tasks: [brief(203)] }),
  // As the floor does it: the agent's own line is a call, with nobody else on it.
  "preview-dialing": () => ({ agent: of("reserved", { since: past(9) }), call: line(talking), preview: lead({ dialing: true, until: null }), tasks: [brief(203)] }),
  "preview-connect": () => ({ agent: of("reserved", { since: past(6) }), call: line(talking, "talking"), preview: lead({ campaign_id: 209, campaign_name: "贵宾客户续约", until: null, then: "wait", skips_left: null }), tasks: [{ campaign_id: 209, name: "贵宾客户续约", mode: "preview_connect" }] }),
  "preview-wrap": () => ({ agent: of("wrap_up", { since: past(8), until: later(20) }), call: { ...talking(), parties: [] }, preview: lead(), tasks: [brief(203)] }),
  manual: () => ({ agent: of("ready"), call: null, preview: null, tasks: [brief(206)] }),
  "manual-two": () => ({ agent: of("ready"), call: null, preview: null, tasks: [brief(206), { campaign_id: 208, name: "战略客户季度沟通（总部直管）", mode: "manual" }] }),
  predictive: () => ({ agent: of("ready", { since: past(19) }), call: null, preview: null, tasks: [brief(201), brief(202)] }),
  "predictive-break": () => ({ agent: of("break", { reason: "rest", since: past(190) }), call: null, preview: null, tasks: [brief(201)] }),
  mixed: () => ({ agent: of("ready"), call: null, preview: null, tasks: [brief(201), brief(203), brief(206)] }),
  auto: () => ({ agent: of("ringing", { since: past(0), until: later(20) }), call: { ...talking(), answered_at: null, direction: "outbound", campaign_id: 201, campaign_name: tasks[0].name, lead_id: leads[0].id, parties: [] }, preview: null, tasks: [brief(201)] }),
});

/** What a command of tasks makes of the view; undefined: it is none. */
export function command(c, view, of) {
  switch (c.do) {
    case "next_lead": return c.campaign === 208 ? { refused: { code: "not_now", detail: "当前状态不能这样操作" } } : { ...view, agent: of("reserved", { since: past(0) }), preview: lead({ campaign_id: c.campaign, campaign_name: brief(206).name, until: null, then: "wait", skips_left: 2 }) };
    case "preview_dial": return { ...view, preview: { ...view.preview, dialing: true, until: null } };
    case "preview_skip": return view.preview?.skips_left === 0 ? { refused: { code: "limit", detail: "已达上限，请稍后再试" } } : { ...view, agent: of("ready", { since: past(0) }), call: null, preview: null };
    default: return undefined;
  }
}
/** How calls of tasks that dial for their agents ask to be answered. */
export const AUTO = ["Call-Info: <sip:fengling>;answer-after=0", "Alert-Info: <http://fengling.invalid/>;info=alert-autoanswer"];
