/** 试算: past days of a task, replayed under other settings. */
import { body, client, loose } from "./http.ts";
import type { DialMode, Pacing } from "./types.ts";

export interface WhatIfVariant { mode: DialMode; pacing: Pacing; ring_ms_max: number; agents_change?: number; wrap_up_ms_max?: number | null }
/** Half of the 95 % interval; 0 where it was measured. */
export interface Figure { mean: number; half: number }
export interface WhatIfHour { at: string; dials: number; talks: number; occupancy: number; abandoned: number }
export interface WhatIfFigures {
  occupancy: Figure; abandoned: Figure; wait_s: Figure; talks: Figure; talks_per_hour: Figure; dials: Figure; given_up: Figure; agent_hours: number; allowed: boolean; hours: WhatIfHour[];
}
export type WhatIfNote = "changed" | "rings_longer" | "few_runs";
export interface WhatIfResult {
  measured: WhatIfFigures; as_was: WhatIfFigures; variants: WhatIfFigures[]; closeness: "good" | "fair" | "poor"; best?: number | null; runs: number; agents_max: number; notes: WhatIfNote[];
}
export interface Missing { part: "answers" | "talks" | "agent_hours"; have: number; need: number }
export interface WhatIf {
  id: number; state: "running" | "done" | "missing" | "too_much" | "cancelled" | "failed"; done: number; total: number; from: string; until: string; as_was: WhatIfVariant; variants: WhatIfVariant[];
  asked_by: string; asked_at: string; missing: Missing[]; result?: WhatIfResult | null;
}

const at = (id: number) => ({ params: { path: { id } } });

export const getWhatIf = (id: number): Promise<WhatIf | null> => body(client.GET("/api/v1/campaigns/{id}/what-if", at(id)));
export const askWhatIf = (id: number, b: { from: string; until: string; variants: WhatIfVariant[] }): Promise<WhatIf> => body(client.POST("/api/v1/campaigns/{id}/what-if", { ...at(id), body: loose(b) }));
export const cancelWhatIf = (id: number): Promise<void> => body(client.DELETE("/api/v1/campaigns/{id}/what-if", at(id)));
