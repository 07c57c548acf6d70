import { expect, it } from "vitest";
import { hours, minuteOf, prefixOf, yuan } from "./rates.ts";

it("reads and writes times of day and prices", () => {
  expect(["08:00", "8：30", "23:59", "24:00", "x", ""].map(minuteOf)).toEqual([480, 510, 1439, null, null, null]);
  expect(hours({ from_minute: 480, until_minute: 1230 })).toBe("08:00–20:30");
  expect(hours({ from_minute: 0, until_minute: 0 })).toBe("");
  expect(yuan(60)).toBe("¥0.060");
});

it("reads prefixes as the import of rates does", () => {
  expect(["138", "010", "8610", "+8610", "00852", "", " 0571-88", "abc", "+", "1234567890123456"].map(prefixOf)).toEqual(["+86138", "+8610", "+8610", "+8610", "+852", "", "+8657188", null, null, null]);
});
