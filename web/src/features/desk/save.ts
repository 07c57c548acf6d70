import { putSummary } from "@/api/desk.ts";
import { putWork } from "@/api/work.ts";
import type { Draft } from "./drafts.ts";
import { toInput } from "./work.ts";

/** A call of a task is closed with all that was asked in it; any other has its summary. */
export async function write(call: number, draft: Draft, ofTask: boolean): Promise<void> {
  const { work, ...summary } = draft;
  await (ofTask || work ? putWork(call, toInput(draft, true)) : putSummary(call, summary));
}
