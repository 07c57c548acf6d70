import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { App, Button, Input, Modal, Segmented } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import * as api from "@/api/flows.ts";
import { ApiError } from "@/api/http.ts";
import { P, useCan } from "@/app/session.ts";
import { useAct } from "@/ui/act.tsx";
import { useLeaveGuard } from "@/ui/guard.ts";
import { Loaded, Page } from "@/ui/Page.tsx";
import { Tag } from "@/ui/Tag.tsx";
import { Diagram } from "./Diagram.tsx";
import { Editor, type EditorHandle } from "./Editor.tsx";
import { FlowBadges } from "./FlowList.tsx";
import { FaultList, NodeHelp } from "./SidePanels.tsx";
import { Versions } from "./Versions.tsx";

const pretty = (doc: unknown) => JSON.stringify(doc, null, 2);
const REFRESH = ["flows", "flow", "flow-versions"];

function parse(text: string): { doc: unknown } | null {
  try {
    const doc = JSON.parse(text) as unknown;
    return typeof doc === "object" && doc !== null ? { doc } : null;
  } catch {
    return null;
  }
}

/** Asks the server a moment after typing rests. */
function useVerdict(id: number, text: string) {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => { setSettled(text); }, 500);
    return () => { clearTimeout(timer); };
  }, [text]);
  const read = useMemo(() => parse(settled), [settled]);
  const query = useQuery({ queryKey: ["flow-check", id, settled], queryFn: () => api.validateFlow(id, read?.doc), enabled: read !== null, gcTime: 10_000, staleTime: 5_000, retry: false });
  return { verdict: query.data, checking: query.isFetching || settled !== text };
}

function PublishDialog({ draft, onClose, onDone, onConflict }: { draft: api.Draft; onClose: () => void; onDone: () => void; onConflict: (e: ApiError) => void }) {
  const { t } = useTranslation();
  const [note, setNote] = useState("");
  const act = useAct(() => api.publishFlow(draft.id, { revision: draft.revision, note }), {
    done: t("已发布，新的通话马上使用"), refresh: REFRESH, onDone,
    onFail: (error) => {
      if (!error.code.includes("revision")) return false;
      onConflict(error);
      return true;
    },
  });
  return (
    <Modal open title={t("发布流程")} okText={t("发布")} onOk={() => { act.mutate(undefined); }} onCancel={onClose} confirmLoading={act.isPending} width={440}>
      <p style={{ color: "#5a6b71", marginTop: 4 }}>{t("发布后新的通话马上使用这一版，正在进行的通话仍用原来的版本。")}</p>
      <Input.TextArea autoFocus autoSize={{ minRows: 2, maxRows: 5 }} maxLength={500} value={note} onChange={(e) => { setNote(e.target.value); }} placeholder={t("这一版改了什么（选填）")} />
    </Modal>
  );
}

/** Somebody else saved first: keep mine over theirs, or take theirs. */
function Conflict({ theirs, onMine, onTheirs, onClose }: { theirs: api.Draft; onMine: () => void; onTheirs: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open title={t("刚刚有人改过这个流程")} onCancel={onClose} width={640} footer={[
      <Button key="c" onClick={onClose}>{t("先不保存")}</Button>, <Button key="t" onClick={onTheirs}>{t("用对方的，放弃我的")}</Button>, <Button key="m" type="primary" danger onClick={onMine}>{t("用我的，覆盖对方的")}</Button>,
    ]}>
      <p style={{ color: "#5a6b71" }}>{t("下面是对方保存的内容，请比较后决定。")}</p>
      <pre className="fl-mono" style={{ maxHeight: 300, overflow: "auto", background: "#f7f9f9", padding: 12, borderRadius: 6 }}>{pretty(theirs.doc)}</pre>
    </Modal>
  );
}

type Side = "diagram" | "help" | "versions";

export function FlowPage() {
  const { id } = useParams({ strict: false });
  const query = useQuery({ queryKey: ["flow", Number(id)], queryFn: () => api.getDraft(Number(id)), staleTime: Infinity, refetchOnWindowFocus: false });
  return <Loaded query={query} rows={12}>{(draft) => <Workbench key={draft.id} loaded={draft} />}</Loaded>;
}

function useWorkbench(loaded: api.Draft) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const editor = useRef<EditorHandle>(null);
  const [base, setBase] = useState({ draft: loaded, text: pretty(loaded.doc) });
  const [text, setText] = useState(base.text);
  const [theirs, setTheirs] = useState<api.Draft>();
  const read = useMemo(() => parse(text), [text]);
  const adopt = (draft: api.Draft, shown: string) => {
    setBase({ draft, text: shown });
    queries.setQueryData(["flow", draft.id], draft);
    for (const key of ["flows", "flow-versions"]) void queries.invalidateQueries({ queryKey: [key] });
  };
  const conflict = (error: ApiError) => { if (error.current) setTheirs(error.current as api.Draft); };
  const save = useAct((revision: number) => api.saveDraft(base.draft.id, { doc: read?.doc, revision }), {
    done: t("草稿已保存"), onDone: (draft) => { setTheirs(undefined); adopt(draft, text); },
    onFail: (error) => {
      if (error.status !== 409 || !error.current) return false;
      conflict(error);
      return true;
    },
  });
  const take = (draft: api.Draft) => {
    const next = pretty(draft.doc);
    setTheirs(undefined);
    editor.current?.replace(next);
    setText(next);
    adopt(draft, next);
  };
  return { editor, base, text, setText, read, theirs, setTheirs, conflict, save, take, dirty: text !== base.text };
}

