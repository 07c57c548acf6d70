/** The order of a group's members, and their shifts in words. Pure. */
import type { Member } from "@/api/queues.ts";
import type { Schedule } from "@/api/types.ts";
import { L } from "@/format/words.ts";

const DAYS = [L("周一"), L("周二"), L("周三"), L("周四"), L("周五"), L("周六"), L("周日")];

/** In their order, numbered from 1; those with place 0 are new and come last. */
export function placed(members: readonly Member[]): Member[] {
  return members.toSorted((a, b) => (a.place || Number.MAX_SAFE_INTEGER) - (b.place || Number.MAX_SAFE_INTEGER)).map((m, i) => ({ ...m, place: i + 1 }));
}

export function moved(members: readonly Member[], agent: number, by: -1 | 1): Member[] {
  const list = [...members];
  const at = list.findIndex((m) => m.agent_id === agent);
  const [one, other] = [list[at], list[at + by]];
  if (!one || !other) return list;
  list[at] = other;
  list[at + by] = one;
  return list.map((m, i) => ({ ...m, place: i + 1 }));
}

export function shiftText(s: Schedule | null | undefined, t: (text: string) => string): string {
  if (!s) return t("一直在");
  const days = s.weekdays.length === 7 ? t("每天") : s.weekdays.map((d) => t(DAYS[d - 1] ?? "")).join("、");
  return `${days} ${s.windows.map((w) => `${w.from}–${w.to}`).join(" ")}`;
}
