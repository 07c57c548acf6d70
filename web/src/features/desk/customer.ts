/** Between a customer's record and the form of the desk. Pure. */
import dayjs, { type Dayjs } from "dayjs";
import type { Customer, CustomerField, CustomerInput } from "@/api/customers.ts";
import type { DeskCall } from "@/api/desk.ts";
import type { CallerClass } from "@/api/queues.ts";
import type { Vars } from "@/api/types.ts";
import { isMasked } from "@/format/text.ts";

export interface CustomerForm {
  name: string; company: string; classes: CallerClass[]; next_contact_at: Dayjs | null; fields: Vars; note: string;
  numbers: { id?: number; number: string; label: string; main: boolean }[];
}

/** What the form begins with: the customer's record, or what is known of who is calling. */
export function filled(customer: Customer | null, call: DeskCall, fields: CustomerField[]): CustomerForm {
  if (customer) {
    return {
      name: customer.name, company: customer.company, classes: customer.classes, note: customer.note, fields: customer.fields,
      next_contact_at: customer.next_contact_at ? dayjs(customer.next_contact_at) : null,
      numbers: customer.numbers.map(({ id, number, label, main }) => ({ id, number, label, main })),
    };
  }
  // A campaign's columns often carry what the tenant keeps of its customers.
  const known = Object.fromEntries(fields.filter((f) => f.kind === "text" && typeof call.data[f.name] === "string").map((f) => [f.key, call.data[f.name]]));
  return { name: call.name, company: "", classes: [], note: "", fields: known, next_contact_at: null, numbers: call.number ? [{ number: call.number, label: "", main: true }] : [] };
}

export type NewCustomer = CustomerInput & { call_id?: number };

/** What is sent. A masked number is nothing to save: the server adds that of the call. */
export function toInput(f: CustomerForm, customer: Customer | null, call?: DeskCall): NewCustomer {
  const numbers = f.numbers.filter((n) => n.id !== undefined || !isMasked(n.number)).map((n) => ({ ...n, number: n.number.trim(), label: n.label ?? "" }));
  const empty = (v: unknown) => v === undefined || v === null || v === "";
  return {
    name: f.name.trim(), company: (f.company ?? "").trim(), classes: f.classes, owner_id: customer?.owner_id ?? null, seat_id: customer?.seat_id ?? null, note: f.note ?? "",
    fields: Object.fromEntries(Object.entries(f.fields ?? {}).filter(([, v]) => !empty(v))), next_contact_at: f.next_contact_at ? f.next_contact_at.toISOString() : null,
    numbers, ...(call && isMasked(call.number) ? { call_id: call.call_id } : {}),
  };
}
