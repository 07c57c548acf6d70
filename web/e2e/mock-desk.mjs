// An invented desk: one agent, the states of a call, and a registrar that rings. `GET /api/v1/mock/desk/<scene>` sets a scene.
import { randomUUID } from "node:crypto";
import { ago, calls, sms } from "./mock-data.mjs";
import * as tasks from "./mock-tasks.mjs";

const past = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
const later = (seconds) => past(-seconds);
const agent = { id: 1, tenant_id: 1, user_id: 1, number: "6001", name: "李晓梅", mobile: "+8613800138001", extension_id: 61, enabled: true, skills: { 1: 8 }, created_at: ago(9000), revision: 1 };
const breaks = [{ code: "rest", name: "小休", ms_max: 900_000 }, { code: "meal", name: "用餐", ms_max: 3_600_000 }, { code: "meeting", name: "会议", ms_max: 0 }, { code: "training", name: "培训", ms_max: 0 }];
const dispositions = ["已解答", "已登记工单", "转业务科室", "需回访", "投诉", "误拨或骚扰"].map((name, i) => ({ code: `d${i + 1}`, name }));
const fields = [
  { key: "id_no", name: "证件号码", kind: "text", choices: [], required: false }, { key: "trade", name: "评标专业", kind: "select", choices: ["机电设备", "土建工程", "信息系统"], required: true },
  { key: "joined", name: "入库日期", kind: "date", choices: [], required: false }, { key: "score", name: "履职评分", kind: "number", choices: [], required: false },
];
const queues = [{ id: 1, name: "政策咨询" }, { id: 2, name: "投诉受理" }, { id: 12, name: "长者服务与无障碍陪同接听（一线）" }];
const flows = [{ id: 31, name: "办理意向二次确认" }, { id: 32, name: "费用确认" }];
const waits = (entry_id, name, caller, seconds, position) => ({ entry_id, call_id: 8000 + entry_id, caller, name, channel: "call", came_at: past(seconds), position, callback: false, agent_id: null });
const figures = ({ id, name }) => {
  const callers = id === 2 ? [waits(1, "赵德胜", "+86138****1234", 71, 1), waits(2, "", "+86531****1234", 18, 2)] : [];
  return { queue_id: id, name, open: true, waiting: callers.length, callbacks: 0, first_came_at: callers[0]?.came_at ?? null, staffed: 5, ready: 2, busy: 2, wrapping_up: 1, on_break: 0, service_level: 86, served: 40, callers };
};
const extensions = [{ id: 1, number: "8001", name: "前台" }, { id: 2, number: "8002", name: "值班室" }];
const brief = (id, name, company, classes = []) => ({ id, name, company, classes, owner_id: 1, seat_id: null });
const party = (leg_id, kind, state, name, number, seconds, more = {}) => ({ leg_id, kind, state, number, name, agent_id: null, muted: false, consulted: false, mode: null, since: past(seconds), ...more });
const me = (more = {}) => party(2, "agent", "talking", "李晓梅", "6001", 75, { agent_id: 1, ...more });
const customer = (state, seconds = 75) => party(1, "customer", state, "王建国", "+8613912345678", seconds);
const guest = (state, seconds = 12) => party(3, "agent", state, "孙志强", "6012", seconds, { agent_id: 12 });

