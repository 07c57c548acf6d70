import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Input, Select, Switch } from "antd";
import type { TextAreaRef } from "antd/es/input/TextArea";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { CampaignView } from "@/api/campaigns.ts";
import type { AgentWork, Question, QuestionKind, ScriptPage } from "@/api/work.ts";
import { sessionQuery } from "@/app/session.ts";
import { Empty } from "@/ui/Page.tsx";
import { moved, newPage, newQuestion, preview, removePage, replaced, unreached, type Piece } from "./edit.ts";
import { HELD, Options, QUESTION_KINDS, Range, RowKeys } from "./parts.tsx";

export interface EditorProps { campaign: CampaignView; work: AgentWork; off: boolean; held: ReadonlySet<string>; onChange: (w: AgentWork) => void }

export function ScriptEditor({ open, onOpen, ...p }: EditorProps & { open: number; onOpen: (i: number) => void }) {
  const { t } = useTranslation();
  const { work, off, onChange } = p;
  const at = Math.min(open, work.script.length - 1);
  const page = work.script[at];
  const lost = new Set(unreached(work).map((x) => x.id));
  const add = () => {
    onChange({ ...work, script: [...work.script, newPage(work, t("第 {{n}} 页", { n: work.script.length + 1 }))] });
    onOpen(work.script.length);
  };
  const set = (part: Partial<ScriptPage>) => { onChange({ ...work, script: replaced(work.script, at, part) }); };
  return (
    <div className="wk-script">
      <nav aria-label={t("话术页面")} className="wk-pages">
        {work.script.map((x, i) => (
          <button key={x.id} type="button" aria-current={i === at} onClick={() => { onOpen(i); }}>
            <span className="num">{i + 1}</span><span className="fl-ellipsis">{x.title || t("未命名")}</span>{lost.has(x.id) ? <i title={t("没有分支通到这一页")}>!</i> : null}
          </button>
        ))}
        {off ? null : <Button type="dashed" size="small" block icon={<PlusOutlined />} onClick={add}>{t("加一页")}</Button>}
      </nav>
      {page ? (
        <>
          <PageEditor key={page.id} {...p} page={page} at={at} lost={lost.has(page.id)} onPage={set} onOpen={onOpen} />
          <Preview campaign={p.campaign} work={work} page={page} onOpen={onOpen} />
        </>
      ) : <div style={{ gridColumn: "2 / -1" }}><Empty title={t("还没有话术")} hint={t("一页一段话，写坐席要说的，再写客户可能怎么回答、各自到哪一页。")} action={off ? null : <Button type="primary" onClick={add}>{t("写第一页")}</Button>} /></div>}
    </div>
  );
}

type PageProps = EditorProps & { page: ScriptPage; at: number; lost: boolean; onPage: (part: Partial<ScriptPage>) => void; onOpen: (i: number) => void };

