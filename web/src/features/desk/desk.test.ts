import dayjs from "dayjs";
import { describe, expect, it } from "vitest";
import type { DeskCall, DeskView, Party } from "@/api/desk.ts";
import type { AgentState, Seat } from "@/api/agents.ts";
import { silent, type PhoneState } from "@/phone/machine.ts";
import { systemBreak } from "@/format/words.ts";
import { filled, toInput } from "./customer.ts";
import { blank, firstDraft, noted, type Noted } from "./drafts.ts";
import { merged } from "./history.ts";
import { loudness } from "./loudness.ts";
import { shortcutOf } from "./shortcuts.ts";
import { newcomerOf, revived, withNewcomer, type Newcomer } from "./newcomers.ts";
import { told } from "./told.ts";
import { allowed, asksFirst, blocked, breakName, buttons, givenBreak, isConsulting, isMuted, numberFault, ownQueue, plainNumber, sameSeat, spent, validDigits, validOutside, type Standing } from "./state.ts";

const browser: Seat = { kind: "browser", extension: 61 };
const party = (kind: Party["kind"], state: Party["state"], muted = false, agent_id: number | null = kind === "agent" ? 1 : null): Party => ({ leg_id: 1, kind, state, number: "", name: "", agent_id, muted, consulted: false, since: "2026-11-21T10:00:00Z" });
const call = (more: Partial<DeskCall> = {}): DeskCall => ({
  call_id: 7, direction: "inbound", number: "+86139****5678", name: "王建国", called: "", data: {}, digits: "", said: [], classes: [], customers: [], started_at: "", parties: [party("customer", "talking"), party("agent", "talking")],
  consulting: false, recording: false, survey: false, ...more,
});
const view = (state: AgentState, more: Partial<DeskView["agent"]> = {}, of?: DeskCall): DeskView => ({
  agent: { agent_id: 1, number: "6001", name: "李晓梅", state, since: "2026-11-21T10:00:00Z", link_up: true, seat: state === "off" ? null : browser, queues: [], monitors: [], calls: 0, talk_ms: 0, ...more }, call: of ?? null,
});
const up: PhoneState = { ...silent, line: "up" };
const standing = (v: DeskView, more: Partial<Standing> = {}): Standing => ({ view: v, phone: up, link: "live", busy: false, mine: true, ...more });

