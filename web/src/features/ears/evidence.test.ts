import { describe, expect, it } from "vitest";
import { evidenceText, sourceOf } from "./evidence.ts";

const t = (key: string, holes: Record<string, string | number> = {}) => key.replace(/\{\{(\w+)\}\}/g, (_, h: string) => String(holes[h]));
const say = (text: string) => evidenceText(text, t);

describe("evidence of the ears", () => {
  it("speaks the reader's words for each sense", () => {
    expect(say("greeting 0.7 s after 0.2 s, 2 words, longest pause 0.1 s, now 0.5 s")).toBe("0.2 秒时开口，说了 0.7 秒、2 段，段间最长停 0.1 秒，之后静了 0.5 秒");
    expect(say('fingerprint "移动 "空号"" 0.88 at 2.5 s')).toBe("与识音库的“移动 \"空号\"”相符，相似度 88%");
    expect(say("busy 450 Hz (451 Hz 0.36/0.34/0.36 s × 3, -14 dBm0)")).toBe("国标忙音：实测 451 Hz，响停 0.36/0.34/0.36 秒，3 遍，-14 dBm0");
    expect(say("busy 480+620 Hz (480+621 Hz 0.50/0.50/0.50 s × 2, -9 dBm0)")).toContain("480+621 Hz");
    expect(say("answer tone 2100 Hz for 0.8 s, turned 2 times, -12 dBm0")).toBe("传真应答音 2100 Hz，0.8 秒，-12 dBm0");
    expect(say('the words "您拨打的号码是空号"')).toBe("听到“您拨打的号码是空号”");
  });

  it("reads where a piece was cut from", () => {
    expect(sourceOf("2026/11/26/375278210138112-early.wav 200–2100 ms")).toEqual({ day: "2026-11-26", from_s: 0.2, to_s: 2.1 });
    expect(sourceOf("演示自带")).toBeNull();
  });

  it("shows what it does not know as it stands", () => {
    expect(say("something new 3 s")).toBe("something new 3 s");
  });
});
