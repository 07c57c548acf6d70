import dayjs from "dayjs";
import { describe, expect, it } from "vitest";
import type { Confirmation } from "@/api/types.ts";
import type { FormField, OutcomeDef, WorkView } from "@/api/work.ts";
import { blank } from "./drafts.ts";
import { back, blankWork, confirmationOf, fieldFault, follows, go, lacks, nearness, pageAt, quickTimes, span, toInput, unasked, workDraftOf } from "./work.ts";

const ask = (key: string, required = true) => ({ key, label: key, kind: "text" as const, options: [], required });
const outcome = (code: string, then: OutcomeDef["then"], more: Partial<OutcomeDef> = {}): OutcomeDef => ({ code, label: code, result: null, then, needs_form: false, needs_answers: false, needs_note: false, ...more });
const field = (key: string, more: Partial<FormField> = {}): FormField => ({ key, label: key, kind: "text", required: true, pattern: "", options: [], help: "", ...more });
const work: WorkView = {
  campaign_id: 1, campaign_name: "", lead_id: 1, call_id: 1, name: "", results: [{ code: "attend", label: "参加", settles: true }], earlier: [], over: false, confirmation: null,
  script: [
    { id: "p1", title: "开场", text: "", questions: [ask("a")], choices: [{ label: "好", to: "p2" }] }, { id: "p2", title: "细谈", text: "", questions: [ask("b"), ask("c", false)], choices: [] },
    { id: "p3", title: "另一路", text: "", questions: [ask("d")], choices: [] },
  ],
  form: [field("city"), field("sum", { kind: "money", required: false, min: 1 })],
  outcomes: [
    outcome("yes", { do: "settle" }, { result: "attend", needs_form: true, needs_answers: true }), outcome("later", { do: "callback" }), outcome("busy", { do: "retry", minutes: 90 }, { needs_note: true }),
    outcome("no", { do: "refuse" }), outcome("sure", { do: "confirm", flow: 1 }),
  ],
};
const of = (code: string) => work.outcomes.find((o) => o.code === code);
const lacking = (code: string, more: object = {}, note = "", came: Confirmation | null = null) => lacks(work, of(code), { ...blank, disposition: code, note, work: { ...blankWork, ...more } }, came).map((l) => l.key);

describe("the way through a script", () => {
  it("begins on the first page and goes back to it", () => {
    expect(pageAt(work.script, [])?.id).toBe("p1");
    const on = go(work.script, [], "p2");
    expect(on).toEqual(["p1", "p2"]);
    expect(pageAt(work.script, on)?.id).toBe("p2");
    expect(pageAt(work.script, back(on))?.id).toBe("p1");
  });
  it("stays where the script still is when a page has gone", () => {
    expect(pageAt(work.script, ["p1", "gone"])?.id).toBe("p1");
    expect(pageAt([], ["p1"])).toBeUndefined();
  });
  it("asks only what lies on the way", () => {
    expect(unasked(work, { ...blankWork, path: ["p1", "p2"], answers: { a: "x" } }).map((u) => u.question.key)).toEqual(["b"]);
    expect(unasked(work, { ...blankWork, path: ["p1"] }).map((u) => u.question.key)).toEqual(["a"]);
  });
});

describe("what is missing", () => {
  it("names each thing an outcome asks for, in the order of the screen", () => {
    expect(lacking("yes", { path: ["p1", "p2"] })).toEqual(["a", "b", "city"]);
    expect(lacking("yes", { path: ["p1"], answers: { a: "x" }, form: { city: "济南" } })).toEqual([]);
    expect(lacking("later")).toEqual(["callback.at"]);
    expect(lacking("no")).toEqual(["refusal"]);
    for (const came of [null, "running", "missed"] as const) expect(lacking("sure", {}, "", came)).toEqual(["confirmed"]);
    expect(lacking("sure", {}, "", "pressed")).toEqual([]);
    expect(confirmationOf({ confirmation: "running" }, { ...work, confirmation: "missed" })).toBe("running");
    expect(confirmationOf({}, { ...work, confirmation: "missed" })).toBe("missed");
    expect(lacking("busy")).toEqual(["note"]);
    expect(lacking("busy", {}, "在开会")).toEqual([]);
    expect(lacking("")).toEqual(["outcome"]);
  });
  it("names what was filled in wrongly, whatever is chosen", () => {
    expect(lacking("later", { callback: { at: "2026-11-25T01:00:00Z", mine: true }, form: { sum: 0.5 } })).toEqual(["sum"]);
  });
  it("asks nothing of a task without outcomes", () => {
    expect(lacks({ ...work, outcomes: [] }, undefined, { ...blank }, null)).toEqual([]);
  });
});

