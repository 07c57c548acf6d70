import type { SipMessage } from "@/api/types.ts";

/** What a message is, for its colour. */
export type Tone = "request" | "progress" | "ok" | "refused";

const startLine = (m: SipMessage): string => m.text.split("\r\n", 1)[0] ?? "";

const field = (m: SipMessage, name: string): string => {
  const head = m.text.split("\r\n\r\n", 1)[0] ?? "";
  const short: Record<string, string> = { via: "v", "call-id": "i", "content-type": "c" };
  for (const line of head.split("\r\n")) {
    const colon = line.indexOf(":");
    const n = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    if (n === name || (short[name] !== undefined && n === short[name])) return line.slice(colon + 1).trim();
  }
  return "";
};

const hasDescription = (m: SipMessage): boolean => /application\/sdp/i.test(field(m, "content-type"));

/** `INVITE (SDP)`, `183 Session Progress (SDP)`, `200 OK ← BYE`. */
export function label(m: SipMessage): string {
  const start = startLine(m);
  const sdp = hasDescription(m) ? " (SDP)" : "";
  if (!start.startsWith("SIP/2.0 ")) return (start.split(" ", 1)[0] ?? "") + sdp;
  const method = field(m, "cseq").split(/\s+/)[1] ?? "";
  return `${start.slice(8)}${sdp}${method && method !== "INVITE" ? ` · ${method}` : ""}`;
}

export function tone(m: SipMessage): Tone {
  const code = Number(/^SIP\/2\.0 (\d{3})/.exec(startLine(m))?.[1] ?? 0);
  if (code === 0) return "request";
  if (code < 200) return "progress";
  return code < 300 ? "ok" : "refused";
}

/** The same message as an earlier one, in the same direction: a retransmission. */
export function isRepeat(messages: SipMessage[], i: number): boolean {
  const m = messages[i];
  if (!m) return false;
  const key = (x: SipMessage): string => [x.sent, x.remote, startLine(x), field(x, "cseq"), field(x, "via"), field(x, "rseq")].join("|");
  const own = key(m);
  return messages.slice(0, i).some((x) => key(x) === own);
}

/** `10:15:02.123` on the reader's clock. */
export function clockUs(us: number): string {
  const d = new Date(us / 1000);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}.${String(d.getMilliseconds()).padStart(3, "0")}`;
}

/** Since the first message: `+0.4 ms`, `+120 ms`, `+3.20 s`. */
export function since(us: number): string {
  if (us < 10_000) return `+${(us / 1000).toFixed(1)} ms`;
  if (us < 1_000_000) return `+${Math.round(us / 1000)} ms`;
  return `+${(us / 1_000_000).toFixed(2)} s`;
}

/** All of it as one text, for a carrier's help desk. */
export function asText(messages: SipMessage[]): string {
  return messages.map((m) => {
    const [from, to] = m.sent ? [m.local, m.remote] : [m.remote, m.local];
    return `# ${new Date(m.at_us / 1000).toISOString()} ${from} -> ${to} ${m.transport}\n${m.text.replaceAll("\r\n", "\n").trimEnd()}\n`;
  }).join("\n");
}
