import { L } from "@/format/words.ts";

/** 媒体加密的三种做法。 */
export const SRTP: Record<string, string> = { off: L("不加密"), optional: L("对方支持就加密"), required: L("必须加密，否则不通话") };

/** 线路能用的编码，省资源的在前。 */
export const CODECS = [
  { value: "pcma", label: "G.711 A" },
  { value: "pcmu", label: "G.711 μ" },
  { value: "g722", label: "G.722" },
  { value: "g729", label: "G.729" },
  { value: "opus", label: "Opus" },
];

export const codecName = (code: string) => CODECS.find((c) => c.value === code)?.label ?? code;
