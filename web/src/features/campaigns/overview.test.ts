import { describe, expect, it } from "vitest";
import { costYuan, endsText, funnelSteps, hourBars, scale } from "./overview.ts";

const funnel = { leads: 1000, called: 800, answered: 400, human: 300, agent: 240, heard: 90, reached: 260, success: 60 };

describe("the funnel", () => {
  it("tells of each step how many of the one before are kept", () => {
    const steps = funnelSteps(funnel, true);
    expect(steps.map((s) => [s.key, s.count, s.kept])).toEqual([["leads", 1000, null], ["called", 800, 0.8], ["answered", 400, 0.5], ["human", 300, 0.75], ["reached", 260, 260 / 300], ["success", 60, 60 / 260]]);
    expect(steps[1]?.width).toBe(0.8);
  });
  it("goes by the flow where no agent talks, and bears a campaign that has not begun", () => {
    expect(funnelSteps(funnel, false)[4]).toMatchObject({ key: "heard", count: 90 });
    const none = { leads: 5, called: 0, answered: 0, human: 0, agent: 0, heard: 0, reached: 0, success: 0 };
    expect(funnelSteps(none, true).map((s) => s.kept)).toEqual([null, 0, null, null, null, null]);
  });
});

describe("the hours", () => {
  it("show a gap as one", () => {
    expect(hourBars([{ hour: 9, attempts: 5, answered: 2 }, { hour: 11, attempts: 1, answered: 0 }]).map((h) => h.attempts)).toEqual([5, 0, 1]);
    expect(hourBars([])).toEqual([]);
  });
  it("have round figures beside them", () => {
    expect(scale(0)).toEqual({ top: 1, ticks: [0, 1] });
    expect(scale(3)).toEqual({ top: 3, ticks: [0, 1, 2, 3] });
    expect(scale(287)).toEqual({ top: 300, ticks: [0, 100, 200, 300] });
    expect(scale(97_000).top).toBe(100_000);
  });
});

describe("speed and cost", () => {
  it("says when by the day", () => {
    const now = new Date(2026, 8, 21, 22, 13);
    expect(endsText(new Date(2026, 8, 22, 9, 15).toISOString(), now)).toEqual({ day: "tomorrow", clock: "09:15", date: "09-22" });
    expect(endsText(new Date(2026, 8, 21, 23, 5).toISOString(), now).day).toBe("today");
    expect(endsText(new Date(2026, 8, 30, 9, 0).toISOString(), now).day).toBe("later");
  });
  it("adds what routes and minutes cost", () => {
    expect(costYuan({ routed: 1500, unrated_minutes: 3, unrated: 360 })).toBe(1.86);
    expect(costYuan({ routed: 0, unrated_minutes: 3, unrated: 0 })).toBeNull();
  });
});
