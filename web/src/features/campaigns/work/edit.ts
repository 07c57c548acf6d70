/** Editing a script, a form and outcomes. Pure. */
import type { AgentWork, FormField, OutcomeDef, Question, ScriptPage } from "@/api/work.ts";
import type { FieldDef, ResultDef, Vars } from "@/api/types.ts";

/** `p1`, `p2`… the first one that is free. */
export function fresh(prefix: string, taken: readonly string[]): string {
  for (let n = 1; ; n += 1) if (!taken.includes(`${prefix}${n}`)) return `${prefix}${n}`;
}

/** Keys of questions and fields: one namespace. */
export const keysOf = (w: AgentWork): string[] => [...w.script.flatMap((p) => p.questions.map((q) => q.key)), ...w.form.map((f) => f.key)];

export const newPage = (w: AgentWork, title: string): ScriptPage => ({ id: fresh("p", w.script.map((p) => p.id)), title, text: "", questions: [], choices: [] });
export const newQuestion = (w: AgentWork): Question => ({ key: fresh("q", keysOf(w)), label: "", kind: "single", options: [], required: false });
export const newField = (w: AgentWork): FormField => ({ key: fresh("f", keysOf(w)), label: "", kind: "text", required: false, pattern: "", options: [], help: "" });
export const newOutcome = (w: AgentWork): OutcomeDef => ({ code: fresh("o", w.outcomes.map((o) => o.code)), label: "", result: null, then: { do: "settle" }, needs_form: false, needs_answers: false, needs_note: false });

/** Branches that led to it lead nowhere any more and go too. */
export function removePage(w: AgentWork, id: string): AgentWork {
  return { ...w, script: w.script.filter((p) => p.id !== id).map((p) => ({ ...p, choices: p.choices.filter((c) => c.to !== id) })) };
}
export function replaced<T>(all: readonly T[], i: number, part: Partial<T>): T[] {
  return all.map((old, j) => (j === i ? { ...old, ...part } : old));
}
export function moved<T>(all: readonly T[], i: number, by: -1 | 1): T[] {
  const to = i + by;
  const [a, b] = [all[i], all[to]];
  if (a === undefined || b === undefined) return [...all];
  return all.map((x, j) => (j === i ? b : j === to ? a : x));
}

/** Pages that no branch leads to: nobody will ever see them. */
export function unreached(w: AgentWork): ScriptPage[] {
  const seen = new Set<string>();
  const walk = (id: string | undefined) => {
    if (id === undefined || seen.has(id)) return;
    seen.add(id);
    for (const c of w.script.find((p) => p.id === id)?.choices ?? []) walk(c.to);
  };
  walk(w.script[0]?.id);
  return w.script.filter((p) => !seen.has(p.id));
}

export interface Piece { text: string; kind: "text" | "value" | "hole" | "bad" }
/** A text as the agent will see it: values of the task itself, holes where the customer's stand. */
export function preview(text: string, known: { name: string; agent: string; variables: Vars; fields: readonly FieldDef[] }): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const m of text.matchAll(/\{\{(.*?)\}\}/gs)) {
    if (m.index > at) pieces.push({ text: text.slice(at, m.index), kind: "text" });
    pieces.push(piece((m[1] ?? "").trim(), known));
    at = m.index + m[0].length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), kind: "text" });
  return pieces;
}

const OWN: Record<string, string> = { name: "姓名", phone: "电话", region: "归属地" };
function piece(name: string, known: Parameters<typeof preview>[1]): Piece {
  const [, root, key] = /^(lead|campaign|agent)\.([\p{L}\p{N}_]+)$/u.exec(name) ?? [];
  if (root === "lead" && key) return { text: known.fields.find((f) => f.key === key)?.label ?? OWN[key] ?? key, kind: "hole" };
  if (root === "agent" && (key === "name" || key === "number")) return key === "name" ? { text: known.agent, kind: "value" } : { text: "工号", kind: "hole" };
  if (root === "campaign" && key === "name") return { text: known.name, kind: "value" };
  if (root === "campaign" && key) {
    const v = known.variables[key];
    return v === undefined || v === null || v === "" ? { text: key, kind: "bad" } : { text: typeof v === "string" ? v : JSON.stringify(v), kind: "value" };
  }
  return { text: `{{${name}}}`, kind: "bad" };
}

/** A template's results count where the campaign may still be given them. */
export function adopted(work: AgentWork, wanted: readonly ResultDef[], known: readonly ResultDef[], mayAdd: boolean): { work: AgentWork; added: ResultDef[] } {
  const added = mayAdd ? wanted.filter((r) => !known.some((k) => k.code === r.code)) : [];
  const has = (code: string) => [...known, ...added].some((r) => r.code === code);
  return { work: { ...work, outcomes: work.outcomes.map((o) => ({ ...o, result: o.result && has(o.result) ? o.result : null })) }, added };
}

export interface Fault { field: string; detail: string }
/** Which part of the editor a fault belongs to, and at which row. */
export function placeOf(field: string): { part: "script" | "form" | "outcomes"; row: number } | null {
  const m = /^agent_work\.(script|form|outcomes)(?:\.(\d+))?/.exec(field);
  return m?.[1] ? { part: m[1] as "script" | "form" | "outcomes", row: Number(m[2] ?? 0) } : null;
}
