// 名单 and 公海 of the invented API.
import { ago } from "./mock-data.mjs";
import { customers } from "./mock-floor.mjs";

const list = (id, name, weight, priority, leads, done, more = {}) => ({
  id, tenant_id: 1, campaign_id: 101, name, weight, priority, enabled: true, filter: {}, applied: true, origin: "import", origin_note: "", created_by: "user:1001", created_at: ago(900), updated_at: ago(30), revision: 2,
  progress: { leads, by_state: { done, ready: leads - done }, with_result: Math.floor(done * 0.7) }, ...more,
});
export const lists = [
  list(901, "省外一级专家（先呼）", 60, 10, 24_310, 9_120, { origin_note: "评标专家抽取结果_20261120.xlsx", filter: { regions: ["山东省"], carriers: ["mobile"], attempts_max: 2, fields: [{ key: "专业", op: "in", values: ["土建工程", "机电设备", "园林绿化"] }] } }),
  list(902, "上月未接", 40, 10, 1_860, 1_860, { origin: "results", origin_note: "十月专家抽取通知" }),
  list(101, "默认名单", 10, 0, 74_002, 12_400, { origin: "own" }),
  list(903, "工单回访", 10, 0, 0, 0, { origin: "api", enabled: false, applied: false, filter: { attempts_max: 0 } }),
];
const past = [["十月专家抽取通知", "no_answer", null], ["满意度回访（第三季度，建设工程与政府采购合并）", "human", "满意"]].map(([campaign_name, disposition, result_label], i) => ({
  id: 80_000 + i, tenant_id: 1, campaign_id: 55 + i, lead_id: 77, call_id: 66, ordinal: 1, phone: "+8613800138000", caller_id: "053188886666", state: "ended", dialing_at: ago(50_000 + i * 9_000), failovers: 0, cause: { by: "us" }, disposition, campaign_name, result_label,
}));
const rules = { claims_per_day_max: 30, holds_max: 0, recycle_days: 30 };
const moves = [["recycle", 3, null, "", "30 天无联系"], ["claim", null, 3, "user:2003", ""], ["release", 5, null, "user:2005", "已购其他品牌，年底再联系"], ["assign", null, 5, "user:1001", ""]].map(([kind, from_agent, to_agent, actor, note], i) => ({ id: 10 - i, tenant_id: 1, customer_id: 1, kind, from_agent, to_agent, actor, note, at: ago(i * 9_000 + 60) }));
const whole = (items) => ({ items, next_cursor: null, total: items.length });

export const GET = [
  [/^campaigns\/101\/lists$/, () => ({ items: lists })], [/^campaigns\/(\d+)\/lists$/, (_, id) => ({ items: [{ ...lists[2], id: Number(id), campaign_id: Number(id), progress: { leads: 0, by_state: {}, with_result: 0 } }] })],
  [/^leads\/\d+\/past$/, () => ({ items: past })],
  [/^pool$/, (q) => whole(customers.filter((c) => !c.owner_id && (!q.get("q") || c.name.includes(q.get("q"))))).valueOf()], [/^pool\/share$/, () => ({ rules, agent: true, taken_today: 4, held: 126 })], [/^pool\/\d+\/moves$/, () => ({ items: moves })],
];
export const POST = [
  [/^campaigns\/\d+\/lists$/, (b) => ({ ...lists[3], ...b })], [/^campaigns\/\d+\/lists\/from-results$/, () => ({ list: lists[1], copied: 1_311, duplicates: 42 })],
  [/^lead-lists\/902$/, () => ({ refused: { code: "revision_conflict", field: "revision", detail: "名单已被他人修改，请核对后再保存", current: lists[1] } })],
  [/^lead-lists\/\d+$/, () => lists[0]], [/^campaigns\/\d+\/leads\/assign$/, (b) => ({ leads: 1_860, agents: b.agents?.map((agent_id) => ({ agent_id, leads: 930 })) ?? [] })], [/^campaigns\/\d+\/leads\/unassign$/, () => ({ leads: 2 })],
  [/^pool\/\d+\/(claim|release|assign)$/, () => customers[1]],
];
