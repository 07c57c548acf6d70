import { MailOutlined, SendOutlined } from "@ant-design/icons";
import { Button, Tabs } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { P, useCan } from "@/app/session.ts";
import { useFilters } from "@/ui/filters.ts";
import { Page, Panel } from "@/ui/Page.tsx";
import { MailDialog, MailList } from "./MailList.tsx";
import { MessageList, SendDialog } from "./MessageList.tsx";

/** 消息: SMS and mail, each with its journal. */
export function MessagePage() {
  const { t } = useTranslation();
  const can = useCan();
  const [f, set] = useFilters();
  const [sending, setSending] = useState(false);
  const mail = f.tab === "mail";
  const close = () => { setSending(false); };
  const send = can(P.messageSend) ? (
    <Button type="primary" icon={mail ? <MailOutlined /> : <SendOutlined />} onClick={() => { setSending(true); }}>{mail ? t("发邮件") : t("发短信")}</Button>
  ) : null;
  return (
    <Page title={t("消息")} hint={t("短信和邮件都先记在这里再发送，断电也不会丢。")} actions={send} wide>
      <Tabs activeKey={mail ? "mail" : "sms"} onChange={(tab) => { set({ tab: tab === "sms" ? undefined : tab, q: undefined, state: undefined, direction: undefined }); }}
        items={[{ key: "sms", label: t("短信") }, { key: "mail", label: t("邮件") }]} />
      <Panel flush>{mail ? <MailList /> : <MessageList />}</Panel>
      {sending ? mail ? <MailDialog onClose={close} /> : <SendDialog onClose={close} /> : null}
    </Page>
  );
}
