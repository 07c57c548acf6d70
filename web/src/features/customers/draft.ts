/** Between a customer's record and its form, and what two people changed at once. Pure. */
import dayjs, { type Dayjs } from "dayjs";
import type { Customer, CustomerField, CustomerInput } from "@/api/customers.ts";
import type { CallerClass } from "@/api/queues.ts";
import type { Vars } from "@/api/types.ts";
import { dateTime } from "@/format/text.ts";
import { L } from "@/format/words.ts";

export interface CustomerDraft {
  name: string; company: string; classes: CallerClass[]; owner_id: number | null; seat_id: number | null; next_contact_at: Dayjs | null; fields: Vars; note: string;
  numbers: { id?: number; number: string; label: string; main: boolean }[];
}

export const BLANK: CustomerDraft = { name: "", company: "", classes: [], owner_id: null, seat_id: null, next_contact_at: null, fields: {}, note: "", numbers: [{ number: "", label: "", main: true }] };

export const toDraft = (c: Customer): CustomerDraft => ({
  name: c.name, company: c.company, classes: c.classes, owner_id: c.owner_id ?? null, seat_id: c.seat_id ?? null, fields: c.fields, note: c.note,
  next_contact_at: c.next_contact_at ? dayjs(c.next_contact_at) : null, numbers: c.numbers.map(({ id, number, label, main }) => ({ id, number, label, main })),
});

const empty = (v: unknown): boolean => v === undefined || v === null || v === "";

/** One number is the main one: the first where none is marked. */
export function oneMain<T extends { main: boolean }>(numbers: readonly T[]): T[] {
  const at = Math.max(0, numbers.findIndex((n) => n.main));
  return numbers.map((n, i) => ({ ...n, main: i === at }));
}

export function toInput(d: CustomerDraft): CustomerInput {
  const numbers = d.numbers.map((n) => ({ ...(n.id === undefined ? {} : { id: n.id }), number: n.number.trim(), label: (n.label ?? "").trim(), main: n.main ?? false })).filter((n) => n.number);
  return {
    name: d.name.trim(), company: (d.company ?? "").trim(), classes: d.classes ?? [], owner_id: d.owner_id ?? null, seat_id: d.seat_id ?? null, note: d.note ?? "", numbers: oneMain(numbers),
    fields: Object.fromEntries(Object.entries(d.fields ?? {}).filter(([, v]) => !empty(v))), next_contact_at: d.next_contact_at ? d.next_contact_at.toISOString() : null,
  };
}

export interface Difference { key: string; label: string; theirs: string; mine: string }

const LABELS: Partial<Record<keyof CustomerInput, string>> = {
  name: L("姓名"), company: L("单位"), classes: L("客户类别"), owner_id: L("归属坐席"), seat_id: L("VIP 专席"), note: L("备注"), next_contact_at: L("下次联系"), numbers: L("号码"),
};

interface Words { t: (text: string) => string; agent: (id: number) => string; field: readonly CustomerField[]; cls: (code: string) => string }

function shown(key: keyof CustomerInput, input: CustomerInput, w: Words): string {
  switch (key) {
    case "classes":
      return input.classes.map(w.cls).join("、");
    case "owner_id":
    case "seat_id":
      return input[key] == null ? "" : w.agent(input[key]);
    case "next_contact_at":
      return input.next_contact_at ? dateTime(input.next_contact_at) : "";
    case "numbers":
      return input.numbers.map((n) => `${n.number}${n.label ? `（${n.label}）` : ""}${n.main ? " ★" : ""}`).join("、");
    default:
      return String(input[key] ?? "");
  }
}

/** Where somebody else's version differs from what stands in the form. */
export function differences(theirs: CustomerInput, mine: CustomerInput, w: Words): Difference[] {
  const plain = (Object.keys(LABELS) as (keyof CustomerInput)[]).map((key) => ({ key, label: w.t(LABELS[key] ?? key), theirs: shown(key, theirs, w), mine: shown(key, mine, w) }));
  const custom = w.field.map((f) => ({ key: `fields.${f.key}`, label: f.name, theirs: String(theirs.fields[f.key] ?? ""), mine: String(mine.fields[f.key] ?? "") }));
  return [...plain, ...custom].filter((d) => d.theirs !== d.mine);
}
