import { DeleteOutlined, PlusOutlined, SoundOutlined, UploadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Form, Input, Modal, Segmented, Table, Upload, type TableColumnsType } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { deletePrompt, getPrompts, previewSpeech, promptAudioUrl, speakPrompt, uploadPrompt, type PromptView } from "@/api/flows.ts";
import { P, useCan } from "@/app/session.ts";
import { duration } from "@/format/text.ts";
import { useAct } from "@/ui/act.tsx";
import { SearchBox, Time } from "@/ui/fields.tsx";
import { useFilters } from "@/ui/filters.ts";
import { Go } from "@/ui/Go.tsx";
import { Empty, Loaded, Page, Panel } from "@/ui/Page.tsx";
import { Tag } from "@/ui/Tag.tsx";

interface Fields { name: string; text?: string; voice?: string; file?: { file: File } }

function Listen({ text, voice }: { text: string; voice: string | undefined }) {
  const { t } = useTranslation();
  const [url, setUrl] = useState<string>();
  useEffect(() => () => { if (url) URL.revokeObjectURL(url); }, [url]);
  const make = useAct(() => previewSpeech(text, voice), { onDone: setUrl });
  return (
    <div style={{ display: "flex", gap: 10, alignItems: "center", minHeight: 34 }}>
      <Button icon={<SoundOutlined />} size="small" disabled={!text.trim()} loading={make.isPending} onClick={() => { make.mutate(undefined); }}>{t("试听")}</Button>
      {url ? <audio src={url} controls autoPlay style={{ height: 32, flex: 1 }}><track kind="captions" /></audio> : null}
    </div>
  );
}

