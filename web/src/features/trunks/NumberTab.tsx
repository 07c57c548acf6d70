import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Form, Input, InputNumber, Modal, Select, Switch, Table, Tooltip, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { getFlows } from "@/api/flows.ts";
import { createNumber, deleteNumber, getNumbers, getTrunks, updateNumber, type NumberInput } from "@/api/lines.ts";
import type { PhoneLine } from "@/api/types.ts";
import { P, useCan } from "@/app/session.ts";
import { flagReason } from "@/format/rules.ts";
import { count, dateTime, phone } from "@/format/text.ts";
import { word } from "@/format/words.ts";
import { flagNumber, unflagNumber } from "@/api/rules.ts";
import { useAct } from "@/ui/act.tsx";
import { Go } from "@/ui/Go.tsx";
import { Empty, Loaded, Panel } from "@/ui/Page.tsx";
import { Tag } from "@/ui/Tag.tsx";

function NumberForm({ line, onClose }: { line: PhoneLine | null; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<NumberInput>();
  const trunks = useQuery({ queryKey: ["trunks"], queryFn: getTrunks });
  const flows = useQuery({ queryKey: ["flows"], queryFn: getFlows });
  const save = useAct(
    (f: NumberInput) => {
      const input: NumberInput = { number: f.number, trunk_id: f.trunk_id ?? null, inbound_flow_id: f.inbound_flow_id ?? null, outbound: f.outbound, calls_per_day_max: f.calls_per_day_max ?? 0, note: f.note ?? "" };
      return line ? updateNumber(line.id, input) : createNumber(input);
    },
    { done: t("号码已保存"), refresh: ["numbers"], form, onDone: onClose },
  );
  return (
    <Modal open width={480} title={line ? t("修改号码") : t("添加号码")} okText={t("保存")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={save.isPending}>
      <Form form={form} layout="vertical" requiredMark={false} style={{ marginTop: 12 }} initialValues={line ?? { outbound: true, calls_per_day_max: 0 }} onFinish={(f: NumberInput) => { save.mutate(f); }}>
        <Form.Item name="number" label={t("号码")} rules={[{ required: true, message: t("请输入号码") }]} extra={t("按运营商送来的写法，如 01088886666、95128。")}><Input className="num" autoFocus /></Form.Item>
        <Form.Item name="trunk_id" label={t("所属线路")}><Select allowClear placeholder={t("不指定")} options={(trunks.data?.items ?? []).map((x) => ({ value: x.id, label: x.name }))} /></Form.Item>
        <Form.Item name="inbound_flow_id" label={t("呼入时的流程")} extra={t("有人拨这个号码时听到什么；名单里的人回电由任务自己的流程接待。")}><Select allowClear placeholder={t("不接听")} options={(flows.data?.items ?? []).map((x) => ({ value: x.id, label: x.name }))} /></Form.Item>
        <div style={{ display: "grid", gridTemplateColumns: "1fr 1fr", columnGap: 16 }}>
          <Form.Item name="outbound" label={t("可作外呼主叫")} valuePropName="checked"><Switch /></Form.Item>
          <Form.Item name="calls_per_day_max" label={t("每天外呼上限")} extra={t("0 表示不限")}><InputNumber min={0} suffix={t("个")} style={{ width: "100%" }} /></Form.Item>
        </div>
        <Form.Item name="note" label={t("备注")}><Input maxLength={200} /></Form.Item>
      </Form>
    </Modal>
  );
}

export function NumberTab() {
  const { t } = useTranslation();
  const can = useCan();
  const { modal } = App.useApp();
  const [editing, setEditing] = useState<PhoneLine | null>();
  const query = useQuery({ queryKey: ["numbers"], queryFn: getNumbers });
  const trunks = useQuery({ queryKey: ["trunks"], queryFn: getTrunks });
  const flows = useQuery({ queryKey: ["flows"], queryFn: getFlows, enabled: can(P.flowRead) });
  const remove = useAct((id: number) => deleteNumber(id), { done: t("号码已删除"), refresh: ["numbers"] });
  const ask = (n: PhoneLine) => void modal.confirm({ title: t("删除号码 {{n}}", { n: phone(n.number) }), okText: t("删除"), okButtonProps: { danger: true }, onOk: () => remove.mutateAsync(n.id).catch(() => undefined) });
  const flag = useAct((n: PhoneLine) => (n.flag?.at ? unflagNumber(n.id) : flagNumber(n.id, "")), { done: t("已更新"), refresh: ["numbers", "campaign"] });
  const askFlag = (n: PhoneLine) => void modal.confirm({
    title: n.flag?.at ? t("恢复主叫 {{n}}", { n: phone(n.number) }) : t("停用主叫 {{n}}", { n: phone(n.number) }),
    content: n.flag?.at ? t("恢复后会再显示给被叫；之前的标记不再计算。") : t("停用后任何任务都不再显示这个号码，呼入不受影响，随时可以恢复。"),
    okText: n.flag?.at ? t("恢复") : t("停用"), onOk: () => flag.mutateAsync(n).catch(() => undefined),
  });
  const columns: TableColumnsType<PhoneLine> = [
    { title: t("号码"), key: "n", width: 160, render: (_, n) => <b className="num">{phone(n.number)}</b> },
    { title: t("线路"), key: "t", render: (_, n) => trunks.data?.items.find((x) => x.id === n.trunk_id)?.name ?? "—" },
    { title: t("呼入时的流程"), key: "f", render: (_, n) => (n.inbound_flow_id == null ? <span style={{ color: "#a3b0b4" }}>{t("不接听")}</span> : <Go to={`/flows/${n.inbound_flow_id}`}>{flows.data?.items.find((f) => f.id === n.inbound_flow_id)?.name ?? `#${n.inbound_flow_id}`}</Go>) },
    { title: t("外呼主叫"), key: "o", width: 130, render: (_, n) => (!n.outbound ? "—" : n.flag?.at ? <Tooltip title={`${n.flag.note || t("没有说明")} · ${dateTime(n.flag.at)}`}><span><Tag tone="bad">{t(word(flagReason, n.flag.reason ?? "manual").text)}</Tag></span></Tooltip> : t("可用")) },
    { title: t("每天外呼上限"), key: "d", width: 120, align: "right", render: (_, n) => (n.calls_per_day_max > 0 ? count(n.calls_per_day_max) : t("不限")) },
    { title: t("备注"), dataIndex: "note" },
    { title: "", key: "x", width: 210, align: "right", render: (_, n) => (can(P.trunkWrite) ? <span style={{ whiteSpace: "nowrap" }}>{n.outbound ? <Button size="small" type="link" onClick={() => { askFlag(n); }}>{n.flag?.at ? t("恢复") : t("停用")}</Button> : null}<Button size="small" type="link" onClick={() => { setEditing(n); }}>{t("修改")}</Button><Button size="small" type="text" danger onClick={() => { ask(n); }}>{t("删除")}</Button></span> : null) },
  ];
  const add = can(P.trunkWrite) ? <Button size="small" icon={<PlusOutlined />} onClick={() => { setEditing(null); }}>{t("添加号码")}</Button> : null;
  return (
    <Panel title={t("我们的号码")} extra={add} flush>
      <Loaded query={query}>
        {({ items }) => <Table<PhoneLine> rowKey="id" size="small" pagination={false} columns={columns} dataSource={items}
          locale={{ emptyText: <Empty title={t("还没有号码")} hint={t("把运营商分配的号码登记在这里：外呼时显示它，呼入时按它选流程。")} action={add} /> }} />}
      </Loaded>
      {editing !== undefined ? <NumberForm line={editing} onClose={() => { setEditing(undefined); }} /> : null}
    </Panel>
  );
}
