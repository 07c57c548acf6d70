/** Every seat a row; only those in sight are drawn. */
import { DisconnectOutlined } from "@ant-design/icons";
import { Table, Tooltip, type TableColumnsType } from "antd";
import { memo, useMemo, useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { BreakReason } from "@/api/agents.ts";
import type { AgentLive } from "@/api/board.ts";
import type { Queue } from "@/api/queues.ts";
import { count, duration } from "@/format/text.ts";
import { agentState, monitorMode, word } from "@/format/words.ts";
import { Phone } from "@/ui/fields.tsx";
import { CodeTag, Tag } from "@/ui/Tag.tsx";
import { Ticker } from "@/ui/Ticker.tsx";
import { breakName, GROUPS, groupOf, limitOf, seatText } from "./state.ts";
import { useHeightLeft } from "./useHeightLeft.ts";

interface Context { names: ReadonlyMap<number, string>; breaks: readonly BreakReason[]; rules: ReadonlyMap<number, Queue>; actions: (agent: AgentLive) => ReactNode }

const State = memo(function State({ agent, breaks }: { agent: AgentLive; breaks: readonly BreakReason[] }) {
  const { t } = useTranslation();
  const w = word(agentState, agent.state);
  const reason = agent.state === "break" ? breakName(agent.reason, breaks, t) : "";
  return (
    <span style={{ display: "inline-flex", gap: 4, alignItems: "center", maxWidth: "100%" }}>
      <Tag tone={w.tone} dot>{reason || t(w.text)}</Tag>
      {agent.state !== "off" && !agent.link_up ? <Tooltip title={t("坐席台断线，正在等它重连")}><DisconnectOutlined style={{ color: "#b3372f" }} aria-label={t("断线")} /></Tooltip> : null}
      {agent.next ? <span className="fl-ellipsis" style={{ color: "#819096", fontSize: 12 }} title={t("通话结束后：{{state}}", { state: t(word(agentState, agent.next).text) })}>→{t(word(agentState, agent.next).text)}</span> : null}
    </span>
  );
});

function useColumns({ names, breaks, rules, actions }: Context): TableColumnsType<AgentLive> {
  const { t } = useTranslation();
  return useMemo(() => {
    const groups = (a: AgentLive) => (a.queue_id == null ? a.queues.map((id) => names.get(id)).filter(Boolean).join("、") : (names.get(a.queue_id) ?? ""));
    return [
      { title: t("坐席"), key: "who", width: 140, fixed: "start", sorter: (a, b) => a.number.localeCompare(b.number), render: (_, a) => <span className="fl-ellipsis" style={{ display: "block" }} title={`${a.number} ${a.name}`}><b className="num" style={{ fontWeight: 600 }}>{a.number}</b> {a.name}</span> },
      { title: t("状态"), key: "state", width: 128, sorter: (a, b) => GROUPS.indexOf(groupOf(a.state)) - GROUPS.indexOf(groupOf(b.state)), render: (_, a) => <State agent={a} breaks={breaks} /> },
      { title: t("时长"), key: "since", width: 76, align: "right", sorter: (a, b) => Date.parse(b.since) - Date.parse(a.since), render: (_, a) => (a.state === "off" ? <span style={{ color: "#a3b0b4" }}>—</span> : <Ticker since={a.since} limitMs={limitOf(a, breaks, rules)} />) },
      { title: t("对方号码"), key: "far", width: 130, render: (_, a) => (a.number_far ? <Phone value={a.number_far} strong /> : <span style={{ color: "#a3b0b4" }}>—</span>) },
      { title: t("坐席组"), key: "group", width: 120, ellipsis: true, render: (_, a) => <span title={groups(a)} style={a.queue_id == null ? { color: "#819096" } : undefined}>{groups(a) || "—"}</span> },
      { title: t("今日通话"), key: "calls", width: 112, align: "right", sorter: (a, b) => a.calls - b.calls, render: (_, a) => <span title={t("{{n}} 通，共 {{talk}}", { n: a.calls, talk: duration(a.talk_ms) })}>{count(a.calls)} <span style={{ color: "#819096" }}>/ {duration(a.talk_ms)}</span></span> },
      { title: t("接听方式"), key: "seat", width: 74, render: (_, a) => (a.seat ? <span title={a.seat.kind === "outside" ? a.seat.number : undefined}>{t(seatText[a.seat.kind])}</span> : "—") },
      { title: "", key: "x", width: 128, align: "right", fixed: "end", render: (_, a) => <span style={{ display: "flex", alignItems: "center", justifyContent: "flex-end" }}>{a.monitored ? <CodeTag words={monitorMode} code={a.monitored} /> : null}{actions(a)}</span> },
    ];
  }, [t, names, breaks, rules, actions]);
}

const WIDTH = 908;
const HEAD_PX = 40;
const FOOT_PX = 26;

export function AgentTable({ agents, empty, ...context }: Context & { agents: AgentLive[]; empty: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const height = useHeightLeft(box, HEAD_PX + FOOT_PX);
  const columns = useColumns(context);
  return (
    <div ref={box}>
      <Table<AgentLive> virtual rowKey="agent_id" size="small" pagination={false} columns={columns} dataSource={agents} scroll={{ x: WIDTH, y: height }} locale={{ emptyText: empty }} showSorterTooltip={false} />
    </div>
  );
}
