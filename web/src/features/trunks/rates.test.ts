import { expect, it } from "vitest";
import { hours, minuteOf, yuan } from "./rates.ts";

it("reads and writes times of day and prices", () => {
  expect(["08:00", "8：30", "23:59", "24:00", "x", ""].map(minuteOf)).toEqual([480, 510, 1439, null, null, null]);
  expect(hours({ from_minute: 480, until_minute: 1230 })).toBe("08:00–20:30");
  expect(hours({ from_minute: 0, until_minute: 0 })).toBe("");
  expect(yuan(60)).toBe("¥0.060");
});
