import { describe, expect, it } from "vitest";
import { tickText } from "./tick.ts";

describe("a timer", () => {
  it("counts whole seconds that have passed", () => {
    expect(tickText({ from: 1_000, to: null, limit: 0 }, 1_000 + 75_900)).toEqual({ text: "1:15", late: false });
    expect(tickText({ from: 5_000, to: null, limit: 0 }, 1_000).text).toBe("0:00");
  });
  it("counts down to the end and stays there", () => {
    expect(tickText({ from: null, to: 10_000, limit: 0 }, 100).text).toBe("0:10");
    expect(tickText({ from: null, to: 10_000, limit: 0 }, 99_000).text).toBe("0:00");
  });
  it("says when it is late", () => {
    expect(tickText({ from: 0, to: null, limit: 60_000 }, 60_001).late).toBe(true);
    expect(tickText({ from: 0, to: null, limit: 60_000 }, 60_000).late).toBe(false);
  });
});
