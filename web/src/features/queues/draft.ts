/** A group's rules as the form holds them: seconds and minutes instead of milliseconds, lists instead of maps. */
import type { CallerClass, Choice, NoAnswer, Overflow, Preference, QueueRules, Strategy, Target } from "@/api/queues.ts";
import type { Schedule } from "@/api/types.ts";

export interface PreferenceDraft { mode: Preference["mode"]; wait_s: number }
export interface OverflowDraft { when: Overflow["when"]; s: number; target: Target }
export interface QueueDraft {
  name: string; strategy: Strategy; weight: number; capacity: number; always_open: boolean; hours: Schedule; head_start_min: Record<CallerClass, number>;
  needs: { skill?: number; level_min: number }[]; relax_s: number; vip_seat: PreferenceDraft; owner: PreferenceDraft; ticket_agent: PreferenceDraft; last_agent: PreferenceDraft;
  ring_s: number; ring_s_outside: number; no_answer: NoAnswer["then"]; skip_s: number; wrap_up_s: number; wrap_up_manual: boolean;
  announcements: { first_s: number; every_s: number; position: boolean; wait: boolean };
  longest_wait_s: number; choices: { key: string; choice: Choice }[]; choice_s: number; unchosen: Choice; leave_key: string | null; leave_to: Target; wait_max_min: number; at_wait_max: Target;
  overflow: OverflowDraft[]; callback: { enabled: boolean; attempts_max: number; retry_min: number; ring_s: number; keep_h: number };
  service_level: { within_s: number; percent_min: number; short_s: number; long_wait_s: number };
  keep_ready: number; music: string; greeting: string; record: boolean;
}

export const CLASSES: CallerClass[] = ["vip", "important", "elderly", "long_distance"];
const WORKDAYS: Schedule = { start_date: null, end_date: null, weekdays: [1, 2, 3, 4, 5], windows: [{ from: "09:00", to: "12:00" }, { from: "13:30", to: "18:00" }], skip_holidays: true };
const WAIT_S = 60;
const OVERFLOW_S = 60;

/** What a group begins with: the server's own defaults. */
export const NEW_RULES: QueueRules = {
  name: "", strategy: "longest_idle", weight: 100, capacity: 100, hours: null, head_start_ms: { vip: 86_400_000, important: 600_000, elderly: 600_000, long_distance: 120_000 },
  needs: [], relax_ms: 0, vip_seat: { mode: "first" }, owner: { mode: "first" }, ticket_agent: { mode: "first" }, last_agent: { mode: "off" }, ring_ms: 20_000, ring_ms_outside: 30_000,
  no_answer: { then: "break" }, wrap_up_ms: 30_000, wrap_up_manual: false, announcements: { first_ms: 15_000, every_ms: 30_000, position: true, wait: false },
  longest_wait_ms: 120_000, choices: {}, choice_ms: 15_000, unchosen: { choice: "keep" }, leave_key: null, leave_to: { to: "resume" }, wait_ms_max: 1_800_000, at_wait_max: { to: "resume" }, overflow: [],
  callback: { enabled: false, attempts_max: 3, retry_ms: 600_000, ring_ms: 30_000, keep_ms: 86_400_000 }, service_level: { within_ms: 20_000, percent_min: 80, short_ms: 3_000, long_wait_ms: 120_000 },
  keep_ready: 0, music: "", greeting: "", record: true,
};

const s = (ms: number): number => ms / 1000;
const min = (ms: number): number => ms / 60_000;
const ms = (seconds: number): number => Math.round(seconds * 1000);

const preference = (p: Preference): PreferenceDraft => ({ mode: p.mode, wait_s: p.mode === "wait" ? s(p.ms_max) : WAIT_S });
const toPreference = (d: PreferenceDraft): Preference => (d.mode === "wait" ? { mode: "wait", ms_max: ms(d.wait_s) } : { mode: d.mode });

