// Invented tasks that keep appointments, their public page, and mail. Used by mock-server.
import { ago, campaigns, mobile, person } from "./mock-data.mjs";
import { tasks } from "./mock-tasks.mjs";

const plan = (more = {}) => ({
  media: ["phone"], sms_text: "", mail_subject: "", mail_text: "", slot_min: 30, slot_capacity: 10, late_max_min: 120, ...more,
  form: { enabled: false, title: "", text: "", name_required: true, fields: [], consent_text: "我同意在预约的时间接受回访联系", days_ahead: 14, ...more.form },
});
for (const c of campaigns) c.booking = plan();
const fields = [{ key: "业务", label: "想办理的业务", kind: "text" }, { key: "人数", label: "同行人数", kind: "number" }];
const task = (id, name, status, booking, more = {}) => ({
  ...tasks[0], id, name, mode: "appointment", status, queue_id: null, flow_id: 1, purpose: "notice", description: "", pacing: tasks[0].pacing, progress: { ...tasks[0].progress, pacing: null }, booking, fields, revision: 7,
  results: [{ code: "ok", label: "已答复", settles: true }], ...more,
});
const made = [
  task(301, "开户咨询预约回访", "running", plan({
    media: ["phone", "sms", "mail"], sms_text: "{{ lead.name }}您好，您预约的{{ appointment.time }}业务办理即将开始。", mail_subject: "预约提醒：{{ appointment.time }}", mail_text: "{{ lead.name }}您好：\n\n您预约了{{ appointment.time }}的业务办理，请携带身份证原件。\n\n市公共资源交易中心",
    form: { enabled: true, title: "开户咨询预约", text: "请选择方便的时间，工作人员会准时联系您。\n办理时请备好身份证原件。", fields: [{ key: "业务", required: true }] },
  })),
  task(302, "成交回报与行情报警（客户自己选时间和方式，涵盖沪深两市、期货夜盘和场外基金的全部存量客户）", "draft", plan(), { fields: [] }),
];
campaigns.push(...made);

const STATES = ["waiting", "waiting", "reaching", "done", "missed", "failed", "cancelled", "refused"];
const WHY = { missed: "late", failed: "no_answer", refused: "exempt" };
const MEDIA = ["phone", "sms", "mail"];
const ORIGINS = ["web", "agent", "key", "api", "import"];
export const bookings = Array.from({ length: 137 }, (_, i) => {
  const medium = MEDIA[i % 3];
  const state = STATES[i % STATES.length];
  const due = ago(i < 60 ? -(60 + i * 25) : i * 31);
  return {
    id: 4000 - i, campaign_id: 301, lead_id: medium === "mail" ? null : 9000 + i, source_id: i % 5 === 3 ? `CRM-${i}` : null, origin: ORIGINS[i % 5], medium, phone: medium === "mail" ? "" : mobile(),
    mail: medium === "mail" ? (i === 2 ? "xinjiang.uygur.autonomous.region.public.resources.trading.center.department@mail.example.gov.cn" : `user${i}@example.com`) : "",
    name: i === 4 ? "古丽娜尔·阿卜杜热合曼（乌鲁木齐分中心联系人）" : person(), variables: { 业务: "证券开户" }, due_at: due, late_at: ago(-200), next_at: due, state: i < 60 && state !== "cancelled" ? "waiting" : state, why: i < 60 ? null : (WHY[state] ?? null),
    result: state === "done" && i >= 60 ? "ok" : null, tries: i % 3, begun_at: null, call_id: state === "done" ? 1 : null, sms_id: null, mail_id: null, made_in: null, agent_id: i % 5 === 1 ? 1 : null, note: i === 0 ? "上午不方便，请下午再打。" : "",
    created_by: "web", created_at: ago(900 + i), done_at: state === "done" ? due : null,
  };
});

/** Half-hours of the coming days, some full. */
export function slots(days = 5) {
  const out = [];
  for (let d = 1; d <= days; d += 1) {
    for (let half = 0; half < 16; half += 1) {
      const from = new Date();
      from.setDate(from.getDate() + d);
      from.setHours(9, half * 30, 0, 0);
      out.push({ from: from.toISOString(), until: new Date(from.getTime() + 1_800_000).toISOString(), free: d === 2 || half === 1 ? 0 : half === 3 ? 2 : 10 });
    }
  }
  return out;
}

const long = "请仔细阅读以下说明。".repeat(40);
const pages = {
  good: { title: "开户咨询预约", text: made[0].booking.form.text, media: MEDIA, name_required: true, fields: [{ key: "业务", label: "想办理的业务", kind: "text", required: true }, { key: "人数", label: "同行人数", kind: "number", required: false }], consent_text: "我同意在预约的时间接受回访联系", days: 5 },
  empty: { title: "成交回报", text: "", media: ["sms"], name_required: false, fields: [], consent_text: "我同意接收短信", days: 0 },
  long: { title: "新疆维吾尔自治区公共资源交易中心乌鲁木齐分中心机电设备采购项目评标专家信息核对预约", text: long, media: ["phone", "mail"], name_required: true, fields: [{ key: "a", label: "请写明您所在的单位全称、部门、职务以及目前从事的主要专业方向", kind: "text", required: true }], consent_text: "我已阅读并同意《个人信息处理规则》，知晓本单位将仅为本次回访使用以上信息，并可随时要求删除。", days: 14 },
};
const booked = new Map();
const whole = (items) => ({ items, next_cursor: null, total: items.length });
function page(items, q) {
  const at = Number(q.get("cursor") ?? 0);
  const limit = Number(q.get("limit") ?? 50);
  return { items: items.slice(at, at + limit), next_cursor: at + limit < items.length ? String(at + limit) : null, ...(at === 0 ? { total: items.length } : {}) };
}
const within = (q, b) => (!q.get("due_from") || b.due_at >= q.get("due_from")) && (!q.get("due_until") || b.due_at < q.get("due_until"));
const is = (q, b, key) => !q.get(key) || b[key] === q.get(key);
let link = { token: "Vt3mB8nR5wY1zL6pD4sG0hJxQ7", campaign_id: 301, made_by: "user:1001", made_at: ago(2000) };
const one = (id) => bookings.find((b) => b.id === Number(id));

