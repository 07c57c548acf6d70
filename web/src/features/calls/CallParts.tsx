/** Pieces of a call record shared by the call drawer and a lead's history. */
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { CallDetail } from "@/api/calls.ts";
import type { Cause, Utterance } from "@/api/types.ts";
import { P, useCan } from "@/app/session.ts";
import { MarkButtons } from "@/features/ears/Heard.tsx";
import { q850Text, sipText } from "@/format/causes.ts";
import { action, endedBy, word } from "@/format/words.ts";
import type { Jump } from "@/ui/Player.tsx";
import { Transcript } from "./Transcript.tsx";

const Player = lazy(() => import("@/ui/Player.tsx").then((m) => ({ default: m.Player })));

/** The raw tuple in words: who ended it, and why. */
export function CauseText({ cause }: { cause: Cause }) {
  const { t } = useTranslation();
  const parts = [t(word(endedBy, cause.by).text)];
  if (cause.action && cause.action !== "normal") parts.push(t(word(action, cause.action).text));
  if (cause.sip_code != null) parts.push(`SIP ${cause.sip_code} ${t(sipText(cause.sip_code))}`);
  if (cause.q850 != null && cause.q850 !== 16) parts.push(`Q.850 ${cause.q850} ${t(q850Text(cause.q850))}`);
  if (cause.retry_after_s != null) parts.push(t("{{n}} 秒后可重试", { n: cause.retry_after_s }));
  return <span style={{ color: "#5a6b71" }} title={cause.text ?? undefined}>{parts.join(" · ")}</span>;
}

/** The sounds of a call, and below them what was said. */
export function CallRecordings({ call }: { call: CallDetail }) {
  const { t } = useTranslation();
  const can = useCan();
  const [jump, setJump] = useState<Jump>();
  const whole = call.recordings.find((r) => r.kind === "call");
  const go = (u: Utterance) => {
    if (!whole) return;
    const s = (Date.parse(call.started_at) + u.from_ms - Date.parse(whole.started_at)) / 1000;
    setJump((last) => ({ s: Math.min(Math.max(0, s), whole.duration_ms / 1000), n: (last?.n ?? 0) + 1 }));
  };
  const lines = call.utterances ?? [];
  const words = lines.length > 0 ? <Transcript lines={lines} onPick={whole && can(P.recordingPlay) ? go : undefined} /> : null;
  const grey = (text: string) => <div style={{ display: "grid", gap: 14 }}><span style={{ color: "#819096" }}>{text}</span>{words}</div>;
  if (call.recordings.length === 0) return grey(call.answered_at ? t("这通电话没有录音。") : t("没有接通，没有录音。"));
  if (!can(P.recordingPlay)) return grey(t("您的角色不能听录音。"));
  return (
    <div style={{ display: "grid", gap: 14 }}>
      {call.recordings.map((r) => (
        <div key={r.id}>
          {call.recordings.length > 1 || r.kind !== "call" ? <div style={{ marginBottom: 6 }}>{r.kind === "answer" ? t("留言：{{name}}", { name: r.label }) : r.kind === "early" ? t("提示音留存") : t("整通录音")}</div> : null}
          <Suspense fallback={<div style={{ height: 104 }} />}><Player recording={r} mayDownload={can(P.recordingDownload)} jump={r === whole ? jump : undefined} /></Suspense>
          {r.kind === "answer" ? null : <MarkButtons recording={r} mayMark={can(P.settingsWrite)} />}
          {r.recovered ? <span style={{ color: "#9a6408", fontSize: 12 }}>{t("系统曾意外中断，这段录音已修复到最后一秒。")}</span> : null}
        </div>
      ))}
      {words}
    </div>
  );
}
