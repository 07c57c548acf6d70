/** 话术与表单 on the desk: where the talk stands, what is still missing, and what follows. Pure: the time is handed in. */
import dayjs, { type Dayjs } from "dayjs";
import type { DeskCall } from "@/api/desk.ts";
import type { Confirmation } from "@/api/types.ts";
import type { CallWork, FormField, Follow, OutcomeDef, Question, Refusal, ScriptPage, WorkInput, WorkView } from "@/api/work.ts";
import type { Vars } from "@/api/types.ts";
import { L } from "@/format/words.ts";
import type { Draft } from "./drafts.ts";
import { numberFault } from "./state.ts";

/** What an agent has asked and chosen in a campaign's call. */
export interface WorkDraft { path: string[]; answers: Vars; form: Vars; callback: { at: string; mine: boolean } | null; refusal: Refusal | null }
export const blankWork: WorkDraft = { path: [], answers: {}, form: {}, callback: null, refusal: null };

export const workDraftOf = (saved: CallWork): WorkDraft => ({
  path: saved.path, answers: saved.answers, form: saved.form,
  callback: saved.callback_at ? { at: saved.callback_at, mine: saved.callback_mine } : null, refusal: saved.refusal ?? null,
});

export function toInput(d: Draft, done: boolean): WorkInput {
  const w = d.work ?? blankWork;
  return { ...w, outcome: d.disposition, note: d.note, customer_id: d.customer_id, next_contact_at: d.next_contact_at, done };
}

/** 二次确认 of a call: what the desk was told last, or what is stored of one that is over. */
export const confirmationOf = (call: Pick<DeskCall, "confirmation">, work: WorkView): Confirmation | null => call.confirmation ?? work.confirmation ?? null;

/** The page one stands on: the last one come to that the script still has, or its first. */
export function pageAt(script: readonly ScriptPage[], path: readonly string[]): ScriptPage | undefined {
  for (let i = path.length - 1; i >= 0; i -= 1) {
    const page = script.find((p) => p.id === path[i]);
    if (page) return page;
  }
  return script[0];
}

/** Goes on to a page; the first one is where every talk begins. */
export function go(script: readonly ScriptPage[], path: readonly string[], to: string): string[] {
  const first = script[0]?.id;
  return [...(path.length === 0 && first ? [first] : path), to];
}
export const back = (path: readonly string[]): string[] => path.slice(0, -1);

export const isEmpty = (v: unknown): boolean => v === null || v === undefined || (typeof v === "string" && v.trim() === "") || (Array.isArray(v) && v.length === 0);

/** Required questions of the pages come by that have no answer. */
export function unasked(work: Pick<WorkView, "script">, d: WorkDraft): { page: ScriptPage; question: Question }[] {
  const pages = work.script.filter((p, i) => i === 0 || d.path.includes(p.id));
  return pages.flatMap((page) => page.questions.filter((q) => q.required && isEmpty(d.answers[q.key])).map((question) => ({ page, question })));
}

export type FieldFault = { text: string; params?: Record<string, unknown> };
const looksLike = (text: string, pattern: string): boolean =>
  text.length === pattern.length && [...text].every((c, i) => { const p = pattern[i]; return p === "9" ? /\d/.test(c) : p === "A" ? /[A-Za-z]/.test(c) : p === "*" || c === p; });

/** What is wrong with a field's value as the server would say it. */
export function fieldFault(f: FormField, value: unknown): FieldFault | null {
  if (isEmpty(value)) return null;
  if (f.kind === "number" || f.kind === "money") {
    const n = Number(value);
    if (Number.isNaN(n)) return { text: L("须填数字") };
    if (f.min != null && n < f.min) return { text: L("不能小于 {{min}}"), params: { min: f.min } };
    if (f.max != null && n > f.max) return { text: L("不能大于 {{max}}"), params: { max: f.max } };
    return f.kind === "money" && Math.abs(n * 100 - Math.round(n * 100)) > 1e-6 ? { text: L("最多两位小数") } : null;
  }
  if (f.kind === "phone") return numberFault(String(value)) ? { text: L("不是有效的电话号码") } : null;
  if (f.kind === "text" && f.pattern && !looksLike(String(value).trim(), f.pattern)) return { text: L("格式应为 {{pattern}}（9 数字，A 字母，* 任意）"), params: { pattern: f.pattern } };
  return null;
}