export const mails = Array.from({ length: 60 }, (_, i) => ({
  id: 700 - i, tenant_id: 1, to: i === 3 ? bookings[2].mail : `user${i}@example.com`, subject: i === 3 ? "预约提醒：新疆维吾尔自治区公共资源交易中心乌鲁木齐分中心机电设备采购项目评标专家信息核对（第二次通知）" : "预约提醒：11月28日 10:00", text: "您好：\n\n您预约了明天上午的业务办理，请携带身份证原件。\n\n市公共资源交易中心",
  state: ["sent", "sent", "failed", "queued", "sent"][i % 5], campaign_id: 301, lead_id: null, tries: i % 5 === 2 ? 1 : i % 5 === 3 ? 0 : 1, next_at: ago(-3), error: i % 5 === 2 ? "邮件服务器应答 550 5.1.1 User unknown" : i % 5 === 3 ? "保留在队列中：没有配置邮件服务器" : null, created_at: ago(i * 40), sent_at: i % 5 === 2 || i % 5 === 3 ? null : ago(i * 40),
}));
export const mailSettings = { host: "smtp.exmail.example.com", port: 465, tls: "tls", user: "notice@example.com", from_address: "notice@example.com", from_name: "市公共资源交易中心", authority: null, timeout_s: 20, per_second_max: 5, tries_max: 6, password_set: true };

export const GET = [
  [/^campaigns\/(\d+)\/appointments$/, (q, id) => page(id === "301" ? bookings.filter((b) => ["state", "medium", "origin"].every((k) => is(q, b, k)) && within(q, b) && (!q.get("q") || `${b.name}${b.phone}${b.mail}`.includes(q.get("q")))) : [], q)],
  [/^campaigns\/(\d+)\/slots$/, (_, id) => whole(id === "301" ? slots() : [])],
  [/^campaigns\/(\d+)\/booking-link$/, (_, id) => (id === "301" ? { link, open: link !== null } : { link: null, open: false })],
  [/^desk\/booking-tasks$/, () => whole([{ campaign_id: 301, name: made[0].name, media: MEDIA, fields, slot_min: 30 }])],
  [/^public\/booking\/(\w+)$/, (_, token) => { const p = pages[token]; return p && { ...p, slots: slots(p.days) }; }],
  [/^mails$/, (q) => page(mails.filter((m) => is(q, m, "state") && (!q.get("q") || `${m.to}${m.subject}`.includes(q.get("q")))), q)],
];
const problem = (field, detail) => ({ invalid: { code: "invalid", detail, errors: [{ field, code: "value", detail }] } });

/** As the server answers a form; `method` is not told, so that calling off is known by its longer path. */
function book(body) {
  if (body.website) return { reference: "none", slot: body.slot, medium: body.medium };
  if (body.phone === "13800000000") return problem("phone", "号码 13800000000 不能预约，请换一个号码");
  if (body.name === "慢了") return { refused: { code: "slot_full", field: "slot", detail: "这个时段刚刚约满了，请换一个时间" } };
  const reference = `r${booked.size + 7}QmVt3nR5wY`;
  booked.set(reference, body);
  return { reference, slot: body.slot, medium: body.medium };
}
export const POST = [
  [/^public\/booking\/\w+\/(\w+)$/, (_, reference) => (booked.delete(reference) ? {} : undefined)],
  [/^public\/booking\/\w+$/, book],
  [/^campaigns\/\d+\/appointments$/, ({ appointments: [b] }) => (b.phone === "13800000000" ? { items: [{ outcome: "refused", why: "exempt", appointment: null }] } : b.phone === "12" ? problem("appointments.0.phone", "只有 2 位数字，不够一个电话号码，请检查是否漏打") : { items: [{ outcome: "new", appointment: { ...bookings[0], ...b, id: 5000 } }] })],
  [/^bookings\/(\d+)$/, (b, id) => Object.assign(one(id), b.due_at ? b : { state: "cancelled" })],
  [/^campaigns\/301\/booking-link$/, () => ({ link, open: true })],
  [/^campaigns\/(30\d)$/, (body, id) => {
    const c = campaigns.find((x) => x.id === Number(id));
    if (body.booking.sms_text.includes("lead.nam }}")) return problem("booking.sms_text", "短信内容里的“lead.nam”认不出来，请写成 {{ lead.字段 }}、{{ campaign.变量 }} 或 {{ appointment.time }}");
    return Object.assign(c, body, { revision: c.revision + 1 });
  }],
  [/^desk\/bookings$/, (b) => ({ ...bookings[0], ...b, id: 5001 })],
  [/^settings\/mail\/test$/, (b) => (b.to.startsWith("nobody") ? problem("to", "邮件服务器应答 550 5.1.1 User unknown") : {})],
  [/^settings\/mail$/, (b) => (b.from_address === "x" ? problem("from_address", "发件人不是有效的邮箱，请写成 zhangsan@example.com 的样子") : { ...b, password_set: true })],
  [/^mails$/, (b) => (b.to === "x" ? problem("to", "不是有效的邮箱，请写成 zhangsan@example.com 的样子") : mails[0])],
];
