/** 话术与表单: what agents of a campaign say, ask and note, what they wrote, and whom they are to call. */
import type { CampaignView } from "./campaigns.ts";
import { body, client, loose } from "./http.ts";
import type { Confirmation, Page, ResultDef, Vars } from "./types.ts";

export type QuestionKind = "single" | "multiple" | "text" | "number" | "date" | "score";
export interface Question { key: string; label: string; kind: QuestionKind; options: string[]; required: boolean; min?: number | null; max?: number | null }
export interface Branch { label: string; to: string }
export interface ScriptPage { id: string; title: string; text: string; questions: Question[]; choices: Branch[] }
export type FormFieldKind = "text" | "number" | "money" | "date" | "datetime" | "choice" | "multi" | "phone";
export interface FormField {
  key: string; label: string; kind: FormFieldKind; required: boolean; min?: number | null; max?: number | null; length_max?: number | null; pattern: string; options: string[]; help: string;
}
export type Follow = { do: "settle" | "callback" | "refuse" | "wrong_number" } | { do: "retry"; minutes: number } | { do: "confirm"; flow: number };
export interface OutcomeDef { code: string; label: string; result?: string | null; then: Follow; needs_form: boolean; needs_answers: boolean; needs_note: boolean }
export interface AgentWork { script: ScriptPage[]; form: FormField[]; outcomes: OutcomeDef[] }

export type Refusal = "task" | "all";
export interface CallWork {
  id: number; campaign_id: number; lead_id: number; call_id: number; agent_id: number; path: string[]; answers: Vars; form: Vars; outcome: string; outcome_label: string; confirmed: boolean;
  callback_at?: string | null; callback_mine: boolean; refusal?: Refusal | null; result?: string | null; final_at?: string | null; updated_at: string;
}
/** Texts have the customer's values. */
export type WorkView = AgentWork & {
  campaign_id: number; campaign_name: string; lead_id: number; call_id?: number | null; name: string; results: ResultDef[]; saved?: CallWork | null;
  earlier: { agent_id: number; outcome_label: string; at: string }[];
  confirmation?: Confirmation | null;
  /** The campaign calls nobody any more. */
  over: boolean;
};
export interface WorkInput {
  path: string[]; answers: Vars; form: Vars; outcome: string; callback: { at: string; mine: boolean } | null; refusal: Refusal | null; note: string;
  customer_id: number | null; next_contact_at: string | null; done: boolean;
}
export interface Appointment {
  id: number; campaign_id?: number | null; lead_id?: number | null; customer_id?: number | null; call_id: number; agent_id: number; mine: boolean; phone: string; name: string; note: string;
  due_at: string; state: "due" | "done" | "cancelled"; dialled_at?: string | null;
}

/** As it is described: what has a default is optional there, though the server always writes it. */
export function workOf(given: unknown): AgentWork {
  const w = (given ?? {}) as Partial<AgentWork>;
  return {
    script: (w.script ?? []).map((p) => ({ ...p, questions: (p.questions ?? []).map((q) => ({ ...q, options: q.options ?? [], required: q.required ?? false })), choices: p.choices ?? [] })),
    form: (w.form ?? []).map((f) => ({ ...f, required: f.required ?? false, pattern: f.pattern ?? "", options: f.options ?? [], help: f.help ?? "" })),
    outcomes: (w.outcomes ?? []).map((o) => ({ ...o, needs_form: o.needs_form ?? false, needs_answers: o.needs_answers ?? false, needs_note: o.needs_note ?? false })),
  };
}

const at = (id: number) => ({ params: { path: { id } } });
/** What there is to do in a call; null: it belongs to no campaign. */
export const getWork = async (call: number): Promise<WorkView | null> => {
  const view = (await body(client.GET("/api/v1/calls/{id}/work", at(call)))) as unknown as WorkView | null;
  return view ? { ...view, ...workOf(view) } : null;
};
/** Of a lead that is not called yet. */
export const getLeadWork = async (lead: number): Promise<WorkView> => {
  const view = (await body(client.GET("/api/v1/leads/{id}/work", at(lead)))) as unknown as WorkView;
  return { ...view, ...workOf(view) };
};
export const putWork = (call: number, b: WorkInput): Promise<CallWork> => body(client.PUT("/api/v1/calls/{id}/work", { ...at(call), body: loose(b) })) as unknown as Promise<CallWork>;
export const putAgentWork = (id: number, b: { revision: number; agent_work: AgentWork; results: ResultDef[] }): Promise<CampaignView> =>
  body(client.PUT("/api/v1/campaigns/{id}/agent-work", { ...at(id), body: loose(b) })) as unknown as Promise<CampaignView>;
export const getAppointments = (): Promise<Page<Appointment>> => body(client.GET("/api/v1/desk/appointments"));
export const changeAppointment = (id: number, b: { state?: Appointment["state"]; due_at?: string }): Promise<Appointment> => body(client.PATCH("/api/v1/appointments/{id}", { ...at(id), body: b }));
