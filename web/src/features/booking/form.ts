/** What a customer fills in on the page of a task's appointments: days and slots, and what is wrong before it is sent. Pure. */
import type { BookingPageView, FormBody, Medium, Slot } from "@/api/bookings.ts";
import { L } from "@/format/words.ts";

export interface Day { key: string; date: Date; slots: Slot[]; free: number }

const two = (n: number): string => String(n).padStart(2, "0");
export const dayKey = (at: Date): string => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
export const clockOf = (at: string): string => { const d = new Date(at); return `${two(d.getHours())}:${two(d.getMinutes())}`; };

/** By days of this browser, in order; a slot that has begun is gone. */
export function daysOf(slots: readonly Slot[], now: number): Day[] {
  const days = new Map<string, Day>();
  for (const slot of [...slots].sort((a, b) => a.from.localeCompare(b.from))) {
    const date = new Date(slot.from);
    if (date.getTime() <= now) continue;
    const day = days.get(dayKey(date)) ?? { key: dayKey(date), date, slots: [], free: 0 };
    day.slots.push(slot);
    day.free += slot.free;
    days.set(day.key, day);
  }
  return [...days.values()];
}

export interface Values { name: string; phone: string; mail: string; medium: Medium; slot: string; fields: Record<string, string>; consent: boolean; website: string }

export const blank = (page: BookingPageView): Values => ({ name: "", phone: "", mail: "", medium: page.media[0] ?? "phone", slot: "", fields: {}, consent: false, website: "" });

const MAIL = /^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@.<>,;"]{2,}$/;

/** Digits as a Chinese keyboard may leave them, without what people put between. */
export const tidyPhone = (raw: string): string => raw.replace(/[０-９]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/[\s\-—()（）]/g, "");
export const tidyMail = (raw: string): string => raw.trim().replaceAll("＠", "@").replace(/[。．]/g, ".");

const looksDialable = (phone: string): boolean => /^1[3-9]\d{9}$/.test(phone) || /^0\d{9,11}$/.test(phone) || /^\+\d{8,15}$/.test(phone);

/** By field, in words; empty: it may be sent. The server looks again. */
export function faults(page: BookingPageView, v: Values): Record<string, string> {
  const out: Record<string, string> = {};
  if (page.name_required && v.name.trim() === "") out.name = L("请填写姓名");
  if (v.medium === "mail") {
    if (v.mail.trim() === "") out.mail = L("请填写邮箱");
    else if (!MAIL.test(tidyMail(v.mail))) out.mail = L("邮箱格式不对，例如 zhangsan@example.com");
  } else if (v.phone.trim() === "") out.phone = L("请填写手机号");
  else if (!looksDialable(tidyPhone(v.phone))) out.phone = L("手机号不对，请填 11 位手机号，座机请带区号");
  for (const f of page.fields) if (f.required && (v.fields[f.key] ?? "").trim() === "") out[`fields.${f.key}`] = L("请填写这一项");
  if (v.slot === "") out.slot = L("请选择一个时间");
  if (!v.consent) out.consent = L("请勾选同意后再提交");
  return out;
}

export function bodyOf(page: BookingPageView, v: Values): FormBody {
  const numeric = new Set(page.fields.filter((f) => f.kind === "number" || f.kind === "money").map((f) => f.key));
  const given = Object.entries(v.fields).map(([k, text]) => [k, text.trim()] as const).filter(([, text]) => text !== "");
  const read = (key: string, text: string) => (numeric.has(key) && text !== "" && Number.isFinite(Number(text)) ? Number(text) : text);
  return {
    name: v.name.trim(), phone: v.medium === "mail" ? "" : tidyPhone(v.phone), mail: v.medium === "mail" ? tidyMail(v.mail) : "", medium: v.medium, slot: v.slot,
    fields: Object.fromEntries(given.map(([k, text]) => [k, read(k, text)])), consent: v.consent, website: v.website,
  };
}

/** The order on the page, so that the first that is wrong is gone to. */
export const ORDER = ["medium", "name", "phone", "mail", "slot", "fields", "consent"] as const;
export const first = (wrong: Record<string, string>): string | undefined =>
  Object.keys(wrong).sort((a, b) => rank(a) - rank(b))[0];
const rank = (field: string): number => { const i = ORDER.findIndex((o) => field === o || field.startsWith(`${o}.`)); return i < 0 ? ORDER.length : i; };

/** The server's faults at the page's fields; what belongs to none is said above the button. */
export function placed(errors: { field: string; detail: string }[], known: ReadonlySet<string>): { at: Record<string, string>; rest: string[] } {
  const at: Record<string, string> = {};
  const rest: string[] = [];
  for (const e of errors) {
    const field = e.field.replace(/^appointments\.\d+\./, "").replace(/^(variables|due_at)/, (m) => (m === "due_at" ? "slot" : "fields"));
    if (known.has(field)) at[field] = e.detail;
    else rest.push(e.detail);
  }
  return { at, rest };
}

/** Where the page of a token is; with the reference it leads to calling off. */
export const pageUrl = (origin: string, token: string, reference?: string): string => `${origin}/booking/${encodeURIComponent(token)}${reference ? `#${encodeURIComponent(reference)}` : ""}`;
