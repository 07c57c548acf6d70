// Invented results: a campaign's live page, products, orders, sales and a survey.
const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();
/** 10:35 of the next day in Shanghai. */
const tomorrow = () => new Date((Math.floor((Date.now() / 3_600_000 + 8) / 24) + 1) * 86_400_000 + (10 - 8) * 3_600_000 + 35 * 60_000).toISOString();

const hours = [8, 9, 10, 11, 14, 15, 16, 17, 18, 19].map((hour, i) => ({ hour, attempts: 120 + ((i * 97) % 260), answered: 70 + ((i * 53) % 110) }));
const agents = ["王芳", "李静", "张伟（外呼一部新员工培训期）", "刘洋", "陈杰"].map((name, i) => ({
  agent_id: 301 + i, number: `80${String(i + 1).padStart(2, "0")}`, name, calls: 88 - i * 13, talk_ms: (88 - i * 13) * (61_000 + i * 4_000), results: { attend: 31 - i * 5, decline: 20 - i * 2, agent: 9 }, success: 31 - i * 5,
}));
const empty = { at: ago(0), funnel: { leads: 0, called: 0, answered: 0, human: 0, agent: 0, heard: 0, reached: 0, success: 0 }, dispositions: [], hours: [], agents: [], speed: { last_hour: Array(12).fill(0), per_minute_milli: 0, attempts_left: 0, ends_at: null }, cost: { routed: 0, unrated_minutes: 0, unrated: 0 } };
const full = () => ({
  at: ago(0), funnel: { leads: 1860, called: 1503, answered: 1102, human: 987, agent: 402, heard: 811, reached: 873, success: 356 },
  dispositions: [["human", 1021], ["no_answer", 412], ["busy", 188], ["off", 96], ["machine", 63], ["rejected", 41], ["invalid", 22], ["blocked", 9]].map(([disposition, attempts]) => ({ disposition, attempts })),
  hours, agents, speed: { last_hour: [31, 34, 40, 38, 41, 22, 9, 30, 44, 47, 45, 12], per_minute_milli: 6_550, attempts_left: 512, ends_at: tomorrow() }, cost: { routed: 182_340, unrated_minutes: 0, unrated: 0 },
});

const product = (id, code, name, price_cents, unit, attributes, enabled = true) => ({ id, tenant_id: 1, code, name, price_cents, unit, attributes, enabled, created_at: ago(9000), updated_at: ago(300), revision: 2 });
const products = [
  product(1, "B500", "家庭宽带 500M", 59_900, "年", { 速率: "500M", 赠品: "Wi-Fi 6 路由器", 合约期: "24 个月" }), product(2, "B1000", "家庭宽带 1000M", 89_900, "年", { 速率: "1000M", 赠品: "全屋组网设备一套，上门安装，一年内免费移机一次", 合约期: "24 个月" }),
  product(3, "TV-A", "高清电视基础包", 12_000, "年", {}), product(4, "OLD", "已下架的旧套餐", 9_900, "月", {}, false),
];
const line = (p, quantity) => ({ product_id: p.id, code: p.code, name: p.name, unit: p.unit, price_cents: p.price_cents, quantity });
const order = (id, state, agent, lines, more = {}) => ({
  id, tenant_id: 1, state, campaign_id: 101, lead_id: 5005, call_id: 7004, agent_id: agent, customer_id: null, customer_name: ["王芳", "欧阳建国", "李", "山东某某大型建设工程集团有限公司采购部"][id % 4], phone: "+8613800138000", lines,
  total_cents: lines.reduce((s, l) => s + l.price_cents * l.quantity, 0), confirmation: id % 2 ? "7311528340013318" : "", note: "周六上午上门安装", created_by: "user:8001", created_at: ago(id * 37), updated_at: ago(id * 30), confirmed_at: state === "draft" ? null : ago(id * 30),
  cancelled_at: state === "cancelled" ? ago(id) : null, cancel_reason: state === "cancelled" ? "客户反悔" : "", revision: 1, ...more,
});
const orders = Array.from({ length: 12 }, (_, i) => order(i + 1, ["confirmed", "draft", "confirmed", "cancelled"][i % 4], 301 + (i % 3), i % 3 === 0 ? [line(products[0], 1), line(products[2], 2)] : [line(products[1], 1)]));

