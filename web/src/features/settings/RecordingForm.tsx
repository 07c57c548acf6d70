import { Form, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";
import { putRecording } from "@/api/messages.ts";
import type { RecordingPolicy } from "@/api/types.ts";
import { recordingFormats } from "@/format/recording.ts";
import { Section, TWO } from "./Section.tsx";

export function RecordingForm({ value }: { value: RecordingPolicy }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<RecordingPolicy>();
  return (
    <Section<RecordingPolicy> form={form} title={t("录音")} hint={t("双声道时，左声道是对方，右声道是对方听到的；单声道时两边混在一起。任何格式都能在网页上播放。")} initial={value} save={putRecording}>
      <Form.Item name="format" label={t("录音格式")} extra={t("对新录音生效；任务可以另选。")}><Select options={Object.entries(recordingFormats).map(([value, text]) => ({ value, label: t(text) }))} /></Form.Item>
      <div style={TWO}>
        <Form.Item name="retention_days" label={t("保留天数")} extra={t("0 表示一直保留")}><InputNumber min={0} max={36500} suffix={t("天")} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="disk_free_mb_min" label={t("磁盘剩余少于多少时告警")} extra={t("磁盘写满后录音会中断，通话照常。")}><InputNumber min={0} suffix="MB" style={{ width: "100%" }} /></Form.Item>
      </div>
    </Section>
  );
}
