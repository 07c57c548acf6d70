import { describe, expect, it } from "vitest";
import type { DeskSettings } from "@/api/agents.ts";
import { deskDraft, deskSettings } from "./desk.ts";

const stored: DeskSettings = {
  zone: "Asia/Shanghai", breaks: [{ code: "rest", name: "小休", ms_max: 900_000 }, { code: "meeting", name: "会议", ms_max: 0 }], link_grace_ms: 20_000, setup_ms_max: 5_000, setup_ms_max_outside: 15_000,
  direct_ring_ms: 60_000, direct_wrap_up_ms: 0, music: "", record_dialed: true, survey_text: "请评价。",
};

describe("desk settings", () => {
  it("come back from the form as they were", () => {
    expect(deskSettings(deskDraft(stored))).toEqual(stored);
    expect(deskDraft(stored)).toMatchObject({ link_grace_s: 20, breaks: [{ min: 15 }, { min: 0 }] });
  });
});
