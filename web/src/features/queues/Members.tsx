/** Who serves a group, in which order, when. */
import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Modal, Select, Switch, Table, Tooltip, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { getAgents, type Agent } from "@/api/agents.ts";
import { getMembers, putMembers, type Member } from "@/api/queues.ts";
import type { Schedule } from "@/api/types.ts";
import { P, useCan } from "@/app/session.ts";
import { ScheduleEditor } from "@/features/campaigns/ScheduleEditor.tsx";
import { useAct } from "@/ui/act.tsx";
import { useLeaveGuard } from "@/ui/guard.ts";
import { GoButton } from "@/ui/Go.tsx";
import { Empty, Loaded, Panel } from "@/ui/Page.tsx";
import { moved, placed, shiftText } from "./members.ts";

const SHIFT: Schedule = { start_date: null, end_date: null, weekdays: [1, 2, 3, 4, 5], windows: [{ from: "08:30", to: "17:30" }], skip_holidays: false };

function ShiftDialog({ value, onClose, onSave }: { value: Schedule | null; onClose: () => void; onSave: (s: Schedule | null) => void }) {
  const { t } = useTranslation();
  const [schedule, setSchedule] = useState<Schedule>(value ?? SHIFT);
  return (
    <Modal open width={640} title={t("什么时候在这个组")} onCancel={onClose} footer={[
      <Button key="a" onClick={() => { onSave(null); }}>{t("一直在")}</Button>, <Button key="c" onClick={onClose}>{t("取消")}</Button>, <Button key="s" type="primary" onClick={() => { onSave(schedule); }}>{t("确定")}</Button>,
    ]}>
      <p style={{ color: "#5a6b71" }}>{t("时间外即使签入也不分这个组的来电。")}</p>
      <ScheduleEditor value={schedule} onChange={setSchedule} holidays={t("节假日不上班，调休上班日照常")} />
    </Modal>
  );
}

interface Edit { set: (members: Member[]) => void; members: Member[]; may: boolean; onShift: (m: Member) => void }

function useColumns({ set, members, may, onShift }: Edit, agents: ReadonlyMap<number, Agent>): TableColumnsType<Member> {
  const { t } = useTranslation();
  const change = (m: Member, to: Partial<Member>) => { set(members.map((x) => (x.agent_id === m.agent_id ? { ...x, ...to } : x))); };
  const name = (id: number) => { const a = agents.get(id); return a ? <><b className="num" style={{ fontWeight: 600 }}>{a.number}</b> {a.name}</> : `#${id}`; };
  return [
    { title: t("顺序"), key: "p", width: 110, render: (_, m) => <span style={{ display: "flex", alignItems: "center", gap: 2 }}><span className="num" style={{ width: 26 }}>{m.place}</span>{may ? <><Button size="small" type="text" icon={<ArrowUpOutlined />} aria-label={t("上移")} disabled={m.place === 1} onClick={() => { set(moved(members, m.agent_id, -1)); }} /><Button size="small" type="text" icon={<ArrowDownOutlined />} aria-label={t("下移")} disabled={m.place === members.length} onClick={() => { set(moved(members, m.agent_id, 1)); }} /></> : null}</span> },
    { title: t("坐席"), key: "a", render: (_, m) => name(m.agent_id) },
    { title: <Tooltip title={t("只接这个组的 VIP 来电，不接其他来电。")}><span>{t("VIP 专席")}</span></Tooltip>, key: "v", width: 100, render: (_, m) => <Switch size="small" disabled={!may} checked={m.vip_only} onChange={(vip_only) => { change(m, { vip_only }); }} aria-label={t("VIP 专席")} /> },
    { title: <Tooltip title={t("这个组的外呼任务可以占用他。")}><span>{t("参与外呼")}</span></Tooltip>, key: "o", width: 100, render: (_, m) => <Switch size="small" disabled={!may} checked={m.outbound} onChange={(outbound) => { change(m, { outbound }); }} aria-label={t("参与外呼")} /> },
    { title: t("班次"), key: "s", width: 260, ellipsis: true, render: (_, m) => (may ? <Button size="small" type="link" style={{ paddingInline: 0, maxWidth: "100%" }} onClick={() => { onShift(m); }}><span className="fl-ellipsis">{shiftText(m.schedule, t)}</span></Button> : shiftText(m.schedule, t)) },
    { title: "", key: "x", width: 50, render: (_, m) => (may ? <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={t("移出")} onClick={() => { set(placed(members.filter((x) => x.agent_id !== m.agent_id))); }} /> : null) },
  ];
}

