import { ImportOutlined, PlusOutlined } from "@ant-design/icons";
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
import { RateImport } from "./RateImport.tsx";
import { hours, minuteOf, minuteText, prefixOf, yuan } from "./rates.ts";
import { RateTrial } from "./RateTrial.tsx";

interface Filled extends RouteInput { yuan: number; from: string; until: string }

function RouteForm({ route, onClose }: { route: Route | null; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm();
  const trunks = useQuery({ queryKey: ["trunks"], queryFn: getTrunks });
  const save = useAct(
    (f: Filled) => {
      const input: RouteInput = {
        trunk_id: f.trunk_id, carrier: f.carrier ?? null, region: f.region ?? "", number_prefix: prefixOf(f.number_prefix ?? "") ?? "", priority: f.priority ?? 0, cost: Math.round((f.yuan ?? 0) * 1000),
        billing_s: f.billing_s ?? 60, from_minute: minuteOf(f.from) ?? 0, until_minute: minuteOf(f.until) ?? 0, enabled: f.enabled,
      };
      return route ? updateRoute(route.id, input) : createRoute(input);
    },
    { done: t("路由已保存"), refresh: ["routes"], form, fields: { cost: "yuan", from_minute: "from", until_minute: "until" }, onDone: onClose },
  );
  const initial = route
    ? { ...route, yuan: route.cost / 1000, from: minuteText(route.from_minute), until: minuteText(route.until_minute) }
    : { enabled: true, priority: 0, yuan: 0, billing_s: 60, from: "00:00", until: "00:00", region: "", number_prefix: "" };
  const time = (message: string) => ({ validator: (_: unknown, v: string) => (minuteOf(v ?? "") === null ? Promise.reject(new Error(message)) : Promise.resolve()) });
  const prefix = { validator: (_: unknown, v: string) => (prefixOf(v ?? "") === null ? Promise.reject(new Error(t("请写数字，如 138、010 或 +8610"))) : Promise.resolve()) };
  return (
    <Modal open width={500} title={route ? t("修改路由") : t("添加路由")} okText={t("保存")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={save.isPending}>
      <Form form={form} layout="vertical" requiredMark={false} style={{ marginTop: 12 }} initialValues={initial} onFinish={(f: Filled) => { save.mutate(f); }}>
        <Form.Item name="trunk_id" label={t("走哪条线路")} rules={[{ required: true, message: t("请选择线路") }]}><Select notFoundContent={t("还没有线路，请先在“线路”里添加")} options={(trunks.data?.items ?? []).map((x) => ({ value: x.id, label: x.name }))} /></Form.Item>
        <div style={{ display: "grid", gridTemplateColumns: "1fr 1fr", columnGap: 16 }}>
          <Form.Item name="carrier" label={t("被叫运营商")}><Select allowClear placeholder={t("不限")} options={Object.entries(carrier).filter(([k]) => k !== "unknown").map(([k, w]) => ({ value: k, label: t(w.text) }))} /></Form.Item>
          <Form.Item name="region" label={t("被叫归属地")} extra={t("以此开头，如“山东省”。")}><Input placeholder={t("不限")} /></Form.Item>
          <Form.Item name="number_prefix" label={t("号码前缀")} rules={[prefix]} extra={t("如 138、010；同一条线路取最长的")}><Input placeholder={t("不限")} className="num" /></Form.Item>
          <Form.Item name="yuan" label={t("每分钟费用")} extra={t("便宜的先用")}><InputNumber min={0} step={0.01} precision={3} suffix={t("元")} style={{ width: "100%" }} /></Form.Item>
          <Form.Item name="billing_s" label={t("计费步长")} extra={t("不足一步按一步算")}><InputNumber min={1} max={600} suffix={t("秒")} style={{ width: "100%" }} /></Form.Item>
          <Form.Item label={t("有效时段")} extra={t("起止相同表示全天")} style={{ marginBottom: 0 }}>
            <div style={{ display: "grid", gridTemplateColumns: "1fr auto 1fr", gap: 6, alignItems: "baseline" }}>
              <Form.Item name="from" noStyle rules={[time(t("开始时间请写成 08:30"))]}><Input className="num" placeholder="08:00" /></Form.Item>–
              <Form.Item name="until" noStyle rules={[time(t("结束时间请写成 20:30"))]}><Input className="num" placeholder="20:00" /></Form.Item>
            </div>
          </Form.Item>
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
  const [importing, setImporting] = useState(false);
  const query = useQuery({ queryKey: ["routes"], queryFn: getRoutes });
  const trunks = useQuery({ queryKey: ["trunks"], queryFn: getTrunks });
  const remove = useAct((id: number) => deleteRoute(id), { done: t("路由已删除"), refresh: ["routes"] });
  const ask = (r: Route) => void modal.confirm({ title: t("删除这条路由"), okText: t("删除"), okButtonProps: { danger: true }, onOk: () => remove.mutateAsync(r.id).catch(() => undefined) });
  const any = <span style={{ color: "#a3b0b4" }}>{t("不限")}</span>;
  const columns: TableColumnsType<Route> = [
    { title: t("顺序"), key: "i", width: 60, render: (_, __, i) => i + 1 },
    { title: t("线路"), key: "t", render: (_, r) => trunks.data?.items.find((x) => x.id === r.trunk_id)?.name ?? `#${r.trunk_id}` },
    { title: t("被叫运营商"), key: "c", width: 104, render: (_, r) => (r.carrier ? t(word(carrier, r.carrier).text) : any) },
    { title: t("被叫归属地"), key: "r", width: 180, render: (_, r) => r.region || any },
    { title: t("号码前缀"), key: "p", width: 104, render: (_, r) => r.number_prefix || any },
    { title: t("每分钟费用"), key: "y", align: "right", width: 104, render: (_, r) => yuan(r.cost) },
    { title: t("计费步长"), key: "b", align: "right", width: 90, render: (_, r) => t("{{n}} 秒", { n: r.billing_s }) },
    { title: t("时段"), key: "h", width: 110, render: (_, r) => hours(r) || <span style={{ color: "#a3b0b4" }}>{t("全天")}</span> },
    { title: t("优先级"), dataIndex: "priority", align: "right", width: 80 },
    { title: t("状态"), key: "e", width: 80, render: (_, r) => <Tag tone={r.enabled ? "ok" : "muted"}>{r.enabled ? t("启用") : t("停用")}</Tag> },
    { title: "", key: "x", width: 136, align: "right", render: (_, r) => (can(P.trunkWrite) ? <span style={{ whiteSpace: "nowrap" }}><Button size="small" type="link" onClick={() => { setEditing(r); }}>{t("修改")}</Button><Button size="small" type="text" danger onClick={() => { ask(r); }}>{t("删除")}</Button></span> : null) },
  ];
  const add = can(P.trunkWrite) ? (
    <span style={{ display: "inline-flex", gap: 8 }}>
      <Button size="small" icon={<ImportOutlined />} onClick={() => { setImporting(true); }}>{t("导入费率")}</Button>
      <Button size="small" icon={<PlusOutlined />} onClick={() => { setEditing(null); }}>{t("添加路由")}</Button>
    </span>
  ) : null;
  return (
    <div style={{ display: "grid", gap: 16 }}>
    <Panel title={t("呼出路由")} extra={add} flush>
      <Loaded query={query}>
        {({ items }) => <Table<Route> rowKey="id" size="small" pagination={items.length > 50 ? { pageSize: 50, showSizeChanger: false } : false} scroll={{ x: 1120 }} columns={columns} dataSource={[...items].sort((a, b) => a.cost - b.cost || a.priority - b.priority)}
          locale={{ emptyText: <Empty title={t("还没有路由")} hint={t("没有路由就不知道走哪条线。加一条不限条件的路由即可开始；多条时自动从便宜到贵，不通就换下一条。")} action={add} /> }} />}
      </Loaded>
      {editing !== undefined ? <RouteForm route={editing} onClose={() => { setEditing(undefined); }} /> : null}
      {importing ? <RateImport onClose={() => { setImporting(false); }} /> : null}
    </Panel>
    <RateTrial />
    </div>
  );
}