function NewPrompt({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const [way, setWay] = useState<"text" | "file">("text");
  const [file, setFile] = useState<File>();
  const text = Form.useWatch("text", form) ?? "";
  const voice = Form.useWatch("voice", form);
  const save = useAct(
    (f: Fields) => (way === "file" && file ? uploadPrompt(file, f.name, f.text ?? "", () => undefined) : speakPrompt({ name: f.name, text: f.text ?? "", voice: f.voice ?? null })),
    { done: t("语音已保存"), refresh: ["prompts"], form, onDone: onClose },
  );
  return (
    <Modal open width={560} title={t("新建语音")} okText={t("保存")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={save.isPending} okButtonProps={{ disabled: way === "file" && !file }}>
      <Segmented value={way} onChange={setWay} options={[{ value: "text", label: t("输入文字，自动合成") }, { value: "file", label: t("上传录音") }]} style={{ margin: "8px 0 16px" }} />
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(f: Fields) => { save.mutate(f); }}>
        <Form.Item name="name" label={t("名称")} rules={[{ required: true, message: t("请输入名称") }]} extra={t("流程里用这个名称引用，例如“欢迎词”。")}><Input maxLength={60} autoFocus /></Form.Item>
        {way === "file" ? (
          <Form.Item label={t("录音文件")} required>
            <Upload accept=".wav,audio/wav" maxCount={1} beforeUpload={(f) => { setFile(f); return false; }} onRemove={() => { setFile(undefined); }}>
              <Button icon={<UploadOutlined />}>{t("选择 WAV 文件")}</Button> <span style={{ color: "#819096" }}>{t("任意采样率，单声道或立体声，最大 50 MB。")}</span>
            </Upload>
          </Form.Item>
        ) : null}
        <Form.Item name="text" label={way === "text" ? t("要念的话") : t("录音说了什么（选填）")} rules={way === "text" ? [{ required: true, message: t("请输入要念的话") }] : []}>
          <Input.TextArea autoSize={{ minRows: 3, maxRows: 8 }} maxLength={500} showCount />
        </Form.Item>
        {way === "text" ? (
          <>
            <Form.Item name="voice" label={t("音色")} extra={t("不填则用系统设置里的音色。")}><Input style={{ width: 200 }} placeholder={t("默认")} /></Form.Item>
            <Listen text={text} voice={voice} />
          </>
        ) : null}
      </Form>
    </Modal>
  );
}

function useColumns(playing: number | undefined, play: (id: number) => void): TableColumnsType<PromptView> {
  const { t } = useTranslation();
  const can = useCan();
  const { modal } = App.useApp();
  const remove = useAct((id: number) => deletePrompt(id), { done: t("语音已删除"), refresh: ["prompts"] });
  const ask = (p: PromptView) => void modal.confirm({
    title: t("删除语音“{{name}}”", { name: p.name }), content: t("删除后不能恢复。"), okText: t("删除"), okButtonProps: { danger: true },
    onOk: () => remove.mutateAsync(p.id).catch(() => undefined),
  });
  return [
    { title: t("名称"), key: "name", width: 170, render: (_, p) => <b style={{ fontWeight: 600 }}>{p.name}</b> },
    { title: t("来源"), key: "source", width: 90, render: (_, p) => <Tag tone={p.source === "tts" ? "info" : "accent"}>{p.source === "tts" ? t("合成") : t("录音")}</Tag> },
    { title: t("内容"), key: "text", render: (_, p) => <span className="fl-clamp2" title={p.text}>{p.text || <span style={{ color: "#a3b0b4" }}>{t("没有文字说明")}</span>}</span> },
    { title: t("时长"), key: "len", width: 70, align: "right", render: (_, p) => duration(p.duration_ms) },
    {
      title: t("用于"), key: "used", width: 160,
      render: (_, p) => (p.used_by.length > 0 ? <div className="fl-ellipsis" style={{ maxWidth: 160 }}>{p.used_by.map((f, i) => <span key={f.flow_id}>{i > 0 ? "、" : ""}<Go to={`/flows/${f.flow_id}`}>{f.name}</Go></span>)}</div> : <span style={{ color: "#a3b0b4" }}>{t("没有流程使用")}</span>),
    },
    { title: t("更新时间"), key: "at", width: 110, render: (_, p) => <Time at={p.updated_at} /> },
    {
      title: t("操作"), key: "act", width: playing !== undefined ? 330 : 150,
      render: (_, p) => (
        <span style={{ display: "flex", gap: 6, alignItems: "center" }}>
          {playing === p.id ? <audio src={promptAudioUrl(p.id, p.updated_at)} controls autoPlay style={{ height: 30, width: 250 }}><track kind="captions" /></audio>
            : <Button size="small" icon={<SoundOutlined />} onClick={() => { play(p.id); }}>{t("试听")}</Button>}
          {can(P.promptWrite) ? <Button size="small" type="text" danger icon={<DeleteOutlined />} aria-label={t("删除")} disabled={p.used_by.length > 0} title={p.used_by.length > 0 ? t("正被流程使用，不能删除") : t("删除")} onClick={() => { ask(p); }} /> : null}
        </span>
      ),
    },
  ];
}

export function PromptList() {
  const { t } = useTranslation();
  const can = useCan();
  const [f, set] = useFilters();
  const [adding, setAdding] = useState(false);
  const [playing, setPlaying] = useState<number>();
  const query = useQuery({ queryKey: ["prompts"], queryFn: getPrompts });
  const columns = useColumns(playing, setPlaying);
  const add = can(P.promptWrite) ? <Button type="primary" icon={<PlusOutlined />} onClick={() => { setAdding(true); }}>{t("新建语音")}</Button> : null;
  return (
    <Page title={t("语音")} hint={t("流程里反复用到的录音和固定话术。带姓名、时间等变量的话直接写在流程里，由系统合成。")} actions={add} wide>
      <Panel flush>
        <div className="fl-filters"><SearchBox value={f.q} onChange={(q) => { set({ q }); }} placeholder={t("搜索名称或内容")} /></div>
        <Loaded query={query}>
          {({ items }) => {
            const shown = items.filter((p) => !f.q || p.name.includes(f.q) || p.text.includes(f.q));
            return (
              <Table<PromptView> rowKey="id" size="small" columns={columns} dataSource={shown} pagination={{ pageSize: 50, hideOnSinglePage: true, size: "small" }} scroll={{ x: 900 }}
                locale={{ emptyText: f.q ? <Empty title={t("没有符合条件的语音")} /> : <Empty title={t("还没有语音")} hint={t("输入一段话试听一下，或上传真人录音。")} action={add} /> }} />
            );
          }}
        </Loaded>
      </Panel>
      {adding ? <NewPrompt onClose={() => { setAdding(false); }} /> : null}
    </Page>
  );
}