describe("fields", () => {
  it("are judged as the server judges them", () => {
    expect(fieldFault(field("x"), "")).toBeNull();
    expect(fieldFault(field("x", { pattern: "999999" }), "25001")?.text).toContain("格式");
    expect(fieldFault(field("x", { pattern: "*A9" }), "鲁B7")).toBeNull();
    expect(fieldFault(field("x", { kind: "money" }), 1.234)?.text).toContain("小数");
    expect(fieldFault(field("x", { kind: "number", max: 5 }), 6)?.params).toEqual({ max: 5 });
    expect(fieldFault(field("x", { kind: "phone" }), "12")).not.toBeNull();
    expect(fieldFault(field("x", { kind: "phone" }), "138 0013 8000")).toBeNull();
  });
});

describe("what follows", () => {
  it("is one sentence", () => {
    expect(follows(outcome("y", { do: "settle" }, { result: "attend" }), work.results)).toEqual({ result: "参加", then: "不再呼叫" });
    expect(follows(outcome("y", { do: "retry", minutes: 90 }), work.results).span).toEqual({ text: "{{n}} 分钟", n: 90 });
    expect([span(120), span(2880)]).toEqual([{ text: "{{n}} 小时", n: 2 }, { text: "{{n}} 天", n: 2 }]);
  });
});

describe("quick times", () => {
  const texts = (at: string) => quickTimes(dayjs(at)).map((q) => `${q.text} ${q.at.format("MM-DD HH:mm")}`);
  it("offers what has not passed", () => {
    expect(texts("2026-11-25T09:07:30")).toEqual(["30 分钟后 11-25 09:37", "1 小时后 11-25 10:07", "今天下午 11-25 15:00", "今天傍晚 11-25 18:00", "明天上午 11-26 10:00", "明天下午 11-26 15:00", "下周一上午 11-30 10:00"]);
    expect(texts("2026-11-25T14:50:00")).not.toContain("今天下午 11-25 15:00");
    expect(texts("2026-11-25T19:00:00").some((x) => x.startsWith("今天"))).toBe(false);
  });
  it("says tomorrow once when tomorrow is Monday", () => {
    expect(texts("2026-11-29T10:00:00").filter((x) => x.endsWith("11-30 10:00"))).toEqual(["明天上午 11-30 10:00"]);
    expect(texts("2026-11-30T10:00:00")).toContain("下周一上午 12-07 10:00");
  });
});

describe("appointments and drafts", () => {
  it("say how near they are", () => {
    const now = Date.parse("2026-11-25T09:00:00Z");
    expect(["2026-11-25T08:40:00Z", "2026-11-25T08:50:00Z", "2026-11-25T09:10:00Z", "2026-11-25T10:00:00Z"].map((d) => nearness(d, now))).toEqual(["late", "now", "soon", "later"]);
  });
  it("are sent whole, and taken up again", () => {
    const saved = { id: 1, campaign_id: 1, lead_id: 1, call_id: 1, agent_id: 1, path: ["p1"], answers: { a: "x" }, form: {}, outcome: "later", outcome_label: "", confirmed: false, callback_at: "2026-11-25T01:00:00Z", callback_mine: true, updated_at: "" };
    const draft = { ...blank, disposition: "later", work: workDraftOf(saved) };
    expect(toInput(draft, true)).toMatchObject({ outcome: "later", callback: { at: "2026-11-25T01:00:00Z", mine: true }, refusal: null, done: true, path: ["p1"] });
    expect(toInput(blank, false)).toMatchObject({ outcome: "", answers: {}, done: false });
  });
});
