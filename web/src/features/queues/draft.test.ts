import { describe, expect, it } from "vitest";
import type { QueueRules } from "@/api/queues.ts";
import { NEW_RULES, toDraft, toRules } from "./draft.ts";

const full: QueueRules = {
  ...NEW_RULES, name: "投诉", hours: { start_date: null, end_date: null, weekdays: [1], windows: [{ from: "09:00", to: "18:00" }], skip_holidays: true }, needs: [{ skill: 4, level_min: 5 }], relax_ms: 30_000,
  last_agent: { mode: "wait", ms_max: 90_000 }, no_answer: { then: "skip", ms: 45_000 }, choices: { 1: { choice: "keep" }, 2: { choice: "callback" }, 3: { choice: "go", target: { to: "voicemail" } } }, leave_key: "*",
  leave_to: { to: "queue", queue: 2 }, overflow: [{ when: "closed", target: { to: "voicemail" } }, { when: "waited", ms: 61_500, target: { to: "numbers", numbers: ["13900001111"] } }],
};

describe("a group's rules", () => {
  it("come back from the form as they were", () => {
    expect(toRules(toDraft(NEW_RULES))).toEqual(NEW_RULES);
    expect(toRules(toDraft(full))).toEqual(full);
  });
  it("are shown in seconds and minutes", () => {
    const d = toDraft(full);
    expect(d).toMatchObject({ ring_s: 20, skip_s: 45, wait_max_min: 30, always_open: false, last_agent: { mode: "wait", wait_s: 90 } });
    expect(d.head_start_min).toEqual({ vip: 1440, important: 10, elderly: 10, long_distance: 2 });
  });
  it("leave out a head start of nothing and a skill that was not chosen", () => {
    const d = toDraft(NEW_RULES);
    const rules = toRules({ ...d, head_start_min: { ...d.head_start_min, long_distance: 0 }, needs: [{ level_min: 3 }], leave_key: "" });
    expect(rules.head_start_ms).toEqual({ vip: 86_400_000, important: 600_000, elderly: 600_000 });
    expect(rules.needs).toEqual([]);
    expect(rules.leave_key).toBeNull();
  });
});