function Workbench({ loaded }: { loaded: api.Draft }) {
  const { t, i18n } = useTranslation();
  const can = useCan();
  const { message } = App.useApp();
  const w = useWorkbench(loaded);
  const [side, setSide] = useState<Side>("diagram");
  const [publishing, setPublishing] = useState(false);
  const [wide, setWide] = useState(false);
  const { verdict, checking } = useVerdict(loaded.id, w.text);
  useLeaveGuard(w.dirty);
  const write = can(P.flowWrite);
  const errors = w.read ? (verdict?.errors ?? []) : [];
  const warnings = w.read ? (verdict?.warnings ?? []) : [];
  // While the text cannot be read, the diagram stays as it was.
  const [lastDoc, setLastDoc] = useState(w.read?.doc);
  if (w.read && w.read.doc !== lastDoc) setLastDoc(w.read.doc);
  const saveNow = () => {
    if (!w.read) void message.error(t("JSON 还有语法错误，改正后才能保存"));
    else if (write) w.save.mutate(w.base.draft.revision);
  };
  const format = () => { if (w.read) w.editor.current?.replace(pretty(w.read.doc)); };
  const refetchAfterPublish = () => {
    setPublishing(false);
    void api.getDraft(loaded.id).then((d) => { w.take(d); });
  };
  return (
    <Page wide title={<span style={{ display: "inline-flex", gap: 10, alignItems: "center" }}>{w.base.draft.name}<FlowBadges flow={w.base.draft} />{w.dirty ? <Tag tone="warn" dot>{t("未保存")}</Tag> : null}</span>} hint={w.base.draft.description}
      actions={write ? (
        <>
          <Button onClick={format} disabled={!w.read}>{t("整理格式")}</Button>
          <Button onClick={saveNow} loading={w.save.isPending} disabled={!w.dirty}>{t("保存草稿")}</Button>
          {can(P.flowPublish) ? <Button type="primary" disabled={w.dirty || !w.base.draft.has_draft || errors.length > 0 || !w.read} title={w.dirty ? t("请先保存草稿") : errors.length > 0 ? t("改正错误后才能发布") : undefined} onClick={() => { setPublishing(true); }}>{t("发布")}</Button> : null}
        </>
      ) : <Tag tone="muted">{t("只读")}</Tag>}>
      <div style={{ display: "grid", gridTemplateColumns: wide ? "minmax(0,1fr) minmax(380px,68%)" : "minmax(0,1fr) minmax(380px,42%)", gap: 12, height: "calc(100vh - 150px)", minHeight: 440 }}>
        <section className="fl-panel" style={{ display: "grid", gridTemplateRows: "minmax(0,1fr) auto", overflow: "hidden" }}>
          <Editor ref={w.editor} initial={w.base.text} readOnly={!write} errors={errors} warnings={warnings} english={i18n.language === "en"} onChange={w.setText} onSave={saveNow} />
          <FaultList broken={!w.read} checking={checking} errors={errors} warnings={warnings} onShow={(path) => w.editor.current?.show(path)} />
        </section>
        <section className="fl-panel" style={{ display: "grid", gridTemplateRows: "auto minmax(0,1fr)", overflow: "hidden" }}>
          <header><Segmented<Side> size="small" value={side} onChange={setSide} options={[{ value: "diagram", label: t("流程图") }, { value: "help", label: t("节点说明") }, { value: "versions", label: t("历史版本") }]} /><Button size="small" type="text" onClick={() => { setWide(!wide); }}>{wide ? t("收窄") : t("展宽")}</Button></header>
          {side === "diagram" ? <Diagram doc={lastDoc} bad={new Set(errors.map((e) => e.node ?? ""))} onPick={(id) => w.editor.current?.show(`nodes.${id}`)} />
            : side === "help" ? <NodeHelp writable={write} onInsert={(text) => w.editor.current?.insert(text)} />
            : <Versions flow={w.base.draft} current={w.text} writable={write} onRestore={(doc) => { w.editor.current?.replace(pretty(doc)); void message.info(t("已放进编辑器，保存后成为草稿")); }} />}
        </section>
      </div>
      {publishing ? <PublishDialog draft={w.base.draft} onClose={() => { setPublishing(false); }} onDone={refetchAfterPublish} onConflict={(e) => { setPublishing(false); w.conflict(e); }} /> : null}
      {w.theirs ? <Conflict theirs={w.theirs} onClose={() => { w.setTheirs(undefined); }} onTheirs={() => { if (w.theirs) w.take(w.theirs); }} onMine={() => { if (w.theirs) w.save.mutate(w.theirs.revision); }} /> : null}
    </Page>
  );
}
