// An invented floor: three hundred seats in twelve groups that keep changing. For looking at boards, agents, groups and customers.
import { ago, mobile, person } from "./mock-data.mjs";

let seed = 4;
const rnd = () => ((seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648);
const below = (n) => Math.floor(rnd() * n);
const past = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
const later = (seconds) => past(-seconds);

const NAMES = ["政策咨询", "投诉受理", "业务办理", "预约改期", "技术支持", "专家热线", "企业服务", "外语服务", "夜间值班", "回访组", "VIP 专席", "长者服务与无障碍陪同接听（一线）"];
const queueIds = NAMES.map((_, i) => i + 1);
const STATES = ["talking", "talking", "talking", "ready", "ready", "wrap_up", "break", "off", "talking", "ringing", "held", "ready", "dialing", "off"];
const SPAN = { ready: 160, ringing: 14, dialing: 20, talking: 340, held: 60, wrap_up: 34, break: 1100, off: 9000 };

function become(a, state) {
  const calling = ["ringing", "dialing", "talking", "held"].includes(state);
  const own = a.queues[below(a.queues.length)];
  Object.assign(a, {
    state, since: past(below(SPAN[state])), until: state === "wrap_up" ? later(below(20)) : null, next: state === "talking" && rnd() < 0.06 ? "break" : null,
    reason: state === "break" ? ["rest", "meal", "meeting", "no_answer", "signed_in"][below(5)] : null, queue_id: calling || state === "wrap_up" ? own : null, call_id: calling ? 7_000 + a.agent_id : null,
    number_far: calling ? mobile() : null, link_up: rnd() > 0.02, monitored: null, monitors: [], session_id: state === "off" ? null : a.agent_id,
    seat: state === "off" ? null : [{ kind: "browser", extension: a.agent_id }, { kind: "browser", extension: a.agent_id }, { kind: "phone", extension: a.agent_id }, { kind: "outside", number: "+8613900001111" }][below(4)],
  });
  return a;
}
export const agentsLive = Array.from({ length: 300 }, (_, i) => become({ agent_id: i + 1, number: String(6001 + i), name: i === 3 ? "迪丽热巴·买买提艾力" : person(), unit_id: 2 + (i % 6), queues: [1 + (i % 12), 1 + ((i * 7) % 12)].filter((q, j, all) => all.indexOf(q) === j), calls: below(70), talk_ms: below(9_000_000) }, STATES[below(STATES.length)]));

let entries = 9_000;
const caller = () => ({ entry_id: (entries += 1), call_id: 8_000 + entries, caller: mobile(), name: rnd() < 0.4 ? person() : "", channel: "call", came_at: past(below(150)), position: 1, callback: rnd() < 0.12, agent_id: rnd() < 0.15 ? 1 + below(300) : null });
const waiting = new Map(queueIds.map((id) => [id, Array.from({ length: [3, 7, 0, 1, 0, 0, 2, 0, 0, 0, 0, 4][id - 1] }, caller)]));
export function queueLive(id) {
  const staff = agentsLive.filter((a) => a.queues.includes(id) && a.state !== "off");
  const n = (...states) => staff.filter((a) => states.includes(a.state)).length;
  const callers = waiting.get(id).toSorted((a, b) => a.came_at.localeCompare(b.came_at)).map((c, i) => ({ ...c, position: i + 1 }));
  return {
    queue_id: id, name: NAMES[id - 1], open: id !== 9, waiting: callers.length, callbacks: callers.filter((c) => c.callback).length, first_came_at: callers[0]?.came_at ?? null, staffed: id === 9 ? 0 : staff.length,
    ready: n("ready"), busy: n("ringing", "dialing", "talking", "held"), wrapping_up: n("wrap_up"), on_break: n("break"), service_level: [92, 64, 88, 97, 100, null, 81, 95, null, 90, 100, 77][id - 1], served: [120, 86, 40, 31, 12, 0, 25, 8, 0, 17, 6, 22][id - 1], callers,
  };
}
export const board = () => ({ agents: agentsLive, queues: queueIds.map(queueLive) });

/** What has changed since: a few seats and groups, as events. */
export function stir() {
  const events = [];
  for (let i = 0; i < 8; i += 1) {
    const a = agentsLive[below(agentsLive.length)];
    if (a.monitored) continue;
    become(a, STATES[below(STATES.length)]).since = past(0);
    events.push({ type: "agent.state", data: a });
  }
  const id = queueIds[below(4)];
  const list = waiting.get(id);
  if (list.length > 6 || (list.length > 0 && rnd() < 0.5)) list.shift();
  else list.push({ ...caller(), came_at: past(0) });
  events.push({ type: "queue.state", data: queueLive(id) });
  return events;
}

/** A supervisor's command: only monitoring shows. */
export function command(c) {
  const a = agentsLive.find((x) => x.agent_id === c.agent);
  if (c.do === "monitor" || c.do === "stop_monitor") for (const x of agentsLive) { x.monitored = null; x.monitors = []; }
  if (c.do === "monitor" && a) { a.monitored = c.mode; a.monitors = [{ user_id: c.by ?? 1, mode: c.mode }]; }
  return a ? [{ type: "agent.state", data: a }] : [];
}

export const skills = ["普通话", "英语", "政策解读", "投诉处理", "企业开户"].map((name, i) => ({ id: i + 1, tenant_id: 1, name }));
export const units = [["客服中心", null], ["客服一部", 1], ["客服二部", 1], ["投诉与回访组（含夜班）", 2], ["早班", 2], ["外呼中心", null], ["企业客户外呼组", 6]].map(([name, parent_id], i) => ({ id: i + 1, tenant_id: 1, parent_id, name, created_at: ago(9000), revision: 1 }));
export const agents = agentsLive.slice(0, 60).map((a, i) => ({ id: a.agent_id, tenant_id: 1, user_id: i < 5 ? i + 1 : null, number: a.number, name: a.name, mobile: i % 4 ? "" : `+86138001380${String(i).padStart(2, "0")}`, extension_id: i % 3 ? a.agent_id : null, unit_id: a.unit_id, enabled: i % 17 !== 16, skills: { 1: 8, ...(i % 3 ? { [2 + (i % 4)]: 1 + (i % 10) } : {}) }, created_at: ago(9000), revision: 2 }));

const rules = (name, more = {}) => ({
  name, strategy: "longest_idle", weight: 100, capacity: 100, hours: null, head_start_ms: { vip: 86_400_000, important: 600_000, elderly: 600_000, long_distance: 120_000 }, needs: [], relax_ms: 0,
  vip_seat: { mode: "first" }, owner: { mode: "first" }, ticket_agent: { mode: "first" }, last_agent: { mode: "off" }, ring_ms: 20_000, ring_ms_outside: 30_000, no_answer: { then: "break" }, wrap_up_ms: 30_000, wrap_up_manual: false,
  announcements: { first_ms: 15_000, every_ms: 30_000, position: true, wait: false }, longest_wait_ms: 120_000, choices: {}, choice_ms: 15_000, unchosen: { choice: "keep" }, leave_key: null, leave_to: { to: "resume" }, wait_ms_max: 1_800_000, at_wait_max: { to: "resume" }, overflow: [],
  callback: { enabled: false, attempts_max: 3, retry_ms: 600_000, ring_ms: 30_000, keep_ms: 86_400_000 }, service_level: { within_ms: 20_000, percent_min: 80, short_ms: 3_000, long_wait_ms: 90_000 }, keep_ready: 0, music: "", greeting: "", record: true, ...more,
});
const full = {
  hours: { start_date: null, end_date: null, weekdays: [1, 2, 3, 4, 5], windows: [{ from: "08:30", to: "12:00" }, { from: "13:30", to: "18:00" }], skip_holidays: true }, needs: [{ skill: 4, level_min: 5 }], relax_ms: 30_000, last_agent: { mode: "wait", ms_max: 60_000 },
  choices: { 1: { choice: "keep" }, 2: { choice: "callback" }, 3: { choice: "go", target: { to: "voicemail" } } }, leave_key: "*", overflow: [{ when: "closed", target: { to: "voicemail" } }, { when: "waited", ms: 60_000, target: { to: "queue", queue: 1 } }, { when: "no_agents", target: { to: "numbers", numbers: ["13900001111", "010-88886666"] } }],
  callback: { enabled: true, attempts_max: 3, retry_ms: 600_000, ring_ms: 30_000, keep_ms: 86_400_000 }, greeting: "您好，{number} 号为您服务。",
};
export const queues = NAMES.map((name, i) => ({ id: i + 1, tenant_id: 1, ...rules(name, i === 1 ? full : { strategy: ["longest_idle", "round_robin", "fewest_calls", "skill_based"][i % 4] }), created_at: ago(9000), revision: 3 }));
export const members = agents.slice(0, 14).map((a, i) => ({ queue_id: 2, agent_id: a.id, place: i + 1, vip_only: i === 2, outbound: i % 4 === 0, schedule: i === 5 ? full.hours : null }));

const LISTS = [["block"], ["vip"], [], [], ["exempt"]];
const COMPANIES = ["市城建设计研究院", "华信机电工程有限公司", "", "省第二建筑工程集团有限公司轨道交通分公司（项目管理部）", ""];
export const customers = Array.from({ length: 90 }, (_, i) => ({
  id: i + 1, tenant_id: 1, name: person(), company: COMPANIES[i % 5], classes: i % 9 === 1 ? ["vip"] : i % 9 === 4 ? ["important", "elderly"] : [], owner_id: i % 4 === 0 ? 1 + (i % 12) : null, seat_id: i % 9 === 1 ? 3 : null,
  fields: { city: ["济南", "青岛", "烟台"][i % 3], level: ["A 级", "B 级"][i % 2], since: "2024-05-11" }, note: i % 6 === 1 ? "对上次项目评审结果有异议，已转质量部跟进，请勿重复解释。" : "", next_contact_at: i % 5 === 1 ? ago(-1500) : null, created_at: ago(40_000 - i * 9), updated_at: ago(i * 130), revision: 4,
  numbers: [{ id: i * 2 + 1, tenant_id: 1, customer_id: i + 1, number: mobile(), label: "手机", main: true }, ...(i % 3 === 0 ? [{ id: i * 2 + 2, tenant_id: 1, customer_id: i + 1, number: "+8653188996677", label: "办公室", main: false }] : [])], lists: LISTS[i % 5],
}));
export const customerSettings = {
  fields: [{ key: "city", name: "所在城市", kind: "text", choices: [], required: false }, { key: "level", name: "客户等级", kind: "select", choices: ["A 级", "B 级", "C 级"], required: true }, { key: "since", name: "首次合作", kind: "date", choices: [], required: false }, { key: "amount", name: "年合同额", kind: "number", choices: [], required: false }],
  dispositions: [["solved", "已解决"], ["follow_up", "需跟进"], ["complaint", "投诉"], ["wrong_number", "打错电话"]].map(([code, name]) => ({ code, name })),
};
export const desk = {
  zone: "Asia/Shanghai", breaks: [["rest", "小休", 900_000], ["meal", "用餐", 3_600_000], ["meeting", "会议", 0], ["training", "培训", 0]].map(([code, name, ms_max]) => ({ code, name, ms_max })), link_grace_ms: 20_000, setup_ms_max: 5_000, setup_ms_max_outside: 15_000,
  direct_ring_ms: 60_000, direct_wrap_up_ms: 0, music: "", record_dialed: true, survey_text: "请对本次服务作出评价，满意请按1，不满意请按2，一般请按3。",
};
export const history = (calls, sms) => ({
  calls: calls.slice(0, 9), messages: sms.slice(0, 3),
  summaries: calls.slice(0, 3).map((c, i) => ({ id: i + 1, tenant_id: 1, call_id: c.id, agent_id: 1 + i, customer_id: 1, disposition: ["solved", "follow_up", "complaint"][i], note: ["已告知材料清单。", "等财务确认后回电。", ""][i], next_contact_at: i === 1 ? ago(-900) : null, created_at: c.ended_at, updated_at: c.ended_at })),
});

const column = (key, title_zh, title_en, kind) => ({ key, title_zh, title_en, kind });
const REPORTS = {
  queue_service: () => ({
    title_zh: "坐席组服务", title_en: "Service by group",
    columns: [column("queue", "坐席组", "Group", "text"), column("offered", "来电", "Offered", "count"), column("answered", "接听", "Answered", "count"), column("abandoned", "放弃", "Abandoned", "count"), column("service_level", "服务水平", "Service level", "percent"), column("mean_wait_ms", "平均等待", "Mean wait", "duration_ms"), column("longest_wait_ms", "最长等待", "Longest wait", "duration_ms")],
    rows: NAMES.map((name, i) => { const offered = 40 + ((i * 137) % 400); const answered = Math.floor(offered * (0.97 - (i % 5) * 0.03)); return [name, offered, answered, offered - answered, [92, 64, 88, 97, 100, 84.5, 81, 95, 70, 90, 100, 77][i], 9_000 + i * 1700, 60_000 + i * 13_000]; }), totals: null,
  }),
};
const startOfDay = () => new Date(new Date().setHours(8, 30, 0, 0)).getTime();
function day(a, i) {
  const rows = [];
  let at = startOfDay() + (i % 5) * 300_000;
  const end = Date.now();
  for (let n = 0; at < end; n += 1) {
    const state = n === 0 ? "break" : ["ready", "ringing", "talking", "wrap_up", "ready", "ringing", "talking", "held", "talking", "wrap_up", "break"][n % 11];
    const to = at + 1000 * { ready: 60 + ((i * n * 37) % 400), ringing: 8, talking: 90 + ((n * 53 + i) % 500), held: 40, wrap_up: 30, break: n % 22 === 0 ? 300 : 900 + (i % 4) * 500 }[state];
    rows.push([a.number, a.name, state, state === "break" ? (n === 0 ? "signed_in" : ["rest", "meal"][n % 2]) : null, new Date(at).toISOString(), to < end ? new Date(to).toISOString() : null, Math.min(to, end) - at]);
    at = to;
  }
  return rows;
}
Object.assign(REPORTS, {
  agent_timeline: () => ({
    title_zh: "坐席时间线", title_en: "Agent timeline",
    columns: [column("agent_number", "工号", "Number", "text"), column("agent_name", "姓名", "Name", "text"), column("state", "状态", "State", "code"), column("reason", "原因", "Reason", "code"), column("started_at", "开始", "From", "time"), column("ended_at", "结束", "To", "time"), column("duration_ms", "时长", "Duration", "duration_ms")],
    rows: agents.slice(0, 14).flatMap(day), totals: null,
  }),
  agent_workload: () => ({
    title_zh: "坐席工作量", title_en: "Agent workload",
    columns: [column("agent_number", "工号", "Number", "text"), column("agent_name", "姓名", "Name", "text"), ...[["calls", "来电"], ["answered", "接听"], ["missed", "未接"]].map(([k, zh]) => column(k, zh, k, "count")), column("answer_rate", "接听率", "Answer rate", "percent"), ...[["ring_ms", "振铃"], ["talk_ms", "通话"], ["hold_ms", "保持"], ["wrap_up_ms", "整理"], ["ready_ms", "空闲"], ["break_ms", "小休"]].map(([k, zh]) => column(k, zh, k, "duration_ms")), column("satisfied", "满意率", "Satisfied", "percent")],
    rows: agents.map((a, i) => [a.number, a.name, 40 + (i % 30), 38 + (i % 29), 2, 95.2, 400_000, 9_000_000 + i * 50_000, 300_000, 1_200_000, 7_000_000, 2_400_000, i % 4 ? 96.5 : null]), totals: [null, null, 3200, 3080, 120, 96.3, 24_000_000, 630_000_000, 18_000_000, 72_000_000, 420_000_000, 144_000_000, 96.4],
  }),
  lost_calls: () => ({
    title_zh: "未接来电", title_en: "Lost calls",
    columns: [column("caller", "来电号码", "Caller", "phone"), column("called", "接入号", "Access number", "text"), column("entered_at", "进入时间", "Time in", "time"), column("service", "选择的业务", "Service", "text"), column("service_at", "选择时间", "Chosen at", "time"), column("agent", "振铃坐席", "Agent rung", "text"), column("ringing_at", "振铃时间", "Ring start", "time"), column("ended_at", "挂机时间", "Hang-up", "time"), column("wait_ms", "等待", "Wait", "duration_ms"), column("outcome", "结果", "Outcome", "code")],
    rows: Array.from({ length: 75 }, (_, i) => [mobile(), "01088886666", ago(i * 7 + 2), i % 3 ? "业务咨询" : "投诉与建议（转人工）", ago(i * 7 + 3), i % 2 ? "6002 何俊杰" : null, i % 2 ? ago(i * 7 + 1) : null, ago(i * 7), 40_000 + i * 1000, ["abandoned", "timed_out", "left", "overflowed", "closed"][i % 5]]), totals: null,
  }),
});
export const report = (code) => (REPORTS[code] ? { code, ...REPORTS[code]() } : undefined);
