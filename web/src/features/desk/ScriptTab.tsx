/** 话术: what to say now, what to ask, and where the talk goes on. */
import { LeftOutlined, RightOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { DeskCall } from "@/api/desk.ts";
import type { ScriptPage, WorkView } from "@/api/work.ts";
import { Empty } from "@/ui/Page.tsx";
import { Tag } from "@/ui/Tag.tsx";
import { AnswerInput } from "./AnswerInput.tsx";
import { setWork } from "./useWork.ts";
import { back, go, isEmpty, pageAt, type WorkDraft } from "./work.ts";

export function ScriptTab({ call, work, draft, lacking }: { call: DeskCall; work: WorkView; draft: WorkDraft; lacking: ReadonlySet<string> }) {
  const { t } = useTranslation();
  const page = pageAt(work.script, draft.path);
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => { top.current?.scrollIntoView({ block: "nearest" }); }, [page?.id]);
  if (!page) return <Empty title={t("这个任务没有话术")} hint={t("请在右边填写表单和小结。")} />;
  const move = (path: string[]) => { setWork(call, draft, { path }); };
  const keys = (e: React.KeyboardEvent) => {
    if (e.ctrlKey || e.altKey || e.metaKey || (e.target as HTMLElement).closest("input, textarea, .ant-select, .ant-picker")) return;
    const to = page.choices[Number(e.key) - 1];
    if (/^[1-9]$/.test(e.key) && to) move(go(work.script, draft.path, to.to));
    else if ((e.key === "ArrowLeft" || e.key === "Backspace") && draft.path.length > 1) move(back(draft.path));
    else return;
    e.preventDefault();
  };
  return (
    <div ref={top} className="dk-script" tabIndex={-1} onKeyDown={keys}>
      <Gathered call={call} work={work} />
      <Trail work={work} draft={draft} page={page} onBack={() => { move(back(draft.path)); }} onTo={(i) => { move(draft.path.slice(0, i + 1)); }} />
      {page.text ? <div className="dk-say">{page.text}</div> : null}
      {page.questions.map((q) => {
        const missing = q.required && lacking.has(q.key) && isEmpty(draft.answers[q.key]);
        return (
          <div key={q.key} className="dk-ask">
            <label htmlFor={`dk-q-${q.key}`}>{q.label}{q.required ? <i aria-label={t("必问")}>*</i> : null}{missing ? <span className="dk-miss" role="alert">{t("还没有问")}</span> : null}</label>
            <AnswerInput id={`dk-q-${q.key}`} question={q} value={draft.answers[q.key]} fault={missing} onChange={(v) => { setWork(call, draft, { answers: { ...draft.answers, [q.key]: v } }); }} />
          </div>
        );
      })}
      {page.choices.length > 0 ? (
        <div className="dk-branches" role="group" aria-label={t("客户怎么说")}>
          {page.choices.map((c, i) => (
            <Button key={`${i}${c.to}`} onClick={() => { move(go(work.script, draft.path, c.to)); }} title={i < 9 ? t("按数字键 {{n}}", { n: i + 1 }) : ""}>
              {i < 9 ? <span className="dk-key">{i + 1}</span> : null}<span className="dk-clip">{c.label}</span><RightOutlined />
            </Button>
          ))}
        </div>
      ) : <p className="dk-end-hint">{t("话术到这里结束，请在右边选处理结果。")}</p>}
    </div>
  );
}

function Trail({ work, draft, page, onBack, onTo }: { work: WorkView; draft: WorkDraft; page: ScriptPage; onBack: () => void; onTo: (i: number) => void }) {
  const { t } = useTranslation();
  const title = (id: string) => work.script.find((p) => p.id === id)?.title ?? "";
  return (
    <div className="dk-trail">
      <Button size="small" type="text" icon={<LeftOutlined />} disabled={draft.path.length < 2} onClick={onBack} aria-label={t("上一页")} title={t("上一页")} />
      <span className="dk-crumbs">
        {draft.path.slice(0, -1).map((id, i) => <button key={`${i}${id}`} type="button" onClick={() => { onTo(i); }}>{title(id)}</button>)}
        <b>{page.title}</b>
      </span>
    </div>
  );
}

/** What the flow or robot gathered before, and what earlier calls came to. */
function Gathered({ call, work }: { call: DeskCall; work: WorkView }) {
  const { t } = useTranslation();
  const last = work.earlier[0];
  if (!call.digits && call.said.length === 0 && !last) return null;
  return (
    <div className="dk-gathered">
      {call.digits ? <span><b>{t("按过的键")}</b> <span className="fl-mono">{call.digits}</span></span> : null}
      {call.said.length > 0 ? <span className="fl-clamp2" title={call.said.join("\n")}><b>{t("之前说过")}</b> {call.said.join(" · ")}</span> : null}
      {last ? <span><b>{t("上次结果")}</b> <Tag tone="muted">{last.outcome_label || t("未选")}</Tag></span> : null}
    </div>
  );
}
