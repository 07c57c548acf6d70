import { Form, Input, InputNumber, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { putCompliance } from "@/api/messages.ts";
import type { Compliance } from "@/api/types.ts";
import { Section, THREE, TWO } from "./Section.tsx";

type Fields = Omit<Compliance, "ring_ms_min"> & { ring_s: number };

export function ComplianceForm({ value }: { value: Compliance }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const { ring_ms_min, ...rest } = value;
  const wide = { width: "100%" };
  return (
    <Section<Fields> form={form} title={t("合规限制")} hint={t("每次拨打前都会检查，不满足就不拨。任务里的设置只能更严，不能更松。")} initial={{ ...rest, ring_s: ring_ms_min / 1000 }}
      save={({ ring_s, ...f }) => putCompliance({ ...f, ring_ms_min: Math.round(ring_s * 1000) })}>
      <div style={TWO}>
        <Form.Item name="hours_from" label={t("最早呼叫时间")} extra={t("按被叫所在地的时间")}><Input maxLength={5} placeholder="08:00" className="num" /></Form.Item>
        <Form.Item name="hours_to" label={t("最晚呼叫时间")}><Input maxLength={5} placeholder="21:00" className="num" /></Form.Item>
      </div>
      <div style={THREE}>
        <Form.Item name="contact_per_day_max" label={t("每个联系人每天最多")}><InputNumber min={1} max={100} suffix={t("次")} style={wide} /></Form.Item>
        <Form.Item name="number_per_24h_max" label={t("每个号码 24 小时最多")}><InputNumber min={1} max={100} suffix={t("次")} style={wide} /></Form.Item>
        <Form.Item name="number_per_5min_max" label={t("每个号码 5 分钟最多")}><InputNumber min={1} max={100} suffix={t("次")} style={wide} /></Form.Item>
        <Form.Item name="caller_id_per_day_max" label={t("每个主叫号码每天最多")} extra={t("0 表示不限")}><InputNumber min={0} suffix={t("次")} style={wide} /></Form.Item>
        <Form.Item name="campaign_per_day_max" label={t("每个任务每天最多")} extra={t("0 表示不限")}><InputNumber min={0} suffix={t("次")} style={wide} /></Form.Item>
        <Form.Item name="ring_s" label={t("取消前至少振铃")}><InputNumber min={5} max={120} suffix={t("秒")} style={wide} /></Form.Item>
        <Form.Item name="lockout_h" label={t("呼损后多久不再呼叫")}><InputNumber min={0} max={8760} suffix={t("小时")} style={wide} /></Form.Item>
      </div>
      <div style={TWO}>
        <Form.Item name="approval_required" label={t("任务需要审批才能开始")} valuePropName="checked"><Switch /></Form.Item>
        <Form.Item name="approval_by_other" label={t("提交人不能审批自己的任务")} valuePropName="checked"><Switch /></Form.Item>
      </div>
    </Section>
  );
}
