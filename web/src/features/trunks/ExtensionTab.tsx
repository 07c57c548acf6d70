import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Modal, Table, Tooltip, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { deleteExtension, getExtensions, getSipAccess, renewSecret, type WithSecret } from "@/api/phones.ts";
import type { Extension, Phone } from "@/api/types.ts";
import { P, useCan } from "@/app/session.ts";
import { dateTime } from "@/format/text.ts";
import { useAct } from "@/ui/act.tsx";
import { Dl, Time } from "@/ui/fields.tsx";
import { Empty, Loaded, Panel } from "@/ui/Page.tsx";
import { Light, Tag } from "@/ui/Tag.tsx";
import { ExtensionForm } from "./ExtensionForm.tsx";

/** Where and as whom a phone signs in; with the secret when it has just been made. */
function Access({ made, onClose }: { made: WithSecret | Extension; onClose: () => void }) {
  const { t } = useTranslation();
  const { data } = useQuery({ queryKey: ["sip-access"], queryFn: getSipAccess });
  const { hostname, host, protocol } = window.location;
  const mono = (text: string) => <span key={text} className="fl-mono" style={{ userSelect: "all", overflowWrap: "anywhere" }}>{text}</span>;
  const rows: [string, React.ReactNode][] = [
    [t("账号"), mono(made.login)],
    ...("secret" in made ? [[t("密码"), mono(made.secret)] as [string, React.ReactNode]] : []),
    [t("SIP 域"), mono(data?.domain ?? "fengling")],
    [t("服务器（UDP / TCP）"), mono(`${hostname}:${data?.port ?? 5060}`)],
    [t("服务器（TLS）"), data?.tls_port ? mono(`${hostname}:${data.tls_port};transport=tls`) : t("未开启，见配置 [sip.tls]")],
    [t("浏览器话机（WebSocket）"), mono(`${protocol === "https:" ? "wss" : "ws"}://${host}${data?.web_path ?? "/sip"}`)],
  ];
  return (
    <Modal open title={t("分机 {{number}} 的登录信息", { number: made.number })} footer={<Button type="primary" onClick={onClose}>{t("知道了")}</Button>} onCancel={onClose} mask={{ closable: false }}>
      {"secret" in made ? <p style={{ color: "#8a5a00" }}>{t("密码只显示这一次，请现在填进话机或抄下来。")}</p> : null}
      <Dl rows={rows} />
    </Modal>
  );
}

function Phones({ phones }: { phones: Phone[] }) {
  const { t } = useTranslation();
  if (phones.length === 0) return <span style={{ color: "#a3b0b4" }}>{t("没有话机在线")}</span>;
  return (
    <div style={{ display: "grid", gridTemplateColumns: "minmax(0, 1fr)", gap: 4 }}>
      {phones.map((p) => (
        <span key={p.contact} style={{ display: "flex", gap: 8, alignItems: "baseline", whiteSpace: "nowrap", minWidth: 0 }}>
          <Light tone={p.reachable ? "ok" : "warn"} label={p.reachable ? t("在线") : t("无应答")} />
          <Tooltip title={p.contact}><span className="fl-mono">{p.address}</span></Tooltip>
          <Tag tone="muted">{p.transport.toUpperCase()}</Tag>
          {p.behind_nat ? <Tag tone="muted">NAT</Tag> : null}
          {p.latency_ms != null ? <span className="num">{t("{{n}} 毫秒", { n: p.latency_ms })}</span> : null}
          <span className="fl-ellipsis" title={p.user_agent} style={{ color: "#5a6b71" }}>{p.user_agent}</span>
          <span style={{ color: "#5a6b71" }} title={t("有效期至 {{at}}", { at: dateTime(p.expires_at) })}><Time at={p.since} /></span>
        </span>
      ))}
    </div>
  );
}

export function ExtensionTab() {
  const { t } = useTranslation();
  const can = useCan();
  const { modal } = App.useApp();
  const [editing, setEditing] = useState<Extension | null>();
  const [shown, setShown] = useState<WithSecret | Extension>();
  const query = useQuery({ queryKey: ["extensions"], queryFn: getExtensions, refetchInterval: 10_000 });
  const remove = useAct((id: number) => deleteExtension(id), { done: t("分机已删除"), refresh: ["extensions"] });
  const renew = useAct((id: number) => renewSecret(id), { refresh: ["extensions"], onDone: setShown });
  const askRemove = (e: Extension) => void modal.confirm({ title: t("删除分机 {{number}}", { number: e.number }), content: t("它的话机立即下线，正在进行的通话不受影响。"), okText: t("删除"), okButtonProps: { danger: true }, onOk: () => remove.mutateAsync(e.id).catch(() => undefined) });
  const askRenew = (e: Extension) => void modal.confirm({ title: t("给分机 {{number}} 换密码", { number: e.number }), content: t("旧密码立即失效，已登录的话机到期后要用新密码。"), okText: t("换密码"), onOk: () => renew.mutateAsync(e.id).catch(() => undefined) });
  const columns: TableColumnsType<Extension> = [
    { title: t("分机号"), key: "n", width: 100, render: (_, e) => <b className="num" style={{ fontWeight: 600 }}>{e.number}</b> },
    { title: t("名称"), dataIndex: "name", width: 140, ellipsis: true },
    { title: t("在线话机"), key: "p", render: (_, e) => <Phones phones={e.phones} /> },
    { title: t("状态"), key: "e", width: 80, render: (_, e) => <Tag tone={e.enabled ? "ok" : "muted"}>{e.enabled ? t("启用") : t("停用")}</Tag> },
    {
      title: "", key: "x", width: 300, align: "right", render: (_, e) => (
        <>
          <Button size="small" type="link" onClick={() => { setShown(e); }}>{t("登录信息")}</Button>
          {can(P.trunkWrite) ? (
            <>
              <Button size="small" type="link" onClick={() => { setEditing(e); }}>{t("修改")}</Button>
              <Button size="small" type="link" onClick={() => { askRenew(e); }}>{t("换密码")}</Button>
              <Button size="small" type="text" danger onClick={() => { askRemove(e); }}>{t("删除")}</Button>
            </>
          ) : null}
        </>
      ),
    },
  ];
  const add = can(P.trunkWrite) ? <Button size="small" icon={<PlusOutlined />} onClick={() => { setEditing(null); }}>{t("添加分机")}</Button> : null;
  return (
    <Panel title={t("分机")} extra={add} flush>
      <Loaded query={query}>
        {({ items }) => <Table<Extension> rowKey="id" size="small" pagination={false} columns={columns} dataSource={items} scroll={{ x: 1000 }}
          locale={{ emptyText: <Empty title={t("还没有分机")} hint={t("给每位同事建一个分机，用 SIP 话机、软电话或浏览器登录，就能互相拨打，流程也可以把来电转给分机。")} action={add} /> }} />}
      </Loaded>
      {editing !== undefined ? <ExtensionForm extension={editing} onClose={() => { setEditing(undefined); }} onSecret={setShown} /> : null}
      {shown ? <Access made={shown} onClose={() => { setShown(undefined); }} /> : null}
    </Panel>
  );
}
