import { describe, expect, it } from "vitest";
import type { AgentLive, QueueLive } from "@/api/board.ts";
import type { Queue } from "@/api/queues.ts";
import { alarmsOf, breakName, countGroups, filtered, fresh, limitOf, totals } from "./state.ts";

const agent = (agent_id: number, state: AgentLive["state"], more: Partial<AgentLive> = {}): AgentLive => ({
  agent_id, number: String(1000 + agent_id), name: `坐席${agent_id}`, state, since: "2026-11-26T08:00:00Z", link_up: true, queues: [1], calls: 0, talk_ms: 0, monitors: [], ...more,
});
const queue = (queue_id: number, more: Partial<QueueLive> = {}): QueueLive => ({
  queue_id, name: "咨询", open: true, waiting: 0, callbacks: 0, staffed: 3, ready: 1, busy: 1, wrapping_up: 0, on_break: 1, served: 0, callers: [], ...more,
});
const rules = { wrap_up_ms: 30_000, service_level: { within_ms: 20_000, percent_min: 80, short_ms: 3_000, long_wait_ms: 60_000 } } as Queue;
const same = (text: string) => text;

describe("the seats", () => {
  const seats = [agent(1, "ready"), agent(2, "held", { queues: [2], number_far: "+8613800138000" }), agent(3, "reserved"), agent(4, "break", { reason: "meal" })];

  it("are counted by what they are doing", () => {
    expect(countGroups(seats)).toEqual({ ready: 1, ringing: 1, talking: 1, wrap_up: 0, break: 1, off: 0 });
  });
  it("are found by group, state and text", () => {
    expect(filtered(seats, { queue: "2" }).map((a) => a.agent_id)).toEqual([2]);
    expect(filtered(seats, { state: "ringing" }).map((a) => a.agent_id)).toEqual([3]);
    expect(filtered(seats, { q: "1004" }).map((a) => a.agent_id)).toEqual([4]);
    expect(filtered(seats, { q: "13800" }).map((a) => a.agent_id)).toEqual([2]);
    expect(filtered([...seats, agent(5, "off", { unit_id: 9 })], { units: new Set([8, 9]) }).map((a) => a.agent_id)).toEqual([5]);
    expect(filtered(seats, {})).toHaveLength(4);
  });
  it("are on a break by its name, and too long after its limit", () => {
    const breaks = [{ code: "meal", name: "用餐", ms_max: 3_600_000 }];
    expect(breakName("meal", breaks, same)).toBe("用餐");
    expect(breakName("no_answer", breaks, same)).toBe("没接来电");
    expect(breakName("gone", breaks, same)).toBe("gone");
    expect(limitOf(agent(4, "break", { reason: "meal" }), breaks, new Map())).toBe(3_600_000);
    expect(limitOf(agent(4, "wrap_up", { queue_id: 7 }), breaks, new Map([[7, rules]]))).toBe(30_000);
    expect(limitOf(agent(4, "talking"), breaks, new Map())).toBe(0);
  });
});

describe("a group", () => {
  const now = Date.parse("2026-11-26T08:02:00Z");
  it("asks for help when somebody waits too long, too few are answered in time, or nobody is there", () => {
    const late = queue(1, { waiting: 1, first_came_at: "2026-11-26T08:00:30Z" });
    expect(alarmsOf(late, rules, now)).toEqual({ longWait: true, lowService: false, unstaffed: false });
    expect(alarmsOf(queue(1, { service_level: 79 }), rules, now).lowService).toBe(true);
    expect(alarmsOf(queue(1, { service_level: 80 }), rules, now).lowService).toBe(false);
    expect(alarmsOf(queue(1, { waiting: 2, staffed: 0 }), rules, now).unstaffed).toBe(true);
    expect(alarmsOf(late, undefined, now)).toEqual({ longWait: false, lowService: false, unstaffed: false });
  });
  it("adds up with the others, the service level by callers", () => {
    const sum = totals([
      queue(1, { waiting: 2, first_came_at: "2026-11-26T08:01:00Z", service_level: 50, served: 10 }),
      queue(2, { waiting: 1, first_came_at: "2026-11-26T08:00:00Z", service_level: 100, served: 30 }),
      queue(3, { callbacks: 4 }),
    ]);
    expect(sum).toEqual({ waiting: 3, callbacks: 4, firstCameAt: "2026-11-26T08:00:00Z", level: 88, served: 40 });
    expect(totals([]).level).toBeNull();
  });
  it("shows alarms of the floor that are new", () => {
    const alarm = (seq: number, code: string, ts: string) => ({ seq, code, ts, text: "" });
    const all = [alarm(9, "long_wait", "2026-11-26T08:01:00Z"), alarm(8, "disk_low", "2026-11-26T08:01:00Z"), alarm(7, "long_break", "2026-11-26T08:00:00Z"), alarm(3, "long_wait", "2026-11-26T07:00:00Z")];
    expect(fresh(all, 0, now).map((a) => a.seq)).toEqual([9, 7]);
    expect(fresh(all, 7, now).map((a) => a.seq)).toEqual([9]);
  });
});
