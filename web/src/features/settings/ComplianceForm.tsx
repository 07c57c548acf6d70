import { Form, Input, InputNumber, Select, Switch } from "antd";
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
      <div style={THREE}>
        <Form.Item name="caller_id_interval_s" label={t("同一主叫两次呼叫的间隔")} extra={t("0 表示不限")}><InputNumber min={0} max={86400} suffix={t("秒")} style={wide} /></Form.Item>
        <Form.Item name="caller_id_rest_after" label={t("主叫连续呼叫多少次后休息")} extra={t("0 表示不休息")}><InputNumber min={0} suffix={t("次")} style={wide} /></Form.Item>
        <Form.Item name="caller_id_rest_min" label={t("主叫每次休息")}><InputNumber min={0} max={10080} suffix={t("分钟")} style={wide} /></Form.Item>
        <Form.Item name="flag_after_refusals" label={t("24 小时内被标记骚扰几次就停用主叫")} extra={t("0 表示不自动停用")}><InputNumber min={0} suffix={t("次")} style={wide} /></Form.Item>
        <Form.Item name="flag_below_percent" label={t("接通率低于其他号码的多少就停用主叫")} extra={t("0 表示不自动停用")}><InputNumber min={0} max={90} suffix="%" style={wide} /></Form.Item>
        <Form.Item name="abandoned_percent_max" label={t("呼损率上限")} extra={t("24 小时和 30 天都算")}><InputNumber min={0} max={20} step={0.1} suffix="%" style={wide} /></Form.Item>
      </div>
      <Form.Item name="refusal_words" label={t("短信退订口令")} extra={t("回复的短信只有这些字时，号码自动进免呼名单；不分大小写。")}><Select mode="tags" open={false} suffixIcon={null} tokenSeparators={["，", ",", " "]} /></Form.Item>
      <div style={TWO}>
        <Form.Item name="approval_required" label={t("任务需要审批才能开始")} valuePropName="checked"><Switch /></Form.Item>
        <Form.Item name="approval_by_other" label={t("提交人不能审批自己的任务")} valuePropName="checked"><Switch /></Form.Item>
      </div>
    </Section>
  );
}
