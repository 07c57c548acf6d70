import { Form, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";
import { putSipTrace } from "@/api/messages.ts";
import type { SipTracePolicy } from "@/api/types.ts";
import { Section, TWO } from "./Section.tsx";

export function SipTraceForm({ value }: { value: SipTracePolicy }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<SipTracePolicy>();
  return (
    <Section<SipTracePolicy> form={form} title={t("信令")} hint={t("通话记录里可以看到与对端之间每一条 SIP 消息，便于和运营商核对。密码和密钥不会保存。")} initial={value} save={putSipTrace}>
      <div style={TWO}>
        <Form.Item name="keep" label={t("保留哪些通话的信令")}>
          <Select options={[{ value: "failed", label: t("没接通或中途断开的") }, { value: "all", label: t("全部") }, { value: "off", label: t("都不保留") }]} />
        </Form.Item>
        <Form.Item name="retention_days" rules={[{ required: true, message: t("不能为空") }]} label={t("保留天数")}><InputNumber min={1} max={90} suffix={t("天")} style={{ width: "100%" }} /></Form.Item>
      </div>
    </Section>
  );
}
