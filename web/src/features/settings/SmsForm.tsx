import { Button, Form, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { putSmsProvider, sendSms, type Settings } from "@/api/messages.ts";
import type { SmsProvider } from "@/api/types.ts";
import { useAct } from "@/ui/act.tsx";
import { Section, THREE, TWO } from "./Section.tsx";

interface Fields extends Omit<SmsProvider, "headers" | "secrets"> { headers_text: string; secrets_text: string }

/** `name: value` lines, as people copy them from a manual. */
function lines(text: string): Record<string, string> {
  const pairs = text.split("\n").map((l) => l.match(/^\s*([^:：=]+?)\s*[:：=]\s*(.*?)\s*$/)).filter((m) => m !== null);
  return Object.fromEntries(pairs.map((m) => [m[1] ?? "", m[2] ?? ""]));
}

function TestSend() {
  const { t } = useTranslation();
  const [phone, setPhone] = useState("");
  const send = useAct(() => sendSms({ phones: [phone], text: t("这是一条测试短信。") }), { done: t("已放入发送队列，结果见“短信”页"), refresh: ["sms"] });
  return (
    <span style={{ display: "inline-flex", gap: 6, marginInlineStart: 12 }}>
      <Input style={{ width: 140 }} placeholder={t("手机号")} value={phone} onChange={(e) => { setPhone(e.target.value); }} className="num" />
      <Button disabled={phone.length < 11} loading={send.isPending} onClick={() => { send.mutate(undefined); }}>{t("发一条测试")}</Button>
    </span>
  );
}

function Help() {
  const { t } = useTranslation();
  const code = (s: string) => <code className="fl-mono" style={{ background: "#e9efef", padding: "1px 5px", borderRadius: 3 }}>{s}</code>;
  return (
    <div style={{ background: "#f1f8f7", borderRadius: 6, padding: "10px 14px", marginBottom: 16, color: "#3d4f55" }}>
      <b>{t("模板里可以用")}</b>
      <ul style={{ margin: "4px 0 0", paddingInlineStart: 18, lineHeight: 1.9 }}>
        <li>{code("{{ phone }}")} {t("手机号 13800138000")}{"\u3000"}{code("{{ e164 }}")} +8613800138000{"\u3000"}{code("{{ text }}")} {t("短信内容，已含签名")}</li>
        <li>{code("{{ id }}")} {t("我方编号")}{"\u3000"}{code("{{ timestamp }}")} {t("时间戳")}{"\u3000"}{code("{{ secret.名称 }}")} {t("下面保存的密钥")}</li>
        <li>{t("过滤器")} {code("tojson")} {code("urlencode")} {code("sha256")} {code("base64")} {code("hmac_sha256(secret.key)")}</li>
      </ul>
    </div>
  );
}

function Template() {
  const { t } = useTranslation();
  return (
    <>
      <div style={{ display: "grid", gridTemplateColumns: "110px 1fr", columnGap: 12 }}>
        <Form.Item name="method" label={t("方法")}><Select options={["POST", "GET", "PUT"].map((m) => ({ value: m, label: m }))} /></Form.Item>
        <Form.Item name="url" label={t("网关地址")} extra={t("留空则短信只排队、不发送，并告警。")}><Input className="fl-mono" placeholder="https://sms.example.com/send" /></Form.Item>
      </div>
      <Form.Item name="headers_text" label={t("请求头")} extra={t("一行一个，名称: 值。")}><Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} className="fl-mono" /></Form.Item>
      <Form.Item name="body" label={t("请求体")}><Input.TextArea autoSize={{ minRows: 3, maxRows: 12 }} className="fl-mono" /></Form.Item>
      <div style={THREE}>
        <Form.Item name="success_pointer" label={t("成功标志的位置")} extra={t("返回 JSON 里的路径，如 /code；留空则 2xx 即成功。")}><Input className="fl-mono" placeholder="/code" /></Form.Item>
        <Form.Item name="success_value" label={t("成功时的值")}><Input className="fl-mono" placeholder="0" /></Form.Item>
        <Form.Item name="ref_pointer" label={t("网关编号的位置")}><Input className="fl-mono" placeholder="/data/msgid" /></Form.Item>
      </div>
    </>
  );
}

export function SmsForm({ value }: { value: Settings["sms"] }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const { secret_names, headers, secrets: _secrets, ...rest } = value;
  const initial: Fields = { ...rest, headers_text: Object.entries(headers).map(([k, v]) => `${k}: ${v}`).join("\n"), secrets_text: "" };
  const save = ({ headers_text, secrets_text, ...f }: Fields) => putSmsProvider({ ...f, headers: lines(headers_text), ...(secrets_text.trim() ? { secrets: lines(secrets_text) } : {}) });
  return (
    <Section<Fields> form={form} title={t("短信网关")} hint={t("大多数短信平台都是一个 HTTP 接口，照着平台的文档填写模板即可。")} initial={initial} save={save} extra={<TestSend />}>
      <Form.Item name="signature" label={t("短信签名")} extra={t("加在每条短信前面，如【专家库】。")}><Input style={{ width: 240 }} /></Form.Item>
      <Help />
      <Template />
      <Form.Item name="secrets_text" label={t("密钥")} extra={secret_names.length > 0 ? t("已保存：{{names}}。要更换就重新填，值留空表示删除。", { names: secret_names.join("、") }) : t("一行一个，名称: 值。保存后不再显示。")}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} className="fl-mono" placeholder="key: ********" />
      </Form.Item>
      <div style={TWO}>
        <Form.Item name="per_second_max" label={t("每秒最多发送")}><InputNumber min={1} max={1000} suffix={t("条")} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="tries_max" label={t("最多尝试")}><InputNumber min={1} max={20} suffix={t("次")} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="timeout_s" label={t("超时")}><InputNumber min={1} max={60} suffix={t("秒")} style={{ width: "100%" }} /></Form.Item>
      </div>
    </Section>
  );
}