describe("the phone bar", () => {
  it("offers what the state allows", () => {
    expect(buttons(view("off"))).toEqual(["signIn"]);
    expect(buttons(view("ready"))).toEqual(["break", "dial", "signOut"]);
    expect(buttons(view("ringing"))).toEqual(["answer", "decline"]);
    expect(buttons(view("ringing", { seat: { kind: "outside", number: "+8613" } }))).toEqual(["decline"]);
    expect(buttons(view("talking", {}, call()))).toEqual(["hangUp", "hold", "mute", "digits", "consult", "transfer"]);
    expect(buttons(view("held", {}, call()))).toContain("retrieve");
    expect(buttons(view("wrap_up", { until: "2026-11-21T10:00:30Z" }, call()))).toContain("extend");
    expect(buttons(view("wrap_up", {}, call()))).not.toContain("extend");
  });

  it("completes a consultation only once it is answered", () => {
    const consulting = (state: Party["state"]) => buttons(view("talking", {}, call({ consulting: true, parties: [party("customer", "held"), party("agent", "talking"), party("guest", state)] })));
    expect(consulting("ringing")).toEqual(["hangUp", "cancelConsult", "mute", "digits"]);
    expect(consulting("talking")).toEqual(["hangUp", "swap", "complete", "conference", "cancelConsult", "mute", "digits"]);
    const colleague = call({ consulting: true, parties: [party("agent", "talking", true, 2), party("customer", "held"), party("agent", "talking")] });
    expect(buttons(view("held", {}, colleague))).toContain("complete");
    expect(isMuted(view("held", {}, colleague))).toBe(false);
  });

  it("tells a consultation from a seat that is changed in a call", () => {
    const asks = (...more: Party[]) => isConsulting(view("talking", {}, call({ consulting: true, parties: [party("customer", "held"), party("agent", "ringing"), ...more] })));
    expect([asks(), asks(party("guest", "ringing")), asks(party("agent", "talking", false, 2))]).toEqual([false, true, true]);
  });

  it("leaves a consulted colleague what the server allows them", () => {
    const asked = (state: AgentState, muted = false) => buttons(view(state, {}, call({ consulting: true, parties: [party("customer", "held"), party("agent", "talking", false, 2), { ...party("agent", "talking", muted), consulted: true }] })));
    expect(asked("talking")).toEqual(["hangUp", "mute", "digits"]);
    expect(asked("held", true)).toEqual(["hangUp", "unmute", "digits"]);
    // The one who asks has the choice, and a guest who joined before is not the one who is asked.
    const asks = (state: Party["state"]) => buttons(view("talking", {}, call({ consulting: true, parties: [party("customer", "held"), party("agent", "talking"), party("guest", "talking"), { ...party("agent", state, false, 3), consulted: true }] })));
    expect(asks("ringing")).not.toContain("complete");
    expect(asks("talking")).toContain("complete");
  });

  it("shows own groups as the desk has them, and what was told since", () => {
    const group = (waiting: number) => ({ queue_id: 1, name: "", open: true, waiting, callbacks: 0, staffed: 1, ready: 1, busy: 0, wrapping_up: 0, on_break: 0, served: 0, callers: [] });
    const info = { live: [group(2)], askedAt: 100_000 };
    expect(ownQueue(info, 1, {})?.waiting).toBe(2);
    expect(ownQueue(info, 1, { 1: { value: group(3), at: 100_500 } })?.waiting).toBe(3);
    // Heard before an outage.
    expect(ownQueue(info, 1, { 1: { value: group(9), at: 40_000 } })?.waiting).toBe(2);
    expect(ownQueue({ live: [], askedAt: 100_000 }, 1, { 1: { value: group(9), at: 40_000 } })?.waiting).toBe(9);
    expect(ownQueue(info, 2, {})).toBeUndefined();
  });

  it("mirrors the server's word of who is muted", () => {
    expect(isMuted(view("talking", {}, call({ parties: [party("agent", "talking", true)] })))).toBe(true);
    expect(buttons(view("talking", {}, call({ parties: [party("customer", "talking"), party("agent", "talking", true)] })))).toContain("unmute");
  });

  it("asks nothing while the server or the phone is away, or another page has the desk", () => {
    const talking = view("talking", {}, call());
    expect(allowed(standing(talking), "hold")).toBe(true);
    expect(blocked(standing(talking, { link: "down" }))).toBe("link");
    expect(blocked(standing(talking, { link: "lagging" }))).toBe("link");
    expect(blocked(standing(talking, { mine: false }))).toBe("elsewhere");
    expect(allowed(standing(talking, { link: "down" }), "hold")).toBe(false);
    expect(allowed(standing(talking, { busy: true }), "hold")).toBe(false);
    const outside = view("talking", { seat: { kind: "outside", number: "+8613" } }, call());
    expect(blocked(standing(outside, { phone: silent }))).toBeNull();
    expect(allowed(standing(view("off"), { mine: false, phone: silent }), "signIn")).toBe(true);
  });

  it("blocks only answering and dialling while the phone reconnects", () => {
    const away = { phone: { ...up, line: "down", call: "ringing" } as PhoneState };
    const talking = view("talking", {}, call());
    expect((["hangUp", "hold", "mute", "transfer", "break"] as const).every((b) => allowed(standing(talking, away), b))).toBe(true);
    expect(allowed(standing(view("break"), away), "ready")).toBe(true);
    expect([allowed(standing(view("ringing"), away), "answer"), allowed(standing(view("ringing"), away), "decline")]).toEqual([false, true]);
    expect(allowed(standing(view("ready"), away), "dial")).toBe(false);
    expect(allowed(standing(view("ready", { seat: { kind: "outside", number: "+8613" } }), away), "dial")).toBe(true);
  });

  it("answers only what rings here, and reserves during a call", () => {
    expect(allowed(standing(view("ringing")), "answer")).toBe(false);
    expect(allowed(standing(view("ringing"), { phone: { ...up, call: "ringing" } }), "answer")).toBe(true);
    expect(allowed(standing(view("talking", {}, call())), "break")).toBe(true);
    expect(allowed(standing(view("ringing")), "break")).toBe(false);
  });

  it("knows a break that nobody asked for", () => {
    expect(["unreachable", "declined", "no_answer"].every((reason) => givenBreak(view("break", { reason })))).toBe(true);
    expect([givenBreak(view("break", { reason: "rest" })), givenBreak(view("break", { reason: "signed_in" })), givenBreak(view("ready"))]).toEqual([null, null, null]);
  });

  it("names breaks, the system's own too", () => {
    const t = (s: string) => s;
    expect(breakName("rest", [{ code: "rest", name: "小休", ms_max: 0 }], t)).toBe("小休");
    expect(breakName("no_answer", [], t)).toBe(systemBreak.no_answer);
    expect(breakName("odd", [], t)).toBe("odd");
    expect(breakName(null, [], t)).toBe("");
  });

  it("knows how much of a countdown is gone", () => {
    const at = Date.parse("2026-11-21T10:00:12Z");
    expect(spent("2026-11-21T10:00:00Z", "2026-11-21T10:00:30Z", at)).toEqual({ whole: 30_000, gone: 12_000 });
    expect(spent("2026-11-21T10:00:00Z", "2026-11-21T10:00:30Z", at + 60_000).gone).toBe(30_000);
    expect(spent("2026-11-21T10:00:30Z", "2026-11-21T10:00:00Z", at)).toEqual({ whole: 0, gone: 0 });
  });

  it("tells seats apart", () => {
    expect(sameSeat(browser, { kind: "browser", extension: 61 })).toBe(true);
    expect(sameSeat(browser, { kind: "phone", extension: 61 })).toBe(false);
    expect(sameSeat({ kind: "outside", number: "1" }, { kind: "outside", number: "2" })).toBe(false);
    expect(sameSeat(null, null)).toBe(true);
  });

  it("takes numbers as people type them", () => {
    expect(plainNumber("0531 8800-1234")).toBe("053188001234");
    expect(["110", "8001", "+8613800138000", "(010) 8888-6666", "（010）8888 6666", "1".repeat(20)].map((n) => numberFault(n))).toEqual([null, null, null, null, null, null]);
    expect(["", "12", "+1", "1".repeat(21)].map((n) => numberFault(n))).toEqual(["short", "short", "short", "long"]);
    expect(["abc", "1+2", "１３８", "138****8000", "*61#"].map((n) => numberFault(n))).toEqual(["letters", "letters", "letters", "keys", "keys"]);
    expect(numberFault("12", ["12"])).toBeNull();
    expect(["1380013800", "138001380001", "+861380013800", "138 0013 800", "00861380013800"].map((n) => numberFault(n))).toEqual(["mobile", "mobile", "mobile", "mobile", "mobile"]);
    expect(["13800138000", "+8613800138000", "008613800138000", "013800138000", "1391", "4008001234", "075588001234"].map((n) => numberFault(n))).toEqual([null, null, null, null, null, null, null]);
    expect(["110", "120", "122", "10086", "12345", "95588", "955888", "96110", "116114"].some(asksFirst)).toBe(false);
    expect(["6001", "800", "600123", "1001", "138001", "13800"].every(asksFirst)).toBe(true);
    expect(["13800138000", "8001234", "+110"].some(asksFirst)).toBe(false);
    expect([validOutside("13800138000"), validOutside("+86 138-0013-8000"), validOutside("8001"), validOutside("*61#123")]).toEqual([true, true, false, false]);
    expect(validDigits("12*#,")).toBe(true);
    expect(validDigits("1".repeat(33)) || validDigits("")).toBe(false);
  });
});

