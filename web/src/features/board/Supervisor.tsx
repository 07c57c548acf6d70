/** 班长台: all seats, live. */
import { AimOutlined, DesktopOutlined, PhoneOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { MonitorMode } from "@/api/agents.ts";
import type { AgentLive, Board, QueueLive } from "@/api/board.ts";
import { P, useCan } from "@/app/session.ts";
import { count } from "@/format/text.ts";
import { below } from "@/features/org/tree.ts";
import { UnitSelect, useUnits } from "@/features/org/UnitSelect.tsx";
import { SearchBox } from "@/ui/fields.tsx";
import { useFilters, type Filters } from "@/ui/filters.ts";
import { GoButton } from "@/ui/Go.tsx";
import { Empty, Loaded, Page, Panel } from "@/ui/Page.tsx";
import { AlarmBar } from "./AlarmBar.tsx";
import { AgentTable } from "./AgentTable.tsx";
import { BoardTabs } from "./BoardTabs.tsx";
import { ReleaseDialog, TransferDialog } from "./Dialogs.tsx";
import { MonitorSeatDialog } from "./MonitorSeat.tsx";
import { RowActions, type Dialog } from "./RowActions.tsx";
import { countGroups, filtered, groupColor, GROUPS, groupText } from "./state.ts";
import { useBoard, useBreaks, useRules } from "./useBoard.ts";
import { useMonitor } from "./useMonitor.tsx";

type Set = (change: Filters) => void;

/** How many are in each state; a click shows only them. */
function States({ agents, f, set }: { agents: readonly AgentLive[]; f: Filters; set: Set }) {
  const { t } = useTranslation();
  const counts = countGroups(agents);
  const signedIn = agents.length - counts.off;
  return (
    <div className="fl-states" role="group" aria-label={t("按状态查看")}>
      <button type="button" aria-pressed={!f.state} onClick={() => { set({ state: undefined }); }}><span>{t("已签入 / 全部")}</span><b className="num">{count(signedIn)}<small> / {count(agents.length)}</small></b></button>
      {GROUPS.map((g) => (
        <button type="button" key={g} aria-pressed={f.state === g} style={{ "--c": groupColor[g] } as React.CSSProperties} onClick={() => { set({ state: f.state === g ? undefined : g }); }}>
          <span>{t(groupText[g])}</span><b className="num" style={{ color: groupColor[g] }}>{count(counts[g])}</b>
        </button>
      ))}
    </div>
  );
}

function Groups({ queues, all, f, set }: { queues: readonly QueueLive[]; all: number; f: Filters; set: Set }) {
  const { t } = useTranslation();
  const row = (key: string | undefined, name: string, right: React.ReactNode) => (
    <button type="button" key={key ?? ""} aria-pressed={f.queue === key} title={name} onClick={() => { set({ queue: key }); }}><span className="fl-ellipsis">{name}</span><span className="num">{right}</span></button>
  );
  return (
    <nav className="fl-groups" aria-label={t("坐席组")}>
      {row(undefined, t("全部坐席"), count(all))}
      {queues.map((q) => row(String(q.queue_id), q.name, <>{q.waiting > 0 ? <em title={t("{{n}} 人排队", { n: q.waiting })}>{q.waiting}</em> : null}<span title={t("空闲 / 签入")}>{q.ready} / {q.staffed}</span></>))}
    </nav>
  );
}

/** The groups' names, the same map as long as no name changes: their figures change every second. */
function useNames(queues: readonly QueueLive[]): ReadonlyMap<number, string> {
  const text = JSON.stringify(queues.map((q) => [q.queue_id, q.name]));
  return useMemo(() => new Map(JSON.parse(text) as [number, string][]), [text]);
}

function Seats({ board }: { board: Board }) {
  const { t } = useTranslation();
  const can = useCan();
  const [f, set] = useFilters();
  const breaks = useBreaks();
  const rules = useRules();
  const { start, dialog } = useMonitor();
  const [asking, setAsking] = useState<Dialog>();
  const latest = useRef(start);
  useEffect(() => { latest.current = start; });
  const begin = useCallback((agent: AgentLive, mode: MonitorMode) => { latest.current(agent, mode); }, []);
  const actions = useCallback((a: AgentLive) => <RowActions agent={a} breaks={breaks} onMonitor={begin} onDialog={setAsking} />, [breaks, begin]);
  const names = useNames(board.queues);
  const units = useUnits().data?.items ?? [];
  const inGroup = filtered(board.agents, { queue: f.queue, units: f.unit ? below(units, Number(f.unit)) : undefined });
  const shown = filtered(inGroup, { state: f.state, q: f.q });
  const none = board.agents.length === 0
    ? <Empty title={t("还没有坐席")} hint={t("先给每位同事建一个工号，再放进坐席组，就能在这里看到他们的状态。")} action={can(P.agentWrite) ? <GoButton to="/admin/agents" type="primary">{t("去建坐席")}</GoButton> : null} />
    : <Empty title={t("没有符合条件的坐席")} action={<Button onClick={() => { set({ queue: undefined, unit: undefined, state: undefined, q: undefined }); }}>{t("清空筛选")}</Button>} />;
  return (
    <div className="fl-stack">
      <States agents={inGroup} f={f} set={set} />
      <div style={{ display: "grid", gridTemplateColumns: "190px minmax(0, 1fr)", gap: 12 }}>
        <Panel flush><Groups queues={board.queues} all={board.agents.length} f={f} set={set} /></Panel>
        <Panel flush>
          <div className="fl-filters">
            <SearchBox value={f.q} onChange={(q) => { set({ q }); }} placeholder={t("工号、姓名或对方号码")} width={200} />
            {units.length > 0 ? <UnitSelect value={f.unit ? Number(f.unit) : null} onChange={(unit) => { set({ unit: unit === null ? undefined : String(unit) }); }} placeholder={t("全部部门")} label={t("部门")} width={180} /> : null}
            <span style={{ color: "#5a6b71" }}>{t("显示 {{n}} 个", { n: count(shown.length) })}</span>
          </div>
          <AgentTable agents={shown} names={names} breaks={breaks} rules={rules} empty={none} actions={actions} />
        </Panel>
      </div>
      {asking?.kind === "release" ? <ReleaseDialog agent={asking.agent} onClose={() => { setAsking(undefined); }} /> : null}
      {asking?.kind === "transfer" ? <TransferDialog agent={asking.agent} agents={board.agents} queues={board.queues} onClose={() => { setAsking(undefined); }} /> : null}
      {dialog}
    </div>
  );
}

export function Supervisor() {
  const { t } = useTranslation();
  const can = useCan();
  const query = useBoard();
  const [seat, setSeat] = useState(false);
  const actions = (
    <>
      {can(P.agentMonitor) ? <Button icon={<PhoneOutlined />} onClick={() => { setSeat(true); }}>{t("监听话机")}</Button> : null}
      <Button icon={<DesktopOutlined />} href="/wallboard" target="_blank">{t("大屏")}</Button>
      {can(P.agentWrite) ? <GoButton to="/admin/agents" icon={<AimOutlined />}>{t("坐席管理")}</GoButton> : null}
    </>
  );
  return (
    <Page title={t("班长台")} wide actions={actions}>
      <BoardTabs current="seats" />
      <AlarmBar />
      <Loaded query={query} rows={12}>{(board) => <Seats board={board} />}</Loaded>
      {seat ? <MonitorSeatDialog onClose={() => { setSeat(false); }} onChosen={() => { setSeat(false); }} /> : null}
    </Page>
  );
}
