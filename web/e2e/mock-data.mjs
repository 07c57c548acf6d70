// Invented people and meetings for looking at pages without a server. Seeded: the same every time.
let seed = 20261121;
const rnd = () => ((seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648);
const pick = (list) => list[Math.floor(rnd() * list.length)];
export const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();

const SURNAMES = [..."王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"];
const GIVEN = ["建国", "志强", "丽华", "晓东", "敏", "海燕", "文博", "思远", "国栋", "秀兰", "俊杰", "雪梅", "永刚", "静", "嘉怡", "明辉", "春生", "欣"];
const REGIONS = ["北京市", "山东省济南市", "山东省青岛市", "江苏省南京市", "广东省广州市", "四川省成都市", "湖北省武汉市", "浙江省杭州市", "新疆维吾尔自治区乌鲁木齐市"];
const CARRIERS = ["mobile", "unicom", "telecom"];
export const person = () => pick(SURNAMES) + pick(GIVEN);
export const mobile = () => `+861${pick(["38", "39", "50", "86", "77", "35", "58", "91"])}${String(Math.floor(rnd() * 1e8)).padStart(8, "0")}`;

const schedule = { start_date: "2026-11-20", end_date: "2026-11-28", weekdays: [1, 2, 3, 4, 5, 6], windows: [{ from: "09:00", to: "12:00" }, { from: "14:00", to: "20:00" }], skip_holidays: true };
const rule = (attempts_max, delay_s) => ({ attempts_max, delay_s });
const retry = { attempts_max: 3, no_result: rule(2, 7200), rules: { busy: rule(3, 900), no_answer: rule(3, 7200), off: rule(3, 14400), unreachable: rule(3, 14400), invalid: rule(2, 3600), rejected: rule(2, 86400), congestion: rule(20, 60) } };
const results = [{ code: "attend", label: "参加", settles: true }, { code: "decline", label: "不参加", settles: true }, { code: "agent", label: "转人工", settles: true }, { code: "leave", label: "请假", settles: true }];
const fields = [{ key: "专业", label: "评标专业", kind: "text" }, { key: "单位", label: "工作单位", kind: "text" }, { key: "职称", label: "职称", kind: "text" }];

export const progress = (leads, share) => {
  const done = Math.floor(leads * share * 0.62);
  const exhausted = Math.floor(leads * share * 0.16);
  const retrying = Math.floor(leads * share * 0.14);
  const dialing = share > 0 && share < 1 ? 14 : 0;
  const answered = Math.floor(done * 1.08);
  return {
    leads, by_state: { done, exhausted, retry: retrying, dialing, excluded: Math.floor(leads * 0.01), ready: Math.max(0, leads - done - exhausted - retrying - dialing) },
    by_disposition: share === 0 ? {} : { human: done, no_answer: Math.floor(leads * share * 0.14), busy: Math.floor(leads * share * 0.07), off: Math.floor(leads * share * 0.05), rejected: Math.floor(leads * share * 0.03), invalid: Math.floor(leads * share * 0.02), machine: Math.floor(leads * share * 0.012) },
    by_result: share === 0 ? {} : { attend: Math.floor(done * 0.58), decline: Math.floor(done * 0.31), agent: Math.floor(done * 0.08), leave: Math.floor(done * 0.03) },
    attempts: Math.floor(leads * share * 1.7), answered, talk_ms: answered * 38_400, dialing: dialing ? 6 : 0, talking: dialing ? 8 : 0, waiting_for: null,
  };
};

export const dialRules = {
  rotation: "turn", local_presence: true, caller_id_interval_s: 0, caller_id_rest_after: 0, caller_id_rest_min: 0, caller_id_per_day_max: 800,
  contact_per_day_max: 2, number_per_24h_max: 0, number_per_5min_max: 0, campaign_per_day_max: 0, consent_required: false,
  refusal_results: ["decline"], refusal_scope: "tenant", consent_results: [],
};
const campaign = (id, name, status, purpose, leads, share, more = {}) => ({
  id, tenant_id: 1, name, description: "按抽取结果通知评标专家，确认能否参加。", status, mode: "ivr", purpose, flow_id: 1, callback_flow_id: 2, caller_ids: ["01088886666"], trunk_ids: [], schedule,
  concurrency_max: 30, calls_per_second_max: 5, ring_ms_max: 45000, retry, record: true,
  variables: { project: "轨道交通三号线机电设备采购", organizer: "市公共资源交易中心", time: "2026-11-25 09:30", place: "交易中心 A 座 301 评标室" },
  fields, results, dial_rules: dialRules, created_by: 1, submitted_by: 2, approved_by: 3, approved_at: ago(300), review_note: null, started_at: share > 0 ? ago(190) : null, finished_at: status === "finished" ? ago(30) : null,
  created_at: ago(2000 + id), updated_at: ago(id * 37), revision: 3, progress: progress(leads, share), ...more,
});
export const campaigns = [
  campaign(101, "轨道交通三号线机电设备采购评标专家通知", "running", "notice", 1860, 0.63),
  campaign(102, "11月欠费提醒（第二批）", "paused", "collection", 24_300, 0.41, { results: [{ code: "confirmed", label: "已确认", settles: true }], description: "提醒欠费客户尽快缴费。" }),
  campaign(103, "市民热线工单满意度回访", "running", "survey", 5200, 0.22, { description: "工单办结后 90 分钟自动回访。" }),
  campaign(104, "医疗器械集中采购评标专家通知", "pending", "notice", 320, 0),
  campaign(105, "政府采购中心年度专家库信息核对，请各位专家确认联系方式、工作单位和评标专业是否有变化", "approved", "notice", 12_480, 0),
  campaign(106, "学校食堂食材配送评标专家通知", "finished", "notice", 640, 1),
  campaign(107, "道路养护工程评标专家通知", "draft", "notice", 0, 0, { review_note: "评标时间写错了，请改成 11 月 26 日上午再提交。" }),
];
campaigns[1].progress.dialing = 0;
campaigns[1].progress.talking = 0;

const SPECIALTIES = ["机电设备", "土建工程", "信息系统", "医疗器械", "园林绿化"];
const STATES = ["done", "done", "done", "retry", "exhausted", "ready", "dialing", "excluded"];
export const leads = Array.from({ length: 1860 }, (_, i) => {
  const state = i < 3 ? "dialing" : pick(STATES.filter((s) => s !== "dialing"));
  const called = !["ready", "excluded"].includes(state);
  return {
    id: 5000 + i, tenant_id: 1, campaign_id: 101, import_id: 1, phone: mobile(), phone_raw: "13800138000", name: person(), region: pick(REGIONS), carrier: pick(CARRIERS),
    variables: { 专业: pick(SPECIALTIES), 单位: pick(["市城建设计研究院", "第一人民医院", "交通大学机械与动力工程学院", "铁路勘察设计集团有限公司"]), 职称: pick(["教授级高工", "高级工程师", "教授"]) },
    state, priority: 0, attempts: called ? 1 + Math.floor(rnd() * 3) : 0, next_at: new Date(Date.now() + 5_400_000).toISOString(), last_disposition: state === "done" ? "human" : called ? pick(["no_answer", "busy", "off", "rejected", "invalid"]) : null,
    last_attempt_at: called ? ago(rnd() * 180) : null, result: state === "done" ? pick(["attend", "attend", "decline", "agent"]) : null, result_at: null, note: state === "excluded" ? "blocked" : null, created_at: ago(400),
    list_id: [901, 101, 902][i % 3], source_id: i % 5 === 0 ? `EXP-2026-${1000 + i}` : null, phones: i % 4 === 1 ? ["+8613900139000", "+8653188996677"] : [], phone_at: i % 8 === 5 ? 1 : 0, phones_spent: i % 8 === 5 ? 1 : 0,
    hold: state === "ready" && i % 7 === 0 ? "filter" : "none", expires_at: i % 11 === 0 ? ago(-300) : null, agent_id: i % 6 === 0 ? 1 + (i % 5) : null,
  };
});

const cause = (disposition) => ({
  human: { by: "us", action: "normal", sip_code: null, q850: 16 }, no_answer: { by: "us", action: "ring_timeout", sip_code: 487, q850: null }, busy: { by: "far", sip_code: 486, q850: 17 },
  off: { by: "far", sip_code: 480, q850: 20 }, rejected: { by: "far", sip_code: 603, q850: 21 }, invalid: { by: "far", sip_code: 404, q850: 1, text: "Unallocated number" },
})[disposition] ?? { by: "network", sip_code: 503, q850: 34 };
const stats = (up) => ({ codec: up ? "pcma" : null, packets_sent: up ? 1920 : 0, packets_received: up ? 1918 : 0, packets_lost: up ? 2 : 0, packets_discarded: 0, jitter_ms: up ? 3.4 : 0 });
const plus = (at, ms) => new Date(Date.parse(at) + ms).toISOString();

const hear = (cls, means, confidence, at_ms, early, evidence) => ({ class: cls, means, confidence, at_ms, early, evidence, fingerprint_id: null });
const ring = hear("ringing", "tone", 0.94, 1_080, true, "ring-back 450 Hz (449 Hz 1.00 s × 1, -18 dBm0)");
const heard = (disposition) => ({
  human: [ring, hear("human", "timing", 0.86, 1_240, false, "greeting 0.7 s after 0.2 s, 2 words, longest pause 0.1 s, now 0.5 s")], invalid: [hear("invalid", "fingerprint", 0.95, 2_460, true, 'fingerprint "移动 空号 普通话" 0.88 at 2.5 s')],
  off: [hear("off", "fingerprint", 0.91, 2_100, true, 'fingerprint "移动 关机 普通话" 0.78 at 2.1 s')], busy: [hear("busy", "tone", 0.97, 1_800, true, "busy 450 Hz (451 Hz 0.36/0.34/0.36 s × 3, -14 dBm0)")], no_answer: [ring],
})[disposition] ?? [];

export const calls = leads.filter((l) => l.last_disposition).slice(0, 900).map((l, i) => {
  const at = ago(i * 0.4 + 1);
  const up = l.last_disposition === "human";
  const end = plus(at, up ? 48_000 : 31_000);
  const leg = { id: 9000 + i, trunk_id: 1, from: "01088886666", to: l.phone, started_at: at, ringing_at: plus(at, 1800), answered_at: up ? plus(at, 9000) : null, ended_at: end, cause: cause(l.last_disposition), stats: stats(up) };
  const step = (ms, node, kind, outcome) => ({ at: plus(at, ms), node, kind, outcome });
  return {
    id: 7000 + i, tenant_id: 1, direction: i % 23 === 7 ? "inbound" : "outbound", campaign_id: 101, lead_id: l.id, attempt_id: 8000 + i, name: l.name, caller: i % 23 === 7 ? l.phone : "01088886666", called: i % 23 === 7 ? "01088886666" : l.phone,
    trunk_id: 1, flow_id: 1, flow_version: 4, started_at: at, ringing_at: leg.ringing_at, answered_at: leg.answered_at, ended_at: end, disposition: l.last_disposition, result: l.result, digits: up ? "1" : "",
    trail: up ? [step(9050, "greet", "play", "played"), step(24_300, "ask", "gather", "1"), step(33_000, "attend", "set", "attend"), step(33_080, "attend_sms", "sms", "queued"), step(33_100, "attend_thanks", "hangup", "played")] : [],
    heard: heard(l.last_disposition),
    legs: i % 9 === 4 ? [{ ...leg, id: 99_000 + i, answered_at: null, cause: { by: "far", sip_code: 503, q850: 34 }, stats: stats(false) }, leg] : [leg],
    recordings: up ? [{ id: 6000 + i, tenant_id: 1, call_id: 7000 + i, kind: "call", file_name: "x.wav", label: "", started_at: at, duration_ms: 39_000, bytes: 624_044, recovered: i % 40 === 3 }] : ["invalid", "off"].includes(l.last_disposition) ? [{ id: 6000 + i, tenant_id: 1, call_id: 7000 + i, kind: "early", file_name: "x-early.wav", label: "", started_at: at, duration_ms: 4_300, bytes: 68_844, recovered: false }] : [],
  };
});
export const attempts = (lead) => Array.from({ length: lead.attempts }, (_, i) => {
  const last = i === lead.attempts - 1;
  const d = last ? lead.last_disposition : "no_answer";
  const at = ago(200 - i * 60);
  const call = calls.find((c) => c.lead_id === lead.id) ?? calls[0];
  return { id: 8000 + i, campaign_id: 101, lead_id: lead.id, call_id: call.id, ordinal: i + 1, phone: lead.phone, caller_id: "01088886666", trunk_id: 1, state: "ended", dialing_at: at, ringing_at: plus(at, 1500), answered_at: d === "human" ? plus(at, 8000) : null, ended_at: plus(at, 47_000), disposition: d, failovers: i === 0 ? 1 : 0, cause: cause(d), result: last ? lead.result : null, refusal: null };
});
export const sms = Array.from({ length: 240 }, (_, i) => {
  const state = i === 0 ? "queued" : i === 1 ? "sending" : i % 17 === 5 ? "failed" : i % 11 === 3 ? "received" : i % 3 === 0 ? "sent" : "delivered";
  const name = person();
  return {
    id: 3000 + i, tenant_id: 1, direction: state === "received" ? "inbound" : "outbound", phone: mobile(), state, campaign_id: 101, lead_id: 5000 + i, attempt_id: null, call_id: 7000 + i, tries: state === "failed" ? 5 : 1, next_at: ago(-2),
    text: state === "received" ? "收到，准时参加。" : `【交易中心】${name}老师您好，您已确认参加轨道交通三号线机电设备采购评标，时间：2026年11月25日 09:30，地点：交易中心 A 座 301 评标室。请携带身份证准时到场，如需请假请回拨本号码。`,
    provider_ref: state === "failed" ? null : `2026112100${i}`, error: state === "failed" ? "网关返回 code=4015：手机号在网关黑名单中" : null, created_at: ago(i * 2), sent_at: ["sent", "delivered"].includes(state) ? ago(i * 2 - 0.1) : null,
  };
});
const trunk = (id, name, more) => ({ id, tenant_id: 1, name, enabled: true, address: "10.8.0.1:5060", transport: "udp", srtp: "off", register: true, username: "gw8801", domain: null, register_expires_s: 600, options_interval_s: 30, codecs: ["pcma", "pcmu"], calls_max: 120, calls_per_second_max: 10, caller_id: "01088886666", dial_format: "national", prefix: "", inbound_from: [], calls_per_day_max: 0, created_at: ago(90_000), revision: 2, state: { state: "up", latency_ms: 12 }, ...more });
export const trunks = [
  trunk(1, "北京联通中继"), trunk(2, "山东电信 IMS", { address: "sd-ims.example.net", transport: "tcp", register: false, calls_max: 60, calls_per_day_max: 20_000, state: { state: "up", latency_ms: 31 } }),
  trunk(3, "老机房语音网关", { address: "192.168.10.7", calls_max: 30, state: { state: "down", reason: "REGISTER answered 403 Forbidden" } }), trunk(4, "备用中继", { enabled: false, state: { state: "disabled" } }),
];
const phone = (address, transport, more) => ({ contact: `sip:8001@${address}`, transport, address, user_agent: "Yealink SIP-T46U 108.86.0.45", since: ago(180), expires_at: ago(-5), latency_ms: 14, reachable: true, behind_nat: false, ...more });
const extension = (id, number, name, phones, more) => ({ id, tenant_id: 1, number, login: number, name, enabled: true, contacts_max: 3, allowed_from: [], codecs: [], created_at: ago(9_000), revision: 1, phones, ...more });
export const extensions = [
  extension(1, "8001", "前台", [phone("192.168.1.31:5060", "udp"), phone("192.168.1.77:52144", "wss", { contact: "sip:8001@k2j3.invalid;transport=ws", user_agent: "JsSIP 3.13", latency_ms: 3 })]),
  extension(2, "8002", "值班室", [phone("203.0.113.9:41022", "udp", { behind_nat: true, reachable: false, latency_ms: null })]), extension(3, "8003", "", [], { enabled: false }),
];
export const bans = [
  { address: "198.51.100.23", reason: "guessing", since: ago(3), until: ago(-57), times: 3, dropped: 48_210 }, { address: "2001:db8:5:1::/64", reason: "scanner", since: ago(40), until: ago(-20), times: 1, dropped: 311 },
];
export const routes = [
  { id: 1, trunk_id: 2, carrier: "telecom", region: "山东省", number_prefix: "", priority: 0, cost: 45, billing_s: 60, from_minute: 0, until_minute: 0, enabled: true }, { id: 2, trunk_id: 1, carrier: null, region: "", number_prefix: "+8610", priority: 0, cost: 60, billing_s: 60, from_minute: 0, until_minute: 0, enabled: true },
  { id: 3, trunk_id: 1, carrier: null, region: "", number_prefix: "", priority: 10, cost: 80, billing_s: 60, from_minute: 0, until_minute: 0, enabled: true }, { id: 4, trunk_id: 3, carrier: null, region: "", number_prefix: "", priority: 20, cost: 120, billing_s: 60, from_minute: 0, until_minute: 0, enabled: false },
];
export const numbers = [
  { id: 1, number: "01088886666", trunk_id: 1, inbound_flow_id: 2, outbound: true, calls_per_day_max: 0, note: "专家通知专用", flag: { at: null, reason: null, note: "", by: "" } }, { id: 2, number: "053188001234", trunk_id: 2, inbound_flow_id: null, outbound: true, calls_per_day_max: 3000, note: "", flag: { at: ago(95), reason: "refused", note: "24 小时内 3 次被标记为骚扰或被网络拒绝（607、608）", by: "system" } },
];

const sip = (ms, sent, start, cseq, extra = "", body = "") => ({
  at_us: 1_795_000_000_000_000 + ms * 1000, sent, transport: "UDP", local: "10.8.0.9:5060", remote: "10.8.0.1:5060",
  text: `${start}\r\nVia: SIP/2.0/UDP 10.8.0.9:5060;branch=z9hG4bK${cseq.replace(" ", "")};rport\r\nFrom: <sip:01088886666@10.8.0.9>;tag=f1\r\nTo: <sip:13800138000@10.8.0.1>\r\nCall-ID: a84b4c76e66710@10.8.0.9\r\nCSeq: ${cseq}\r\n${extra}${body ? "Content-Type: application/sdp\r\n" : ""}\r\n${body}`,
});
const sdp = "v=0\r\no=- 1 1 IN IP4 10.8.0.9\r\ns=-\r\nc=IN IP4 10.8.0.9\r\nt=0 0\r\nm=audio 20000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n";
/** 信令 of a call that is challenged, rings, is answered and hung up. */
export const sipTrace = [{
  leg_id: 1, from: "01088886666", to: "13800138000",
  trace: { leg_id: 1, at: ago(60), left_out: 0, messages: [
    sip(0, true, "INVITE sip:13800138000@10.8.0.1 SIP/2.0", "1 INVITE", "", sdp), sip(500, true, "INVITE sip:13800138000@10.8.0.1 SIP/2.0", "1 INVITE", "", sdp),
    sip(502, false, "SIP/2.0 407 Proxy Authentication Required", "1 INVITE"), sip(503, true, "ACK sip:13800138000@10.8.0.1 SIP/2.0", "1 ACK"),
    sip(504, true, "INVITE sip:13800138000@10.8.0.1 SIP/2.0", "2 INVITE", "Proxy-Authorization: [removed]\r\n", sdp), sip(530, false, "SIP/2.0 100 Trying", "2 INVITE"),
    sip(2_130, false, "SIP/2.0 183 Session Progress", "2 INVITE", "", sdp), sip(6_870, false, "SIP/2.0 200 OK", "2 INVITE", "", sdp), sip(6_871, true, "ACK sip:13800138000@10.8.0.1 SIP/2.0", "2 ACK"),
    sip(38_400, false, "BYE sip:01088886666@10.8.0.9 SIP/2.0", "5 BYE", "Reason: Q.850;cause=16\r\n"), sip(38_401, true, "SIP/2.0 200 OK", "5 BYE"),
  ] },
}];
const rated = (i, line) => ({ trunk_id: trunks[i].id, name: trunks[i].name, state: trunks[i].state, ...line });
export const quote = {
  e164: "+8613800138000", carrier: "mobile", region: "山东省济南市",
  lines: [rated(0, { rank: 1, route: { ...routes[0], number_prefix: "+86138", billing_s: 6 }, skipped: null }), rated(1, { rank: null, route: null, skipped: "no_rate" })],
};
export const rateImport = { accepted: 2, rejected: 1, removed: 0, lines: [{ line: 4, route: null, zh: "没有叫“铁通”的线路", en: "there is no trunk" }, { line: 2, route: { ...routes[0], number_prefix: "+86138" } }, { line: 3, route: { ...routes[0], number_prefix: "+8610", from_minute: 480, until_minute: 1200, billing_s: 6 } }] };