function Editor({ queue, stored, agents }: { queue: number; stored: Member[]; agents: Agent[] }) {
  const { t } = useTranslation();
  const may = useCan()(P.agentWrite);
  const [draft, setDraft] = useState<Member[] | null>(null);
  const [shift, setShift] = useState<Member>();
  const members = draft ?? placed(stored);
  useLeaveGuard(draft !== null);
  const save = useAct(() => putMembers(queue, placed(members)), { done: t("成员已保存，马上生效"), refresh: ["members", "board"], onDone: () => { setDraft(null); } });
  const by = new Map(agents.map((a) => [a.id, a]));
  const columns = useColumns({ set: setDraft, members, may, onShift: setShift }, by);
  const free = agents.filter((a) => !members.some((m) => m.agent_id === a.id)).map((a) => ({ value: a.id, label: `${a.number} ${a.name}` }));
  const add = (ids: number[]) => { setDraft(placed([...members, ...ids.map((agent_id) => ({ agent_id, place: 0, vip_only: false, outbound: true, schedule: null }))])); };
  return (
    <Panel flush style={{ maxWidth: 1000 }}>
      {may ? (
        <div className="fl-filters">
          <Select<number[]> mode="multiple" style={{ width: 320 }} value={[]} placeholder={t("加坐席：输入工号或姓名")} showSearch={{ optionFilterProp: "label" }} options={free} onChange={add} aria-label={t("加坐席")} notFoundContent={t("都已经在组里了")} />
          <span style={{ flex: 1 }} />
          {draft ? <><span style={{ color: "#9a6408" }}>{t("有未保存的修改")}</span><Button onClick={() => { setDraft(null); }}>{t("放弃修改")}</Button></> : null}
          <Button type="primary" disabled={!draft} loading={save.isPending} onClick={() => { save.mutate(undefined); }}>{t("保存")}</Button>
        </div>
      ) : null}
      <Table<Member> rowKey="agent_id" size="small" columns={columns} dataSource={members} pagination={{ pageSize: 100, hideOnSinglePage: true, size: "small" }} scroll={{ x: 800 }}
        locale={{ emptyText: <Empty title={t("组里还没有坐席")} hint={agents.length === 0 ? t("先到“坐席管理”添加工号，再回来放进组里。") : t("在上面选坐席加进来，然后保存。")} action={agents.length === 0 ? <GoButton to="/admin/agents" type="primary">{t("去建坐席")}</GoButton> : null} /> }} />
      {shift ? <ShiftDialog value={shift.schedule ?? null} onClose={() => { setShift(undefined); }} onSave={(schedule) => { setDraft(members.map((m) => (m.agent_id === shift.agent_id ? { ...m, schedule } : m))); setShift(undefined); }} /> : null}
    </Panel>
  );
}

export function Members({ queue }: { queue: number }) {
  const members = useQuery({ queryKey: ["members", queue], queryFn: () => getMembers(queue) });
  const agents = useQuery({ queryKey: ["agents"], queryFn: getAgents });
  return <Loaded query={members}>{(stored) => <Loaded query={agents}>{({ items }) => <Editor queue={queue} stored={stored} agents={items} />}</Loaded>}</Loaded>;
}
