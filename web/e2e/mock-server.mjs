// Serves dist and an invented API on one port, for looking at pages: node e2e/mock-server.mjs [port]. Nothing is kept.
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";
import * as desk from "./mock-desk.mjs";
import * as floor from "./mock-floor.mjs";
import * as data from "./mock-data.mjs";
import * as work from "./mock-work.mjs";
import * as whatIf from "./mock-what-if.mjs";
import * as tasks from "./mock-tasks.mjs";
import * as booking from "./mock-booking.mjs";
import * as rulesOf from "./mock-rules.mjs";
import * as numbersOf from "./mock-lists.mjs";
import { ago, bans, campaigns, calls, extensions, leads, numbers, quote, rateImport, routes, sipTrace, sms, trunks } from "./mock-data.mjs";
import * as results from "./mock-results.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const dist = process.env.MOCK_DIST ?? join(here, "../dist");
const templates = join(here, "../../crates/flow/src/template");
const flowDoc = (name) => JSON.parse(readFileSync(join(templates, `${name}.json`), "utf8"));
const openapi = JSON.parse(readFileSync(join(here, "../openapi.json"), "utf8"));
const permissions = [...new Set([...openapi.components.schemas.Permission.enum, "agent:desk:use", "agent:seat:read", "agent:seat:write", "agent:call:supervise", "agent:call:monitor", "customer:record:read", "customer:record:write", "customer:record:export", "sales:product:write", "sales:order:read", "sales:order:write", "sales:order:export"])];

