import { Button, Form, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { putMailServer, testMail, type MailServer } from "@/api/mails.ts";
import type { Settings } from "@/api/messages.ts";
import { useAct } from "@/ui/act.tsx";
import { Section, THREE, TWO } from "./Section.tsx";

/** The port that goes with a way to encrypt, while it is still another way's. */
export const PORTS: Record<MailServer["tls"], number> = { tls: 465, starttls: 587, none: 25 };

function TestSend() {
  const { t } = useTranslation();
  const [to, setTo] = useState("");
  const send = useAct(() => testMail(to), { done: t("测试邮件已发出，请到邮箱里查看") });
  return (
    <span style={{ display: "inline-flex", gap: 6, marginInlineStart: 12 }}>
      <Input style={{ width: 200 }} placeholder={t("测试邮箱")} aria-label={t("测试邮箱")} value={to} onChange={(e) => { setTo(e.target.value); }} onPressEnter={(e) => { e.preventDefault(); }} />
      <Button disabled={!to.includes("@")} loading={send.isPending} onClick={() => { send.mutate(undefined); }}>{t("发一封测试")}</Button>
    </span>
  );
}

export function MailForm({ value }: { value: Settings["mail"] }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<MailServer>();
  const { password_set, password: _password, ...initial } = value;
  const save = ({ password, authority, ...f }: MailServer) => putMailServer({ ...f, authority: authority?.trim() ? authority : null, ...(password || !f.user ? { password: password ?? "" } : {}) });
  const onTls = (tls: MailServer["tls"]) => { if (Object.values(PORTS).includes(form.getFieldValue("port") as number)) form.setFieldValue("port", PORTS[tls]); };
  return (
    <Section<MailServer> form={form} title={t("邮件服务器")} hint={t("邮件通过您自己的发信服务器（SMTP）发出，企业邮箱一般要先在邮箱设置里开通并取得授权码。")} initial={initial} save={save} extra={<TestSend />}>
      <div style={{ display: "grid", gridTemplateColumns: "1fr 190px 110px", columnGap: 16 }}>
        <Form.Item name="host" label={t("发信服务器")} extra={t("留空则邮件只排队、不发送，并告警。")}><Input className="fl-mono" placeholder="smtp.exmail.qq.com" /></Form.Item>
        <Form.Item name="tls" label={t("加密方式")}><Select onChange={onTls} options={[{ value: "tls", label: "TLS (465)" }, { value: "starttls", label: "STARTTLS (587)" }, { value: "none", label: t("明文（不加密）") }]} /></Form.Item>
        <Form.Item name="port" label={t("端口")}><InputNumber min={1} max={65_535} style={{ width: "100%" }} /></Form.Item>
      </div>
      <div style={TWO}>
        <Form.Item name="user" label={t("账号")} extra={t("服务器不要求登录时留空。")}><Input autoComplete="off" /></Form.Item>
        <Form.Item name="password" label={t("密码或授权码")} extra={password_set ? t("已保存，不再显示。换服务器或要更换时重新填。") : t("保存后不再显示。")}><Input.Password autoComplete="new-password" placeholder={password_set ? "********" : ""} /></Form.Item>
        <Form.Item name="from_address" label={t("发件人邮箱")}><Input placeholder="notice@example.com" /></Form.Item>
        <Form.Item name="from_name" label={t("发件人名称")}><Input maxLength={60} /></Form.Item>
      </div>
      <div style={THREE}>
        <Form.Item name="per_second_max" label={t("每秒最多发送")}><InputNumber min={1} max={100} suffix={t("封")} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="tries_max" label={t("最多尝试")}><InputNumber min={1} max={20} suffix={t("次")} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="timeout_s" label={t("超时")}><InputNumber min={1} max={60} suffix={t("秒")} style={{ width: "100%" }} /></Form.Item>
      </div>
      <Form.Item name="authority" label={t("服务器证书的颁发机构")} extra={t("只有内部服务器用自己签发的证书时才要填，粘贴 PEM 全文。")}><Input.TextArea autoSize={{ minRows: 1, maxRows: 6 }} className="fl-mono" placeholder="-----BEGIN CERTIFICATE-----" /></Form.Item>
    </Section>
  );
}
