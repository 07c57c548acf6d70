import { describe, expect, it } from "vitest";
import type { CampaignView } from "@/api/campaigns.ts";
import type { WhatIfFigures, WhatIfResult } from "@/api/whatIf.ts";
import { another, appliesTo, marks, present, rows, suggested, withHalf } from "./whatif.ts";

const pacing = { ratio: 1.5, abandon_percent_max: 3, cancel_ms_min: 15_000, lines_per_agent_max: 10, wait_ms_max: 2000, harbour: "", preview_end: "wait", preview_ms: 30_000, skips_per_hour_max: null, blended: true } as const;
const task = (mode: CampaignView["mode"]) => ({ mode, pacing, ring_ms_max: 30_000 }) as unknown as CampaignView;
const figures = (allowed: boolean) => ({ allowed, hours: [] }) as unknown as WhatIfFigures;

describe("variants", () => {
  it("suggests what the task does not do", () => {
    expect(suggested(task("progressive")).mode).toBe("predictive");
    expect(suggested(task("predictive")).pacing.cancel_ms_min).toBeNull();
  });
  it("goes on from the last and never repeats it", () => {
    const c = task("progressive");
    const first = another(c, []);
    const second = another(c, [first]);
    const third = another(c, [first, second]);
    expect([first.mode, second.mode, third.mode, third.pacing.ratio]).toEqual(["predictive", "power", "power", 2]);
  });
  it("knows what can be taken over into the task", () => {
    const c = task("progressive");
    expect(appliesTo(c, present(c))).toBe(false);
    expect(appliesTo(c, { ...present(c), agents_change: 3, wrap_up_ms_max: 10_000 })).toBe(false);
    expect(appliesTo(c, { ...present(c), ring_ms_max: 25_000 })).toBe(true);
    expect(appliesTo(c, suggested(c))).toBe(true);
  });
});

describe("results", () => {
  it("marks the best of the replays, the present settings among them", () => {
    const r = { measured: figures(true), as_was: figures(true), variants: [figures(false), figures(true)], best: 2 } as unknown as WhatIfResult;
    expect(rows(r).map((x) => x.best)).toEqual([false, false, false, true]);
    expect(rows({ ...r, best: 0 }).map((x) => x.best)).toEqual([false, true, false, false]);
    expect(rows({ ...r, best: null }).some((x) => x.best)).toBe(false);
    expect(new Set(rows(r).map((x) => x.color)).size).toBe(4);
  });
  it("shows an interval only where there is one", () => {
    expect(withHalf({ mean: 78.44, half: 0 }, 1)).toEqual({ mean: "78.4", half: null });
    expect(withHalf({ mean: 78.44, half: 0.52 }, 1)).toEqual({ mean: "78.4", half: "0.5" });
  });
  it("has axes that hold all there is", () => {
    expect(marks([67.2, 91.4])).toEqual([60, 70, 80, 90, 100]);
    expect(marks([0, 3.4])).toEqual([0, 1, 2, 3, 4]);
    expect(marks([0, 590])).toEqual([0, 200, 400, 600]);
    expect(marks([0])).toEqual([0, 0.2]);
    expect(marks([])).toEqual([0, 0.5, 1]);
  });
});
