import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Form, Input, Modal, Table, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { createSkill, deleteSkill, getAgents, getSkills, updateSkill, type Skill } from "@/api/agents.ts";
import { P, useCan } from "@/app/session.ts";
import { count } from "@/format/text.ts";
import { useAct } from "@/ui/act.tsx";
import { Empty, Loaded, Panel } from "@/ui/Page.tsx";

function SkillForm({ skill, onClose }: { skill: Skill | null; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ name: string }>();
  const save = useAct(({ name }: { name: string }) => (skill ? updateSkill(skill.id, name.trim()) : createSkill(name.trim())), { done: t("技能已保存"), refresh: ["skills"], form, onDone: onClose });
  return (
    <Modal open width={400} title={skill ? t("修改技能") : t("添加技能")} okText={t("保存")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={save.isPending}>
      <Form form={form} layout="vertical" requiredMark={false} style={{ marginTop: 12 }} initialValues={skill ?? { name: "" }} onFinish={(f: { name: string }) => { save.mutate(f); }}>
        <Form.Item name="name" label={t("名称")} rules={[{ required: true, whitespace: true, message: t("请输入名称") }]}><Input autoFocus maxLength={40} placeholder={t("例如：英语")} /></Form.Item>
      </Form>
    </Modal>
  );
}

export function SkillsTab() {
  const { t } = useTranslation();
  const write = useCan()(P.agentWrite);
  const { modal } = App.useApp();
  const [editing, setEditing] = useState<Skill | null>();
  const query = useQuery({ queryKey: ["skills"], queryFn: getSkills });
  const agents = useQuery({ queryKey: ["agents"], queryFn: getAgents });
  const having = (id: number) => (agents.data?.items ?? []).filter((a) => id in a.skills).length;
  const remove = useAct((id: number) => deleteSkill(id), { done: t("技能已删除"), refresh: ["skills", "agents", "queues"] });
  const ask = (s: Skill) => void modal.confirm({ title: t("删除技能“{{name}}”", { name: s.name }), content: t("坐席身上的这项技能一并去掉。坐席组还要求它时不能删除。"), okText: t("删除"), okButtonProps: { danger: true }, onOk: () => remove.mutateAsync(s.id).catch(() => undefined) });
  const columns: TableColumnsType<Skill> = [
    { title: t("名称"), key: "n", render: (_, s) => <b style={{ fontWeight: 600 }}>{s.name}</b> },
    { title: t("有这项技能的坐席"), key: "c", width: 160, align: "right", render: (_, s) => count(having(s.id)) },
    { title: "", key: "x", width: 140, align: "right", render: (_, s) => (write ? <><Button size="small" type="link" onClick={() => { setEditing(s); }}>{t("修改")}</Button><Button size="small" type="text" danger onClick={() => { ask(s); }}>{t("删除")}</Button></> : null) },
  ];
  const add = write ? <Button size="small" icon={<PlusOutlined />} onClick={() => { setEditing(null); }}>{t("添加技能")}</Button> : null;
  return (
    <Panel title={t("技能")} extra={add} flush style={{ maxWidth: 720 }}>
      <Loaded query={query}>{({ items }) => <Table<Skill> rowKey="id" size="small" pagination={false} columns={columns} dataSource={items} locale={{ emptyText: <Empty title={t("还没有技能")} hint={t("语种、业务、证书都可以作技能。坐席组可以要求来电由有某项技能的坐席接听。")} action={add} /> }} />}</Loaded>
      {editing !== undefined ? <SkillForm skill={editing} onClose={() => { setEditing(undefined); }} /> : null}
    </Panel>
  );
}
