/** 话术与表单: what agents of this task say, ask and note, and what follows from what they choose. */
import { Alert, Button, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CampaignView } from "@/api/campaigns.ts";
import { putAgentWork, workOf, type AgentWork } from "@/api/work.ts";
import type { ResultDef } from "@/api/types.ts";
import { P, useCan } from "@/app/session.ts";
import { useAct } from "@/ui/act.tsx";
import { useLeaveGuard } from "@/ui/guard.ts";
import { Panel } from "@/ui/Page.tsx";
import { adopted, keysOf, placeOf, type Fault } from "./edit.ts";
import { FormEditor } from "./FormEditor.tsx";
import { OutcomeEditor } from "./OutcomeEditor.tsx";
import { HELD } from "./parts.tsx";
import { ScriptEditor } from "./ScriptEditor.tsx";
import { WORK_TEMPLATES, type WorkTemplate } from "./templates.ts";
import "./work.css";
import "../../desk/desk.css";

type Part = "script" | "form" | "outcomes";
const count = (n: number) => (n > 0 ? ` ${n}` : "");

export function WorkTab({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const can = useCan();
  // What was begun with: somebody else's change meanwhile takes nothing away that is written here.
  const [base, setBase] = useState(campaign);
  const [newer, setNewer] = useState<CampaignView | null>(null);
  const stored = workOf(base.agent_work);
  const [work, setWork] = useState<AgentWork>(stored);
  const [added, setAdded] = useState<ResultDef[]>([]);
  const [dirty, setDirty] = useState(false);
  const [faults, setFaults] = useState<Fault[]>([]);
  const [part, setPart] = useState<Part>("script");
  const [open, setOpen] = useState(0);
  useLeaveGuard(dirty);
  const startFrom = (c: CampaignView) => {
    setBase(c);
    setWork(workOf(c.agent_work));
    setAdded([]);
    setDirty(false);
    setFaults([]);
    setNewer(null);
  };
  const save = useAct(({ w, revision }: { w: AgentWork; revision: number }) => putAgentWork(campaign.id, { revision, agent_work: w, results: added.filter((r) => w.outcomes.some((o) => o.result === r.code)) }), {
    done: t("话术与表单已保存"), refresh: ["campaign", "campaigns"], onDone: startFrom,
    onFail: (error) => {
      if (error.status === 409 && error.code.includes("revision")) {
        setNewer(error.current as CampaignView);
        return true;
      }
      if (error.status !== 422) return false;
      setFaults(error.errors.length > 0 ? error.errors : [{ field: error.field ?? "", detail: error.message }]);
      return true;
    },
  });
  const ended = campaign.status === "finished" || campaign.status === "stopped";
  const off = !can(P.campaignWrite) || ended || campaign.status === "pending";
  const draft = campaign.status === "draft";
  const held: ReadonlySet<string> = new Set(draft ? [] : [...keysOf(stored), ...stored.outcomes.map((o) => o.code)]);
  const change = (w: AgentWork) => {
    setWork(w);
    setDirty(true);
  };
  const begin = (template: WorkTemplate) => {
    const made = adopted(template.work, template.results, campaign.results, draft);
    setAdded(made.added);
    change(made.work);
  };
  const blank = work.script.length === 0 && work.form.length === 0 && work.outcomes.length === 0;
  const editor = { campaign, work, off, held, onChange: change };
  const show = (f: Fault) => {
    const at = placeOf(f.field);
    if (!at) return;
    setPart(at.part);
    if (at.part === "script") setOpen(at.row);
  };
  return (
    <div className="fl-stack">
      {ended ? <Alert type="info" showIcon title={t("任务已结束，话术与表单只能查看。")} /> : campaign.status === "pending" ? <Alert type="info" showIcon title={t("任务正在审批，不能修改；请先退回。")} /> : !draft && !off ? <Alert type="info" showIcon title={t(HELD)} description={campaign.status === "running" ? t("任务正在拨打：保存后新的通话立即使用。") : null} /> : null}
      {newer ? <Overtaken onLoad={() => { startFrom(newer); }} onKeep={() => { save.mutate({ w: work, revision: newer.revision }); }} /> : null}
      {faults.length > 0 ? <Faults work={work} faults={faults} onShow={show} /> : null}
      {blank && !off ? <Beginnings onChoose={begin} /> : null}
      <Panel title={<Segmented value={part} onChange={setPart} options={[{ value: "script", label: t("话术") + count(work.script.length) }, { value: "form", label: t("表单") + count(work.form.length) }, { value: "outcomes", label: t("处理结果") + count(work.outcomes.length) }]} />}
        extra={<span className="wk-hint">{part === "script" ? t("坐席接通后照着说，按客户的回答翻页") : part === "form" ? t("坐席在通话中填写的资料") : t("坐席挂断后选，系统照着去做")}</span>}>
        {part === "script" ? <ScriptEditor {...editor} open={open} onOpen={setOpen} /> : part === "form" ? <FormEditor {...editor} />
          : <OutcomeEditor {...editor} results={[...campaign.results, ...added]} onResult={draft ? (r) => { setAdded([...added, r]); } : null} />}
      </Panel>
      {off ? null : <SaveBar dirty={dirty} saving={save.isPending} onSave={() => { save.mutate({ w: work, revision: base.revision }); }} onDrop={() => { startFrom(campaign); }} />}
    </div>
  );
}

/** Somebody else was faster. */
function Overtaken({ onLoad, onKeep }: { onLoad: () => void; onKeep: () => void }) {
  const { t } = useTranslation();
  return (
    <Alert type="warning" showIcon title={t("刚刚有人改过这个任务")} description={t("您写的还在这里。可以载入对方的版本，也可以用您的话术与表单覆盖，任务的其他设置不受影响。")}
      action={<span style={{ display: "flex", gap: 8 }}><Button size="small" onClick={onLoad}>{t("载入最新版本")}</Button><Button size="small" danger onClick={onKeep}>{t("用我的覆盖")}</Button></span>} />
  );
}

function Faults({ work, faults, onShow }: { work: AgentWork; faults: Fault[]; onShow: (fault: Fault) => void }) {
  const { t } = useTranslation();
  return <Alert type="error" showIcon title={t("有几处需要修改")} description={<ul className="wk-faults">{faults.map((f, i) => <li key={i}><button type="button" onClick={() => { onShow(f); }}>{where(work, f, t)}</button>{f.detail}</li>)}</ul>} />;
}

function SaveBar({ dirty, saving, onSave, onDrop }: { dirty: boolean; saving: boolean; onSave: () => void; onDrop: () => void }) {
  const { t } = useTranslation();
  return (
    <div style={{ position: dirty ? "sticky" : "static", bottom: 0, background: "rgba(243,246,246,.95)", padding: "12px 0", display: "flex", gap: 8, alignItems: "center", zIndex: 5 }}>
      <Button type="primary" loading={saving} disabled={!dirty} onClick={onSave}>{t("保存话术与表单")}</Button>
      {dirty ? <><Button onClick={onDrop}>{t("放弃修改")}</Button><span style={{ color: "#9a6408" }}>{t("有未保存的修改")}</span></> : null}
    </div>
  );
}

/** A fault's place in words. */
function where(work: AgentWork, f: Fault, t: (text: string, values?: Record<string, unknown>) => string): string {
  const at = placeOf(f.field);
  if (!at) return t("话术与表单");
  const name = at.part === "script" ? work.script[at.row]?.title : at.part === "form" ? work.form[at.row]?.label : work.outcomes[at.row]?.label;
  const part = { script: t("话术"), form: t("表单"), outcomes: t("处理结果") }[at.part];
  return `${part} · ${name || t("第 {{n}} 项", { n: at.row + 1 })}`;
}

function Beginnings({ onChoose }: { onChoose: (template: WorkTemplate) => void }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("从模板开始")}>
      <div className="wk-templates">
        {WORK_TEMPLATES.map((x) => (
          <button key={x.code} type="button" onClick={() => { onChoose(x); }}>
            <b>{t(x.name)}</b><span>{t(x.hint)}</span>
            <small>{t("{{pages}} 页话术，{{fields}} 个字段，{{outcomes}} 个处理结果", { pages: x.work.script.length, fields: x.work.form.length, outcomes: x.work.outcomes.length })}</small>
          </button>
        ))}
      </div>
    </Panel>
  );
}
