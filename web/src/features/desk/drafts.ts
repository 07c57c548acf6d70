/** What an agent has noted and not yet saved, by call. Kept over pages and a reload; a call that comes meanwhile takes nothing away. */
import { own } from "@/app/own.ts";
import type { DeskCall } from "@/api/desk.ts";
import type { WorkDraft } from "./work.ts";

export interface Draft {
  customer_id: number | null; disposition: string; note: string; next_contact_at: string | null;
  /** Of a task's call. */
  work?: WorkDraft;
}
export interface Noted {
  call_id: number;
  /** Who it was, for the list of what is not saved. */
  name: string;
  number: string;
  draft: Draft;
  dirty: boolean;
}

export const blank: Draft = { customer_id: null, disposition: "", note: "", next_contact_at: null };

/** With one match there is nothing to choose. */
export function firstDraft(call: Pick<DeskCall, "customers">): Draft {
  const [only, more] = call.customers;
  return { ...blank, customer_id: only && !more ? only.id : null };
}

const KEPT_MAX = 20;

export function noted(all: readonly Noted[], call: DeskCall, change: Partial<Draft>, dirty: boolean): Noted[] {
  const old = all.find((n) => n.call_id === call.call_id);
  const draft = { ...(old?.draft ?? firstDraft(call)), ...change };
  const rest = all.filter((n) => n.call_id !== call.call_id);
  const kept = [{ call_id: call.call_id, name: call.name, number: call.number, draft, dirty }, ...rest];
  // Saved ones are let go first.
  return kept.length <= KEPT_MAX ? kept : [...kept.filter((n) => n.dirty), ...kept.filter((n) => !n.dirty)].slice(0, KEPT_MAX);
}

const EMPTY: readonly Noted[] = [];
const kept = own<readonly Noted[]>("summaries", EMPTY);
const all = kept.get;
const set = kept.set;

export const useDrafts = (): readonly Noted[] => kept.use();
export const unsaved = (): Noted[] => all().filter((n) => n.dirty);

export const change = (call: DeskCall, part: Partial<Draft>): void => { set(noted(all(), call, part, true)); };
export const chooseCustomer = (call: DeskCall, id: number | null): void => {
  const old = all().find((n) => n.call_id === call.call_id);
  set(noted(all(), call, { customer_id: id }, old?.dirty ?? false));
};
export const saved = (call: DeskCall): void => { set(noted(all(), call, {}, false)); };
export const drop = (call_id: number): void => { set(all().filter((n) => n.call_id !== call_id)); };
export const draftOf = (drafts: readonly Noted[], call: DeskCall): Draft => drafts.find((n) => n.call_id === call.call_id)?.draft ?? firstDraft(call);
