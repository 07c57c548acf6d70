/** What a verdict of the ears rests on, in the reader's words. The ears write it in English; what is not known here is shown as written. */
import { L } from "@/format/words.ts";

type Say = (key: string, holes?: Record<string, string | number>) => string;

const toneName: Record<string, string> = {
  "ring-back 450 Hz": L("国标回铃音"), "busy 450 Hz": L("国标忙音"), "congestion 450 Hz": L("国标拥塞音"), "special information tone": L("三音特别信息音"),
  "busy 480+620 Hz": L("北美忙音"), "reorder 480+620 Hz": L("北美拥塞音"),
};

const FORMS: [RegExp, string, string[]][] = [
  [/^greeting ([\d.]+) s after ([\d.]+) s, (\d+) words, longest pause ([\d.]+) s, now ([\d.]+) s$/, L("{{after}} 秒时开口，说了 {{s}} 秒、{{n}} 段，段间最长停 {{pause}} 秒，之后静了 {{now}} 秒"), ["s", "after", "n", "pause", "now"]],
  [/^nothing but silence for ([\d.]+) s$/, L("{{s}} 秒内没有任何声音"), ["s"]],
  [/^nobody has spoken for ([\d.]+) s$/, L("{{s}} 秒内没有人说话"), ["s"]],
  [/^no beep, but ([\d.]+) s of silence$/, L("没有“滴”声，但已静了 {{s}} 秒"), ["s"]],
  [/^beep (\d+) Hz for ([\d.]+) s, (-?\d+) dBm0$/, L("“滴”声 {{hz}} Hz，{{s}} 秒，{{db}} dBm0"), ["hz", "s", "db"]],
  [/^answer tone 2100 Hz for ([\d.]+) s.*, (-?\d+) dBm0$/, L("传真应答音 2100 Hz，{{s}} 秒，{{db}} dBm0"), ["s", "db"]],
  [/^V\.21 flags 1650\/1850 Hz for ([\d.]+) s$/, L("传真握手信号 1650/1850 Hz，{{s}} 秒"), ["s"]],
  [/^calling tone (\d+) Hz for ([\d.]+) s, (-?\d+) dBm0$/, L("传真呼叫音 {{hz}} Hz，{{s}} 秒，{{db}} dBm0"), ["hz", "s", "db"]],
  [/^the words "(.+)"$/, L("听到“{{words}}”"), ["words"]],
];
const SOURCE = /^(\d{4})\/(\d\d)\/(\d\d)\/\S+ (\d+)–(\d+) ms$/;

/** Where a piece in the library was cut from: the recording's day and the seconds, in words; what is not a recording's is shown as written. */
export function sourceOf(source: string): { day: string; from_s: number; to_s: number } | null {
  const m = SOURCE.exec(source);
  return m ? { day: `${m[1] ?? ""}-${m[2] ?? ""}-${m[3] ?? ""}`, from_s: Number(m[4]) / 1000, to_s: Number(m[5]) / 1000 } : null;
}

const FINGERPRINT = /^fingerprint "(.+)" ([\d.]+) at ([\d.]+) s$/;
const TONE = /^(.+) \((\d+(?:\+\d+)?) Hz ([\d./]+) s × (\d+), (-?\d+) dBm0\)$/;

export function evidenceText(evidence: string, t: Say): string {
  const print = FINGERPRINT.exec(evidence);
  if (print) return t("与识音库的“{{name}}”相符，相似度 {{n}}%", { name: print[1] ?? "", n: Math.round(Number(print[2]) * 100) });
  const tone = TONE.exec(evidence);
  if (tone) {
    const name = tone[1] ?? "";
    return t("{{name}}：实测 {{hz}} Hz，响停 {{rhythm}} 秒，{{n}} 遍，{{db}} dBm0", { name: t(toneName[name] ?? name), hz: tone[2] ?? "", rhythm: tone[3] ?? "", n: tone[4] ?? "", db: tone[5] ?? "" });
  }
  for (const [form, text, holes] of FORMS) {
    const m = form.exec(evidence);
    if (m) return t(text, Object.fromEntries(holes.map((h, i) => [h, m[i + 1] ?? ""])));
  }
  return evidence;
}