const whole = (items) => ({ items, next_cursor: null, total: items.length });
function page(items, q) {
  const at = Number(q.get("cursor") ?? 0);
  const limit = Number(q.get("limit") ?? 50);
  const next = at + limit < items.length ? String(at + limit) : null;
  return { items: items.slice(at, at + limit), next_cursor: next, ...(at === 0 ? { total: items.length } : {}) };
}
const user = (id, login, name, role, more = {}) => ({ id, tenant_id: 1, login, name, role, unit_id: [null, null, 2, 2, 4][id - 1] ?? null, scope: role === "admin" || role === "manager" ? "all" : "below", enabled: true, must_change_password: false, last_login_at: ago(id * 50), created_at: ago(99_999), ...more });
const users = [user(1, "admin", "周明", "admin"), user(2, "1001", "李晓梅", "manager"), user(3, "1002", "赵建军", "approver"), user(4, "2001", "孙丽", "operator"), user(5, "3001", "审计组", "viewer", { enabled: false, last_login_at: null })];
const session = { user: { ...users[0], tenant_id: 1 }, permissions, csrf: "token", expires_at: ago(-600), tenant: { code: "default", name: "市公共资源交易中心" } };
const flow = (id, name, description, published_version, has_draft) => ({ id, tenant_id: 1, name, description, published_version, has_draft, created_at: ago(9000), updated_at: ago(id * 90), revision: 7 });
const flows = [flow(1, "评标专家抽取通知", "告知项目、时间、地点，按键确认并发短信。", 4, true), flow(2, "评标专家回拨与请假", "专家回拨时识别身份，可以请假。", 2, false), flow(3, "满意度回访", "1 满意 2 一般 3 不满意。", null, true), flow(4, "欠费提醒", "", 1, false)];
const docs = { 1: "bid_expert_notice", 2: "bid_expert_callback", 3: "survey", 4: "payment_reminder" };
const prompts = [
  { id: 1, tenant_id: 1, name: "欢迎词", source: "upload", text: "您好，这里是市公共资源交易中心。", voice: null, duration_ms: 3200, blob: "a", created_at: ago(9000), updated_at: ago(800), used_by: [{ flow_id: 1, name: "评标专家抽取通知" }, { flow_id: 2, name: "评标专家回拨与请假" }] },
  { id: 2, tenant_id: 1, name: "请稍候", source: "tts", text: "正在为您转接人工，请稍候。", voice: "cmn", duration_ms: 2400, blob: "b", created_at: ago(9000), updated_at: ago(500), used_by: [] },
  { id: 3, tenant_id: 1, name: "会场须知", source: "tts", text: "请携带身份证原件，提前三十分钟到场签到。评标期间请将手机交由工作人员统一保管，会场提供午餐，评标结束前不得离开。", voice: null, duration_ms: 14_800, blob: "c", created_at: ago(9000), updated_at: ago(60), used_by: [] },
];
const lists = { block: 24, exempt: 9, vip: 3 };
const entries = (kind) => Array.from({ length: lists[kind] ?? 0 }, (_, i) => ({ id: i + 1, tenant_id: 1, kind, phone: data.mobile(), reason: ["客户要求不再联系", "恶意骚扰", "投诉处理中，暂停呼叫三个月", ""][i % 4], expires_at: i % 3 === 2 ? ago(-90_000) : null, created_at: ago(i * 700) }));
const webhooks = [{ id: 1, tenant_id: 1, name: "专家库系统", url: "https://experts.example.gov.cn/api/hooks/fengling", events: ["lead.result", "campaign.finished", "callback.received"], enabled: true, created_at: ago(9000) }, { id: 2, tenant_id: 1, name: "运维告警", url: "http://10.8.3.20:9000/alarm", events: ["alarm", "trunk.changed"], enabled: false, created_at: ago(8000) }];
const deliveries = Array.from({ length: 80 }, (_, i) => {
  const state = i === 0 ? "pending" : i % 13 === 6 ? "dead" : "delivered";
  return { id: i + 1, tenant_id: 1, webhook_id: 1, event_seq: 91_200 - i, event_type: i % 4 === 3 ? "campaign.finished" : "lead.result", state, tries: state === "dead" ? 12 : state === "pending" ? 2 : 1, next_at: ago(-4), last_status: state === "delivered" ? 204 : state === "dead" ? 500 : null, last_error: state === "dead" ? "对方返回 500" : state === "pending" ? "连接超时（10 秒）" : null, created_at: ago(i * 3), delivered_at: state === "delivered" ? ago(i * 3) : null };
});
const settings = {
  compliance: { hours_from: "08:00", hours_to: "21:00", region_zones: {}, contact_per_day_max: 3, number_per_24h_max: 5, number_per_5min_max: 3, caller_id_per_day_max: 0, campaign_per_day_max: 0, ring_ms_min: 15_000, lockout_h: 72, caller_id_interval_s: 5, caller_id_rest_after: 200, caller_id_rest_min: 30, flag_after_refusals: 3, flag_below_percent: 40, abandoned_percent_max: 3, refusal_words: ["退订", "TD", "T", "拒收", "R"], approval_required: true, approval_by_other: true },
  holidays: { off: { "2026-10-01": "国庆节", "2026-10-02": "国庆节", "2026-10-03": "国庆节", "2027-01-01": "元旦" }, working: { "2026-10-10": "调休上班" } },
  speech: { provider: "espeak", voice: "cmn", speed: 165, base_url: "", model: "tts-1", stream_over_chars: 0, api_key_set: false },
  recognition: { provider: "realtime", base_url: "https://asr.example.com/v1", model: "gpt-4o-mini-transcribe", language: "zh", format: "pcm", dialect: "ga", answer_ms_max: 5000, sessions_max: 20, early_media: false, api_key_set: true, heard_today_ms: 754000 },
  sms: { url: "https://sms.example.com/v2/send", method: "POST", headers: { "content-type": "application/json", "x-app": "fengling" }, body: '{"mobile": {{ phone|tojson }}, "content": {{ text|tojson }}}', success_pointer: "/code", success_value: "0", ref_pointer: "/data/msgid", signature: "【交易中心】", timeout_s: 10, per_second_max: 20, tries_max: 5, secret_names: ["appkey"] },
  mail: booking.mailSettings,
  recording: { retention_days: 180, disk_free_mb_min: 2048 },
  sip_trace: { keep: "failed", retention_days: 7 },
  ears: { early_media: true, end_on_announcement: true, keep_s: 12, silence_ms: 2000, dead_air_ms: 6000, cadences: [{ name: "忙音 450 Hz", class: "busy", hz: [450], on_ms: 350, off_ms: 350, repeats: 3 }, { name: "忙音 480+620 Hz", class: "busy", hz: [480, 620], on_ms: 500, off_ms: 500, repeats: 2 }] },
  desk: floor.desk, customers: floor.customerSettings, costs: { per_minute: 120 },
  standard_tones: [{ name: "busy 450 Hz", class: "busy", hz: [450], on_ms: 350, off_ms: 350, repeats: 3 }],
};
const audit = Array.from({ length: 130 }, (_, i) => ({ id: i + 1, tenant_id: 1, at: ago(i * 9), actor: i % 7 === 5 ? "key:专家库系统" : i % 11 === 9 ? "system" : "user:1001", remote_ip: i % 11 === 9 ? "" : "10.8.3.42", action: ["campaign.start", "import.commit", "campaign.approve", "results.export", "flow.publish", "settings.update", "trunk.update", "user.reset_password"][i % 8], target: i % 8 === 4 ? "flow:1" : "campaign:101", detail: { accepted: 1860, duplicates: 12, rejected: 3 } }));
const keys = [{ id: 1, tenant_id: 1, name: "专家库系统", prefix: "fl_9aK2", scopes: ["outbound:campaign:read", "outbound:campaign:write", "outbound:lead:write", "outbound:result:export"], enabled: true, last_used_at: ago(3), expires_at: null, created_by: 1, created_at: ago(9000) }];
const imports = [{ id: 1, tenant_id: 1, campaign_id: 101, file_name: "评标专家抽取结果_20261120.xlsx", state: "done", rows_total: 1875, rows_read: 1875, accepted: 1860, duplicates: 12, rejected: 3, error: null, created_by: "user:1001", created_at: ago(400), finished_at: ago(399) }, { id: 2, tenant_id: 1, campaign_id: 101, file_name: "补充名单.csv", state: "failed", rows_total: 40, rows_read: 18, accepted: 0, duplicates: 0, rejected: 0, error: "第 19 行：文件在这里中断，请重新导出后再上传", created_by: "user:2001", created_at: ago(380), finished_at: ago(380) }];
const preview = {
  encoding: "utf-8", sheets: ["抽取结果", "说明"], sheet: "抽取结果", rows_total: 1875,
  columns: ["序号", "姓名", "手机号码", "评标专业", "工作单位", "抽取时间"].map((header, index) => ({ index, header, guess: ["skip", "name", "phone", "field:专业", "field:单位", "skip"][index] })),
  rows: Array.from({ length: 20 }, (_, i) => ({ row: i + 2, values: [String(i + 1), data.person(), i === 4 ? "1.38001E+10" : data.mobile().slice(3), "机电设备", "市城建设计研究院", "2026-11-20 15:30"], verdict: i === 4 ? "rejected" : i === 9 ? "duplicate" : "ok", phone: i === 4 ? null : data.mobile(), reason: i === 4 ? "号码被表格变成了科学计数法，请把这一列改成文本格式" : i === 9 ? "与第 3 行重复" : null, reason_en: null })),
};
const print = (id, cls, name, ms, hits, source, enabled = true) => ({ id, tenant_id: 1, name, class: cls, source, recording_id: null, enabled, duration_ms: ms, created_by: "李晓梅", created_at: ago(9000 - id * 400), hits, last_hit_at: hits > 0 ? ago(id * 7) : null });
const fingerprints = [
  print(1, "invalid", "移动 空号 普通话", 4320, 318, "2026/11/12/7311528340013318-early.wav 0–4300 ms"), print(2, "invalid", "联通 空号 中英文", 9140, 77, "2026/11/12/7311528340013402-early.wav 200–9300 ms"),
  print(3, "off", "移动 关机 普通话", 3960, 502, "2026/11/13/7311528340013977-early.wav 0–4000 ms"), print(4, "suspended", "电信 停机 普通话", 3480, 41, "2026/11/13/7311528340014001-early.wav 0–3500 ms"),
  print(5, "assistant", "小爱通话助理", 5200, 12, "2026/11/18/7311528340020015.wav 300–5500 ms"), print(6, "busy", "移动 正在通话中", 4700, 0, "2026/11/20/7311528340021144-early.wav 0–4700 ms", false),
];
const hours = Array.from({ length: 24 }, (_, hour) => ({ hour, attempts: hour >= 9 && hour < 20 && hour !== 12 && hour !== 13 ? 180 + ((hour * 53) % 120) : 0, answered: hour >= 9 && hour < 20 && hour !== 12 && hour !== 13 ? 95 + ((hour * 31) % 70) : 0 })).filter((h) => h.hour >= 8 && h.hour <= 20);
const dashboard = () => ({
  today: { attempts: 2486, answered: 1392, talk_ms: 1392 * 38_000, by_disposition: { human: 1301, no_answer: 412, busy: 288, off: 196, rejected: 121, invalid: 58, machine: 63, congestion: 22 }, by_hour: hours },
  running: campaigns.filter((c) => ["running", "paused"].includes(c.status)), trunks, calls: 17, degraded: null,
  alarms: [{ seq: 91_001, ts: ago(22), code: "trunk_down", text: "线路“老机房语音网关”注册失败：403 Forbidden，请检查账号和密码" }, { seq: 90_230, ts: ago(340), code: "disk_low", text: "录音磁盘剩余 1.8 GB，低于 2 GB" }], sms: { queued: 3, failed: 14 },
});
const check = (doc) => (doc?.nodes?.ask?.timeout_ms === 1 ? { ok: false, errors: [{ node: "ask", field: "nodes.ask.timeout_ms", code: "value", message_zh: "须在 500 到 120000 之间", message_en: "must lie in 500–120000" }], warnings: [] } : { ok: true, errors: [], warnings: [{ node: "agent_transfer", field: "nodes.agent_transfer.on_failed", code: "suspicious", message_zh: "转接失败时会直接挂机，建议加一句提示", message_en: "a failed transfer ends the call" }] });
const wave = () => Array.from({ length: 800 }, (_, i) => Math.abs(Math.sin(i / 7) * Math.sin(i / 61)) * 0.8);
const template = (code, name_zh, description_zh) => ({ code, name_zh, name_en: code, description_zh, description_en: description_zh });

