/** The kinds of nodes as the editor offers them, and their parts read from any document. Pure. */
import { L } from "@/format/words.ts";

export interface NodeKind { kind: string; name: string; hint: string; snippet: Record<string, unknown> }

export const NODE_KINDS: NodeKind[] = [
  { kind: "play", name: L("播报"), hint: L("念一段话或放一段录音，然后继续。"), snippet: { type: "play", parts: [{ say: "您好，{{ lead.name }}。" }], next: "" } },
  {
    kind: "gather", name: L("收键"), hint: L("提问并等对方按键，超时或按错会再问。"),
    snippet: { type: "gather", parts: [{ say: "参加请按1，不参加请按2。" }], branches: { 1: "", 2: "" }, timeout_ms: 5000, retries: 2, on_timeout: "" },
  },
  { kind: "branch", name: L("判断"), hint: L("按条件走不同的分支。"), snippet: { type: "branch", cases: [{ when: "lead.level == 'A'", next: "" }], else: "" } },
  { kind: "set", name: L("记结果"), hint: L("记下业务结果或变量，先落库再继续。"), snippet: { type: "set", result: "attend", next: "" } },
  { kind: "sms", name: L("发短信"), hint: L("给对方发一条短信。"), snippet: { type: "sms", text: "{{ lead.name }}您好，……", next: "" } },
  { kind: "http", name: L("请求接口"), hint: L("调用业务系统的接口，取回数据。"), snippet: { type: "http", method: "POST", url: "https://", body: {}, into: "answer", next: "", on_error: "" } },
  { kind: "record", name: L("录音留言"), hint: L("录下对方说的话。"), snippet: { type: "record", parts: [{ say: "请在滴声后留言。" }], label: "reason", ms_max: 30000, next: "" } },
  { kind: "listen", name: L("听取"), hint: L("听对方说一段话，录音并转成文字。"), snippet: { type: "listen", parts: [{ say: "请讲，您有什么意见？" }], label: "opinion", into: "opinion", end_silence_ms: 1500, ms_max: 60000, next: "" } },
  { kind: "transfer", name: L("转接"), hint: L("转到一个号码，与人工通话。"), snippet: { type: "transfer", to: "{{ campaign.agent_number }}", ring_ms_max: 30000, on_failed: "" } },
  {
    kind: "queue", name: L("排队转坐席"), hint: L("进入坐席组排队，由坐席接听；音乐和报位由坐席组设置。"),
    snippet: { type: "queue", queue: 0, service: "业务咨询", on_done: "", on_left: "", on_timeout: "", on_closed: "", on_full: "", on_failed: "" },
  },
  {
    kind: "conference", name: L("电话会议"), hint: L("拨同一会议号的人进入同一个会议，可设密码；按退出键离开。"),
    snippet: { type: "conference", room: "8001", pin: "", leave_key: "*", parties_max: 20, on_left: "", on_full: "", on_wrong_pin: "" },
  },
  { kind: "rate", name: L("满意度评价"), hint: L("坐席挂机后，请对方按 1、2、3 评价服务。"), snippet: { type: "rate", thanks: [{ say: "感谢您的评价。" }], timeout_ms: 5000, retries: 1, next: "" } },
  {
    kind: "appoint", name: L("按键预约"), hint: L("报出几个时间，对方按键选定并确认，预约先落库再告知。"),
    snippet: { type: "appoint", offers: { 1: { in_min: 30 }, 2: { day: 1, at: "10:00" }, 3: { day: 1 } }, parts: [{ say: "三十分钟后回访请按1，明天上午十点请按2，明天其他时间请按3。" }], on_full: "", on_refused: "", on_timeout: "", next: "" },
  },
  { kind: "jump", name: L("跳转流程"), hint: L("接着运行另一个已发布的流程。"), snippet: { type: "jump", flow: 0 } },
  { kind: "hangup", name: L("挂机"), hint: L("结束通话。"), snippet: { type: "hangup" } },
];

export function kindWord(kind: string): string {
  return NODE_KINDS.find((n) => n.kind === kind)?.name ?? kind;
}