function PageEditor({ campaign, work, off, held, page, at, lost, onChange, onPage, onOpen }: PageProps) {
  const { t } = useTranslation();
  const area = useRef<TextAreaRef>(null);
  const insert = (name: string) => {
    const el = area.current?.resizableTextArea?.textArea;
    const [from, to] = [el?.selectionStart ?? page.text.length, el?.selectionEnd ?? page.text.length];
    onPage({ text: `${page.text.slice(0, from)}{{ ${name} }}${page.text.slice(to)}` });
    el?.focus();
  };
  const values = [
    { name: "lead.name", label: t("客户姓名") }, ...campaign.fields.map((f) => ({ name: `lead.${f.key}`, label: f.label })), { name: "campaign.name", label: t("任务名称") },
    ...Object.keys(campaign.variables).map((k) => ({ name: `campaign.${k}`, label: k })), { name: "agent.name", label: t("坐席姓名") },
  ];
  const stuck = page.questions.some((q) => held.has(q.key));
  return (
    <div className="wk-page">
      <div style={{ display: "flex", gap: 8, alignItems: "center" }}>
        <Input value={page.title} maxLength={60} disabled={off} aria-label={t("页面标题")} placeholder={t("页面标题，如：开场")} onChange={(e) => { onPage({ title: e.target.value }); }} />
        <RowKeys first={at === 0} last={at === work.script.length - 1} off={off} {...(stuck ? { why: t(HELD) } : {})} onMove={(by) => { onChange({ ...work, script: moved(work.script, at, by) }); onOpen(at + by); }} onRemove={() => { onChange(removePage(work, page.id)); onOpen(Math.max(0, at - 1)); }} />
      </div>
      {lost ? <Alert type="warning" showIcon title={t("没有分支通到这一页，坐席看不到它。请在别的页面加一个到这里的分支。")} /> : null}
      <div>
        <Input.TextArea ref={area} value={page.text} maxLength={4000} disabled={off} autoSize={{ minRows: 4, maxRows: 12 }} aria-label={t("坐席怎么说")} placeholder={t("坐席怎么说")} onChange={(e) => { onPage({ text: e.target.value }); }} />
        {off ? null : <div className="wk-values"><span>{t("插入")}</span>{values.slice(0, 16).map((v) => <Button key={v.name} size="small" onClick={() => { insert(v.name); }}>{v.label}</Button>)}</div>}
      </div>
      <Branches work={work} page={page} off={off} onPage={onPage} onChange={onChange} />
      <b>{t("这一页要问的")}</b>
      {page.questions.map((q, i) => (
        <QuestionRow key={q.key} q={q} off={off} held={held.has(q.key)} first={i === 0} last={i === page.questions.length - 1}
          onMove={(by) => { onPage({ questions: moved(page.questions, i, by) }); }} onRemove={() => { onPage({ questions: page.questions.filter((_, j) => j !== i) }); }} onChange={(part) => { onPage({ questions: replaced(page.questions, i, part) }); }} />
      ))}
      {off ? null : <Button size="small" type="dashed" icon={<PlusOutlined />} style={{ justifySelf: "start" }} onClick={() => { onPage({ questions: [...page.questions, newQuestion(work)] }); }}>{t("加问题")}</Button>}
    </div>
  );
}

const NEW = "\u0000new";
function Branches({ work, page, off, onPage, onChange }: Pick<PageProps, "work" | "page" | "off" | "onPage" | "onChange">) {
  const { t } = useTranslation();
  const pages = work.script.filter((x) => x.id !== page.id).map((x) => ({ value: x.id, label: x.title || t("未命名") }));
  const to = (i: number, id: string) => {
    if (id !== NEW) return onPage({ choices: replaced(page.choices, i, { to: id }) });
    const made = newPage(work, page.choices[i]?.label || t("第 {{n}} 页", { n: work.script.length + 1 }));
    const script = work.script.map((x) => (x.id === page.id ? { ...x, choices: replaced(x.choices, i, { to: made.id }) } : x));
    return onChange({ ...work, script: [...script, made] });
  };
  return (
    <>
      <b>{t("客户怎么回答，到哪一页")}</b>
      {page.choices.map((c, i) => (
        <div key={i} className="wk-branch">
          <Input size="small" value={c.label} maxLength={60} disabled={off} aria-label={t("客户的回答")} placeholder={t("客户的回答，如：愿意")} onChange={(e) => { onPage({ choices: replaced(page.choices, i, { label: e.target.value }) }); }} />
          <span>→</span>
          <Select size="small" value={c.to || null} disabled={off} aria-label={t("到哪一页")} placeholder={t("到哪一页")} options={[...pages, { value: NEW, label: t("＋ 新的一页") }]} onChange={(id: string) => { to(i, id); }} />
          <RowKeys first={i === 0} last={i === page.choices.length - 1} off={off} onMove={(by) => { onPage({ choices: moved(page.choices, i, by) }); }} onRemove={() => { onPage({ choices: page.choices.filter((_, j) => j !== i) }); }} />
        </div>
      ))}
      {page.choices.length === 0 ? <span className="wk-hint">{t("没有分支：话术到这一页结束。")}</span> : null}
      {off ? null : <Button size="small" type="dashed" icon={<PlusOutlined />} style={{ justifySelf: "start" }} onClick={() => { onPage({ choices: [...page.choices, { label: "", to: "" }] }); }}>{t("加分支")}</Button>}
    </>
  );
}

