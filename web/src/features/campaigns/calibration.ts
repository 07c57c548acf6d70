import type { Calibration } from "@/api/overview.ts";
import { L } from "@/format/words.ts";

/** Attempts below which a share says nothing. */
const SAYS_FROM = 20;

export interface Dot { predicted: number; seen: number; attempts: number; radius: number }

/** What is drawn: bins with enough attempts, the area by how many. */
export function dots(c: Calibration): Dot[] {
  const most = Math.max(1, ...c.bins.map((b) => b.attempts));
  return c.bins.filter((b) => b.attempts >= SAYS_FROM).map((b) => ({
    predicted: b.predicted, seen: b.answers / b.attempts, attempts: b.attempts, radius: 2.5 + 6 * Math.sqrt(b.attempts / most),
  }));
}

export const share = (p: number): string => `${(p * 100).toFixed(1)}%`;

export type Verdict = "few" | "good" | "fair" | "poor";

export const WORD_OF: Record<Verdict, string> = {
  few: L("呼叫还少，预测还在学习"), good: L("预测得准"), fair: L("大致准确"), poor: L("偏差较大，排拨以实际接听为准"),
};

export function verdict(c: Calibration): Verdict {
  const attempts = c.bins.reduce((sum, b) => sum + b.attempts, 0);
  if (attempts < 500) return "few";
  return c.error <= 0.03 ? "good" : c.error <= 0.07 ? "fair" : "poor";
}