const known = (more = {}) => ({
  call_id: 7004, direction: "inbound", number: "+86139****5678", name: "王建国", called: "+8601088886666", queue_id: 2, service: "评标费发放", campaign_id: null, campaign_name: null, lead_id: null, data: {},
  digits: "20", said: ["我想问一下上个月的评标费什么时候发"], classes: ["vip", "elderly"], customers: [brief(1, "王建国", "市城建设计研究院", ["vip"])], started_at: past(92), answered_at: past(75), parties: [customer("talking"), me()],
  consulting: false, recording: true, survey: true, ...more,
});
const stranger = () => ({ ...known(), call_id: 7005, name: "", number: "+8653188001234", service: null, digits: "", said: [], classes: [], customers: [], queue_id: 1, survey: false });
const shared = () => ({ ...known(), name: "", customers: [brief(1, "王建国", "市城建设计研究院", ["vip"]), brief(2, "", "市城建设计研究院第三工程设计所（总机）"), brief(3, "古丽娜尔·阿卜杜热合曼", "新疆维吾尔自治区公共资源交易中心乌鲁木齐分中心评标专家库管理办公室")] });
const campaign = () => ({
  ...known(), direction: "outbound", queue_id: null, campaign_id: 101, campaign_name: "轨道交通三号线机电设备采购评标专家通知", lead_id: 5005, digits: "0", said: ["您是哪里", "这个时间我可能来不了，你帮我转一下人工吧，我想问问能不能改到下周"], classes: [], service: null,
  data: { 评标专业: "机电设备", 工作单位: "铁路勘察设计集团有限公司济南设计院轨道交通事业部", 职称: "教授级高工", 会议时间: "2026-11-25 09:30", 会议地点: "交易中心 A 座 301 评标室" },
});

const live = (state, more = {}) => ({
  agent_id: 1, number: "6001", name: "李晓梅", state, reason: null, since: past(75), until: null, next: null, link_up: true, session_id: state === "off" ? null : 900, seat: state === "off" ? null : { kind: "browser", extension: 61 },
  queues: [1, 2, 12], queue_id: null, call_id: null, number_far: null, monitored: null, monitors: [], calls: 37, talk_ms: 5_460_000, ...more,
});
const SCENES = {
  off: () => ({ agent: live("off"), call: null }),
  ready: () => ({ agent: live("ready", { since: past(48) }), call: null }),
  break: () => ({ agent: live("break", { reason: "meal", since: past(1320) }), call: null }),
  missed: () => ({ agent: live("break", { reason: "no_answer", since: past(20) }), call: null }),
  unreached: () => ({ agent: live("ready"), call: null, note: { kind: "dial_failed", disposition: "invalid", number: "+8613912345678" } }),
  released: () => ({ agent: live("wrap_up", { since: past(1), until: later(29) }), call: known({ parties: [] }), note: { kind: "released" } }),
  reserved: () => ({ agent: live("reserved", { since: past(1) }), call: null }),
  ringing: () => ({ agent: live("ringing", { since: past(6), until: later(14) }), call: known({ answered_at: null, parties: [customer("talking", 17), party(2, "agent", "ringing", "李晓梅", "6001", 6, { agent_id: 1 })] }) }),
  "ringing-shared": () => ({ agent: live("ringing", { since: past(3), until: later(17) }), call: { ...shared(), answered_at: null, parties: [] } }),
  dialing: () => ({ agent: live("dialing", { since: past(9) }), call: { ...known({ direction: "outbound", queue_id: null, answered_at: null, digits: "", said: [], service: null }), parties: [party(1, "customer", "ringing", "王建国", "+8613912345678", 9), me()] } }),
  talking: () => ({ agent: live("talking"), call: known() }),
  stranger: () => ({ agent: live("talking"), call: stranger() }),
  campaign: () => ({ agent: live("talking", { next: "break" }), call: campaign() }),
  muted: () => ({ agent: live("talking", { monitored: "listen" }), call: known({ parties: [customer("talking"), me({ muted: true }), party(9, "supervisor", "talking", "周明", "6000", 30, { mode: "whisper" })] }) }),
  held: () => ({ agent: live("held", { since: past(21) }), call: known({ parties: [customer("held", 21), me()] }) }),
  "consult-ringing": () => ({ agent: live("talking"), call: known({ consulting: true, parties: [customer("held", 8), me(), guest("ringing", 8)] }) }),
  consulting: () => ({ agent: live("held"), call: known({ consulting: true, parties: [customer("held", 31), me(), guest("talking", 22)] }) }),
  consulted: () => ({ agent: live("held"), call: known({ consulting: true, customers: [], parties: [customer("held", 31), party(3, "agent", "talking", "孙志强", "6012", 80, { agent_id: 12 }), me({ consulted: true })] }) }),
  conference: () => ({ agent: live("talking"), call: known({ parties: [customer("talking"), me(), guest("talking", 40), party(4, "guest", "talking", "", "+8653188001234", 9)] }) }),
  wrap_up: () => ({ agent: live("wrap_up", { since: past(11), until: later(19) }), call: known({ parties: [] }) }),
  "wrap_up-manual": () => ({ agent: live("wrap_up", { since: past(95) }), call: known({ parties: [] }) }),
  ...tasks.scenes(live, known),
  phone: () => ({ agent: live("ringing", { since: past(6), until: later(14), seat: { kind: "phone", extension: 1 } }), call: known({ answered_at: null, parties: [] }) }),
};
let view = SCENES.off();
let account = { queues };

