/** The last minutes of a task's pacing, gathered from the stream while the page is open: the server keeps only the present. */
import { useSyncExternalStore } from "react";
import type { CampaignProgress, PacingLive } from "@/api/types.ts";
import { liveNow, onLive } from "@/live/socket.ts";

export interface Sample { at: number; in_flight: number; ready: number; waiting: number; talking: number; risk: number; risk_max: number }

const KEPT_MS = 10 * 60_000;
const EVERY_MS = 1_000;

export function sampleOf(p: PacingLive, talking: number, at: number): Sample {
  return { at, in_flight: p.in_flight, ready: p.ready, waiting: p.waiting, talking, risk: p.risk, risk_max: p.risk_max };
}

/** With one sample more: at most one a second, none older than ten minutes. */
export function appended(samples: readonly Sample[], next: Sample): readonly Sample[] {
  const last = samples.at(-1);
  const before = last && next.at - last.at < EVERY_MS ? samples.slice(0, -1) : samples;
  const at = last && before !== samples ? last.at : next.at;
  return [...before.filter((s) => next.at - s.at <= KEPT_MS), { ...next, at }];
}

export interface Box { width: number; height: number; from: number; to: number; max: number }

/** A line through the samples, as an SVG path; gaps of the stream are left open. */
export function sparkPath(samples: readonly Sample[], pick: (s: Sample) => number, { width, height, from, to, max }: Box): string {
  const span = Math.max(1, to - from);
  const x = (at: number) => Math.round(((at - from) / span) * width * 10) / 10;
  const y = (v: number) => Math.round((height - (Math.min(v, max) / Math.max(max, 1e-9)) * height) * 10) / 10;
  return samples.map((s, i) => `${i === 0 || s.at - (samples[i - 1]?.at ?? 0) > GAP_MS ? "M" : "L"}${x(s.at)} ${y(pick(s))}`).join("");
}
const GAP_MS = 15_000;

const NONE: readonly Sample[] = [];
let all: Readonly<Record<number, readonly Sample[]>> = {};
let seen: Readonly<Record<number, Partial<CampaignProgress>>> = {};

onLive(() => {
  const { progress } = liveNow();
  if (progress === seen) return;
  const before = seen;
  seen = progress;
  for (const [key, live] of Object.entries(progress)) {
    const id = Number(key);
    if (!live.pacing || before[id] === live) continue;
    all = { ...all, [id]: appended(all[id] ?? NONE, sampleOf(live.pacing, live.talking ?? 0, Date.now())) };
  }
});

export const usePacingHistory = (id: number): readonly Sample[] => useSyncExternalStore(onLive, () => all[id] ?? NONE);