const OUTCOMES: Record<string, string> = {
  played: L("播完"), interrupted: L("被按键打断"), "interrupted by speech": L("被说话打断"), "not understood": L("没听清"), silence: L("没有说话"), skipped: L("已提前按键，跳过"), "hung up": L("对方挂机"), "hang up": L("挂机"), timeout: L("没有按键"), "nothing to say": L("没有可播的内容"),
  "could not be played": L("没能播出"), busy: L("占线"), "no answer": L("无人接听"), queued: L("已入发送队列"), else: L("其他情况"), set: L("已记下"), "no input": L("没有按键"),
  "left: left": L("按键离开排队"), "left: timed_out": L("等待超时"), "left: closed": L("非服务时间"), "left: full": L("排队已满"), "left: overflowed": L("按溢出规则离开排队"), "left: cancelled": L("排队被取消"), "left: abandoned": L("放弃等待"),
  "no such time": L("这个时间约不了"), refused: L("不能预约"), full: L("会议人数已满"), "wrong pin": L("会议密码错误"), "error: transfer failed: forbidden": L("外呼规则不允许呼叫这个号码"),
  "rated 1": L("评价：满意"), "rated 2": L("评价：不满意"), "rated 3": L("评价：一般"),
};
const PATTERNS: [RegExp, string][] = [
  [/^appointed (.+)$/, L("已预约 {{n}}")], [/^not confirmed (.+)$/, L("没有确认，按了 {{n}}")], [/^invalid hour (.+)$/, L("钟点不对：{{n}}")],
  [/^case (\d+)$/, L("符合第 {{n}} 个条件")], [/^talked (\d+) ms$/, L("已通话 {{n}} 毫秒")], [/^in conference (\d+) ms$/, L("参会 {{n}} 毫秒")], [/^recorded (\d+) ms$/, L("已录音 {{n}} 毫秒")], [/^too short: (\d+) ms$/, L("录音太短，{{n}} 毫秒")],
  [/^status (\d+)$/, L("接口返回 {{n}}")], [/^said (.+)$/, L("听到 {{n}}")], [/^no match (.+)$/, L("说了不在选项里的话：{{n}}")],
  [/^invalid (.+)$/, L("按错 {{n}}")], [/^flow (\d+) version \d+$/, L("转到流程 {{n}}")], [/^left: (.+)$/, L("离开排队：{{n}}")], [/^error: (.+)$/, L("出错：{{n}}")],
];

/** What a step came to, in words. */
export function outcomeText(outcome: string, t: (text: string, values?: Record<string, unknown>) => string): string {
  const known = OUTCOMES[outcome];
  if (known) return t(known);
  for (const [pattern, text] of PATTERNS) {
    const m = pattern.exec(outcome);
    if (m) return t(text, { n: m[1] });
  }
  return outcome;
}

const EXITS: Record<string, string> = { on_timeout: L("超时"), on_invalid: L("按错"), on_error: L("出错"), on_failed: L("没转通"), on_no_answer: L("无人接听"), on_busy: L("占线"), on_silence: L("没有说话"), on_done: L("通话结束"), on_left: L("按键离开"), on_closed: L("非服务时间"), on_full: L("已满"), on_refused: L("不能预约"), on_wrong_pin: L("密码错误"), else: L("其他情况") };

/** An arrow's name as the diagram writes it; a key stays itself. */
export function exitText(label: string, t: (text: string) => string): string {
  return label.split(" · ").map((part) => { const known = EXITS[part]; return known ? t(known) : part; }).join(" · ");
}

type Json = Record<string, unknown>;
const isObject = (v: unknown): v is Json => typeof v === "object" && v !== null && !Array.isArray(v);

export interface DiagramNode { id: string; kind: string; text: string; entry: boolean }
export interface DiagramEdge { from: string; to: string; label: string }
export interface Diagram { nodes: DiagramNode[]; edges: DiagramEdge[] }

function entryOf(doc: Json): string | undefined {
  for (const key of ["entry", "start", "first"]) if (typeof doc[key] === "string") return doc[key];
  return undefined;
}

