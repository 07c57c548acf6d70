import { expect, test } from "vitest";
import { dots, share, verdict } from "./calibration.ts";

const bin = (attempts: number, answers: number, predicted: number) => ({ attempts, answers, predicted });

test("a bin of a few attempts is not drawn, a full one is the largest", () => {
  const drawn = dots({ bins: [bin(0, 0, 0), bin(19, 3, 0.1), bin(100, 30, 0.28), bin(400, 200, 0.52)], error: 0.02, skill: 0.1 });
  expect(drawn.map((d) => [d.predicted, d.seen])).toEqual([[0.28, 0.3], [0.52, 0.5]]);
  expect(drawn[0]?.radius).toBeCloseTo(5.5);
  expect(drawn[1]?.radius).toBeCloseTo(8.5);
});

test("what is said of it", () => {
  const of = (attempts: number, error: number) => verdict({ bins: [bin(attempts, 1, 0.3)], error, skill: 0 });
  expect([of(499, 0), of(500, 0.03), of(500, 0.07), of(500, 0.08)]).toEqual(["few", "good", "fair", "poor"]);
  expect(share(0.285)).toBe("28.5%");
});
