import { Form, InputNumber } from "antd";
import { useTranslation } from "react-i18next";
import { putCosts, type Costs } from "@/api/messages.ts";
import { Section, TWO } from "./Section.tsx";

interface Fields { yuan: number }

export function CostsForm({ value }: { value: Costs }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  return (
    <Section<Fields> form={form} title={t("话费")} hint={t("任务概览里的成本：路由有费率的按费率算，没有的按这里的每分钟话费估算，不足一分钟算一分钟。")} initial={{ yuan: value.per_minute / 1000 }} fields={{ per_minute: "yuan" }}
      save={(f) => putCosts({ per_minute: Math.round(f.yuan * 1000) })}>
      <div style={TWO}>
        <Form.Item name="yuan" label={t("每分钟话费")} rules={[{ required: true, message: t("不能为空") }]} extra={t("填 0 表示不估算。")}><InputNumber min={0} max={100} step={0.01} precision={3} suffix={t("元")} style={{ width: "100%" }} /></Form.Item>
      </div>
    </Section>
  );
}
