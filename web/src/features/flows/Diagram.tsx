import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/ui/Page.tsx";
import { diagram, exitText, kindWord, layers, type Diagram as Graph } from "./nodes.ts";

const W = 152;
const H = 58;
const GAP_X = 14;
const GAP_Y = 46;

const COLORS: Record<string, string> = {
  play: "#0d7a75", gather: "#b9862f", branch: "#4a6fa5", set: "#2c7a3f", sms: "#6a4a9c", http: "#1f6fb2", record: "#b3372f", listen: "#a3527a", transfer: "#8a5a2f", jump: "#5a6b71", hangup: "#7a8a90",
};

interface Spot { x: number; y: number }

function places(graph: Graph): { spots: Map<string, Spot>; width: number; height: number } {
  const rows = layers(graph);
  const widest = Math.max(1, ...rows.map((r) => r.length));
  const width = widest * (W + GAP_X) + 40;
  const spots = new Map<string, Spot>();
  rows.forEach((row, y) => {
    const start = (width - row.length * (W + GAP_X) + GAP_X) / 2;
    row.forEach((id, x) => spots.set(id, { x: start + x * (W + GAP_X), y: 16 + y * (H + GAP_Y) }));
  });
  return { spots, width, height: rows.length * (H + GAP_Y) };
}

function edgePath(a: Spot, b: Spot): string {
  const x1 = a.x + W / 2;
  const x2 = b.x + W / 2;
  if (b.y > a.y) {
    const y1 = a.y + H;
    const mid = (y1 + b.y) / 2;
    return `M${x1},${y1} C${x1},${mid} ${x2},${mid} ${x2},${b.y - 4}`;
  }
  if (a === b) return `M${a.x + W},${a.y + 14} c30,-8 30,38 3,${H - 26}`;
  // Back up, round the right side.
  const out = Math.max(a.x, b.x) + W + 26;
  return `M${a.x + W},${a.y + H / 2} C${out},${a.y + H / 2} ${out},${b.y + H / 2} ${b.x + W + 4},${b.y + H / 2}`;
}

/** Cuts by width: a Latin letter takes a little more than half of what a Chinese one takes. */
function cut(text: string, room: number): [string, string] {
  let width = 0;
  const letters = [...text];
  const at = letters.findIndex((c) => (width += c.charCodeAt(0) < 256 ? 0.56 : 1) > room);
  return at < 0 ? [text, ""] : [letters.slice(0, at).join(""), letters.slice(at).join("")];
}
const clip = (text: string, room: number) => {
  const [head, rest] = cut(text, room);
  return rest ? `${head}…` : head;
};

/** The document as boxes and arrows, top to bottom. A click shows the node in the text. */
export function Diagram({ doc, bad, onPick }: { doc: unknown; bad: Set<string>; onPick: (id: string) => void }) {
  const { t } = useTranslation();
  const graph = useMemo(() => diagram(doc), [doc]);
  const { spots, width, height } = useMemo(() => places(graph), [graph]);
  if (graph.nodes.length === 0) return <Empty title={t("还没有节点")} hint={t("在左边写好 nodes，这里会画出流程图。")} />;
  return (
    <div style={{ overflow: "auto", height: "100%" }} ref={(box) => { if (box) box.scrollLeft = (box.scrollWidth - box.clientWidth) / 2; }}>
      <svg viewBox={`0 0 ${width} ${height}`}  role="img" aria-label={t("流程图")} style={{ fontSize: 11.5, display: "block", margin: "0 auto", width: `min(${width}px, max(100%, ${Math.round(width * 0.64)}px))`, height: "auto" }}>
        <defs><marker id="fl-arrow" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0,0 L8,4 L0,8z" fill="#a3b0b4" /></marker></defs>
        {graph.edges.map((e) => {
          const a = spots.get(e.from);
          const b = spots.get(e.to);
          if (!a || !b) return null;
          const down = b.y > a.y;
          return (
            <g key={`${e.from}>${e.to}`}>
              <path d={edgePath(a, b)} fill="none" stroke="#b9c6c9" strokeWidth={1.3} markerEnd="url(#fl-arrow)" />
              {e.label ? <text x={down ? b.x + W / 2 + 8 : Math.max(a.x, b.x) + W + (a === b ? 26 : 8)} y={down ? b.y - 10 : (a.y + b.y + H) / 2 + 4} fill="#5a6b71" fontSize={11} stroke="#fff" strokeWidth={4} paintOrder="stroke"><title>{e.label}</title>{clip(exitText(e.label, t), 14)}</text> : null}
            </g>
          );
        })}
        {graph.nodes.map((n) => {
          const s = spots.get(n.id) ?? { x: 0, y: 0 };
          const color = bad.has(n.id) ? "#b3372f" : (COLORS[n.kind] ?? "#5a6b71");
          return (
            <g key={n.id} transform={`translate(${s.x},${s.y})`} tabIndex={0} role="button" aria-label={`${t(kindWord(n.kind))} ${n.id}`} style={{ cursor: "pointer" }}
              onClick={() => { onPick(n.id); }} onKeyDown={(e) => { if (e.key === "Enter") onPick(n.id); }}>
              <title>{n.text}</title>
              <rect width={W} height={H} rx={7} fill="#fff" stroke={bad.has(n.id) ? "#b3372f" : "#d9e1e4"} strokeWidth={bad.has(n.id) || n.entry ? 1.8 : 1.2} />
              <rect width={4} height={H} rx={2} fill={color} />
              <text x={13} y={18} fill={color} fontWeight={600}>{t(kindWord(n.kind))}{n.entry ? ` · ${t("开始")}` : ""}</text>
              <text x={W - 8} y={18} textAnchor="end" fill="#a3b0b4" fontSize={10}>{clip(n.id, 14)}</text>
              <text x={13} y={36} fill="#3d4f55">{cut(n.text, 11.5)[0]}</text>
              <text x={13} y={50} fill="#3d4f55">{clip(cut(n.text, 11.5)[1], 10.5)}</text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}
