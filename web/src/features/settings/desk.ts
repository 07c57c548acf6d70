/** Desk settings as the form holds them: seconds and minutes. Pure. */
import type { DeskSettings } from "@/api/agents.ts";

export interface DeskDraft {
  zone: string; breaks: { code: string; name: string; min: number }[]; link_grace_s: number; setup_s: number; setup_s_outside: number; direct_ring_s: number;
  direct_wrap_up_s: number; music: string; record_dialed: boolean; survey_text: string;
}

export const deskDraft = (s: DeskSettings): DeskDraft => ({
  zone: s.zone, music: s.music, record_dialed: s.record_dialed, survey_text: s.survey_text, breaks: s.breaks.map(({ code, name, ms_max }) => ({ code, name, min: ms_max / 60_000 })),
  link_grace_s: s.link_grace_ms / 1000, setup_s: s.setup_ms_max / 1000, setup_s_outside: s.setup_ms_max_outside / 1000, direct_ring_s: s.direct_ring_ms / 1000, direct_wrap_up_s: s.direct_wrap_up_ms / 1000,
});

const ms = (seconds: number): number => Math.round(seconds * 1000);

export const deskSettings = (d: DeskDraft): DeskSettings => ({
  zone: d.zone.trim(), music: d.music, record_dialed: d.record_dialed, survey_text: d.survey_text, breaks: d.breaks.map(({ code, name, min }) => ({ code, name: name.trim(), ms_max: Math.round(min * 60_000) })),
  link_grace_ms: ms(d.link_grace_s), setup_ms_max: ms(d.setup_s), setup_ms_max_outside: ms(d.setup_s_outside), direct_ring_ms: ms(d.direct_ring_s), direct_wrap_up_ms: ms(d.direct_wrap_up_s),
});
