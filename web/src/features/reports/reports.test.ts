import { describe, expect, it } from "vitest";
import type { ReportColumn, ReportTable } from "@/api/reports.ts";
import { cellText, compare, widthOf } from "./cells.ts";
import { frame, lanes, place, sums } from "./timeline.ts";

const col = (key: string, kind: ReportColumn["kind"]): ReportColumn => ({ key, title_zh: key, title_en: key, kind });
const word = (key: string, code: string) => (key === "state" && code === "ready" ? "空闲" : code);

describe("a report's cells", () => {
  it("are written by the kind of their column", () => {
    expect(cellText(col("n", "count"), 12345, word)).toBe("12,345");
    expect(cellText(col("n", "percent"), 92.5, word)).toBe("92.5%");
    expect(cellText(col("n", "duration_ms"), 75_000, word)).toBe("1:15");
    expect(cellText(col("n", "money"), -119_800, word)).toBe("-1,198.00");
    expect(cellText(col("caller", "phone"), "+8613800138000", word)).toBe("138 0013 8000");
    expect(cellText(col("state", "code"), "ready", word)).toBe("空闲");
    expect(cellText(col("n", "count"), null, word)).toBe("—");
    expect(cellText(col("at", "time"), "2026-11-26T08:00:00Z", word)).toMatch(/^2026-11-2\d \d\d:00:00$/);
    expect(cellText(col("at", "time"), "2026-11-26T08:00:00Z", word, true)).toMatch(/^\d\d:00:00$/);
  });
  it("sort by size, nothing last", () => {
    expect([3, null, 10, 2].sort(compare)).toEqual([2, 3, 10, null]);
    expect(widthOf("时间", ["2026-11-26 08:00:00"])).toBeGreaterThan(150);
    expect(widthOf("n", ["x".repeat(500)])).toBe(260);
  });
});

describe("a timeline", () => {
  const table: ReportTable = {
    code: "agent_timeline", title_zh: "", title_en: "", totals: null, columns: ["agent_number", "agent_name", "state", "reason", "started_at", "ended_at"].map((k) => col(k, "text")),
    rows: [
      ["1002", "李静", "ready", null, "2026-11-26T01:30:00Z", "2026-11-26T02:00:00Z"], ["1002", "李静", "talking", null, "2026-11-26T02:00:00Z", null],
      ["1001", "王芳", "break", "meal", "2026-11-26T01:00:00Z", "2026-11-26T01:15:00Z"], ["1001", "王芳", "off", null, "2026-11-26T01:15:00Z", null], ["1001", "王芳", "ready", null, "bad", null],
    ],
  };
  const day = Date.parse("2026-11-26T00:00:00Z");
  const now = Date.parse("2026-11-26T02:30:00Z");
  const all = lanes(table, now);

  it("has a bar for each agent, up to now", () => {
    expect(all.map((l) => l.agent)).toEqual(["1001 王芳", "1002 李静"]);
    expect(all[1]!.spans[1]).toMatchObject({ state: "talking", to: now });
    expect(sums(all[0]!.spans)).toEqual([["break", 900_000]]);
  });
  it("shows the hours that were worked", () => {
    const f = frame(all, day, day + 86_400_000);
    expect([f.from, f.to]).toEqual([day + 3_600_000, day + 3 * 3_600_000]);
    expect(f.hours).toHaveLength(3);
    expect(place(all[1]!.spans[0]!, f)).toEqual({ left: 25, width: 25 });
    expect(place({ state: "ready", reason: "", from: day, to: day + 60_000 }, f)).toBeNull();
  });
});
