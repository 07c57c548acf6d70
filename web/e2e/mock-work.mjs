// 话术与表单 over the invented API: a script for the desk's call, appointments. `GET /api/v1/mock/work/on|off` gives the call one, or none.
import { campaigns } from "./mock-data.mjs";

const later = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString();
const page = (id, title, text, choices, questions = []) => ({ id, title, text, questions, choices: choices.map(([label, to]) => ({ label, to })) });
const outcome = (code, label, then, more = {}) => ({ code, label, result: null, then, needs_form: false, needs_answers: false, needs_note: false, ...more });
const field = (key, label, kind, more = {}) => ({ key, label, kind, required: false, pattern: "", options: [], help: "", ...more });
const view = {
  campaign_id: 101, campaign_name: "轨道交通三号线机电设备采购评标专家通知", lead_id: 5005, call_id: 7004, name: "王建国", over: false, saved: null,
  results: [{ code: "attend", label: "参加", settles: true }, { code: "decline", label: "不参加", settles: true }],
  earlier: [{ agent_id: 12, outcome_label: "约时间再打", at: later(-1500) }],
  script: [
    page("open", "开场", "您好，请问是王建国老师吗？\n我是李晓梅，给您打电话是为了核实“轨道交通三号线机电设备采购评标专家通知”您收到没有。", [["是本人", "notice"], ["不是本人，但认识，可以帮忙转告", "bye"], ["现在不方便", "bye"]]),
    page("notice", "核实通知", "评标时间是 2026-11-25 09:30，地点在交易中心 A 座 301 评标室。请问您能按时参加吗？", [["能参加", "bye"], ["不能参加", "why"]], [
      { key: "attending", label: "能否参加", kind: "single", options: ["能参加", "不能参加", "还不确定"], required: true }, { key: "score", label: "通知够不够清楚，打几分", kind: "score", options: [], required: true, min: 1, max: 5 },
      { key: "how", label: "从哪里知道的", kind: "multiple", options: ["短信", "语音电话", "同事转告", "网站"], required: false },
    ]),
    page("why", "不参加的原因", "方便说一下原因吗？我们好做安排。", [["说完了", "bye"]], [{ key: "reason", label: "不参加的原因", kind: "text", options: [], required: true }]),
    page("bye", "结束", "好的，感谢您的配合，再见。", []),
  ],
  form: [
    field("arrive", "预计到达时间", "datetime", { required: true }), field("people", "随行人数", "number", { min: 0, max: 3 }), field("second_phone", "备用联系电话", "phone", { help: "本人不接时打这个" }), field("id_tail", "证件后四位", "text", { pattern: "9999" }),
    field("meal", "用餐", "choice", { options: ["普通", "清真", "素食"] }), field("remark", "其他要求", "text", { length_max: 300 }),
  ],
  outcomes: [
    outcome("attend", "参加", { do: "settle" }, { result: "attend", needs_answers: true, needs_form: true }), outcome("decline", "不参加", { do: "settle" }, { result: "decline", needs_answers: true }), outcome("relayed", "已请人转告", { do: "settle" }, { needs_note: true }),
    outcome("later", "约时间再打", { do: "callback" }), outcome("busy", "在忙，稍后再打", { do: "retry", minutes: 30 }), outcome("sure", "需二次确认", { do: "confirm", flow: 31 }), outcome("never", "要求不再打来", { do: "refuse" }), outcome("wrong", "号码不对", { do: "wrong_number" }),
  ],
};
const due = (id, name, minutes, note) => ({ id, tenant_id: 1, campaign_id: 101, lead_id: 5000 + id, customer_id: null, call_id: 6000 + id, agent_id: 1, mine: true, phone: "+86138****8000", name, note, due_at: later(minutes), state: "due", dialled_at: null, done_at: null, created_at: later(-900) });
let on = false;

export const GET = [
  [/^mock\/work\/(on|off)$/, (_, turn) => { on = turn === "on"; return {}; }],
  [/^calls\/(\d+)\/work$/, (_, id) => (on && id === "7004" ? view : null)],
  [/^leads\/(\d+)\/work$/, (_, id) => (on ? { ...view, call_id: null, lead_id: Number(id) } : { ...view, script: [], form: [], outcomes: [], earlier: [] })],
  [/^desk\/appointments$/, () => {
    const items = on ? [due(1, "赵德胜", -40, "问了费用，说和家里商量一下，下午再打"), due(2, "孙玉兰", 6, "在开会"), due(3, "", 190, ""), due(4, "古丽娜尔·阿卜杜热合曼", 1500, "要带上次的材料清单，三份复印件，一份原件，另外问问能不能网上交")] : [];
    return { items, next_cursor: null, total: items.length };
  }],
];
/** A form with this word in it is refused, as the server would. */
const refuses = (b) => JSON.stringify(b).includes("拒收");
let turn = 0;
export const POST = [
  [/^calls\/\d+\/work$/, (b) => ({ ...view, id: 1, path: b.path, answers: b.answers, form: b.form, outcome: b.outcome })],
  [/^campaigns\/\d+\/agent-work$/, (b) => (JSON.stringify(b).includes("撞车") && (turn += 1) === 1 ? { refused: { code: "revision_conflict", detail: "刚被改过", current: { ...campaigns[6], revision: 9, agent_work: view } } } : refuses(b) ? { invalid: { code: "invalid", detail: "有误", errors: [{ field: "agent_work.script.1.text", code: "invalid", detail: "话术里的“{{ lead }}”认不出来" }] } } : { ...campaigns[6], revision: b.revision + 1, agent_work: b.agent_work })],
];
