import { describe, expect, it } from "vitest";
import { sumToday, todayByQueue, turn } from "./today.ts";

const table = {
  code: "queue_service", title_zh: "", title_en: "", totals: null,
  columns: ["date", "queue", "offered", "answered", "abandoned"].map((key) => ({ key, title_zh: key, title_en: key, kind: "count" as const })),
  rows: [["2026-11-26", "咨询", 10, 8, 2], ["2026-11-26", "投诉", 4, 4, 0], ["2026-11-27", "咨询", 1, 0, 1]],
};

describe("the wall", () => {
  it("adds the day up by group", () => {
    const by = todayByQueue(table);
    expect(by.get("咨询")).toEqual({ offered: 11, answered: 8, abandoned: 3 });
    expect(sumToday(by)).toEqual({ offered: 15, answered: 12, abandoned: 3 });
    expect(todayByQueue(undefined).size).toBe(0);
  });
  it("turns its pages when the groups do not fit", () => {
    const items = [1, 2, 3, 4, 5];
    expect(turn(items, 3, 0, 1000)).toEqual({ shown: [1, 2, 3], page: 0, pages: 2 });
    expect(turn(items, 3, 1500, 1000).shown).toEqual([4, 5]);
    expect(turn([], 3, 1500, 1000)).toEqual({ shown: [], page: 0, pages: 1 });
  });
});