describe("what is told once", () => {
  const t = (text: string, holes: Record<string, string> = {}) => text.replace(/\{\{(\w+)\}\}/g, (_, k: string) => holes[k] ?? "");
  it("is a sentence", () => {
    expect(told({ kind: "dial_failed", disposition: "invalid", number: "13800138000" }, t)?.text).toMatch(/没有拨通：空号$/);
    expect(told({ kind: "dial_failed", disposition: "no_route", number: "1" }, t)?.text).toMatch(/没有匹配的路由$/);
    expect(told({ kind: "dial_failed", disposition: "odd", number: "110" }, t)?.text).toBe("110 没有拨通");
    expect(told({ kind: "came_back", number: "1", name: "王建国" }, t)?.text).toBe("转接没有人接，客户 王建国 回到您这里了");
    expect((["released", "signed_out_next", "break_next"] as const).every((kind) => told({ kind }, t)?.text)).toBe(true);
    expect(told({ kind: "signed_out" }, t)).toBeNull();
  });
});

describe("shortcuts", () => {
  const key = (code: string, more: object = {}) => shortcutOf({ code, ctrlKey: true, shiftKey: true, altKey: false, metaKey: false, isComposing: false, repeat: false, ...more });
  it("are Ctrl+Shift and a letter", () => {
    expect(["KeyA", "KeyH", "KeyO", "KeyM", "KeyR", "KeyD", "KeyT", "KeyX", "KeyC"].map((k) => key(k))).toEqual(["answer", "hangUp", "hold", "mute", "ready", "dial", "transfer", "transfer", "consult"]);
    expect(key("KeyZ")).toBeNull();
    expect(key("KeyA", { shiftKey: false })).toBeNull();
    expect(key("KeyA", { altKey: true })).toBeNull();
    expect(key("KeyA", { repeat: true })).toBeNull();
  });
  it("rest while an input method composes", () => {
    expect(key("KeyA", { isComposing: true })).toBeNull();
    expect(key("KeyA", { keyCode: 229 })).toBeNull();
  });
});