function QuestionRow({ q, off, held, first, last, onMove, onRemove, onChange }: { q: Question; off: boolean; held: boolean; first: boolean; last: boolean; onMove: (by: -1 | 1) => void; onRemove: () => void; onChange: (part: Partial<Question>) => void }) {
  const { t } = useTranslation();
  return (
    <div className="wk-row">
      <div className="wk-line">
        <Input size="small" value={q.label} maxLength={200} disabled={off} aria-label={t("问题")} placeholder={t("问题，如：您打几分")} onChange={(e) => { onChange({ label: e.target.value }); }} />
        <Select size="small" style={{ width: 84, flex: "none" }} value={q.kind} disabled={off || held} aria-label={t("题型")} title={held ? t(HELD) : ""} options={Object.entries(QUESTION_KINDS).map(([value, label]) => ({ value, label: t(label) }))} onChange={(kind: QuestionKind) => { onChange(kind === "score" ? { kind, min: 1, max: 5 } : { kind, min: null, max: null }); }} />
        <label className="wk-switch"><Switch size="small" checked={q.required} disabled={off} onChange={(required) => { onChange({ required }); }} />{t("必问")}</label>
        <RowKeys first={first} last={last} off={off} {...(held ? { why: t(HELD) } : {})} onMove={onMove} onRemove={onRemove} />
      </div>
      {q.kind === "single" || q.kind === "multiple" ? <Options value={q.options} off={off} onChange={(options) => { onChange({ options }); }} /> : null}
      {q.kind === "score" || q.kind === "number" ? <Range min={q.min} max={q.max} off={off} onChange={onChange} /> : null}
    </div>
  );
}

function Preview({ campaign, work, page, onOpen }: { campaign: CampaignView; work: AgentWork; page: ScriptPage; onOpen: (i: number) => void }) {
  const { t } = useTranslation();
  const agent = useQuery(sessionQuery).data?.user.name ?? t("坐席姓名");
  const pieces = preview(page.text, { name: campaign.name, agent, variables: campaign.variables, fields: campaign.fields });
  return (
    <aside className="wk-preview" aria-label={t("坐席看到的样子")}>
      <div className="wk-hint">{t("坐席看到的样子")}</div>
      <b>{page.title || t("未命名")}</b>
      <div className="dk-say">{pieces.length > 0 ? pieces.map((x, i) => <Said key={i} piece={x} />) : <span className="wk-hint">{t("还没有写")}</span>}</div>
      {page.questions.map((q) => <div key={q.key} className="wk-asked">{q.label || t("问题")}{q.required ? <i>*</i> : null} <small>{q.options.length > 0 ? q.options.join(" / ") : t(QUESTION_KINDS[q.kind])}</small></div>)}
      {page.choices.map((c, i) => <Button key={i} size="small" block disabled={!c.to} onClick={() => { onOpen(work.script.findIndex((x) => x.id === c.to)); }}>{c.label || t("未命名")} →</Button>)}
    </aside>
  );
}

function Said({ piece }: { piece: Piece }) {
  const { t } = useTranslation();
  if (piece.kind === "text") return <>{piece.text}</>;
  if (piece.kind === "value") return <b>{piece.text}</b>;
  return <mark className={piece.kind} title={piece.kind === "bad" ? t("认不出来，或任务里没有这个变量") : t("通话时换成这位客户的")}>{piece.text}</mark>;
}