const colleague = (agent_id, number, name, state) => ({ agent_id, number, name, state });
const colleagues = (q) => ({
  agents: [colleague(12, "6012", "孙志强", "ready"), colleague(13, "6013", "迪丽热巴·买买提艾力", "talking"), colleague(14, "6014", "高丽华", "wrap_up"), colleague(15, "6015", "陈国栋", "break"), colleague(16, "6016", "周海燕", "off")].filter((a) => !q || a.name.includes(q) || a.number.includes(q)),
  queues: [{ id: 1, name: "政策咨询", ready: 4 }, { id: 2, name: "投诉受理", ready: 0 }, { id: 12, name: "长者服务与无障碍陪同接听（一线）", ready: 1 }].filter((x) => !q || x.name.includes(q)),
});

let tell = () => undefined;
let ring = () => undefined;
function become({ note = null, ...next }) {
  view = next;
  tell([{ type: "desk.changed", data: { agent_id: 1, user_id: 1, view, note } }]);
  return view;
}
const change = (agentMore, callMore) => become({ agent: { ...view.agent, ...agentMore }, call: view.call && callMore ? { ...view.call, ...callMore } : view.call });

/** What a command makes of the desk; null: refused. */
function command(c) {
  const since = past(0);
  const ofTask = tasks.command(c, view, live);
  if (ofTask) return ofTask.refused ? ofTask : become(ofTask);
  const mute = (on) => change({}, { parties: view.call.parties.map((p) => (p.kind === "agent" ? { ...p, muted: on } : p)) });
  switch (c.do) {
    case "sign_in": return become({ ...SCENES.off(), agent: live(c.ready ? "ready" : "break", { since, reason: c.ready ? null : "signed_in", seat: c.seat }) });
    case "sign_out": return view.call ? change({ next: "off" }) : become(SCENES.off());
    case "ready": return view.call && view.agent.state !== "wrap_up" ? change({ next: null }) : become({ agent: { ...live("ready", { since }), seat: view.agent.seat }, call: null });
    case "break": return view.call && view.agent.state !== "wrap_up" ? change({ next: "break" }) : become({ agent: { ...live("break", { since, reason: c.reason }), seat: view.agent.seat }, call: null });
    case "hold": return change({ state: c.on ? "held" : "talking", since }, {});
    case "mute": return mute(c.on);
    case "hang_up": return become({ ...SCENES.wrap_up(), agent: { ...SCENES.wrap_up().agent, since, until: later(30) } });
    case "decline": return become({ agent: live("break", { since, reason: "declined" }), call: null });
    case "dial": return c.number === "110" ? null : become(SCENES.dialing());
    case "consult": return become(SCENES["consult-ringing"]());
    case "cancel_consult": return become(SCENES.talking());
    case "conference": return become(SCENES.conference());
    case "complete_transfer": case "transfer": return become(SCENES.wrap_up());
    case "extend_wrap_up": return change({ until: later(60) });
    case "record": return change({}, { recording: c.on });
    case "confirm": return change({}, { confirmation: "pressed" });
    default: return view;
  }
}

