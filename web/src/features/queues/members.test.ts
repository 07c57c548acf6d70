import { describe, expect, it } from "vitest";
import { moved, placed, shiftText } from "./members.ts";

const member = (agent_id: number, place: number) => ({ agent_id, place, vip_only: false, outbound: false, schedule: null });
const order = (list: { agent_id: number }[]) => list.map((m) => m.agent_id);

describe("a group's members", () => {
  it("are numbered in their order, new ones last", () => {
    const list = placed([member(1, 5), member(2, 0), member(3, 2)]);
    expect(order(list)).toEqual([3, 1, 2]);
    expect(list.map((m) => m.place)).toEqual([1, 2, 3]);
  });
  it("move by one, not past the ends", () => {
    const list = placed([member(1, 1), member(2, 2), member(3, 3)]);
    expect(order(moved(list, 3, -1))).toEqual([1, 3, 2]);
    expect(order(moved(list, 1, -1))).toEqual([1, 2, 3]);
    expect(order(moved(list, 3, 1))).toEqual([1, 2, 3]);
  });
  it("tell their shifts", () => {
    const same = (s: string) => s;
    expect(shiftText(null, same)).toBe("一直在");
    expect(shiftText({ start_date: null, end_date: null, weekdays: [1, 2], windows: [{ from: "08:30", to: "12:00" }], skip_holidays: false }, same)).toBe("周一、周二 08:30–12:00");
  });
});
