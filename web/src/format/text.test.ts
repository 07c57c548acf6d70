import { describe, expect, it } from "vitest";
import { between, bytes, count, delayUnit, duration, isMasked, percent, phone, shortTime, splitNumbers } from "./text.ts";

describe("phone", () => {
  it.each([
    ["+8613800138000", "138 0013 8000"], ["13800138000", "138 0013 8000"], ["+861088886666", "010 8888 6666"], ["01088886666", "010 8888 6666"],
    ["053188001234", "0531 8800 1234"], ["+8653188001234", "0531 8800 1234"], ["4008001234", "400 800 1234"], ["95128", "95128"], ["+14155550123", "+14155550123"],
  ])("%s reads as %s", (raw, shown) => {
    expect(phone(raw)).toBe(shown);
  });

  it("keeps masked digits masked, wherever the group ends", () => {
    expect(phone("138****8000")).toBe("138 **** 8000");
    expect(isMasked("138****8000")).toBe(true);
    expect(isMasked("13800138000")).toBe(false);
  });

  it("shows a dash for nothing", () => {
    expect(phone("")).toBe("—");
    expect(phone(null)).toBe("—");
  });
});

describe("figures", () => {
  it("never divides by nothing", () => {
    expect(percent(3, 0)).toBe("—");
    expect(percent(1, 3)).toBe("33.3%");
    expect(percent(4, 4)).toBe("100%");
  });

  it("speaks durations as a clock", () => {
    expect(duration(75_000)).toBe("1:15");
    expect(duration(3_700_000)).toBe("1:01:40");
    expect(duration(null)).toBe("—");
    expect(between("2026-11-21T10:00:00Z", "2026-11-21T10:00:31Z")).toBe(31_000);
    expect(between(null, "2026-11-21T10:00:31Z")).toBeNull();
  });

  it("leaves today's date out", () => {
    const now = new Date(2026, 10, 21, 18, 0, 0);
    expect(shortTime(new Date(2026, 10, 21, 9, 5, 7).toISOString(), now)).toBe("09:05:07");
    expect(shortTime(new Date(2026, 10, 2, 9, 5, 7).toISOString(), now)).toBe("11-02 09:05");
    expect(shortTime(new Date(2025, 0, 2, 9, 5, 7).toISOString(), now)).toBe("2025-01-02");
  });

  it("groups thousands and sizes", () => {
    expect(count(1234567)).toBe("1,234,567");
    expect(bytes(624_044)).toBe("609 KB");
  });

  it("finds the largest whole unit of a delay", () => {
    expect(delayUnit(900)).toEqual({ value: 15, unit: "minute" });
    expect(delayUnit(86_400)).toEqual({ value: 1, unit: "day" });
    expect(delayUnit(90)).toEqual({ value: 90, unit: "second" });
  });
});

describe("splitNumbers", () => {
  it("takes what people paste, each number once", () => {
    expect(splitNumbers("13800138000\n010-8888 6666，13800138000； 95128\t\n")).toEqual(["13800138000", "01088886666", "95128"]);
  });
});
