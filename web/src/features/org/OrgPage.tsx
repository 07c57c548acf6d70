/** 组织架构: who stands where; by it supervisors see their part of the floor. */
import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Form, Input, Modal, Table, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { getUsers } from "@/api/access.ts";
import { getAgents } from "@/api/agents.ts";
import { createUnit, deleteUnit, updateUnit, type OrgUnit, type UnitInput } from "@/api/org.ts";
import { P, useCan } from "@/app/session.ts";
import { count } from "@/format/text.ts";
import { useAct } from "@/ui/act.tsx";
import { Empty, Loaded, Page, Panel } from "@/ui/Page.tsx";
import { below, treeOf, type Node } from "./tree.ts";
import { UnitSelect, useUnits } from "./UnitSelect.tsx";

/** What is edited: a unit that is there, or a new one below another. */
type Editing = { unit: OrgUnit } | { parent: number | null };

function UnitForm({ editing, units, onClose }: { editing: Editing; units: readonly OrgUnit[]; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<UnitInput & { revision?: number }>();
  const unit = "unit" in editing ? editing.unit : null;
  const save = useAct(
    (f: UnitInput) => {
      const input = { name: f.name.trim(), parent_id: f.parent_id ?? null };
      const revision = (form.getFieldValue("revision") as number | undefined) ?? unit?.revision ?? 0;
      return unit ? updateUnit(unit.id, { ...input, revision }) : createUnit(input);
    },
    { done: t("部门已保存"), refresh: ["units", "agents", "board"], form, adopt: true, onDone: onClose },
  );
  const own = unit ? below(units, unit.id) : new Set<number>();
  return (
    <Modal open width={440} title={unit ? t("修改部门") : t("添加部门")} okText={t("保存")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={save.isPending}>
      <Form form={form} layout="vertical" requiredMark={false} style={{ marginTop: 12 }} initialValues={unit ?? { name: "", parent_id: "parent" in editing ? editing.parent : null }} onFinish={(f: UnitInput) => { save.mutate(f); }}>
        <Form.Item name="name" label={t("部门名称")} rules={[{ required: true, whitespace: true, message: t("请输入部门名称") }]}><Input autoFocus maxLength={60} placeholder={t("例如：客服一部")} /></Form.Item>
        <Form.Item name="parent_id" label={t("上级部门")} extra={unit ? t("换上级时，下级部门和人员一起移过去。") : undefined}><UnitSelect placeholder={t("没有上级，放在最上层")} without={(u) => own.has(u.id)} /></Form.Item>
      </Form>
    </Modal>
  );
}

/** How many stand in a unit itself. */
function usePeople() {
  const can = useCan();
  const users = useQuery({ queryKey: ["users"], queryFn: getUsers });
  const agents = useQuery({ queryKey: ["agents"], queryFn: getAgents, enabled: can(P.agentRead) });
  const counted = (items: readonly { unit_id?: number | null }[] | undefined, id: number) => (items ?? []).filter((x) => x.unit_id === id).length;
  return { users: (id: number) => counted(users.data?.items, id), agents: (id: number) => counted(agents.data?.items, id) };
}

function Tree({ units, add, onEdit }: { units: readonly OrgUnit[]; add: React.ReactNode; onEdit: (e: Editing) => void }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const people = usePeople();
  const remove = useAct((id: number) => deleteUnit(id), { done: t("部门已删除"), refresh: ["units"] });
  const ask = (u: OrgUnit) => void modal.confirm({ title: t("删除部门“{{name}}”", { name: u.name }), content: t("还有下级部门、用户或坐席时不能删除，请先移走。"), okText: t("删除"), okButtonProps: { danger: true }, onOk: () => remove.mutateAsync(u.id).catch(() => undefined) });
  const columns: TableColumnsType<Node> = [
    { title: t("部门"), key: "n", ellipsis: true, render: (_, u) => <span title={u.name}>{u.name}</span> },
    { title: t("用户"), key: "u", width: 90, align: "right", render: (_, u) => count(people.users(u.id)) },
    { title: t("坐席"), key: "a", width: 90, align: "right", render: (_, u) => count(people.agents(u.id)) },
    {
      title: "", key: "x", width: 240, align: "right", render: (_, u) => (
        <>
          <Button size="small" type="link" onClick={() => { onEdit({ parent: u.id }); }}>{t("添加下级")}</Button>
          <Button size="small" type="link" onClick={() => { onEdit({ unit: u }); }}>{t("修改")}</Button>
          <Button size="small" type="text" danger onClick={() => { ask(u); }}>{t("删除")}</Button>
        </>
      ),
    },
  ];
  const none = <Empty title={t("还没有部门")} hint={t("按公司的层级建部门，再把用户和坐席放进去：班长只看到、只能管自己部门和下级的坐席。")} action={add} />;
  return <Table<Node> rowKey="id" size="small" pagination={false} columns={columns} dataSource={treeOf(units)} expandable={{ defaultExpandAllRows: true }} scroll={{ x: 640 }} locale={{ emptyText: none }} />;
}

export function OrgPage() {
  const { t } = useTranslation();
  const [editing, setEditing] = useState<Editing>();
  const query = useUnits();
  const add = <Button type="primary" icon={<PlusOutlined />} onClick={() => { setEditing({ parent: null }); }}>{t("添加部门")}</Button>;
  return (
    <Page title={t("组织架构")} actions={add}>
      <Panel flush><Loaded query={query}>{({ items }) => <Tree units={items} add={add} onEdit={setEditing} />}</Loaded></Panel>
      {editing ? <UnitForm editing={editing} units={query.data?.items ?? []} onClose={() => { setEditing(undefined); }} /> : null}
    </Page>
  );
}