const GET = [
  ...booking.GET,
  ...whatIf.GET, ...results.GET, ...desk.GET, ...work.GET, ...rulesOf.GET, ...numbersOf.GET,
  [/^setup$/, () => ({ needed: false })], [/^session$/, () => session], [/^dashboard$/, dashboard],
  [/^campaign-templates$/, () => whole([template("survey", "满意度回访", "问一到三个问题，按键回答，可留言。"), template("bid_expert_notice", "专家抽取通知", "念出专家姓名和会议信息，按 1 参加、2 不参加、0 转人工，参加者收到短信，回拨可请假。"), template("payment_reminder", "欠费提醒", "念出金额和日期，按 1 确认。"), template("voice_notice", "语音通知", "播报一段通知，按 1 确认收到。")])],
  [/^campaigns$/, (q) => page(campaigns.filter((c) => !q.get("status") || c.status === q.get("status")), q)],
  [/^campaigns\/(\d+)$/, (_, id) => campaigns.find((c) => c.id === Number(id))],
  [/^campaigns\/\d+\/leads$/, (q) => page(leads.filter((l) => (!q.get("state") || l.state === q.get("state")) && (!q.get("result") || l.result === q.get("result"))), q)],
  [/^campaigns\/\d+\/report$/, () => ({ code: "campaign_hours", title_zh: "", title_en: "", columns: [{ key: "hour" }, { key: "attempts" }, { key: "answered" }], rows: hours.map((h) => [h.hour, h.attempts, h.answered]) })],
  [/^campaigns\/\d+\/imports$/, () => whole(imports)], [/^imports\/\d+\/preview$/, () => preview], [/^imports\/\d+$/, () => imports[0]],
  [/^leads\/(\d+)$/, (_, id) => { const l = leads.find((x) => x.id === Number(id)); return { ...l, history: data.attempts(l), sms: l.result === "attend" ? sms.slice(2, 3) : [] }; }],
  [/^calls$/, (q) => page(calls, q)], [/^calls\/(\d+)\/sip-trace$/, () => sipTrace], [/^routes\/quote$/, () => quote], [/^calls\/(\d+)$/, (_, id) => calls.find((c) => c.id === Number(id))],
  [/^recordings\/\d+\/peaks$/, () => ({ channels: [wave(), wave().reverse()], duration_ms: 39_000 })],
  [/^flows$/, () => whole(flows)], [/^flow-templates$/, () => whole([template("bid_expert_notice", "评标专家抽取通知", "")])],
  [/^flows\/(\d+)\/draft$/, (_, id) => ({ ...flows.find((f) => f.id === Number(id)), doc: flowDoc(docs[id]) })],
  [/^flows\/\d+\/versions$/, () => whole([4, 3, 2, 1].map((version) => ({ flow_id: 1, version, doc: {}, published_at: ago(3000 - version * 500), published_by: "user:1001", note: ["首次发布", "改短开场白", "增加重听", "转人工前先说请稍候"][version - 1] })))],
  [/^flows\/(\d+)\/versions\/\d+$/, (_, id) => ({ flow_id: 1, version: 3, doc: { ...flowDoc(docs[id]), name: "评标专家抽取通知（旧）" }, published_at: ago(900), published_by: "user:1001", note: "" })],
  [/^prompts$/, () => whole(prompts)], [/^trunks$/, () => whole(trunks)], [/^routes$/, () => whole(routes)], [/^numbers$/, () => whole(numbers)], [/^extensions$/, () => whole(extensions)], [/^bans$/, () => whole(bans)], [/^extension-access$/, () => ({ domain: "fengling", port: 5060, tls_port: 5061, web_path: "/sip" })],
  [/^list-entries$/, (q) => page(entries(q.get("kind")), q)], [/^sms$/, (q) => page(sms.filter((m) => !q.get("state") || m.state === q.get("state")), q)],
  [/^webhooks$/, () => whole(webhooks)], [/^webhook-deliveries$/, (q) => page(deliveries, q)], [/^event-types$/, () => whole(["campaign.changed", "campaign.finished", "attempt.ended", "lead.result", "call.ended", "callback.received", "sms.changed", "sms.received", "import.changed", "flow.published", "trunk.changed", "alarm"])],
  [/^board$/, () => floor.board()], [/^agents$/, () => whole(floor.agents)], [/^org-units$/, () => whole(floor.units)], [/^skills$/, () => whole(floor.skills)], [/^queues$/, () => whole(floor.queues)], [/^queues\/(\d+)$/, (_, id) => floor.queues.find((x) => x.id === Number(id))], [/^queues\/\d+\/members$/, () => floor.members],
  [/^reports$/, () => whole([{ code: "campaign_days", title_zh: "任务按天", title_en: "Campaigns by day", columns: [] }, ...results.HEADS])], [/^reports\/([a-z_]+)$/, (_, code) => floor.report(code)],
  [/^customers$/, (q) => page(floor.customers.filter((c) => !q.get("q") || c.name.includes(q.get("q")) || c.company.includes(q.get("q"))), q)], [/^customers\/(\d+)$/, (_, id) => floor.customers.find((c) => c.id === Number(id))], [/^customers\/\d+\/history$/, () => floor.history(calls, sms)],
  [/^fingerprints$/, () => fingerprints], [/^settings$/, () => settings], [/^users$/, () => whole(users)], [/^api-keys$/, () => whole(keys)], [/^audit$/, (q) => page(audit, q)],
];
const POST = [
  [/^customers\/8$/, () => ({ refused: { code: "revision_conflict", field: "revision", detail: "客户资料已被他人修改，请核对后再保存", current: { ...floor.customers[7], note: "对方刚写的备注：改约到下周三上午。", fields: { ...floor.customers[7].fields, city: "青岛" }, revision: 5, updated_at: ago(0) } } })],
  ...booking.POST, ...whatIf.POST, ...results.POST, ...desk.POST, ...work.POST, ...numbersOf.POST,
  [/^board\/commands$/, (c) => { tell(floor.command(c)); return {}; }],
  [/^routes\/import$/, () => rateImport],
  [/^flows\/\d+\/validate$/, (b) => check(b.doc)], [/^campaigns\/\d+\/imports$/, () => ({ import: { ...imports[0], id: 9, state: "uploaded" }, preview })], [/^session$/, () => session],
  [/^webhooks$/, () => ({ ...webhooks[0], secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD" })], [/^api-keys$/, () => ({ ...keys[0], secret: "fl_9aK2xQ7vT3mB8nR5wY1zL6pD4sG0hJ" })],
  [/^campaigns\/from-template$/, () => campaigns[6]],
  [/^campaigns\/(2\d\d)$/, (b, id) => tasks.put(Number(id), b)],
];

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
function asset(res, path) {
  let file = join(dist, normalize(path));
  if (!existsSync(file) || statSync(file).isDirectory()) file = extname(path) ? null : join(dist, "index.html");
  if (!file) return void res.writeHead(404).end();
  res.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
  createReadStream(file).pipe(res);
}
function reply(res, status, value) {
  res.writeHead(status, { "content-type": status < 400 ? "application/json" : "application/problem+json" });
  res.end(JSON.stringify(value));
}
let signedIn = true;
/** Sends live events to every page; set once the server listens. */
let tell = () => undefined;
async function api(req, res, path, query) {
  if (path === "mock/sign-out") { signedIn = false; return reply(res, 200, {}); }
  if (path === "session" && req.method === "GET" && !signedIn) return reply(res, 401, { code: "unauthenticated", detail: "请先登录" });
  let text = "";
  for await (const chunk of req) text += chunk;
  const multipart = (req.headers["content-type"] ?? "").startsWith("multipart");
  const table = req.method === "GET" ? GET : POST;
  for (const [pattern, make] of table) {
    const m = pattern.exec(path);
    if (!m) continue;
    if (path === "session") signedIn = true;
    const value = req.method === "GET" ? make(query, m[1]) : make(multipart || !text ? {} : JSON.parse(text), m[1]);
    if (value?.refused) return reply(res, value.refused.code === "invalid" ? 422 : 409, value.refused);
    if (value?.invalid) return reply(res, 422, value.invalid);
    return value === undefined ? reply(res, 404, { code: "not_found", detail: "没有找到，可能已被删除" }) : reply(res, 200, value);
  }
  return req.method === "GET" ? reply(res, 404, { code: "not_found", detail: "没有这个接口" }) : reply(res, 200, {});
}

export function start(port) {
  const server = createServer((req, res) => {
    const url = new URL(req.url ?? "/", "http://x");
    if (url.pathname.startsWith("/api/v1/")) void api(req, res, url.pathname.slice(8), url.searchParams);
    else asset(res, url.pathname);
  });
  const sockets = new WebSocketServer({ noServer: true });
  const phones = new WebSocketServer({ noServer: true });
  desk.registrar(phones);
  server.on("upgrade", (req, socket, head) => {
    const of = req.url?.startsWith("/sip") ? phones : sockets;
    of.handleUpgrade(req, socket, head, (s) => of.emit("connection", s, req));
  });
  let seq = 91_300;
  let tick = 0;
  const timer = setInterval(() => {
    const p = campaigns[0].progress;
    p.talking = 4 + (p.talking % 9);
    const data = { campaign_id: 101, dialing: 4, ringing: 3, talking: p.talking, waiting_for: null };
    const message = JSON.stringify({ seq: 0, type: "campaign.progress", ts: new Date().toISOString(), data });
    for (const s of sockets.clients) s.send(message);
    tell([...floor.stir(), ...tasks.stir((tick += 1))]);
  }, 1000);
  tell = (events) => { for (const e of events) for (const s of sockets.clients) s.send(JSON.stringify({ seq: 0, ts: new Date().toISOString(), ...e })); };
  desk.onTell(tell);
  sockets.on("connection", (s) => {
    s.send(JSON.stringify({ seq: seq++, type: "heartbeat", ts: new Date().toISOString(), data: {} }));
    s.send(JSON.stringify({ seq: seq++, type: "alarm", ts: new Date().toISOString(), data: { code: "long_wait", text: "投诉受理：有客户已等待 121 秒" } }));
  });
  return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve({ close: () => { clearInterval(timer); for (const s of [...sockets.clients, ...phones.clients]) s.terminate(); server.close(); } })));
}
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const port = Number(process.argv[2] ?? 8080);
  await start(port);
  console.log(`http://127.0.0.1:${port}`);
}
