import { useQuery } from "@tanstack/react-query";
import { App, Button, Form, Input, Modal, Switch, Table, type TableColumnsType } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { deleteFingerprint, getFingerprints, updateFingerprint } from "@/api/ears.ts";
import type { Fingerprint } from "@/api/types.ts";
import { P, useCan } from "@/app/session.ts";
import { count } from "@/format/text.ts";
import { actorText, heardClass } from "@/format/words.ts";
import { useAct } from "@/ui/act.tsx";
import { Time } from "@/ui/fields.tsx";
import { Empty, Loaded, Page, Panel } from "@/ui/Page.tsx";
import { CodeTag } from "@/ui/Tag.tsx";
import { sourceOf } from "./evidence.ts";

const Player = lazy(() => import("@/ui/Player.tsx").then((m) => ({ default: m.Player })));
const PAGE_ROWS = 50;

function RenameDialog({ entry, onClose }: { entry: Fingerprint; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ name: string }>();
  const save = useAct((f: { name: string }) => updateFingerprint(entry.id, f), { done: t("已改名"), refresh: ["fingerprints"], form, onDone: onClose });
  return (
    <Modal open width={420} title={t("改名")} okText={t("保存")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={save.isPending}>
      <Form form={form} layout="vertical" requiredMark={false} style={{ marginTop: 12 }} initialValues={{ name: entry.name }} onFinish={(f) => { save.mutate(f); }}>
        <Form.Item name="name" label={t("名称")} rules={[{ required: true, whitespace: true, message: t("请输入名称") }]}><Input maxLength={60} autoFocus /></Form.Item>
      </Form>
    </Modal>
  );
}

/** The recording that a piece was cut from, from where the piece begins. */
function Listen({ entry, onClose }: { entry: Fingerprint & { recording_id: number }; onClose: () => void }) {
  const { t } = useTranslation();
  const cut = sourceOf(entry.source);
  return (
    <Modal open destroyOnHidden width={560} title={<span style={{ display: "block", paddingInlineEnd: 20, overflowWrap: "anywhere" }}>{entry.name}</span>} footer={null} onCancel={onClose}>
      {cut ? <p style={{ color: "#5a6b71" }}>{t("提示音取自这段录音的第 {{from}}–{{to}} 秒。", { from: cut.from_s.toFixed(1), to: cut.to_s.toFixed(1) })}</p> : null}
      <Suspense fallback={<div style={{ height: 104 }} />}><Player recording={{ id: entry.recording_id, bytes: 0 }} mayDownload={false} jump={cut ? { s: cut.from_s, n: 1 } : undefined} /></Suspense>
    </Modal>
  );
}

function useColumns(write: boolean, on: { ask: (f: Fingerprint) => void; rename: (f: Fingerprint) => void; listen: (f: Fingerprint) => void; enable: (id: number, enabled: boolean) => void }): TableColumnsType<Fingerprint> {
  const { t } = useTranslation();
  const can = useCan();
  const source = (f: Fingerprint) => {
    const cut = sourceOf(f.source);
    return cut ? t("{{day}} 的录音，第 {{from}}–{{to}} 秒", { day: cut.day, from: cut.from_s.toFixed(1), to: cut.to_s.toFixed(1) }) : f.source;
  };
  return [
    { title: t("类别"), key: "class", width: 120, render: (_, f) => <CodeTag words={heardClass} code={f.class} /> },
    { title: t("名称"), key: "name", width: 220, render: (_, f) => <b style={{ overflowWrap: "anywhere" }}>{f.name}</b> },
    { title: t("时长"), key: "ms", width: 80, render: (_, f) => <span className="num">{t("{{n}} 秒", { n: (f.duration_ms / 1000).toFixed(1) })}</span> },
    { title: t("识别次数"), key: "hits", width: 90, render: (_, f) => <span className="num">{count(f.hits)}</span> },
    { title: t("最近识别"), key: "last", width: 110, render: (_, f) => (f.last_hit_at ? <Time at={f.last_hit_at} /> : "—") },
    { title: t("来源"), key: "source", render: (_, f) => <span title={f.source} style={{ overflowWrap: "anywhere" }}>{source(f)}</span> },
    { title: t("加入人"), key: "by", width: 100, ellipsis: true, render: (_, f) => <span title={actorText(f.created_by, t)}>{actorText(f.created_by, t)}</span> },
    { title: t("启用"), key: "on", width: 84, render: (_, f) => <Switch size="small" aria-label={t("启用")} checked={f.enabled} disabled={!write} onChange={(enabled) => { on.enable(f.id, enabled); }} /> },
    {
      title: "", key: "x", width: 190, align: "right", render: (_, f) => (
        <>
          {f.recording_id != null && can(P.recordingPlay) ? <Button size="small" type="link" onClick={() => { on.listen(f); }}>{t("试听")}</Button> : null}
          {write ? <Button size="small" type="link" onClick={() => { on.rename(f); }}>{t("改名")}</Button> : null}
          {write ? <Button size="small" type="text" danger onClick={() => { on.ask(f); }}>{t("删除")}</Button> : null}
        </>
      ),
    },
  ];
}

export function Library() {
  const { t } = useTranslation();
  const can = useCan();
  const { modal } = App.useApp();
  const [renaming, setRenaming] = useState<Fingerprint>();
  const [heard, setHeard] = useState<Fingerprint>();
  const query = useQuery({ queryKey: ["fingerprints"], queryFn: getFingerprints });
  const change = useAct(({ id, enabled }: { id: number; enabled: boolean }) => updateFingerprint(id, { enabled }), { refresh: ["fingerprints"] });
  const remove = useAct((id: number) => deleteFingerprint(id), { done: t("已删除"), refresh: ["fingerprints"] });
  const ask = (f: Fingerprint) => void modal.confirm({
    title: t("删除“{{name}}”？", { name: f.name }), content: t("删除后不再识别这段提示音，已有的通话记录不变。"), okButtonProps: { danger: true }, okText: t("删除"),
    onOk: () => remove.mutateAsync(f.id).catch(() => undefined),
  });
  const columns = useColumns(can(P.settingsWrite), { ask, rename: setRenaming, listen: setHeard, enable: (id, enabled) => { change.mutate({ id, enabled }); } });
  const hint = t("在通话详情里对录音点“标记录音”，选好类别，下一次同样的提示音就会被识别。");
  return (
    <Page title={t("识音库")} hint={hint} wide>
      <Panel flush>
        <Loaded query={query}>
          {(items) => (items.length === 0
            ? <Empty title={t("识音库是空的")} hint={hint} />
            : <Table<Fingerprint> rowKey="id" size="small" pagination={items.length > PAGE_ROWS ? { pageSize: PAGE_ROWS, showSizeChanger: false } : false} dataSource={items} columns={columns} scroll={{ x: 1100 }} />)}
        </Loaded>
      </Panel>
      {renaming ? <RenameDialog entry={renaming} onClose={() => { setRenaming(undefined); }} /> : null}
      {heard?.recording_id != null ? <Listen entry={{ ...heard, recording_id: heard.recording_id }} onClose={() => { setHeard(undefined); }} /> : null}
    </Page>
  );
}
