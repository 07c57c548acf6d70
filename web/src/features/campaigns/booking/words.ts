/** Appointments of a task in words. Pure. */
import type { Medium, Slot } from "@/api/bookings.ts";
import { clockOf, dayKey } from "@/features/booking/form.ts";
import { disposition, L, refusal, word, type Tone, type Word } from "@/format/words.ts";

const w = (text: string, tone: Tone): Word => ({ text, tone });

export const bookingState: Record<string, Word> = {
  waiting: w(L("等待"), "neutral"), reaching: w(L("联系中"), "active"), done: w(L("已完成"), "ok"), missed: w(L("已错过"), "warn"), failed: w(L("没联系上"), "bad"),
  cancelled: w(L("已取消"), "muted"), refused: w(L("规则不允许"), "bad"),
};
export const medium: Record<Medium, Word> = { phone: w(L("电话"), "info"), sms: w(L("短信"), "accent"), mail: w(L("邮件"), "neutral") };
export const origin: Record<string, Word> = {
  web: w(L("网上预约"), "accent"), agent: w(L("坐席预约"), "info"), key: w(L("来电按键"), "info"), api: w(L("接口"), "muted"), import: w(L("导入"), "muted"),
};

/** Only these may still be changed. */
export const isOpen = (state: string): boolean => state === "waiting";

/** Why it was refused, failed or missed: a rule, what a call came to, or the time. */
export function whyText(why: string | null | undefined): string | null {
  if (!why) return null;
  if (why === "late") return L("过了最晚时间还没轮到");
  if (why in refusal) return word(refusal, why).text;
  return word(disposition, why).text;
}

/** What became of asking for one that did not become one. */
export const refusedText = (why: string | null | undefined): string => whyText(why) ?? L("名单或规则不允许联系这个号码");

/** Free slots by day, for a choice in groups. */
export function slotGroups(slots: readonly Slot[]): { label: string; options: { value: string; label: string; free: number }[] }[] {
  const days = new Map<string, { value: string; label: string; free: number }[]>();
  for (const s of slots) {
    if (s.free === 0) continue;
    const key = dayKey(new Date(s.from));
    const day = days.get(key) ?? [];
    day.push({ value: s.from, label: `${key.slice(5)} ${clockOf(s.from)}–${clockOf(s.until)}`, free: s.free });
    days.set(key, day);
  }
  return [...days].map(([label, options]) => ({ label, options }));
}
