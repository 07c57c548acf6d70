/** What there is to say and ask in the call at the desk, and the draft of it: here and, a moment later, on the server. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { DeskCall } from "@/api/desk.ts";
import { getWork, putWork, type WorkView } from "@/api/work.ts";
import { change, draftOf, saved as keptSaved, useDrafts } from "./drafts.ts";
import { blankWork, toInput, workDraftOf, type WorkDraft } from "./work.ts";

/** Null: the call belongs to no campaign, or its work cannot be had; the summary alone is there. */
export function useWorkView(call: DeskCall | null): WorkView | null {
  const query = useQuery({ queryKey: ["work", call?.call_id], queryFn: () => getWork(call?.call_id ?? 0), enabled: call !== null, staleTime: Infinity, retry: 1 });
  return query.data ?? null;
}

export const setWork = (call: DeskCall, now: WorkDraft, part: Partial<WorkDraft>): void => { change(call, { work: { ...now, ...part } }); };

/** How long typing rests before the server is given the draft. */
const REST_MS = 1_500;

export function useWorkDraft(call: DeskCall, work: WorkView | null): WorkDraft {
  const drafts = useDrafts();
  const entry = drafts.find((n) => n.call_id === call.call_id);
  const draft = draftOf(drafts, call);
  const before = work?.saved;
  // What was written on another page or before the browser was closed is the start.
  useEffect(() => {
    if (!before || entry?.draft.work) return;
    change(call, { work: workDraftOf(before), ...(before.outcome ? { disposition: before.outcome } : {}) });
    if (before.final_at) keptSaved(call);
  }, [before, entry, call]);
  const sent = useRef("");
  const text = work && entry?.dirty && draft.work ? JSON.stringify(toInput({ ...draft, disposition: "", note: "" }, false)) : "";
  useEffect(() => {
    if (!text || text === sent.current) return undefined;
    const timer = setTimeout(() => {
      sent.current = text;
      // It is kept here in any case; saving says what went wrong.
      void putWork(call.call_id, toInput(draft, false)).catch(() => { sent.current = ""; });
    }, REST_MS);
    return () => { clearTimeout(timer); };
  }, [text, call.call_id, draft]);
  return draft.work ?? blankWork;
}
