import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Form, Input, Modal, Select, Table, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { createFlow, deleteFlow, getFlows, getFlowTemplates } from "@/api/flows.ts";
import type { Flow } from "@/api/types.ts";
import { P, useCan } from "@/app/session.ts";
import { useAct } from "@/ui/act.tsx";
import { SearchBox, Time } from "@/ui/fields.tsx";
import { useFilters } from "@/ui/filters.ts";
import { Go, useGo } from "@/ui/Go.tsx";
import { Empty, Loaded, Page, Panel } from "@/ui/Page.tsx";
import { Tag } from "@/ui/Tag.tsx";

interface Fields { name: string; description?: string; template: string }

function NewFlow({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const go = useGo();
  const [form] = Form.useForm<Fields>();
  const templates = useQuery({ queryKey: ["flow-templates"], queryFn: getFlowTemplates, staleTime: Infinity });
  const create = useAct((f: Fields) => createFlow({ name: f.name, description: f.description ?? "", template: f.template }), { refresh: ["flows"], form, onDone: (f) => { go(`/flows/${f.id}`); } });
  const options = (templates.data?.items ?? []).map((x) => ({ value: x.code, label: i18n.language === "en" ? x.name_en : x.name_zh }));
  return (
    <Modal open width={460} title={t("新建流程")} okText={t("创建并编辑")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={create.isPending}>
      <Form form={form} layout="vertical" requiredMark={false} style={{ marginTop: 12 }} onFinish={(f: Fields) => { create.mutate(f); }}>
        <Form.Item name="name" label={t("名称")} rules={[{ required: true, message: t("请输入名称") }]}><Input autoFocus maxLength={60} /></Form.Item>
        <Form.Item name="template" label={t("从哪个模板开始")} rules={[{ required: true, message: t("请选择模板") }]}><Select loading={templates.isPending} options={options} /></Form.Item>
        <Form.Item name="description" label={t("说明")}><Input.TextArea autoSize={{ minRows: 1, maxRows: 4 }} /></Form.Item>
      </Form>
    </Modal>
  );
}

export function FlowBadges({ flow }: { flow: Pick<Flow, "published_version" | "has_draft"> }) {
  const { t } = useTranslation();
  return (
    <span style={{ display: "inline-flex", gap: 6 }}>
      {flow.published_version != null ? <Tag tone="ok">{t("已发布第 {{n}} 版", { n: flow.published_version })}</Tag> : <Tag tone="muted">{t("从未发布")}</Tag>}
      {flow.has_draft ? <Tag tone="warn">{t("有未发布的修改")}</Tag> : null}
    </span>
  );
}

export function FlowList() {
  const { t } = useTranslation();
  const can = useCan();
  const go = useGo();
  const { modal } = App.useApp();
  const [f, set] = useFilters();
  const [adding, setAdding] = useState(false);
  const query = useQuery({ queryKey: ["flows"], queryFn: getFlows });
  const remove = useAct((id: number) => deleteFlow(id), { done: t("流程已删除"), refresh: ["flows"] });
  const ask = (x: Flow) => void modal.confirm({ title: t("删除流程“{{name}}”", { name: x.name }), content: t("所有版本都会删除，不能恢复。正被任务或号码使用的流程不能删除。"), okText: t("删除"), okButtonProps: { danger: true }, onOk: () => remove.mutateAsync(x.id).catch(() => undefined) });
  const columns: TableColumnsType<Flow> = [
    { title: t("流程"), key: "n", render: (_, x) => <div><Go to={`/flows/${x.id}`}>{x.name}</Go><div className="fl-clamp2" style={{ color: "#819096", fontSize: 12 }}>{x.description}</div></div> },
    { title: t("状态"), key: "s", width: 270, render: (_, x) => <FlowBadges flow={x} /> },
    { title: t("更新时间"), key: "u", width: 120, render: (_, x) => <Time at={x.updated_at} /> },
    { title: "", key: "x", width: 140, render: (_, x) => <><Button size="small" type="link" onClick={() => { go(`/flows/${x.id}`); }}>{can(P.flowWrite) ? t("编辑") : t("查看")}</Button>{can(P.flowWrite) ? <Button size="small" type="text" danger onClick={() => { ask(x); }}>{t("删除")}</Button> : null}</> },
  ];
  const add = can(P.flowWrite) ? <Button type="primary" icon={<PlusOutlined />} onClick={() => { setAdding(true); }}>{t("新建流程")}</Button> : null;
  return (
    <Page title={t("流程")} hint={t("接通后对方听到什么、按键后做什么。修改先存为草稿，发布后新的通话才会使用，正在进行的通话不受影响。")} actions={add} wide>
      <Panel flush>
        <div className="fl-filters"><SearchBox value={f.q} onChange={(q) => { set({ q }); }} placeholder={t("搜索流程名称")} /></div>
        <Loaded query={query}>
          {({ items }) => <Table<Flow> rowKey="id" size="small" columns={columns} dataSource={items.filter((x) => !f.q || x.name.includes(f.q) || x.description.includes(f.q))} pagination={{ pageSize: 50, hideOnSinglePage: true }}
            locale={{ emptyText: f.q ? <Empty title={t("没有符合条件的流程")} /> : <Empty title={t("还没有流程")} hint={t("从模板新建一个，或新建任务时自动带上。")} action={add} /> }} />}
        </Loaded>
      </Panel>
      {adding ? <NewFlow onClose={() => { setAdding(false); }} /> : null}
    </Page>
  );
}
