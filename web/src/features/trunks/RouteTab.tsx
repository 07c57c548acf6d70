import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Form, Input, InputNumber, Modal, Select, Switch, Table, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { createRoute, deleteRoute, getRoutes, getTrunks, updateRoute, type RouteInput } from "@/api/lines.ts";
import type { Route } from "@/api/types.ts";
import { P, useCan } from "@/app/session.ts";
import { carrier, word } from "@/format/words.ts";
import { useAct } from "@/ui/act.tsx";
import { Empty, Loaded, Panel } from "@/ui/Page.tsx";
import { Tag } from "@/ui/Tag.tsx";

function RouteForm({ route, onClose }: { route: Route | null; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm();
  const trunks = useQuery({ queryKey: ["trunks"], queryFn: getTrunks });
  const save = useAct(
    (f: RouteInput & { yuan: number }) => {
      const input: RouteInput = { trunk_id: f.trunk_id, carrier: f.carrier ?? null, region: f.region ?? "", number_prefix: f.number_prefix ?? "", priority: f.priority ?? 0, cost: Math.round((f.yuan ?? 0) * 1000), enabled: f.enabled };
      return route ? updateRoute(route.id, input) : createRoute(input);
    },
    { done: t("路由已保存"), refresh: ["routes"], form, onDone: onClose },
  );
  return (
    <Modal open width={500} title={route ? t("修改路由") : t("添加路由")} okText={t("保存")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={save.isPending}>
      <Form form={form} layout="vertical" requiredMark={false} style={{ marginTop: 12 }} initialValues={route ? { ...route, yuan: route.cost / 1000 } : { enabled: true, priority: 0, yuan: 0, region: "", number_prefix: "" }} onFinish={(f: RouteInput & { yuan: number }) => { save.mutate(f); }}>
        <Form.Item name="trunk_id" label={t("走哪条线路")} rules={[{ required: true, message: t("请选择线路") }]}><Select options={(trunks.data?.items ?? []).map((x) => ({ value: x.id, label: x.name }))} /></Form.Item>
        <div style={{ display: "grid", gridTemplateColumns: "1fr 1fr", columnGap: 16 }}>
          <Form.Item name="carrier" label={t("被叫运营商")}><Select allowClear placeholder={t("不限")} options={Object.entries(carrier).filter(([k]) => k !== "unknown").map(([k, w]) => ({ value: k, label: t(w.text) }))} /></Form.Item>
          <Form.Item name="region" label={t("被叫归属地")} extra={t("以此开头，如“山东省”。")}><Input placeholder={t("不限")} /></Form.Item>
          <Form.Item name="number_prefix" label={t("号码前缀")} extra={t("如 +8610")}><Input placeholder={t("不限")} className="num" /></Form.Item>
          <Form.Item name="yuan" label={t("每分钟费用")} extra={t("便宜的先用")}><InputNumber min={0} step={0.01} suffix={t("元")} style={{ width: "100%" }} /></Form.Item>
          <Form.Item name="priority" label={t("优先级")} extra={t("费用相同时，小的先用")}><InputNumber style={{ width: "100%" }} /></Form.Item>
          <Form.Item name="enabled" label={t("启用")} valuePropName="checked"><Switch /></Form.Item>
        </div>
      </Form>
    </Modal>
  );
}

export function RouteTab() {
  const { t } = useTranslation();
  const can = useCan();
  const { modal } = App.useApp();
  const [editing, setEditing] = useState<Route | null>();
  const query = useQuery({ queryKey: ["routes"], queryFn: getRoutes });
  const trunks = useQuery({ queryKey: ["trunks"], queryFn: getTrunks });
  const remove = useAct((id: number) => deleteRoute(id), { done: t("路由已删除"), refresh: ["routes"] });
  const ask = (r: Route) => void modal.confirm({ title: t("删除这条路由"), okText: t("删除"), okButtonProps: { danger: true }, onOk: () => remove.mutateAsync(r.id).catch(() => undefined) });
  const any = <span style={{ color: "#a3b0b4" }}>{t("不限")}</span>;
  const columns: TableColumnsType<Route> = [
    { title: t("顺序"), key: "i", width: 60, render: (_, __, i) => i + 1 },
    { title: t("线路"), key: "t", render: (_, r) => trunks.data?.items.find((x) => x.id === r.trunk_id)?.name ?? `#${r.trunk_id}` },
    { title: t("被叫运营商"), key: "c", render: (_, r) => (r.carrier ? t(word(carrier, r.carrier).text) : any) },
    { title: t("被叫归属地"), key: "r", render: (_, r) => r.region || any },
    { title: t("号码前缀"), key: "p", render: (_, r) => r.number_prefix || any },
    { title: t("每分钟费用"), key: "y", align: "right", render: (_, r) => `¥${(r.cost / 1000).toFixed(3)}` },
    { title: t("优先级"), dataIndex: "priority", align: "right", width: 80 },
    { title: t("状态"), key: "e", width: 80, render: (_, r) => <Tag tone={r.enabled ? "ok" : "muted"}>{r.enabled ? t("启用") : t("停用")}</Tag> },
    { title: "", key: "x", width: 130, render: (_, r) => (can(P.trunkWrite) ? <><Button size="small" type="link" onClick={() => { setEditing(r); }}>{t("修改")}</Button><Button size="small" type="text" danger onClick={() => { ask(r); }}>{t("删除")}</Button></> : null) },
  ];
  const add = can(P.trunkWrite) ? <Button size="small" icon={<PlusOutlined />} onClick={() => { setEditing(null); }}>{t("添加路由")}</Button> : null;
  return (
    <Panel title={t("呼出路由")} extra={add} flush>
      <Loaded query={query}>
        {({ items }) => <Table<Route> rowKey="id" size="small" pagination={false} columns={columns} dataSource={[...items].sort((a, b) => a.cost - b.cost || a.priority - b.priority)}
          locale={{ emptyText: <Empty title={t("还没有路由")} hint={t("没有路由就不知道走哪条线。加一条不限条件的路由即可开始；多条时自动从便宜到贵，不通就换下一条。")} action={add} /> }} />}
      </Loaded>
      {editing !== undefined ? <RouteForm route={editing} onClose={() => { setEditing(undefined); }} /> : null}
    </Panel>
  );
}