export const GET = [
  [/^mock\/desk\/([\w-]+)$/, (_, name) => {
    if (name === "no-queues" || name === "queues") { account = { queues: name === "queues" ? queues : [] }; return {}; }
    if (!(name in SCENES)) return undefined;
    const next = become(SCENES[name]());
    if (name.startsWith("ringing")) ring();
    if (name === "auto") ring(tasks.AUTO);
    return next;
  }],
  [/^desk$/, () => ({ agent, view, queues: account.queues, breaks, dispositions, fields, extensions, flows, live: account.queues.map(figures) })], [/^desk\/colleagues$/, (q) => colleagues(q.get("q"))],
  [/^calls\/\d+\/summaries$/, () => []],
];
export const POST = [
  [/^desk\/commands$/, (c) => command(c) ?? { refused: { code: "forbidden", detail: "这个号码不允许拨打：在免呼名单中" } }],
  [/^desk\/phone$/, () => ({ extension_id: 61, login: "6001", secret: "x", domain: "fengling", web_path: "/sip" })],
];
export const history = () => ({
  calls: calls.slice(0, 6), messages: sms.slice(2, 4),
  summaries: [{ id: 1, call_id: calls[0].id, agent_id: 1, customer_id: 1, disposition: "d4", note: "评标费 11 月 20 日已发放，客户说还没到账，请财务查一下开户行。答应三天内回电。", next_contact_at: later(86_400), created_at: ago(60), updated_at: ago(60) }],
});

const OFFER = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", "m=audio 9 UDP/TLS/RTP/SAVPF 111 101", "a=rtpmap:111 opus/48000/2", "a=rtpmap:101 telephone-event/8000", "a=ice-ufrag:abcd", "a=ice-pwd:abcdefghijklmnopqrstuvwx", `a=fingerprint:sha-256 ${Array(32).fill("AB").join(":")}`, "a=setup:actpass", "a=mid:0", "a=rtcp-mux", "a=sendrecv", ""].join("\r\n");
const header = (text, name) => new RegExp(`^${name}:\\s*(.*)$`, "im").exec(text)?.[1] ?? "";

/** A registrar that takes everybody, and rings the last one who came. */
export function registrar(sockets) {
  ring = (more = []) => {
    const s = [...sockets.clients].at(-1);
    if (!s?.contact) return;
    const head = [`INVITE ${s.contact} SIP/2.0`, `Via: SIP/2.0/WS mock.invalid;branch=z9hG4bK${randomUUID()}`, "Max-Forwards: 70", "From: \"王建国\" <sip:13912345678@fengling>;tag=m1", "To: <sip:6001@fengling>", `Call-ID: ${randomUUID()}`, "CSeq: 1 INVITE", "Contact: <sip:mock@mock.invalid;transport=ws>", ...more, "Content-Type: application/sdp", `Content-Length: ${OFFER.length}`];
    s.send(`${head.join("\r\n")}\r\n\r\n${OFFER}`);
  };
  sockets.on("connection", (s) => {
    s.on("message", (data) => {
      const text = String(data);
      if (/^SIP\/2.0 200/.test(text) && /INVITE/.test(header(text, "CSeq"))) {
        const copy = ["From", "To", "Call-ID"].map((n) => `${n}: ${header(text, n)}`);
        s.send([`ACK ${s.contact} SIP/2.0`, `Via: SIP/2.0/WS mock.invalid;branch=z9hG4bK${randomUUID()}`, "Max-Forwards: 70", ...copy, "CSeq: 1 ACK", "Content-Length: 0", "", ""].join("\r\n"));
        become({ ...SCENES.talking(), agent: live("talking", { since: past(0) }) });
      }
      if (!text.startsWith("REGISTER") && !text.startsWith("BYE")) return;
      s.contact = /<([^>]+)>/.exec(header(text, "Contact"))?.[1] ?? s.contact;
      const copy = ["Via", "From", "To", "Call-ID", "CSeq"].map((n) => `${n}: ${header(text, n)}${n === "To" ? ";tag=m2" : ""}`);
      s.send(["SIP/2.0 200 OK", ...copy, `Contact: <${s.contact}>;expires=60`, "Content-Length: 0", "", ""].join("\r\n"));
    });
  });
}
export const onTell = (f) => { tell = f; };
