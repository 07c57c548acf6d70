/** Calls, messages and notes of one customer as one list, newest first. Pure. */
import type { History, Summary } from "@/api/customers.ts";
import type { Call, Sms } from "@/api/types.ts";

export type Past =
  | { kind: "call"; id: string; at: string; call: Call; notes: Summary[] }
  | { kind: "message"; id: string; at: string; message: Sms }
  /** Of a call that is no longer kept. */
  | { kind: "note"; id: string; at: string; note: Summary };

export function merged({ calls, messages, summaries }: History): Past[] {
  const known = new Set(calls.map((c) => c.id));
  const past: Past[] = [
    ...calls.map((call): Past => ({ kind: "call", id: `c${call.id}`, at: call.started_at, call, notes: summaries.filter((s) => s.call_id === call.id) })),
    ...messages.map((message): Past => ({ kind: "message", id: `m${message.id}`, at: message.created_at, message })),
    ...summaries.filter((s) => !known.has(s.call_id)).map((note): Past => ({ kind: "note", id: `s${note.id}`, at: note.created_at, note })),
  ];
  return past.sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}
