/** What a timer shows. Pure: the time is handed in. */
import { duration } from "@/format/text.ts";

export interface Tick { from: number | null; to: number | null; limit: number }

/** Counts up from `from`, or down to `to`; whole seconds that have passed, whole seconds that are left. */
export function tickText({ from, to, limit }: Tick, now: number): { text: string; late: boolean } {
  if (to !== null) return { text: duration(Math.ceil(Math.max(0, to - now) / 1000) * 1000), late: false };
  if (from === null) return { text: "", late: false };
  const gone = Math.max(0, now - from);
  return { text: duration(Math.floor(gone / 1000) * 1000), late: limit > 0 && gone > limit };
}
