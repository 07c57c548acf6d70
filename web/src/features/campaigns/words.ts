/** What a campaign's figures mean on a screen. Pure. */
import type { Campaign, CampaignProgress, CampaignStatus, ResultDef } from "@/api/types.ts";

export type Step = "submit" | "approve" | "start" | "pause" | "resume" | "none";

/** The one next thing to do with a campaign. */
export function nextStep(status: CampaignStatus): Step {
  switch (status) {
    case "draft": return "submit";
    case "pending": return "approve";
    case "approved": return "start";
    case "running": return "pause";
    case "paused": return "resume";
    default: return "none";
  }
}

export interface Shares { leads: number; done: number; failed: number; excluded: number; active: number; waiting: number; settled: number }

/** Leads by how far they are. */
export function shares(p: CampaignProgress): Shares {
  const n = (state: string) => p.by_state[state] ?? 0;
  const done = n("done");
  const failed = n("exhausted");
  const excluded = n("excluded");
  return {
    leads: p.leads, done, failed, excluded, active: n("dialing") + n("leased"), waiting: n("ready") + n("retry"), settled: done + failed + excluded,
  };
}

/** Who has answered, and of how many calls that is known. Stored figures count a call when it has ended; who talks now has answered too. */
export function answering(p: CampaignProgress, running: boolean): { answered: number; of: number } {
  if (!running) return { answered: p.answered, of: p.attempts };
  const answered = p.answered + p.talking;
  return { answered, of: Math.max(answered, p.attempts - p.dialing) };
}

/** Results in the campaign's own order; codes it does not know come last. */
export function resultCounts(results: ResultDef[], p: CampaignProgress): { code: string; label: string; count: number }[] {
  const known = results.map((r) => ({ code: r.code, label: r.label, count: p.by_result[r.code] ?? 0 }));
  const rest = Object.entries(p.by_result).filter(([code]) => code && !results.some((r) => r.code === code));
  return [...known, ...rest.map(([code, count]) => ({ code, label: code, count }))];
}

export function resultLabel(results: ResultDef[] | undefined, code: string | null | undefined): string | null {
  if (!code) return null;
  return results?.find((r) => r.code === code)?.label ?? code;
}

/** What counts as success: what is marked, or else the first. */
export function successes(results: ResultDef[]): ResultDef[] {
  const marked = results.filter((r) => r.success);
  return marked.length > 0 ? marked : results.slice(0, 1);
}

/** Success is what one hopes for; a result that settles nothing leaves work to do. */
export function resultTone(results: ResultDef[] | undefined, code: string | null | undefined): "ok" | "info" | "warn" {
  const def = results?.find((r) => r.code === code);
  if (def && successes(results ?? []).includes(def)) return "ok";
  return def?.settles === false ? "warn" : "info";
}

export const isEditable = (c: Pick<Campaign, "status">): boolean => c.status === "draft" || c.status === "paused" || c.status === "approved" || c.status === "running";

/** Colours of results, in the campaign's order: the first is what one hopes for. */
export const RESULT_COLORS = ["#0d7a75", "#b9862f", "#4a6fa5", "#8a5a9e", "#c0594f", "#5f8a4c", "#7a8a90"];
