import { describe, expect, it } from "vitest";
import { inputOf } from "@/api/campaigns.ts";
import type { Campaign, Pacing, PacingLive } from "@/api/types.ts";
import { dialMode } from "@/format/words.ts";
import { abandonment, BOUNDS, changes, isPaced, isShown, lacksFlow, limitText, MODES, modeText, nearness, needsAgents, needsFlow, settingsOf, stepped, trendOf } from "./modes.ts";
import { appended, sparkPath, type Sample } from "./pacingHistory.ts";

const pacing: Pacing = { ratio: 1.5, abandon_percent_max: 3, cancel_ms_min: 15_000, lines_per_agent_max: 10, wait_ms_max: 2000, harbour: "", preview_end: "wait", preview_ms: 30_000, skips_per_hour_max: null, blended: true, best_hour: true };
const live = (more: Partial<PacingLive> = {}): PacingLive => ({
  limit: "risk", agents: 3, ready: 1, waiting: 0, in_flight: 2, cancelled: 0, free_forecast: 0, answers_forecast: 0, risk: 0, risk_max: 0, answer_probability: 0, trend: 1, answers_24h: 0, abandoned_24h: 0, answers_30d: 0, abandoned_30d: 0, budget_left: 0, ...more,
});

describe("dial modes", () => {
  it("are all named, described and placed", () => {
    expect([...MODES].sort()).toEqual(Object.keys(dialMode).sort());
    expect(MODES.every((m) => modeText[m].what !== "" && modeText[m].suits !== "" && modeText[m].risk !== "")).toBe(true);
    expect(MODES.filter(needsFlow)).toEqual(["ivr", "play_agent", "appointment"]);
    expect(MODES.filter((m) => !needsAgents(m))).toEqual(["ivr", "appointment"]);
    // Every mode with agents either shows them a lead or dials for them.
    expect(MODES.filter(needsAgents).every((m) => isPaced(m) !== isShown(m))).toBe(true);
  });

  it("have their own settings and no others", () => {
    expect(settingsOf("ivr")).toEqual(["hour"]);
    expect(settingsOf("appointment")).toEqual([]);
    expect(MODES.filter((m) => settingsOf(m).includes("ratio"))).toEqual(["play_agent", "power"]);
    expect(MODES.filter((m) => settingsOf(m).includes("abandon") || settingsOf(m).includes("cancel"))).toEqual(["predictive"]);
    expect(MODES.filter((m) => settingsOf(m).includes("countdown"))).toEqual(["preview", "preview_connect"]);
    expect(MODES.filter((m) => settingsOf(m).includes("wait")).every(isPaced)).toBe(true);
  });

  it("that need a flow are shut where none was approved", () => {
    expect(lacksFlow("ivr", 0)).toBe(true);
    expect(lacksFlow("play_agent", 7)).toBe(false);
    expect(lacksFlow("predictive", 0)).toBe(false);
  });

  it("step the ratio by tenths within its bounds", () => {
    expect(stepped(1.5, 1)).toBe(1.6);
    expect(stepped(stepped(1.1, 1), 1)).toBe(1.3);
    expect(stepped(1, -1)).toBe(BOUNDS.ratio.min);
    expect(stepped(9.95, 3)).toBe(BOUNDS.ratio.max);
  });

  it("send nothing when nothing was changed", () => {
    expect(changes(pacing, { ...pacing })).toBe(false);
    expect(changes(pacing, { ...pacing, cancel_ms_min: null })).toBe(true);
  });
});

describe("a campaign that is written", () => {
  it("goes whole: what is left out would go back to its default", () => {
    const stored = {
      id: 1, tenant_id: 1, status: "running", name: "a", description: "", mode: "power", queue_id: 2, pacing, agent_work: { script: 1 }, dial_rules: { own: true }, booking: { media: ["sms"] }, purpose: "notice", flow_id: 0, caller_ids: [], trunk_ids: [], schedule: {}, concurrency_max: 1,
      calls_per_second_max: 1, ring_ms_max: 45_000, retry: {}, record: true, amd: {}, variables: {}, fields: [], results: [], created_by: 1, created_at: "", updated_at: "", revision: 4, recording_format: "g729", callback_flow_id: 9,
    } as unknown as Campaign;
    const own = ["id", "tenant_id", "status", "created_by", "created_at", "updated_at", "revision"];
    expect(inputOf(stored)).toEqual(Object.fromEntries(Object.entries(stored).filter(([k]) => !own.includes(k))));
    expect(inputOf({ ...stored, queue_id: null, callback_flow_id: null })).toMatchObject({ queue_id: null, callback_flow_id: null });
  });
});

describe("what the pacer says", () => {
  it("has words for every limit", () => {
    expect(Object.keys(limitText).sort()).toEqual(["guard", "learning", "lines", "no_agents", "ratio", "ready", "risk", "room"]);
  });

  it("gives abandonment as a share of answers, and none without any", () => {
    const of = abandonment(live({ answers_24h: 200, abandoned_24h: 5 }));
    expect(of.day.rate).toBe(2.5);
    expect(of.month.rate).toBeNull();
  });

  it("warns near the cap", () => {
    expect([nearness(null, 3), nearness(2, 3), nearness(2.7, 3), nearness(3, 3), nearness(3.1, 3)]).toEqual(["ok", "ok", "warn", "warn", "bad"]);
  });

  it("calls small changes usual", () => {
    expect(trendOf(1.03)).toEqual({ kind: "usual" });
    expect(trendOf(0)).toEqual({ kind: "usual" });
    expect(trendOf(1.12)).toEqual({ kind: "more", percent: 12 });
    expect(trendOf(0.6)).toEqual({ kind: "less", percent: 40 });
  });
});

describe("the last minutes", () => {
  const sample = (at: number, in_flight = 0): Sample => ({ at, in_flight, ready: 0, waiting: 0, talking: 0, risk: 0, risk_max: 0 });
  const all = (...samples: Sample[]) => samples.reduce<readonly Sample[]>(appended, []);

  it("keep one sample a second, the newest", () => {
    expect(all(sample(0, 1), sample(400, 2), sample(900, 3), sample(1_000, 4)).map((s) => [s.at, s.in_flight])).toEqual([[0, 3], [1_000, 4]]);
  });

  it("forget what is older than ten minutes", () => {
    expect(all(sample(0), sample(300_000), sample(601_000)).map((s) => s.at)).toEqual([300_000, 601_000]);
  });

  it("are a line from left to right, the most at the top, open where the stream was gone", () => {
    const box = { width: 100, height: 50, from: 0, to: 20_000, max: 10 };
    expect(sparkPath(all(sample(0, 0), sample(10_000, 5), sample(20_000, 10)), (s) => s.in_flight, box)).toBe("M0 50L50 25L100 0");
    expect(sparkPath(all(sample(0, 0), sample(20_000, 20)), (s) => s.in_flight, box)).toBe("M0 50M100 0");
    expect(sparkPath([], (s) => s.in_flight, box)).toBe("");
  });
});
