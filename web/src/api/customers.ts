/** 客户: who calls and is called, and what was noted. */
import { body, loose } from "./http.ts";
import { open } from "./open.ts";
import type { CallerClass } from "./queues.ts";
import type { Call, ListKind, Page, Sms, Vars } from "./types.ts";

export type CustomerFieldKind = "text" | "number" | "date" | "select";
export interface CustomerField { key: string; name: string; kind: CustomerFieldKind; choices: string[]; required: boolean }
export interface SummaryChoice { code: string; name: string }
export interface CustomerSettings { fields: CustomerField[]; dispositions: SummaryChoice[] }

export interface CustomerNumber { id: number; customer_id: number; number: string; label: string; main: boolean }
export interface Customer {
  id: number; tenant_id: number; name: string; company: string; classes: CallerClass[]; owner_id?: number | null; seat_id?: number | null; fields: Vars; note: string;
  next_contact_at?: string | null; created_at: string; updated_at: string; revision: number; numbers: CustomerNumber[];
  /** Lists that hold one of the numbers. */
  lists?: ListKind[];
}
export interface CustomerBrief { id: number; name: string; company: string; classes: CallerClass[]; owner_id?: number | null; seat_id?: number | null }
export interface Summary {
  id: number; call_id: number; agent_id: number; customer_id?: number | null; disposition: string; note: string; next_contact_at?: string | null; created_at: string; updated_at: string;
}
export interface CustomerInput {
  name: string; company: string; classes: CallerClass[]; owner_id?: number | null; seat_id?: number | null; fields: Vars; note: string; next_contact_at?: string | null;
  numbers: { id?: number; number: string; label: string; main: boolean }[];
}
export interface History {
  calls: Call[]; messages: Sms[]; summaries: Summary[];
  /** Where what came earlier begins; none: there is nothing more. */
  next_before?: string | null;
}

const at = (id: number) => ({ params: { path: { id } } });

export const getCustomers = (query: Record<string, unknown>): Promise<Page<Customer>> => body(open.GET<Page<Customer>>("/api/v1/customers", { params: { query } }));
export const getCustomer = (id: number): Promise<Customer> => body(open.GET<Customer>("/api/v1/customers/{id}", at(id)));
export const createCustomer = (b: CustomerInput): Promise<Customer> => body(open.POST<Customer>("/api/v1/customers", { body: loose(b) }));
export const updateCustomer = (id: number, b: CustomerInput & { revision: number }): Promise<Customer> => body(open.PUT<Customer>("/api/v1/customers/{id}", { ...at(id), body: loose(b) }));
export const deleteCustomer = (id: number): Promise<void> => body(open.DELETE("/api/v1/customers/{id}", at(id)));
export const getHistory = (id: number, before?: string | null): Promise<History> =>
  body(open.GET<History>("/api/v1/customers/{id}/history", { params: { path: { id }, query: before ? { before } : {} } }));
export const matchCustomers = (number: string): Promise<CustomerBrief[]> => body(open.GET<CustomerBrief[]>("/api/v1/customers/match", { params: { query: { number } } }));
const listed = (id: number, kind: ListKind) => ({ params: { path: { id, kind } } });
export const putOnList = (id: number, kind: ListKind): Promise<void> => body(open.PUT("/api/v1/customers/{id}/lists/{kind}", listed(id, kind)));
export const takeOffList = (id: number, kind: ListKind): Promise<void> => body(open.DELETE("/api/v1/customers/{id}/lists/{kind}", listed(id, kind)));

export const putCustomerSettings = (b: CustomerSettings): Promise<CustomerSettings> => body(open.PUT<CustomerSettings>("/api/v1/settings/customers", { body: loose(b) }));
