import type { Medium } from "@/api/bookings.ts";
import { L } from "@/format/words.ts";
import { clockOf } from "./form.ts";

export const mediumText: Record<Medium, string> = { phone: L("打电话给我"), sms: L("发短信给我"), mail: L("发邮件给我") };

const locale = (lang: string): string => (lang === "en" ? "en-GB" : "zh-CN");
/** 11月28日; 28 Nov */
export const dayText = (at: Date, lang: string): string => new Intl.DateTimeFormat(locale(lang), { month: lang === "en" ? "short" : "long", day: "numeric" }).format(at);
export const weekdayText = (at: Date, lang: string): string => new Intl.DateTimeFormat(locale(lang), { weekday: "short" }).format(at);
export const wholeText = (at: string, lang: string): string => { const d = new Date(at); return `${dayText(d, lang)} ${weekdayText(d, lang)} ${clockOf(at)}`; };
