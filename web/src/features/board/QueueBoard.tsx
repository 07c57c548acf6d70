/** 排队看板: who waits where, since when, and for whom. */
import { AlertOutlined } from "@ant-design/icons";
import { Button, Table, Tooltip, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { supervise, type AgentLive, type Board, type QueueLive, type WaitingLive } from "@/api/board.ts";
import type { Queue } from "@/api/queues.ts";
import { P, useCan } from "@/app/session.ts";
import { count } from "@/format/text.ts";
import { channel } from "@/format/words.ts";
import { serverNow } from "@/live/socket.ts";
import { useAct } from "@/ui/act.tsx";
import { Figures, Phone } from "@/ui/fields.tsx";
import { useFilters } from "@/ui/filters.ts";
import { GoButton } from "@/ui/Go.tsx";
import { Empty, Loaded, Page, Panel } from "@/ui/Page.tsx";
import { CodeTag, Tag } from "@/ui/Tag.tsx";
import { Ticker } from "@/ui/Ticker.tsx";
import { AlarmBar } from "./AlarmBar.tsx";
import { BoardTabs } from "./BoardTabs.tsx";
import { AssignDialog } from "./Dialogs.tsx";
import { alarmsOf, totals } from "./state.ts";
import { useBoard, useRules } from "./useBoard.ts";

const BAD = "#b3372f";
type Row = WaitingLive & { queue: QueueLive };

function Name({ q, rules }: { q: QueueLive; rules: Queue | undefined }) {
  const { t } = useTranslation();
  const alarm = alarmsOf(q, rules, serverNow());
  const why = [alarm.unstaffed ? t("有人排队，没有坐席签入") : "", alarm.longWait ? t("有人等待过久") : "", alarm.lowService ? t("服务水平低于 {{n}}%", { n: rules?.service_level.percent_min }) : ""].filter(Boolean).join("；");
  return (
    <span style={{ display: "flex", gap: 6, alignItems: "center", minWidth: 0 }}>
      {why ? <Tooltip title={why}><AlertOutlined style={{ color: BAD }} aria-label={why} /></Tooltip> : null}
      <b className="fl-ellipsis" style={{ fontWeight: 600 }} title={q.name}>{q.name}</b>
      {q.open ? null : <Tag tone="muted">{t("非服务时间")}</Tag>}
    </span>
  );
}

function useColumns(rules: ReadonlyMap<number, Queue>): TableColumnsType<QueueLive> {
  const { t } = useTranslation();
  const grey = { color: "#a3b0b4" };
  const figure = (n: number, color: string) => <span style={n > 0 ? { color, fontWeight: 600 } : grey}>{count(n)}</span>;
  return [
    { title: t("坐席组"), key: "n", render: (_, q) => <Name q={q} rules={rules.get(q.queue_id)} /> },
    { title: t("排队"), key: "w", width: 62, align: "right", render: (_, q) => <span style={{ fontSize: 16, fontWeight: 600, color: q.waiting > 0 ? "#16282c" : "#a3b0b4" }}>{count(q.waiting)}</span> },
    { title: t("最长等待"), key: "l", width: 72, align: "right", render: (_, q) => (q.waiting > 0 && q.first_came_at ? <Ticker since={q.first_came_at} limitMs={rules.get(q.queue_id)?.service_level.long_wait_ms ?? 0} /> : <span style={grey}>—</span>) },
    { title: t("待回拨"), key: "c", width: 76, align: "right", render: (_, q) => figure(q.callbacks, "#6a4a9c") },
    { title: t("空闲"), key: "r", width: 44, align: "right", render: (_, q) => figure(q.ready, "#2f8a48") },
    { title: t("通话"), key: "b", width: 44, align: "right", render: (_, q) => figure(q.busy, "#1f6fb2") },
    { title: t("整理"), key: "u", width: 56, align: "right", render: (_, q) => figure(q.wrapping_up, "#7450ad") },
    { title: t("小休"), key: "k", width: 50, align: "right", render: (_, q) => figure(q.on_break, "#d0630f") },
    { title: t("签入人数"), key: "s", width: 54, align: "right", render: (_, q) => count(q.staffed) },
    {
      title: t("服务水平"), key: "p", width: 72, align: "right",
      render: (_, q) => { const low = alarmsOf(q, rules.get(q.queue_id), 0).lowService; return <Tooltip title={t("近半小时 {{n}} 个来电", { n: q.served })}><span style={low ? { color: BAD, fontWeight: 600 } : undefined}>{q.service_level == null ? "—" : `${q.service_level}%`}</span></Tooltip>; },
    },
  ];
}

function Callers({ rows, agents, rules, named }: { rows: Row[]; named: boolean; agents: readonly AgentLive[]; rules: ReadonlyMap<number, Queue> }) {
  const { t } = useTranslation();
  const may = useCan()(P.agentSupervise);
  const [assigning, setAssigning] = useState<Row>();
  const up = useAct((entry: number) => supervise({ do: "move_up", entry }), { done: t("已排到最前") });
  const names = new Map(agents.map((a) => [a.agent_id, a]));
  const columns: TableColumnsType<Row> = [
    { title: t("位置"), key: "p", width: 42, align: "right", render: (_, r) => r.position },
    { title: t("来电"), key: "c", width: 116, render: (_, r) => <><Phone value={r.caller} strong />{r.name ? <div className="fl-ellipsis" style={{ color: "#5a6b71", fontSize: 12 }} title={r.name}>{r.name}</div> : null}</> },
    { title: t("等待"), key: "w", width: 60, align: "right", render: (_, r) => <Ticker since={r.came_at} limitMs={rules.get(r.queue.queue_id)?.service_level.long_wait_ms ?? 0} /> },
    { title: t("情况"), key: "s", render: (_, r) => <span style={{ display: "flex", gap: 4, flexWrap: "wrap" }}>{r.channel === "call" ? null : <CodeTag words={channel} code={r.channel} />}{r.callback ? <Tag tone="accent">{t("待回拨")}</Tag> : null}{r.agent_id == null ? null : <span title={names.get(r.agent_id)?.name}><Tag tone="warn">{t("正在呼叫 {{name}}", { name: names.get(r.agent_id)?.number ?? `#${r.agent_id}` })}</Tag></span>}{named ? <span className="fl-ellipsis" style={{ color: "#819096", fontSize: 12 }} title={r.queue.name}>{r.queue.name}</span> : null}</span> },
  ];
  if (may) {
    columns.push({
      title: "", key: "x", width: 122, align: "right", fixed: "end", render: (_, r) => (
        <span style={{ whiteSpace: "nowrap" }}>
          <Button size="small" type="link" disabled={r.position === 1} loading={up.isPending && up.variables === r.entry_id} onClick={() => { up.mutate(r.entry_id); }}>{t("提前")}</Button>
          <Button size="small" type="link" onClick={() => { setAssigning(r); }}>{t("指派")}</Button>
        </span>
      ),
    });
  }
  return (
    <>
      <Table<Row> rowKey="entry_id" tableLayout="fixed" className="fl-dense" size="small" pagination={{ pageSize: 50, hideOnSinglePage: true, size: "small" }} columns={columns} dataSource={rows} scroll={{ x: 420 }} locale={{ emptyText: <Empty title={t("没有人在排队")} /> }} />
      {assigning ? <AssignDialog caller={assigning} queue={assigning.queue} agents={agents} onClose={() => { setAssigning(undefined); }} /> : null}
    </>
  );
}

function Queues({ board }: { board: Board }) {
  const { t } = useTranslation();
  const can = useCan();
  const rules = useRules();
  const [f, set] = useFilters();
  const columns = useColumns(rules);
  const sum = totals(board.queues);
  const chosen = board.queues.find((q) => String(q.queue_id) === f.queue);
  const rows = (chosen ? [chosen] : board.queues).flatMap((queue) => queue.callers.map((c) => ({ ...c, queue }))).sort((a, b) => (chosen ? a.position - b.position : a.came_at.localeCompare(b.came_at)));
  const alarms = board.queues.filter((q) => Object.values(alarmsOf(q, rules.get(q.queue_id), serverNow())).some(Boolean)).length;
  if (board.queues.length === 0) {
    return <Panel><Empty title={t("还没有坐席组")} hint={t("来电按坐席组排队。建好组、放进坐席，再在流程里用“排队转坐席”节点指向它。")} action={can(P.agentWrite) ? <GoButton to="/admin/queues/new" type="primary">{t("新建坐席组")}</GoButton> : null} /></Panel>;
  }
  return (
    <div className="fl-stack">
      <Figures items={[
        { label: t("正在排队"), value: count(sum.waiting), ...(sum.waiting > 0 ? { color: "#c08a12" } : {}) },
        { label: t("最长等待"), value: sum.firstCameAt ? <Ticker since={sum.firstCameAt} /> : "—" },
        { label: t("待回拨"), value: count(sum.callbacks) },
        { label: t("近半小时服务水平"), value: sum.level === null ? "—" : `${sum.level}%`, note: t("{{n}} 个来电", { n: count(sum.served) }) },
        { label: t("告警的坐席组"), value: count(alarms), ...(alarms > 0 ? { color: BAD } : {}) },
      ]} />
      <div style={{ display: "grid", gridTemplateColumns: "minmax(0, 1.5fr) minmax(0, 1fr)", gap: 12, alignItems: "start" }}>
        <Panel flush>
          <Table<QueueLive> rowKey="queue_id" tableLayout="fixed" className="fl-clickable fl-dense" size="small" pagination={false} columns={columns} dataSource={board.queues} scroll={{ x: 640 }} showSorterTooltip={false}
            onRow={(q) => ({ tabIndex: 0, ...(q === chosen ? { style: { background: "#eaf6f4" } } : {}), onClick: () => { set({ queue: q === chosen ? undefined : String(q.queue_id) }); }, onKeyDown: (e) => { if (e.key === "Enter") set({ queue: q === chosen ? undefined : String(q.queue_id) }); } })} />
        </Panel>
        <Panel flush title={chosen ? t("“{{name}}”的排队", { name: chosen.name }) : t("全部排队")} extra={chosen ? <Button size="small" type="link" onClick={() => { set({ queue: undefined }); }}>{t("看全部")}</Button> : null}>
          <Callers named={!chosen} rows={rows} agents={board.agents} rules={rules} />
        </Panel>
      </div>
    </div>
  );
}

export function QueueBoard() {
  const { t } = useTranslation();
  const query = useBoard();
  return (
    <Page title={t("班长台")} wide>
      <BoardTabs current="queues" />
      <AlarmBar />
      <Loaded query={query} rows={10}>{(board) => <Queues board={board} />}</Loaded>
    </Page>
  );
}
