// What the invented API says about rules of dialling.
import { ago, mobile, person } from "./mock-data.mjs";

const pool = (number, region, state, calls_today, more = {}) => ({
  number, region, state, resting_until: null, flag_reason: null, flag_note: "", calls_today, calls_per_day_max: 800, calls_24h: calls_today + 40, answered_24h: Math.floor(calls_today * 0.52), ...more,
});
const rules = [
  ["hours", "08:00–21:00", "tenant"], ["lists", "yes", "house"], ["consent", "", "task"], ["contact_per_day", "2", "task"], ["number_per_24h", "5", "tenant"], ["number_per_5min", "3", "tenant"],
  ["attempts", "3", "task"], ["campaign_per_day", "", "tenant"], ["caller_id_per_day", "800", "task"], ["caller_id_interval", "5", "tenant"], ["caller_id_rest_after", "200", "tenant"], ["caller_id_rest", "30", "tenant"],
  ["ring", "45", "task"], ["lockout", "72", "tenant"], ["abandoned", "3", "tenant"],
].map(([key, value, from]) => ({ key, value, from }));
const inForce = {
  rules,
  pool: [
    pool("+861088886666", "北京市", "free", 312), pool("+8653188001234", "山东省济南市", "resting", 268, { resting_until: ago(-18) }), pool("+8653288001234", "山东省青岛市", "spent", 800),
    pool("+862866001234", "四川省成都市", "flagged", 41, { flag_reason: "refused", flag_note: "24 小时内 3 次被标记为骚扰或被网络拒绝（607、608）" }), pool("+862066001234", "广东省广州市", "gone", 0),
  ],
};
const refusals = [
  ["outside_hours", 214, 1820], ["contact_per_day", 96, 611], ["exempt", 31, 154], ["no_consent", 0, 88], ["locked_out", 4, 19], ["region_unknown", 0, 2],
].map(([rule, today, all]) => ({ rule, today, all }));
const abandoned = Array.from({ length: 7 }, (_, i) => ({
  attempt_id: 900 + i, tenant_id: 1, campaign_id: 101, lead_id: 5000 + i, phone: mobile(), name: person(), answered_at: ago(40 + i * 133), waited_ms: 1900 + i * 30, message: i !== 3, locked_until: ago(40 + i * 133 - 4320),
}));
const ledger = {
  percent_max: 3, day: { answers: 412, abandoned: 7, percent: 1.699, over: false, left: 5 }, month: { answers: 9640, abandoned: 301, percent: 3.122, over: true, left: 0 },
  calls: { items: abandoned, next_cursor: null, total: 7 },
};
const empty = { percent_max: 3, day: { answers: 0, abandoned: 0, percent: 0, over: false, left: 0 }, month: { answers: 0, abandoned: 0, percent: 0, over: false, left: 0 }, calls: { items: [], next_cursor: null, total: 0 } };
const whole = (items) => ({ items, next_cursor: null, total: items.length });

export const GET = [
  [/^campaigns\/(\d+)\/rules$/, (_, id) => (id === "107" ? { rules, pool: [] } : inForce)],
  [/^campaigns\/(\d+)\/refusals$/, (_, id) => whole(id === "107" ? [] : refusals)],
  [/^campaigns\/(\d+)\/ledger$/, (_, id) => (id === "107" ? empty : ledger)],
];
