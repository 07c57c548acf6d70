import type { TrunkState } from "@/api/types.ts";
import { clock } from "@/format/text.ts";
import { L, trunkState, word, type Tone } from "@/format/words.ts";

/** Registration and probe failures in the words of somebody who has to mend them. */
const REASONS: [RegExp, string][] = [
  [/40[13]|407|forbidden|unauthor|credential/i, L("用户名或密码不对，或运营商没有给这个账号放行")],
  [/404/, L("对端不认识这个账号或域名")],
  [/408|timeout|timed out|no answer|no response/i, L("对端没有应答：检查地址、端口和防火墙")],
  [/refused|unreach|route to host/i, L("连不上对端：检查地址和网络")],
  [/resolve|dns|name/i, L("域名解析失败：检查地址写法")],
  [/50\d/, L("对端服务器故障")],
];

export function reasonText(reason: string): string | null {
  return REASONS.find(([pattern]) => pattern.test(reason))?.[1] ?? null;
}

export interface TrunkLook { tone: Tone; label: string; detail: string }

export function trunkLook(state: TrunkState, t: (text: string, values?: Record<string, unknown>) => string): TrunkLook {
  const w = word(trunkState, state.state);
  const label = t(w.text);
  if (state.state === "up") return { tone: w.tone, label, detail: state.latency_ms > 0 ? t("时延 {{n}} ms", { n: state.latency_ms }) : label };
  if (state.state === "down") {
    const known = reasonText(state.reason);
    return { tone: w.tone, label, detail: known ? t(known) : state.reason };
  }
  if (state.state === "resting") return { tone: w.tone, label, detail: t("对端忙，请我们等到 {{at}} 再打；其他线路照常", { at: clock(state.until) }) };
  return { tone: w.tone, label, detail: "" };
}
