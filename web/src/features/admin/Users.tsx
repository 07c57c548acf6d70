import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Form, Input, Modal, Select, Switch, Table, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { createUser, getUsers, resetPassword, updateUser, type UserInput } from "@/api/access.ts";
import type { Role, User } from "@/api/types.ts";
import { sessionQuery } from "@/app/session.ts";
import { L, role } from "@/format/words.ts";
import { scopeText } from "@/features/org/tree.ts";
import { UnitSelect, useUnits } from "@/features/org/UnitSelect.tsx";
import { useAct } from "@/ui/act.tsx";
import { Time } from "@/ui/fields.tsx";
import { Loaded, Page, Panel } from "@/ui/Page.tsx";
import { CodeTag, Tag } from "@/ui/Tag.tsx";

const HINTS: Record<Role, string> = {
  admin: L("全部权限，包括用户、密钥、系统设置。"), manager: L("建任务、看完整号码、导出结果、改流程、发短信。"), supervisor: L("看班长台，监听、密语、强插，强制坐席状态；看完整号码和报表。"), agent: L("用坐席台接打电话，查看和修改客户。"), approver: L("审批任务，听录音，看完整号码。"),
  operator: L("建任务、导入名单、开始和暂停；号码中间几位隐藏。"), viewer: L("只能看，号码中间几位隐藏。"),
};