describe("what was noted about calls", () => {
  const brief = (id: number) => ({ id, name: "", company: "", classes: [] });
  it("begins with the only match", () => {
    expect(firstDraft(call({ customers: [brief(5)] })).customer_id).toBe(5);
    expect(firstDraft(call({ customers: [brief(5), brief(6)] })).customer_id).toBeNull();
    expect(firstDraft(call())).toEqual(blank);
  });
  it("is kept by call, the saved ones let go first", () => {
    let all: Noted[] = noted([], call(), { note: "一" }, true);
    all = noted(all, call(), { disposition: "d1" }, true);
    expect(all).toHaveLength(1);
    expect(all[0]?.draft).toMatchObject({ note: "一", disposition: "d1" });
    for (let id = 100; id < 130; id += 1) all = noted(all, call({ call_id: id }), {}, false);
    expect(all).toHaveLength(20);
    expect(all.some((n) => n.call_id === 7 && n.dirty)).toBe(true);
  });
});

describe("a new customer that is not saved", () => {
  it("is kept by number, over calls, with its dates; a masked number is nobody's", () => {
    const at = (call_id: number, number = "+8613912345678") => call({ call_id, number });
    const form = { ...filled(null, at(7), []), name: "王", next_contact_at: dayjs("2026-11-30T09:00:00Z") };
    const all = JSON.parse(JSON.stringify(withNewcomer([], at(7), form))) as Newcomer[];
    const back = newcomerOf(all, at(8));
    expect(back && revived(back)).toMatchObject({ name: "王", numbers: [{ number: "+8613912345678", main: true }] });
    expect(back && revived(back).next_contact_at?.toISOString()).toBe("2026-11-30T09:00:00.000Z");
    expect(withNewcomer(all, at(8), form)).toHaveLength(1);
    const masked = withNewcomer([], at(7, "+86139****5678"), form);
    expect([newcomerOf(masked, at(7, "+86139****5678")) !== undefined, newcomerOf(masked, at(8, "+86139****5678"))]).toEqual([true, undefined]);
  });
});

describe("a customer at the desk", () => {
  const field = { key: "trade", name: "专业", kind: "text" as const, choices: [], required: false };
  it("begins with what is known of the caller; a masked number is left to the server", () => {
    const form = filled(null, call({ data: { 专业: "机电", 其他: 3 } }), [field]);
    expect(form).toMatchObject({ name: "王建国", fields: { trade: "机电" }, numbers: [{ number: "+86139****5678", main: true }] });
    expect(toInput(form, null, call())).toMatchObject({ name: "王建国", numbers: [], call_id: 7, fields: { trade: "机电" } });
  });
  it("keeps numbers that have a record, and what the form does not show", () => {
    const record = { id: 1, tenant_id: 1, name: "王", company: "", classes: [], owner_id: 4, fields: {}, note: "", created_at: "", updated_at: "", revision: 3, numbers: [{ id: 9, customer_id: 1, number: "+86139****5678", label: "手机", main: true }], lists: [] };
    const sent = toInput({ ...filled(record, call(), []), name: " 王五 " }, record);
    expect(sent).toMatchObject({ name: "王五", owner_id: 4, numbers: [{ id: 9, number: "+86139****5678" }] });
    expect(sent).not.toHaveProperty("call_id");
  });
  it("has one history of calls, messages and notes, newest first", () => {
    const note = { id: 1, call_id: 11, agent_id: 1, disposition: "", note: "", created_at: "2026-11-21T08:00:00Z", updated_at: "" };
    const past = merged({ calls: [{ id: 10, started_at: "2026-11-21T10:00:00Z" }, { id: 11, started_at: "2026-11-21T07:00:00Z" }] as never, messages: [{ id: 3, created_at: "2026-11-21T09:00:00Z" }] as never, summaries: [note, { ...note, id: 2, call_id: 99 }] });
    expect(past.map((p) => p.id)).toEqual(["c10", "m3", "s2", "c11"]);
    expect(past[3]).toMatchObject({ notes: [{ id: 1 }] });
  });
});

describe("loudness", () => {
  it("runs from silence to a near voice", () => {
    const tone = (a: number) => Float32Array.from({ length: 1024 }, (_, i) => a * Math.sin(i / 5));
    expect(loudness(new Float32Array(1024))).toBe(0);
    expect(loudness(tone(0.01))).toBeGreaterThan(20);
    expect(loudness(tone(0.9))).toBe(100);
    expect(loudness(new Float32Array(0))).toBe(0);
  });
});
