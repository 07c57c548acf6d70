import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Checkbox, DatePicker, Form, Input, Modal, Switch, Table, type TableColumnsType } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { createKey, getKeys, revokeKey, switchKey } from "@/api/access.ts";
import type { ApiKey } from "@/api/types.ts";
import { useCan } from "@/app/session.ts";
import { dateTime } from "@/format/text.ts";
import { useAct } from "@/ui/act.tsx";
import { Time } from "@/ui/fields.tsx";
import { Empty, Loaded, Page, Panel } from "@/ui/Page.tsx";
import { SecretDialog } from "@/ui/Secret.tsx";
import { PERMISSION_WORDS } from "./permissions.ts";

interface Fields { name: string; scopes: string[]; until?: Dayjs }

function KeyForm({ onClose, onSecret }: { onClose: () => void; onSecret: (s: string) => void }) {
  const { t } = useTranslation();
  const can = useCan();
  const [form] = Form.useForm<Fields>();
  const save = useAct((f: Fields) => createKey({ name: f.name, scopes: f.scopes, expires_at: f.until ? f.until.endOf("day").toISOString() : null }), {
    refresh: ["keys"], form, onDone: (k) => { onClose(); onSecret(k.secret); },
  });
  const options = Object.entries(PERMISSION_WORDS).filter(([code]) => can(code)).map(([value, label]) => ({ value, label: t(label) }));
  return (
    <Modal open width={600} title={t("新建接口密钥")} okText={t("创建")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={save.isPending}>
      <Form form={form} layout="vertical" requiredMark={false} style={{ marginTop: 12 }} initialValues={{ scopes: ["outbound:campaign:read", "outbound:lead:read", "outbound:lead:write"] }} onFinish={(f: Fields) => { save.mutate(f); }}>
        <Form.Item name="name" label={t("名称")} rules={[{ required: true, message: t("请输入名称") }]}><Input placeholder={t("例如：专家库系统")} autoFocus /></Form.Item>
        <Form.Item name="scopes" label={t("能做什么")} rules={[{ required: true, message: t("至少选一项") }]} extra={t("只给需要的权限，不能超出您自己的权限。")}><Checkbox.Group options={options} style={{ display: "grid", gridTemplateColumns: "1fr 1fr 1fr", gap: 6 }} /></Form.Item>
        <Form.Item name="until" label={t("有效期至")} extra={t("不填则长期有效。")}><DatePicker /></Form.Item>
      </Form>
    </Modal>
  );
}

export function Keys() {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string>();
  const query = useQuery({ queryKey: ["keys"], queryFn: getKeys });
  const toggle = useAct(({ id, on }: { id: number; on: boolean }) => switchKey(id, on), { refresh: ["keys"] });
  const revoke = useAct((id: number) => revokeKey(id), { done: t("密钥已吊销"), refresh: ["keys"] });
  const ask = (k: ApiKey) => void modal.confirm({ title: t("吊销“{{name}}”", { name: k.name }), content: t("用它的系统马上不能再访问，不能恢复。"), okText: t("吊销"), okButtonProps: { danger: true }, onOk: () => revoke.mutateAsync(k.id).catch(() => undefined) });
  const columns: TableColumnsType<ApiKey> = [
    { title: t("名称"), key: "n", width: 170, render: (_, k) => <b style={{ fontWeight: 600 }}>{k.name}</b> },
    { title: t("开头"), key: "p", width: 130, render: (_, k) => <span className="fl-mono">{k.prefix}…</span> },
    { title: t("权限"), key: "s", render: (_, k) => <span className="fl-clamp2" title={k.scopes.join("\n")}>{k.scopes.map((s) => t(PERMISSION_WORDS[s] ?? s)).join("、")}</span> },
    { title: t("启用"), key: "e", width: 70, render: (_, k) => <Switch size="small" checked={k.enabled} onChange={(on) => { toggle.mutate({ id: k.id, on }); }} aria-label={t("启用")} /> },
    { title: t("最近使用"), key: "u", width: 120, render: (_, k) => (k.last_used_at ? <Time at={k.last_used_at} /> : <span style={{ color: "#a3b0b4" }}>{t("没用过")}</span>) },
    { title: t("有效期至"), key: "x", width: 130, render: (_, k) => (k.expires_at ? dateTime(k.expires_at) : t("长期")) },
    { title: "", key: "a", width: 80, render: (_, k) => <Button size="small" type="text" danger onClick={() => { ask(k); }}>{t("吊销")}</Button> },
  ];
  const add = <Button type="primary" icon={<PlusOutlined />} onClick={() => { setAdding(true); }}>{t("新建密钥")}</Button>;
  return (
    <Page title={t("接口密钥")} hint={t("业务系统用密钥调用接口：Authorization: Bearer 密钥。接口说明见 /api/v1/openapi.json。")} actions={add} wide>
      <Panel flush>
        <Loaded query={query}>{({ items }) => <Table<ApiKey> rowKey="id" size="small" pagination={false} columns={columns} dataSource={items} scroll={{ x: 900 }} locale={{ emptyText: <Empty title={t("还没有密钥")} hint={t("给要对接的系统各建一个，丢了就吊销重建。")} action={add} /> }} />}</Loaded>
      </Panel>
      {adding ? <KeyForm onClose={() => { setAdding(false); }} onSecret={setSecret} /> : null}
      {secret ? <SecretDialog title={t("接口密钥")} secret={secret} hint={t("放进对接系统的配置里，不要发到聊天群或写进代码。")} onClose={() => { setSecret(undefined); }} /> : null}
    </Page>
  );
}
