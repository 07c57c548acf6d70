import { DownOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Checkbox, Dropdown, Form, Input, Modal, Select, Switch, Table, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { getCampaigns } from "@/api/campaigns.ts";
import * as api from "@/api/messages.ts";
import type { Delivery, Webhook } from "@/api/types.ts";
import { deliveryState, L } from "@/format/words.ts";
import { useAct } from "@/ui/act.tsx";
import { CursorTable } from "@/ui/CursorTable.tsx";
import { CodeSelect, Time } from "@/ui/fields.tsx";
import { useFilters } from "@/ui/filters.ts";
import { Empty, Loaded, Page, Panel } from "@/ui/Page.tsx";
import { SecretDialog } from "@/ui/Secret.tsx";
import { CodeTag, Tag } from "@/ui/Tag.tsx";

const EVENT_WORDS: Record<string, string> = {
  "campaign.changed": L("任务状态变化"), "campaign.finished": L("任务完成"), "attempt.ended": L("一次呼叫结束"), "lead.result": L("得到业务结果"), "call.ended": L("通话结束"),
  "callback.received": L("名单中的人回电"), "sms.changed": L("短信状态变化"), "sms.received": L("收到短信"), "import.changed": L("导入进度"), "flow.published": L("流程发布"),
  "trunk.changed": L("线路变化"), "extension.changed": L("分机变化"), "agent.changed": L("坐席变化"), "queue.changed": L("坐席组变化"), "customer.changed": L("客户变化"),
  "queue.left": L("来电离开排队"), "summary.changed": L("通话小结"), "order.changed": L("订单变化"), alarm: L("告警"), "webhook.test": L("测试"),
};

function Editor({ webhook, onClose, onSecret }: { webhook: Webhook | null; onClose: () => void; onSecret: (secret: string) => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<api.WebhookInput>();
  const campaigns = useQuery({ queryKey: ["campaigns", "names"], queryFn: () => getCampaigns({ limit: 200 }) }).data?.items ?? [];
  const ids = Form.useWatch("campaign_ids", form);
  const offered = campaigns.filter((c) => !ids?.length || ids.includes(c.id)).flatMap((c) => c.results);
  const types = useQuery({ queryKey: ["event-types"], queryFn: api.getEventTypes, staleTime: Infinity });
  const save = useAct((f: api.WebhookInput) => (webhook ? api.updateWebhook(webhook.id, f) : api.createWebhook(f)), {
    done: t("已保存"), refresh: ["webhooks"], form,
    onDone: (w) => {
      onClose();
      if (w.secret) onSecret(w.secret);
    },
  });
  return (
    <Modal open width={560} title={webhook ? t("修改推送地址") : t("新建推送地址")} okText={t("保存")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={save.isPending}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={webhook ?? { events: ["lead.result", "campaign.finished"], campaign_ids: [], results: [], enabled: true }} onFinish={(f: api.WebhookInput) => { save.mutate(f); }} style={{ marginTop: 12 }}>
        <Form.Item name="name" label={t("名称")} rules={[{ required: true, message: t("请输入名称") }]}><Input placeholder={t("例如：专家库系统")} /></Form.Item>
        <Form.Item name="url" label={t("接收地址")} rules={[{ required: true, message: t("请输入接收地址") }]} extra={t("事件用 POST 发到这里，按 Standard Webhooks 签名；没收到 2xx 会自动重试。")}><Input placeholder="https://example.com/hooks/fengling" /></Form.Item>
        <Form.Item name="events" label={t("推送哪些事件")} extra={t("一个都不选表示全部推送。")}>
          <Checkbox.Group style={{ display: "grid", gridTemplateColumns: "1fr 1fr", gap: 6 }} options={(types.data?.items ?? []).map((e) => ({ value: e, label: <>{t(EVENT_WORDS[e] ?? e)} <span className="fl-mono" style={{ color: "#819096" }}>{e}</span></> }))} />
        </Form.Item>
        <Form.Item name="campaign_ids" label={t("只推这些任务")} extra={t("不选就推所有任务；与任务无关的事件照常推送。")}><Select mode="multiple" showSearch={{ optionFilterProp: "label" }} options={campaigns.map((c) => ({ value: c.id, label: c.name }))} placeholder={t("全部任务")} /></Form.Item>
        <Form.Item name="results" label={t("只推这些结果")} extra={t("不选就推所有结果；没有结果的事件照常推送。")}><Select mode="tags" options={[...new Map(offered.map((r) => [r.code, r.label])).entries()].map(([value, label]) => ({ value, label: `${label}（${value}）` }))} placeholder={t("全部结果")} /></Form.Item>
        <Form.Item name="enabled" label={t("启用")} valuePropName="checked"><Switch /></Form.Item>
      </Form>
    </Modal>
  );
}

function Menu({ webhook, onEdit, onSecret }: { webhook: Webhook; onEdit: () => void; onSecret: (s: string) => void }) {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const test = useAct(() => api.testWebhook(webhook.id), {
    refresh: ["deliveries"],
    onDone: (r) => void (r.ok ? message.success(t("对方返回 {{status}}，推送正常", { status: r.status })) : message.error(r.error ?? t("对方返回 {{status}}", { status: r.status }), 6)),
  });
  const rotate = useAct(() => api.rotateWebhook(webhook.id), { onDone: (w) => { onSecret(w.secret ?? ""); } });
  const replay = useAct(() => api.replayDead(webhook.id), { refresh: ["deliveries"], onDone: (r) => void message.success(t("已重新推送 {{n}} 条", { n: r.deliveries })) });
  const remove = useAct(() => api.deleteWebhook(webhook.id), { done: t("已删除"), refresh: ["webhooks", "deliveries"] });
  const ask = (title: string, content: string, run: () => Promise<unknown>, danger = false) => void modal.confirm({ title, content, okButtonProps: { danger }, onOk: () => run().catch(() => undefined) });
  const items = [
    { key: "edit", label: t("修改"), onClick: onEdit },
    { key: "replay", label: t("重推全部失败"), onClick: () => { replay.mutate(undefined); } },
    { key: "rotate", label: t("更换密钥"), onClick: () => { ask(t("更换密钥"), t("旧密钥马上失效，请同时更新接收方。"), () => rotate.mutateAsync(undefined)); } },
    { key: "delete", label: t("删除"), danger: true, onClick: () => { ask(t("删除推送地址"), t("还没送达的事件不再推送。"), () => remove.mutateAsync(undefined), true); } },
  ];
  return (
    <span style={{ display: "flex", gap: 6 }}>
      <Button size="small" loading={test.isPending} onClick={() => { test.mutate(undefined); }}>{t("测试")}</Button>
      <Dropdown menu={{ items }} trigger={["click"]}><Button size="small" icon={<DownOutlined />} iconPlacement="end">{t("更多")}</Button></Dropdown>
    </span>
  );
}

function Deliveries({ webhooks }: { webhooks: Webhook[] }) {
  const { t } = useTranslation();
  const [f, set] = useFilters();
  const replay = useAct((id: number) => api.replayDelivery(id), { done: t("已重新推送"), refresh: ["deliveries"] });
  const columns: TableColumnsType<Delivery> = [
    { title: t("时间"), key: "at", width: 110, render: (_, d) => <Time at={d.created_at} /> },
    { title: t("事件"), key: "type", width: 230, render: (_, d) => <>{t(EVENT_WORDS[d.event_type] ?? d.event_type)} <span className="fl-mono" style={{ color: "#819096" }}>#{d.event_seq}</span></> },
    { title: t("地址"), key: "hook", width: 140, render: (_, d) => webhooks.find((w) => w.id === d.webhook_id)?.name ?? "—" },
    { title: t("状态"), key: "state", width: 96, render: (_, d) => <CodeTag words={deliveryState} code={d.state} /> },
    { title: t("次数"), key: "tries", width: 60, align: "right", dataIndex: "tries" },
    { title: t("对方返回"), key: "last", width: 250, render: (_, d) => <span className="fl-ellipsis" style={{ maxWidth: 250, display: "block" }} title={d.last_error ?? undefined}>{d.last_status ?? ""} {d.last_error ?? ""}</span> },
    { title: t("送达 / 下次"), key: "next", width: 110, render: (_, d) => <Time at={d.state === "pending" ? d.next_at : d.delivered_at} /> },
    { title: "", key: "act", width: 70, render: (_, d) => (d.state === "pending" ? null : <Button size="small" type="link" onClick={() => { replay.mutate(d.id); }}>{t("重推")}</Button>) },
  ];
  return (
    <Panel title={t("推送记录")} extra={<CodeSelect words={deliveryState} value={f.state} onChange={(state) => { set({ state }); }} placeholder={t("全部状态")} width={110} />} flush>
      <CursorTable<Delivery> name={["deliveries"]} params={{ state: f.state }} load={api.getDeliveries} columns={columns} refetchMs={10_000}
        empty={<Empty title={t("还没有推送记录")} hint={t("有事件发生后，每一次推送都会记在这里。")} />} />
    </Panel>
  );
}

export function WebhookPage() {
  const { t } = useTranslation();
  const [editing, setEditing] = useState<Webhook | null>();
  const [secret, setSecret] = useState<string>();
  const query = useQuery({ queryKey: ["webhooks"], queryFn: api.getWebhooks });
  const columns: TableColumnsType<Webhook> = [
    { title: t("名称"), key: "name", width: 160, render: (_, w) => <b style={{ fontWeight: 600 }}>{w.name}</b> },
    { title: t("接收地址"), key: "url", render: (_, w) => <span className="fl-mono" style={{ overflowWrap: "anywhere" }}>{w.url}</span> },
    { title: t("事件"), key: "events", width: 260, render: (_, w) => <span className="fl-clamp2" title={w.events.join(", ")}>{w.events.length > 0 ? w.events.map((e) => t(EVENT_WORDS[e] ?? e)).join("、") : t("全部事件")}{w.campaign_ids.length + w.results.length > 0 ? <small style={{ color: "#819096" }}>{"\u3000"}{[w.campaign_ids.length > 0 ? t("{{n}} 个任务", { n: w.campaign_ids.length }) : "", w.results.length > 0 ? t("{{n}} 种结果", { n: w.results.length }) : ""].filter(Boolean).join("，")}</small> : null}</span> },
    { title: t("状态"), key: "on", width: 84, render: (_, w) => <Tag tone={w.enabled ? "ok" : "muted"}>{w.enabled ? t("启用") : t("停用")}</Tag> },
    { title: t("操作"), key: "act", width: 150, render: (_, w) => <Menu webhook={w} onEdit={() => { setEditing(w); }} onSecret={setSecret} /> },
  ];
  const add = <Button type="primary" icon={<PlusOutlined />} onClick={() => { setEditing(null); }}>{t("新建推送地址")}</Button>;
  return (
    <Page title={t("事件推送")} hint={t("把呼叫结果实时推给业务系统，每条都带签名，失败自动重试，可以重推。")} actions={add} wide>
      <div className="fl-stack">
        <Panel flush>
          <Loaded query={query} rows={3}>
            {({ items }) => <Table<Webhook> rowKey="id" size="small" pagination={false} columns={columns} dataSource={items} scroll={{ x: 800 }}
              locale={{ emptyText: <Empty title={t("还没有推送地址")} hint={t("填上业务系统的接口地址，专家一按键，结果马上送到。")} action={add} /> }} />}
          </Loaded>
        </Panel>
        <Deliveries webhooks={query.data?.items ?? []} />
      </div>
      {editing !== undefined ? <Editor webhook={editing} onClose={() => { setEditing(undefined); }} onSecret={setSecret} /> : null}
      {secret ? <SecretDialog title={t("签名密钥")} secret={secret} hint={t("接收方用它验证 webhook-signature，确认消息来自风铃。")} onClose={() => { setSecret(undefined); }} /> : null}
    </Page>
  );
}