const column = (key, title_zh, kind) => ({ key, title_zh, title_en: key, kind });
const SALES = [["talks", "通话数", "count"], ["effective", "有效通话", "count"], ["talk_ms", "通话时长", "duration_ms"], ["orders", "订单数", "count"], ["quantity", "件数", "count"], ["amount", "销售额", "money"], ["conversion", "转化率", "percent"], ["amount_before", "上期销售额", "money"], ["difference", "增减", "money"], ["growth", "增幅", "percent"], ["orders_before", "上期订单", "count"]].map((c) => column(...c));
const sale = (...keys) => (i) => [...keys.map((k) => k(i)), 88 - i * 9, 61 - i * 7, 5_400_000 - i * 300_000, 12 - i, 15 - i, 1_019_800 - i * 190_000, 13.6, 800_000, 219_800 - i * 190_000, 27.5 - i * 23.8, 9];
const sales = (code, title_zh, keys, row) => ({ code, title_zh, title_en: code, columns: [...keys, ...SALES], rows: [0, 1, 2].map(row), totals: ["合计", ...Array(keys.length - 1).fill(null), 237, 162, 15_300_000, 33, 42, 2_489_400, 13.9, 2_400_000, 89_400, 3.7, 27] });
export const REPORTS = {
  sales_days: sales("sales_days", "销售统计·按日期", [column("date", "日期", "date")], sale((i) => `2026-11-2${4 + i}`)),
  sales_agents: sales("sales_agents", "销售统计·按工号", [column("agent_number", "工号", "text"), column("agent_name", "姓名", "text")], sale((i) => agents[i].number, (i) => agents[i].name)),
  sales_campaigns: sales("sales_campaigns", "销售统计·按任务", [column("campaign", "任务", "text")], sale((i) => ["宽带升级推荐 11 月", "电视包续费", "无任务"][i])),
  survey_summary: { code: "survey_summary", title_zh: "问卷汇总", title_en: "", columns: [column("question", "问题", "text"), column("answer", "答案", "text"), column("count", "人数", "count"), column("share", "占比", "percent")], rows: [["总体", "已呼", 800, 100], ["总体", "接通", 611, 76.4], ["总体", "成功（完成问卷）", 402, 50.3], ["满意度", "5", 240, 59.7], ["满意度", "4", 102, 25.4], ["满意度", "1", 60, 14.9]], totals: null },
  survey_detail: { code: "survey_detail", title_zh: "问卷明细", title_en: "", columns: [column("at", "时间", "time"), column("phone", "号码", "phone"), column("name", "姓名", "text"), column("result", "结果", "text"), column("agent_number", "工号", "text"), column("满意度", "满意度", "text"), column("意见", "意见", "text")], rows: Array.from({ length: 9 }, (_, i) => [ago(i * 7), "138****8000", "王芳", "完成问卷", i % 2 ? "8001" : null, String(5 - (i % 3)), i % 2 ? "安装师傅来得太晚了，希望提前半小时打电话" : "录音 12 秒"]), totals: null },
};
export const HEADS = Object.values(REPORTS).map(({ code, title_zh, title_en, columns }) => ({ code, title_zh, title_en, columns }));

const whole = (items) => ({ items, next_cursor: null, total: items.length });
export const GET = [
  [/^campaigns\/(\d+)\/overview$/, (_, id) => (Number(id) === 101 ? full() : empty)], [/^campaigns\/\d+\/products$/, () => ({ products: [1, 2] })],
  [/^products$/, (q) => whole(q.get("campaign_id") || q.get("enabled") ? products.filter((p) => p.enabled) : products)], [/^products\/(\d+)$/, (_, id) => products.find((p) => p.id === Number(id))],
  [/^orders$/, (q) => whole(orders.filter((o) => (!q.get("state") || o.state === q.get("state")) && (!q.get("call_id") || false)))], [/^orders\/(\d+)$/, (_, id) => orders.find((o) => o.id === Number(id))],
  [/^reports\/((?:sales|survey)_[a-z]+)$/, (_, code) => REPORTS[code]],
];
export const POST = [
  [/^orders$/, (b) => order(99, b.confirm ? "confirmed" : "draft", 301, b.lines.map((l) => line(products.find((p) => p.id === l.product_id), l.quantity)))],
  [/^orders\/\d+\/(confirm|cancel)$/, () => orders[0]], [/^products(\/\d+)?$/, () => products[0]], [/^settings\/costs$/, (b) => b],
];
