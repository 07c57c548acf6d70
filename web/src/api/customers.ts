/** 客户: who calls and is called, and what was noted. */
import { body, client, loose } from "./http.ts";
import type { CallerClass } from "./queues.ts";
import type { Call, Described, ListKind, Page, Sms, Vars } from "./types.ts";

export type CustomerFieldKind = "text" | "number" | "date" | "select";
export interface CustomerField { key: string; name: string; kind: CustomerFieldKind; choices: string[]; required: boolean }
export interface SummaryChoice { code: string; name: string }
export interface CustomerSettings { fields: CustomerField[]; dispositions: SummaryChoice[] }
export const fieldOf = (f: Described<CustomerField, "choices" | "required">): CustomerField => ({ ...f, choices: f.choices ?? [], required: f.required ?? false });

export interface CustomerNumber { id: number; customer_id: number; number: string; label: string; main: boolean }
export interface Customer {
  id: number; tenant_id: number; name: string; company: string; classes: CallerClass[]; owner_id?: number | null; seat_id?: number | null; fields: Vars; note: string;
  next_contact_at?: string | null; created_at: string; updated_at: string; revision: number; numbers: CustomerNumber[];
  /** Lists that hold one of the numbers. */
  lists: ListKind[];
}
export interface CustomerBrief { id: number; name: string; company: string; classes: CallerClass[]; owner_id?: number | null; seat_id?: number | null }
export interface Summary {
  id: number; call_id: number; agent_id: number; customer_id?: number | null; disposition: string; label?: string; note: string; next_contact_at?: string | null; created_at: string; updated_at: string;
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
/** A tenant's own fields are described as an empty object. */
const own = (b: CustomerInput) => ({ fields: loose(b.fields) });

export const getCustomers = (query: Record<string, unknown>): Promise<Page<Customer>> => body(client.GET("/api/v1/customers", { params: { query } }));
export const getCustomer = (id: number): Promise<Customer> => body(client.GET("/api/v1/customers/{id}", at(id)));
export const createCustomer = (b: CustomerInput): Promise<Customer> => body(client.POST("/api/v1/customers", { body: { ...b, ...own(b) } }));
export const updateCustomer = (id: number, b: CustomerInput & { revision: number }): Promise<Customer> => body(client.PUT("/api/v1/customers/{id}", { ...at(id), body: { ...b, ...own(b) } }));
export const deleteCustomer = (id: number): Promise<void> => body(client.DELETE("/api/v1/customers/{id}", at(id)));
export const getHistory = (id: number, before?: string | null): Promise<History> =>
  body(client.GET("/api/v1/customers/{id}/history", { params: { path: { id }, query: before ? { before } : {} } }));
export const matchCustomers = (number: string): Promise<CustomerBrief[]> => body(client.GET("/api/v1/customers/match", { params: { query: { number } } }));
const listed = (id: number, kind: ListKind) => ({ params: { path: { id, kind } } });
export const putOnList = (id: number, kind: ListKind): Promise<void> => body(client.PUT("/api/v1/customers/{id}/lists/{kind}", listed(id, kind)));
export const takeOffList = (id: number, kind: ListKind): Promise<void> => body(client.DELETE("/api/v1/customers/{id}/lists/{kind}", listed(id, kind)));

export const customerSettingsOf = (s: { fields: Parameters<typeof fieldOf>[0][]; dispositions: SummaryChoice[] }): CustomerSettings => ({ ...s, fields: s.fields.map(fieldOf) });
export const putCustomerSettings = async (b: CustomerSettings): Promise<CustomerSettings> => customerSettingsOf(await body(client.PUT("/api/v1/settings/customers", { body: b })));
