import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Select, Table, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { getUsers } from "@/api/access.ts";
import { deleteAgent, getAgents, getSkills, type Agent } from "@/api/agents.ts";
import { getBoard } from "@/api/board.ts";
import { getQueues } from "@/api/queues.ts";
import { P, useCan } from "@/app/session.ts";
import { useAct } from "@/ui/act.tsx";
import { SearchBox } from "@/ui/fields.tsx";
import { useFilters } from "@/ui/filters.ts";
import { Empty, Loaded, Panel } from "@/ui/Page.tsx";
import { Tag } from "@/ui/Tag.tsx";
import { AgentForm } from "./AgentForm.tsx";

/** What the table shows beside the agents: groups, skills and users by id. */
function useAround() {
  const can = useCan();
  const skills = useQuery({ queryKey: ["skills"], queryFn: getSkills });
  const queues = useQuery({ queryKey: ["queues"], queryFn: getQueues });
  const users = useQuery({ queryKey: ["users"], queryFn: getUsers, enabled: can(P.userWrite) });
  const board = useQuery({ queryKey: ["board", "groups"], queryFn: getBoard });
  return { skills: skills.data?.items ?? [], queues: queues.data?.items ?? [], users: users.data?.items ?? [], groups: new Map((board.data?.agents ?? []).map((a) => [a.agent_id, a.queues])) };
}
type Around = ReturnType<typeof useAround>;

function useColumns({ skills, queues, users, groups }: Around, actions: (a: Agent) => React.ReactNode): TableColumnsType<Agent> {
  const { t } = useTranslation();
  const grey = { color: "#a3b0b4" };
  const login = (id: number | null | undefined) => { const u = users.find((x) => x.id === id); return u ? `${u.login} ${u.name}` : `#${id}`; };
  const names = (ids: readonly number[]) => ids.map((id) => queues.find((q) => q.id === id)?.name).filter(Boolean).join("、");
  return [
    { title: t("工号"), key: "n", width: 90, sorter: (a, b) => a.number.localeCompare(b.number), render: (_, a) => <b className="num" style={{ fontWeight: 600 }}>{a.number}</b> },
    { title: t("姓名"), key: "name", width: 130, ellipsis: true, render: (_, a) => a.name },
    { title: t("登录用户"), key: "u", width: 140, ellipsis: true, render: (_, a) => (a.user_id == null ? <span style={grey}>{t("公用坐席")}</span> : login(a.user_id)) },
    { title: t("坐席组"), key: "g", width: 220, ellipsis: true, render: (_, a) => { const text = names(groups.get(a.id) ?? []); return text ? <span title={text}>{text}</span> : <span style={grey}>{t("没有分组")}</span>; } },
    { title: t("技能"), key: "s", render: (_, a) => <span style={{ display: "flex", gap: 4, flexWrap: "wrap" }}>{Object.entries(a.skills).map(([id, level]) => <Tag key={id} tone="neutral">{skills.find((s) => String(s.id) === id)?.name ?? `#${id}`} <b>{level}</b></Tag>)}</span> },
    { title: t("状态"), key: "e", width: 76, render: (_, a) => <Tag tone={a.enabled ? "ok" : "muted"}>{a.enabled ? t("启用") : t("停用")}</Tag> },
    { title: "", key: "x", width: 120, align: "right", render: (_, a) => actions(a) },
  ];
}

export function AgentsTab() {
  const { t } = useTranslation();
  const write = useCan()(P.agentWrite);
  const { modal } = App.useApp();
  const [f, set] = useFilters();
  const [editing, setEditing] = useState<Agent | null>();
  const query = useQuery({ queryKey: ["agents"], queryFn: getAgents });
  const around = useAround();
  const remove = useAct((id: number) => deleteAgent(id), { done: t("坐席已删除"), refresh: ["agents", "board", "members"] });
  const ask = (a: Agent) => void modal.confirm({ title: t("删除坐席 {{name}}", { name: `${a.number} ${a.name}` }), content: t("从各组移出并马上签出；通话记录和时间线保留。只是暂时不用，改成停用即可。"), okText: t("删除"), okButtonProps: { danger: true }, onOk: () => remove.mutateAsync(a.id).catch(() => undefined) });
  const columns = useColumns(around, (a) => (write ? (
    <>
      <Button size="small" type="link" onClick={() => { setEditing(a); }}>{t("修改")}</Button>
      <Button size="small" type="text" danger onClick={() => { ask(a); }}>{t("删除")}</Button>
    </>
  ) : null));
  const text = f.q?.toLowerCase();
  const shown = (items: Agent[]) => items.filter((a) => (!text || a.number.includes(text) || a.name.toLowerCase().includes(text)) && (!f.queue || around.groups.get(a.id)?.includes(Number(f.queue))));
  const add = write ? <Button type="primary" icon={<PlusOutlined />} onClick={() => { setEditing(null); }}>{t("添加坐席")}</Button> : null;
  return (
    <Panel flush>
      <div className="fl-filters">
        <SearchBox value={f.q} onChange={(q) => { set({ q }); }} placeholder={t("工号或姓名")} width={170} />
        <Select allowClear showSearch={{ optionFilterProp: "label" }} value={f.queue ?? null} placeholder={t("全部坐席组")} aria-label={t("全部坐席组")} style={{ width: 180 }} onChange={(v: string | null | undefined) => { set({ queue: v ?? undefined }); }} options={around.queues.map((q) => ({ value: String(q.id), label: q.name }))} />
        <span style={{ flex: 1 }} />
        {add}
      </div>
      <Loaded query={query}>
        {({ items }) => (
          <>
            <Table<Agent> rowKey="id" size="small" columns={columns} dataSource={shown(items)} scroll={{ x: 1000 }} showSorterTooltip={false} pagination={{ pageSize: 50, hideOnSinglePage: true, size: "small", showSizeChanger: false }}
              locale={{ emptyText: items.length === 0 ? <Empty title={t("还没有坐席")} hint={t("给每位接电话的同事建一个工号，绑定他的登录用户，再放进坐席组。")} action={add} /> : <Empty title={t("没有符合条件的坐席")} /> }} />
            {editing !== undefined ? <AgentForm agent={editing} groups={editing ? (around.groups.get(editing.id) ?? []) : []} queues={around.queues} skills={around.skills} agents={items} onClose={() => { setEditing(undefined); }} /> : null}
          </>
        )}
      </Loaded>
    </Panel>
  );
}
