/** 信令: what was said over SIP about a call, as a ladder between us and the other end, leg by leg. */
import { CopyOutlined, DownloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Modal, Tabs } from "antd";
import { useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { getSipTrace, type LegMessages } from "@/api/calls.ts";
import type { SipMessage } from "@/api/types.ts";
import { Empty, Loaded } from "@/ui/Page.tsx";
import { asText, clockUs, isRepeat, label, since, tone, type Tone } from "./sip.ts";

const COLOR: Record<Tone, string> = { request: "#0d7a75", progress: "#5a6b71", ok: "#2a7d34", refused: "#b23b2e" };
const ROW = 38;
const TOP = 46;
const LEFT = 150;
const GAP = 230;

function Ladder({ messages, chosen, onChoose }: { messages: SipMessage[]; chosen: number; onChoose: (i: number) => void }) {
  const { t } = useTranslation();
  const peers = [...new Set(messages.map((m) => m.remote))];
  const width = LEFT + GAP * peers.length + 90;
  const height = TOP + ROW * messages.length + 12;
  const first = messages[0]?.at_us ?? 0;
  const x = (m: SipMessage) => LEFT + GAP * (peers.indexOf(m.remote) + 1);
  const onKey = (e: KeyboardEvent, i: number) => {
    if (e.key === "Enter" || e.key === " ") onChoose(i);
    else if (e.key === "ArrowDown") onChoose(Math.min(i + 1, messages.length - 1));
    else if (e.key === "ArrowUp") onChoose(Math.max(i - 1, 0));
    else return;
    e.preventDefault();
  };
  return (
    <svg width={width} height={height} role="listbox" aria-label={t("信令")} style={{ display: "block", fontSize: 12 }}>
      <text x={LEFT} y={18} textAnchor="middle" fontWeight={600}>{t("本系统")}</text>
      <text x={LEFT} y={34} textAnchor="middle" fill="#819096" className="fl-mono">{messages[0]?.local}</text>
      <line x1={LEFT} x2={LEFT} y1={TOP - 6} y2={height} stroke="#c9d4d6" />
      {peers.map((p, i) => (
        <g key={p}>
          <text x={LEFT + GAP * (i + 1)} y={18} textAnchor="middle" fontWeight={600}>{t("对端")}</text>
          <text x={LEFT + GAP * (i + 1)} y={34} textAnchor="middle" fill="#819096" className="fl-mono">{p}</text>
          <line x1={LEFT + GAP * (i + 1)} x2={LEFT + GAP * (i + 1)} y1={TOP - 6} y2={height} stroke="#c9d4d6" />
        </g>
      ))}
      {messages.map((m, i) => {
        const y = TOP + ROW * i + 26;
        const [from, to] = m.sent ? [LEFT, x(m)] : [x(m), LEFT];
        const head = to > from ? -1 : 1;
        const color = COLOR[tone(m)];
        const repeat = isRepeat(messages, i);
        return (
          <g key={i} role="option" aria-selected={i === chosen} tabIndex={i === chosen ? 0 : -1} style={{ cursor: "pointer", outline: "none" }}
            onClick={() => { onChoose(i); }} onKeyDown={(e) => { onKey(e, i); }}>
            <rect x={0} y={y - 24} width={width} height={ROW - 2} rx={4} fill={i === chosen ? "#e6f2f1" : "transparent"} />
            <text x={8} y={y - 7} className="num" fill="#3d4f55">{clockUs(m.at_us)}</text>
            <text x={8} y={y + 8} className="num" fill="#819096">{since(i === 0 ? 0 : m.at_us - first)}</text>
            <text x={(from + to) / 2} y={y - 6} textAnchor="middle" fill={color} fontWeight={repeat ? 400 : 600}>
              {label(m)}{repeat ? ` · ${t("重发")}` : ""}
            </text>
            <line x1={from} x2={to} y1={y} y2={y} stroke={color} strokeWidth={1.5} strokeDasharray={repeat ? "4 3" : undefined} />
            <path d={`M ${to} ${y} l ${head * 8} -4 l 0 8 z`} fill={color} />
            <text x={width - 6} y={y + 4} textAnchor="end" fill="#a3b0b4">{m.transport}</text>
          </g>
        );
      })}
    </svg>
  );
}

function Leg({ leg }: { leg: LegMessages }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [chosen, setChosen] = useState(0);
  const trace = leg.trace;
  if (!trace || trace.messages.length === 0) {
    return <Empty title={t("这条线路没有保留信令")} hint={t("在“系统设置 → 信令”里可以选择保留哪些通话的信令；过了保留天数的会清除。")} />;
  }
  const text = asText(trace.messages);
  const copy = () => { void navigator.clipboard.writeText(text).then(() => message.success(t("已复制"))); };
  const href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  return (
    <div style={{ display: "grid", gap: 10 }}>
      <div style={{ display: "flex", gap: 8, alignItems: "center" }}>
        <span style={{ color: "#5a6b71" }}>{t("共 {{n}} 条，点一条看原文。密码和密钥没有保存。", { n: trace.messages.length })}</span>
        {trace.left_out > 0 ? <span style={{ color: "#9a6408" }}>{t("中间有 {{n}} 条没有保留", { n: trace.left_out })}</span> : null}
        <span style={{ marginInlineStart: "auto", display: "flex", gap: 8 }}>
          <Button size="small" icon={<CopyOutlined />} onClick={copy}>{t("复制全部")}</Button>
          <Button size="small" icon={<DownloadOutlined />} href={href} download={`sip-${leg.leg_id}.txt`}>{t("下载文本")}</Button>
        </span>
      </div>
      <div style={{ display: "grid", gridTemplateColumns: "minmax(0, 1fr) minmax(0, 1fr)", gap: 14, height: "min(62vh, 560px)" }}>
        <div style={{ overflow: "auto", border: "1px solid #e3eaeb", borderRadius: 6, paddingBlock: 6 }}><Ladder messages={trace.messages} chosen={chosen} onChoose={setChosen} /></div>
        <pre data-testid="sip-text" style={{ overflow: "auto", margin: 0, padding: "10px 12px", border: "1px solid #e3eaeb", borderRadius: 6, background: "#f7fafa", fontSize: 12, lineHeight: 1.55, whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{trace.messages[chosen]?.text}</pre>
      </div>
    </div>
  );
}

export function SipLadder({ call, onClose }: { call: number; onClose: () => void }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ["sip-trace", call], queryFn: () => getSipTrace(call) });
  return (
    <Modal open width={1180} style={{ top: 24 }} title={t("信令")} footer={null} onCancel={onClose}>
      <Loaded query={query}>
        {(legs) => (legs.length === 0 ? <Empty title={t("这通电话没有发出过信令")} /> : legs.length === 1 && legs[0] ? <Leg leg={legs[0]} /> : (
          <Tabs items={legs.map((leg, i) => ({ key: String(leg.leg_id), label: t("线路 {{n}}：{{to}}", { n: i + 1, to: leg.to }), children: <Leg leg={leg} /> }))} />
        ))}
      </Loaded>
    </Modal>
  );
}
