/** What was heard on a call and why it is believed; and a recording marked as an announcement. */
import { useMutation } from "@tanstack/react-query";
import { App, Button, Form, Input, InputNumber, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { markRecording, testRecording, type Marking } from "@/api/ears.ts";
import type { Heard, Recording } from "@/api/types.ts";
import { announcementClasses, heardClass, heardMeans, word } from "@/format/words.ts";
import { useAct } from "@/ui/act.tsx";
import { CodeTag } from "@/ui/Tag.tsx";
import { evidenceText } from "./evidence.ts";

/** Longest piece the library takes, seconds. */
const PIECE_S = 20;

export function HeardList({ heard }: { heard: Heard[] }) {
  const { t } = useTranslation();
  if (heard.length === 0) return <span style={{ color: "#819096" }}>{t("没有识别到提示音或答录机。")}</span>;
  return (
    <div style={{ display: "grid", gap: 8 }}>
      {heard.map((h, i) => (
        <div key={i} style={{ display: "grid", gridTemplateColumns: "minmax(96px, max-content) minmax(0,1fr)", gap: 8, alignItems: "baseline" }}>
          <span><CodeTag words={heardClass} code={h.class} /></span>
          <span>
            <span title={h.evidence} style={{ overflowWrap: "anywhere" }}>{evidenceText(h.evidence, t)}</span>
            <span style={{ color: "#819096", fontSize: 12, display: "block" }}>
              {[h.early ? t("接通前") : t("接通后"), t("第 {{s}} 秒", { s: (h.at_ms / 1000).toFixed(1) }), t(word(heardMeans, h.means).text), t("可信度 {{n}}%", { n: Math.round(h.confidence * 100) })].join(" · ")}
            </span>
          </span>
        </div>
      ))}
    </div>
  );
}

function MarkDialog({ recording, onClose }: { recording: Recording; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ name: string; class: string; from_s: number; to_s: number }>();
  const seconds = Math.round(recording.duration_ms / 100) / 10;
  const mark = useAct((b: Marking) => markRecording(b), { done: t("已加入识音库，下次会自动识别"), refresh: ["fingerprints"], onDone: onClose, form, fields: { from_ms: "from_s", to_ms: "to_s" } });
  const piece = ({ getFieldValue }: { getFieldValue: (name: string) => unknown }) => ({
    validator: (_: unknown, to: number | null) => {
      const s = (to ?? 0) - Number(getFieldValue("from_s") ?? 0);
      return s > 0 && s <= PIECE_S ? Promise.resolve() : Promise.reject(new Error(s > 0 ? t("最长 {{n}} 秒，请选短一些", { n: PIECE_S }) : t("须晚于开始")));
    },
  });
  return (
    <Modal open width={480} title={t("标记录音")} okText={t("加入识音库")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={mark.isPending}>
      <Form form={form} layout="vertical" requiredMark={false} style={{ marginTop: 12 }} initialValues={{ from_s: 0, to_s: Math.min(seconds, PIECE_S) }}
        onFinish={(f) => { mark.mutate({ recording_id: recording.id, name: f.name, class: f.class, from_ms: Math.round(f.from_s * 1000), to_ms: f.to_s >= seconds ? recording.duration_ms : Math.round(f.to_s * 1000) }); }}>
        <Form.Item name="class" label={t("这段声音表示")} rules={[{ required: true, message: t("请选择类别") }]}>
          <Select options={announcementClasses.map((c) => ({ value: c, label: t(word(heardClass, c).text) }))} />
        </Form.Item>
        <Form.Item name="name" label={t("名称")} rules={[{ required: true, message: t("请输入名称") }]}><Input maxLength={60} placeholder={t("例如：移动 空号 普通话")} /></Form.Item>
        <p style={{ color: "#5a6b71", margin: "0 0 8px" }}>{t("只取提示音本身，最长 {{n}} 秒；这段录音共 {{s}} 秒。", { n: PIECE_S, s: seconds.toFixed(1) })}</p>
        <div style={{ display: "grid", gridTemplateColumns: "1fr 1fr", columnGap: 16 }}>
          <Form.Item name="from_s" label={t("从")} rules={[{ required: true, message: t("请填写开始") }]}><InputNumber min={0} max={seconds} step={0.1} precision={1} suffix={t("秒")} style={{ width: "100%" }} /></Form.Item>
          <Form.Item name="to_s" label={t("到")} dependencies={["from_s"]} rules={[piece]}><InputNumber min={0} max={seconds} step={0.1} precision={1} suffix={t("秒")} style={{ width: "100%" }} /></Form.Item>
        </div>
      </Form>
    </Modal>
  );
}

export function MarkButtons({ recording, mayMark }: { recording: Recording; mayMark: boolean }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [open, setOpen] = useState(false);
  const test = useMutation({
    mutationFn: () => testRecording(recording.id),
    onSuccess: ({ found }) => {
      if (!found) return void message.info(t("识音库里没有匹配的条目"));
      void message.success(t("识别为“{{name}}”（{{class}}），第 {{s}} 秒，相似度 {{n}}%", { name: found.name, class: t(word(heardClass, found.class).text), s: (found.at_ms / 1000).toFixed(1), n: Math.round(found.score * 100) }), 6);
    },
    onError: (e) => void message.error(e.message),
  });
  return (
    <div style={{ display: "flex", gap: 8, marginTop: 6 }}>
      {mayMark ? <Button size="small" onClick={() => { setOpen(true); }}>{t("标记录音")}</Button> : null}
      <Button size="small" loading={test.isPending} onClick={() => { test.mutate(); }}>{t("用识音库识别")}</Button>
      {open ? <MarkDialog recording={recording} onClose={() => { setOpen(false); }} /> : null}
    </div>
  );
}