function UserForm({ user, onClose }: { user: User | null; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<UserInput>();
  const save = useAct((f: UserInput) => (user ? updateUser(user.id, { name: f.name, role: f.role, unit_id: f.unit_id ?? null, scope: f.scope === user.scope ? undefined : f.scope }) : createUser(f)), { done: t("已保存"), refresh: ["users"], form, onDone: onClose });
  return (
    <Modal open width={460} title={user ? t("修改用户") : t("添加用户")} okText={t("保存")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={save.isPending}>
      <Form form={form} layout="vertical" requiredMark={false} style={{ marginTop: 12 }} initialValues={user ?? { role: "operator" }} onFinish={(f: UserInput) => { save.mutate(f); }}>
        <Form.Item name="login" label={t("工号")} rules={[{ required: true, message: t("请输入工号") }]}><Input disabled={user !== null} autoComplete="off" /></Form.Item>
        <Form.Item name="name" label={t("姓名")} rules={[{ required: true, message: t("请输入姓名") }]}><Input /></Form.Item>
        <Form.Item name="role" label={t("角色")}>
          <Select options={Object.entries(role).map(([k, w]) => ({ value: k, label: t(w.text), hint: t(HINTS[k as Role]) }))}
            optionRender={(o) => <div style={{ whiteSpace: "normal" }}><b>{o.label}</b><div style={{ color: "#819096", fontSize: 12 }}>{(o.data as { hint: string }).hint}</div></div>} />
        </Form.Item>
        <Form.Item name="unit_id" label={t("部门")}><UnitSelect placeholder={t("不属于任何部门")} /></Form.Item>
        <Form.Item name="scope" label={t("数据范围")} extra={t("能看到、能管哪些坐席；不选时按角色：坐席仅本人，有部门的班长为本部门及下级，其他为全部。")}>
          <Select placeholder={t("按角色")} options={Object.entries(scopeText).map(([k, text]) => ({ value: k, label: t(text) }))} />
        </Form.Item>
        {user ? null : <Form.Item name="password" label={t("初始密码")} rules={[{ required: true, min: 10, message: t("至少 10 个字符") }]} extra={t("第一次登录时会要求本人修改。")}><Input.Password autoComplete="new-password" /></Form.Item>}
      </Form>
    </Modal>
  );
}

function ResetDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ password: string }>();
  const save = useAct((f: { password: string }) => resetPassword(user.id, f.password), { done: t("密码已重置，对方已退出登录"), form, onDone: onClose });
  return (
    <Modal open width={400} title={t("重置 {{name}} 的密码", { name: user.name })} okText={t("重置")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={save.isPending}>
      <Form form={form} layout="vertical" requiredMark={false} style={{ marginTop: 12 }} onFinish={(f: { password: string }) => { save.mutate(f); }}>
        <Form.Item name="password" label={t("新密码")} rules={[{ required: true, min: 10, message: t("至少 10 个字符") }]} extra={t("下次登录时会要求本人修改。")}><Input.Password autoFocus autoComplete="new-password" /></Form.Item>
      </Form>
    </Modal>
  );
}

function Enabled({ user, self }: { user: User; self: boolean }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const act = useAct((enabled: boolean) => updateUser(user.id, { enabled }), { refresh: ["users"] });
  const change = (on: boolean) => {
    if (on) act.mutate(true);
    else void modal.confirm({ title: t("停用 {{name}}", { name: user.name }), content: t("停用后马上退出登录，不能再登录。"), okText: t("停用"), okButtonProps: { danger: true }, onOk: () => act.mutateAsync(false).catch(() => undefined) });
  };
  return <Switch size="small" checked={user.enabled} disabled={self} loading={act.isPending} onChange={change} aria-label={t("启用")} title={self ? t("不能停用自己") : undefined} />;
}

export function Users() {
  const { t } = useTranslation();
  const session = useQuery(sessionQuery);
  const [editing, setEditing] = useState<User | null>();
  const [resetting, setResetting] = useState<User>();
  const query = useQuery({ queryKey: ["users"], queryFn: getUsers });
  const self = session.data?.user.id;
  const units = useUnits().data?.items ?? [];
  const columns: TableColumnsType<User> = [
    { title: t("工号"), key: "login", width: 120, render: (_, u) => <span className="fl-mono">{u.login}</span> },
    { title: t("姓名"), key: "name", width: 130, render: (_, u) => <>{u.name} {u.id === self ? <Tag tone="info">{t("我")}</Tag> : null}</> },
    { title: t("角色"), key: "role", width: 110, render: (_, u) => <CodeTag words={role} code={u.role} /> },
    { title: t("部门"), key: "unit", width: 140, ellipsis: true, render: (_, u) => units.find((x) => x.id === u.unit_id)?.name ?? <span style={{ color: "#a3b0b4" }}>{t("无")}</span> },
    { title: t("数据范围"), key: "scope", width: 120, render: (_, u) => t(scopeText[u.scope]) },
    { title: t("能做什么"), key: "hint", ellipsis: true, render: (_, u) => <span style={{ color: "#5a6b71" }} title={t(HINTS[u.role])}>{t(HINTS[u.role])}</span> },
    { title: t("启用"), key: "on", width: 70, render: (_, u) => <Enabled user={u} self={u.id === self} /> },
    { title: t("最近登录"), key: "at", width: 120, render: (_, u) => <Time at={u.last_login_at} /> },
    { title: "", key: "x", width: 170, render: (_, u) => <><Button size="small" type="link" onClick={() => { setEditing(u); }}>{t("修改")}</Button>{u.id === self ? null : <Button size="small" type="link" onClick={() => { setResetting(u); }}>{t("重置密码")}</Button>}</> },
  ];
  return (
    <Page title={t("用户")} wide actions={<Button type="primary" icon={<PlusOutlined />} onClick={() => { setEditing(null); }}>{t("添加用户")}</Button>}>
      <Panel flush><Loaded query={query}>{({ items }) => <Table<User> rowKey="id" size="small" pagination={{ pageSize: 50, hideOnSinglePage: true }} columns={columns} dataSource={items} scroll={{ x: 1100 }} />}</Loaded></Panel>
      {editing !== undefined ? <UserForm user={editing} onClose={() => { setEditing(undefined); }} /> : null}
      {resetting ? <ResetDialog user={resetting} onClose={() => { setResetting(undefined); }} /> : null}
    </Page>
  );
}