function textOf(node: Json): string {
  const parts = node.parts;
  if (Array.isArray(parts)) {
    return parts.map((p) => (isObject(p) ? (typeof p.say === "string" ? p.say : typeof p.prompt === "string" ? `♪ ${p.prompt}` : "value" in p ? `〔${String(p.value)}〕` : "") : "")).filter(Boolean).join("");
  }
  for (const key of ["text", "url", "to", "room", "result", "label", "service"]) {
    const v = node[key];
    if (typeof v === "string" && v) return v;
    if (isObject(v)) return JSON.stringify(v);
  }
  // Another flow or a queue, by its number.
  for (const key of ["queue", "flow"]) if (typeof node[key] === "number") return `#${String(node[key])}`;
  return "";
}

/** Every place in a node that names another node, with what leads there. */
function links(value: unknown, label: string, ids: Set<string>, out: { to: string; label: string }[]): void {
  if (!isObject(value)) return;
  for (const [key, v] of Object.entries(value)) {
    if (["parts", "timeout", "invalid", "variables", "headers", "body", "type", "kind", "result", "into", "text", "label", "ui", "service", "skills", "variable", "thanks", "offers", "hour", "confirm", "full", "room", "pin", "leave_key"].includes(key)) continue;
    if (typeof v === "string" && ids.has(v)) {
      const name = key === "next" ? label : label && !["branches"].includes(label) ? `${label} ${key}` : key;
      out.push({ to: v, label: name });
    } else if (Array.isArray(v)) {
      for (const item of v) if (isObject(item)) links(item, typeof item.when === "string" ? item.when : label, ids, out);
    } else if (isObject(v)) links(v, key, ids, out);
  }
}

/** Nodes and edges of a document; whatever cannot be read is left out. */
export function diagram(doc: unknown): Diagram {
  if (!isObject(doc) || !isObject(doc.nodes)) return { nodes: [], edges: [] };
  const all = Object.entries(doc.nodes).filter((e): e is [string, Json] => isObject(e[1]));
  const ids = new Set(all.map(([id]) => id));
  const entry = entryOf(doc) ?? all[0]?.[0];
  const nodes = all.map(([id, n]) => ({ id, kind: String(n.type ?? n.kind ?? ""), text: textOf(n), entry: id === entry }));
  const edges: DiagramEdge[] = [];
  for (const [id, n] of all) {
    const found: { to: string; label: string }[] = [];
    links(n, "", ids, found);
    const by = new Map<string, string[]>();
    for (const f of found) by.set(f.to, [...(by.get(f.to) ?? []), f.label].filter(Boolean));
    for (const [to, labels] of by) edges.push({ from: id, to, label: [...new Set(labels)].join(" · ") });
  }
  return { nodes, edges };
}

/** Columns by distance from the entry; nodes never reached come last. */
export function layers(d: Diagram): string[][] {
  const depth = new Map<string, number>();
  const grow = (root: string, level: number) => {
    depth.set(root, level);
    const queue = [root];
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      for (const e of d.edges.filter((x) => x.from === id)) {
        if (depth.has(e.to)) continue;
        depth.set(e.to, (depth.get(id) ?? 0) + 1);
        queue.push(e.to);
      }
    }
  };
  const first = d.nodes.find((n) => n.entry)?.id;
  if (first !== undefined) grow(first, 0);
  const below = Math.max(-1, ...depth.values()) + 1;
  // What nothing leads to starts trees of its own below; of a ring, any node does.
  const rootless = (id: string) => !d.edges.some((e) => e.to === id && e.from !== id);
  for (const n of d.nodes) if (!depth.has(n.id) && rootless(n.id)) grow(n.id, below);
  for (const n of d.nodes) if (!depth.has(n.id)) grow(n.id, below);
  const out: string[][] = Array.from({ length: Math.max(-1, ...depth.values()) + 1 }, () => []);
  for (const n of d.nodes) out[depth.get(n.id) ?? 0]?.push(n.id);
  return out;
}