export function toDraft(q: QueueRules): QueueDraft {
  const { name, strategy, weight, capacity, keep_ready, music, greeting, record, wrap_up_manual, unchosen, leave_to, at_wait_max } = q;
  return {
    name, strategy, weight, capacity, keep_ready, music, greeting, record, wrap_up_manual, unchosen, leave_to, at_wait_max,
    always_open: !q.hours, hours: q.hours ?? WORKDAYS, leave_key: q.leave_key, relax_s: s(q.relax_ms), needs: q.needs.map((n) => ({ ...n })),
    head_start_min: Object.fromEntries(CLASSES.map((c) => [c, min(q.head_start_ms[c] ?? 0)])) as Record<CallerClass, number>,
    vip_seat: preference(q.vip_seat), owner: preference(q.owner), ticket_agent: preference(q.ticket_agent), last_agent: preference(q.last_agent),
    ring_s: s(q.ring_ms), ring_s_outside: s(q.ring_ms_outside), no_answer: q.no_answer.then, skip_s: q.no_answer.then === "skip" ? s(q.no_answer.ms) : 30, wrap_up_s: s(q.wrap_up_ms),
    announcements: { first_s: s(q.announcements.first_ms), every_s: s(q.announcements.every_ms), position: q.announcements.position, wait: q.announcements.wait },
    longest_wait_s: s(q.longest_wait_ms), choices: Object.entries(q.choices).map(([key, choice]) => ({ key, choice })), choice_s: s(q.choice_ms), wait_max_min: min(q.wait_ms_max),
    overflow: q.overflow.map((o) => ({ when: o.when, s: "ms" in o ? s(o.ms) : OVERFLOW_S, target: o.target })),
    callback: { enabled: q.callback.enabled, attempts_max: q.callback.attempts_max, retry_min: min(q.callback.retry_ms), ring_s: s(q.callback.ring_ms), keep_h: q.callback.keep_ms / 3_600_000 },
    service_level: { within_s: s(q.service_level.within_ms), percent_min: q.service_level.percent_min, short_s: s(q.service_level.short_ms), long_wait_s: s(q.service_level.long_wait_ms) },
  };
}

const toOverflow = (o: OverflowDraft): Overflow => (o.when === "estimate" || o.when === "waited" ? { when: o.when, ms: ms(o.s), target: o.target } : { when: o.when, target: o.target });

export function toRules(d: QueueDraft): QueueRules {
  const { name, strategy, weight, capacity, keep_ready, music, greeting, record, wrap_up_manual, unchosen, leave_to, at_wait_max, leave_key } = d;
  const starts = CLASSES.filter((c) => d.head_start_min[c] > 0).map((c) => [c, Math.round(d.head_start_min[c] * 60_000)]);
  return {
    name: name.trim(), strategy, weight, capacity, keep_ready, music, greeting, record, wrap_up_manual, unchosen, leave_to, at_wait_max, leave_key: leave_key || null,
    hours: d.always_open ? null : d.hours, head_start_ms: Object.fromEntries(starts) as QueueRules["head_start_ms"], relax_ms: ms(d.relax_s),
    needs: d.needs.flatMap((n) => (n.skill === undefined ? [] : [{ skill: n.skill, level_min: n.level_min }])),
    vip_seat: toPreference(d.vip_seat), owner: toPreference(d.owner), ticket_agent: toPreference(d.ticket_agent), last_agent: toPreference(d.last_agent),
    ring_ms: ms(d.ring_s), ring_ms_outside: ms(d.ring_s_outside), no_answer: d.no_answer === "skip" ? { then: "skip", ms: ms(d.skip_s) } : { then: "break" }, wrap_up_ms: ms(d.wrap_up_s),
    announcements: { first_ms: ms(d.announcements.first_s), every_ms: ms(d.announcements.every_s), position: d.announcements.position, wait: d.announcements.wait },
    longest_wait_ms: ms(d.longest_wait_s), choices: Object.fromEntries(d.choices.map((c) => [c.key, c.choice])), choice_ms: ms(d.choice_s), wait_ms_max: Math.round(d.wait_max_min * 60_000),
    overflow: d.overflow.map(toOverflow),
    callback: { enabled: d.callback.enabled, attempts_max: d.callback.attempts_max, retry_ms: Math.round(d.callback.retry_min * 60_000), ring_ms: ms(d.callback.ring_s), keep_ms: Math.round(d.callback.keep_h * 3_600_000) },
    service_level: { within_ms: ms(d.service_level.within_s), percent_min: d.service_level.percent_min, short_ms: ms(d.service_level.short_s), long_wait_ms: ms(d.service_level.long_wait_s) },
  };
}

/** Where the form shows a fault that the server found. */
export const FIELDS: Record<string, string> = {
  ring_ms: "ring_s", ring_ms_outside: "ring_s_outside", "no_answer.ms": "skip_s", wrap_up_ms: "wrap_up_s", relax_ms: "relax_s", longest_wait_ms: "longest_wait_s", choice_ms: "choice_s", wait_ms_max: "wait_max_min",
  "announcements.first_ms": "announcements.first_s", "announcements.every_ms": "announcements.every_s", "callback.retry_ms": "callback.retry_min", "callback.ring_ms": "callback.ring_s", "callback.keep_ms": "callback.keep_h",
  "service_level.within_ms": "service_level.within_s", "service_level.short_ms": "service_level.short_s", "service_level.long_wait_ms": "service_level.long_wait_s",
};