export interface Lack { at: "script" | "form" | "summary"; key: string; label: string; page?: string }

/** All that stands between an outcome and its being saved, in the order of the screen. */
export function lacks(work: WorkView, outcome: OutcomeDef | undefined, d: Draft, confirmation: Confirmation | null): Lack[] {
  const w = d.work ?? blankWork;
  const all: Lack[] = [];
  if (outcome?.needs_answers) all.push(...unasked(work, w).map(({ page, question }) => ({ at: "script" as const, key: question.key, label: question.label, page: page.id })));
  for (const f of work.form) {
    const empty = isEmpty(w.form[f.key]);
    if (empty ? outcome?.needs_form && f.required : fieldFault(f, w.form[f.key])) all.push({ at: "form", key: f.key, label: f.label });
  }
  if (!outcome) {
    if (work.outcomes.length > 0) all.push({ at: "summary", key: "outcome", label: L("处理结果") });
    return all;
  }
  if (outcome.then.do === "callback" && !w.callback) all.push({ at: "summary", key: "callback.at", label: L("回呼时间") });
  if (outcome.then.do === "refuse" && !w.refusal) all.push({ at: "summary", key: "refusal", label: L("不再呼叫的范围") });
  if (outcome.then.do === "confirm" && confirmation !== "pressed") all.push({ at: "summary", key: "confirmed", label: L("二次确认") });
  if (outcome.needs_note && !d.note.trim()) all.push({ at: "summary", key: "note", label: L("备注") });
  return all;
}

/** Minutes in words. */
export function span(minutes: number): { text: string; n: number } {
  if (minutes % 1440 === 0) return { text: L("{{n}} 天"), n: minutes / 1440 };
  return minutes % 60 === 0 ? { text: L("{{n}} 小时"), n: minutes / 60 } : { text: L("{{n}} 分钟"), n: minutes };
}

const THEN: Record<Follow["do"], string> = {
  settle: L("不再呼叫"), retry: L("{{span}}后再呼"), callback: L("到约定时间回呼"), refuse: L("列入不再呼叫"), confirm: L("二次确认后办结，不再呼叫"), wrong_number: L("号码有误，不再呼叫这个号码"),
};

/** What saving an outcome brings about, as one sentence in two parts. */
export function follows(o: OutcomeDef, results: WorkView["results"]): { result: string | null; then: string; span?: { text: string; n: number } } {
  const result = o.result ? (results.find((r) => r.code === o.result)?.label ?? o.result) : null;
  return { result, then: THEN[o.then.do], ...(o.then.do === "retry" ? { span: span(o.then.minutes) } : {}) };
}

export interface QuickTime { text: string; at: Dayjs }
const on = (day: Dayjs, hour: number): Dayjs => day.startOf("day").hour(hour);

/** Times that agents promise most, those that have not passed. */
export function quickTimes(now: Dayjs): QuickTime[] {
  const minutes = (n: number) => now.add(n, "minute").second(0).millisecond(0);
  const monday = now.add(((8 - now.day()) % 7) || 7, "day");
  const all: QuickTime[] = [
    { text: L("30 分钟后"), at: minutes(30) }, { text: L("1 小时后"), at: minutes(60) }, { text: L("今天下午"), at: on(now, 15) }, { text: L("今天傍晚"), at: on(now, 18) },
    { text: L("明天上午"), at: on(now.add(1, "day"), 10) }, { text: L("明天下午"), at: on(now.add(1, "day"), 15) }, { text: L("下周一上午"), at: on(monday, 10) },
  ];
  return all.filter((q, i) => q.at.isAfter(now.add(i < 2 ? 0 : 20, "minute")) && all.findIndex((o) => o.at.isSame(q.at)) === i);
}

/** How near an appointment is. */
export const nearness = (due: string, now: number): "late" | "now" | "soon" | "later" => {
  const ms = dayjs(due).valueOf() - now;
  if (ms < -15 * 60_000) return "late";
  if (ms <= 0) return "now";
  return ms <= 15 * 60_000 ? "soon" : "later";
};
