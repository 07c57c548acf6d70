// Invented answers of 试算: task 202 has been replayed or is while it is asked about, 201 lacks history, 207 was never asked about.
import { pacing, tasks } from "./mock-tasks.mjs";

const FROM = "2026-11-25T16:00:00.000Z";
const UNTIL = "2026-11-26T16:00:00.000Z";
const hour = (h) => new Date(Date.parse(FROM) + h * 3_600_000).toISOString();
const HOURS = [9, 10, 11, 13, 14, 15, 16, 17, 18, 19];
const wave = (h, base, by) => base + by * Math.sin(h * 1.7);

function figures(occupancy, abandoned, talks, half, more = {}) {
  const hours = HOURS.map((h) => ({ at: hour(h), dials: wave(h, talks * 0.34, talks * 0.05), talks: wave(h, talks / 10, talks / 60), occupancy: wave(h, occupancy, 3.2), abandoned: Math.max(0, wave(h, abandoned, abandoned / 3)) }));
  const f = (mean, share) => ({ mean, half: half ? mean * share : 0 });
  return {
    occupancy: f(occupancy, 0.006), abandoned: f(abandoned, 0.09), wait_s: f(0.42, 0.05), talks: f(talks, 0.007), talks_per_hour: f(talks / 236.4, 0.007), dials: f(talks * 3.4, 0.01), given_up: f(more.given_up ?? 0, 0.1),
    agent_hours: 236.4, allowed: abandoned <= 3, hours,
  };
}
const result = (variants) => ({
  measured: figures(71.4, 3.42, 4204, false), as_was: figures(72.3, 3.31, 4251, true),
  variants: variants.map((v) => (v.mode === "predictive" ? figures(v.pacing.cancel_ms_min == null ? 86.9 : 88.6, 2.61, 5102, true, { given_up: v.pacing.cancel_ms_min == null ? 0 : 812 }) : v.mode === "progressive" ? figures(63.8, 0.02, 3752, true) : figures(68 + v.pacing.ratio * 4, v.pacing.ratio * 1.9, 3900 + v.pacing.ratio * 220, true))),
  closeness: "good", best: variants.findIndex((v) => v.mode === "predictive") + 1 || null, runs: 8, agents_max: 31, notes: ["changed"],
});
const settings = (id) => { const c = tasks.find((t) => t.id === id); return { mode: c.mode, pacing: c.pacing, ring_ms_max: c.ring_ms_max, agents_change: 0 }; };
const question = (id, more) => ({ id: 9001, state: "done", done: 16, total: 16, from: FROM, until: UNTIL, as_was: settings(id), variants: [{ ...settings(id), mode: "predictive", pacing: pacing() }], asked_by: "user:1001", asked_at: UNTIL, missing: [], ...more });

const last = new Map([[201, question(201, { state: "missing", missing: [{ part: "answers", have: 84, need: 200 }, { part: "talks", have: 61, need: 100 }, { part: "agent_hours", have: 2, need: 4 }] })]]);

function read(id) {
  const w = last.get(id) ?? null;
  if (w?.state === "running") {
    w.done += 4;
    w.total = (w.variants.length + 1) * 8;
    if (w.done >= w.total && !w.slow) Object.assign(w, { state: "done", done: w.total, result: result(w.variants) });
    if (w.slow) w.done = Math.min(w.done, w.total - 1);
  }
  return w;
}
function write(id, body) {
  // Without a body: given up.
  if (!body.variants) { const w = last.get(id); if (w) w.state = "cancelled"; return {}; }
  if (body.variants.some((v) => v.agents_change === 99)) return { refused: { code: "what_if_running", detail: "本单位有一个试算正在进行，请等它算完，或先取消它" } };
  last.set(id, question(id, { state: "running", done: 0, total: 0, from: body.from, until: body.until, variants: body.variants, slow: body.variants.length > 3 }));
  return last.get(id);
}

export const GET = [[/^campaigns\/(\d+)\/what-if$/, (_, id) => read(Number(id))]];
export const POST = [[/^campaigns\/(\d+)\/what-if$/, (body, id) => write(Number(id), body)]];
