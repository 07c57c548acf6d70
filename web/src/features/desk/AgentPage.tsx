/** 坐席工作台: who is on the line, what is known, what is noted, and who waits; one screen at 1366×768. */
import { Button, Tabs } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DeskCall, DeskInfo } from "@/api/desk.ts";
import type { WorkView } from "@/api/work.ts";
import { P, useCan } from "@/app/session.ts";
import { Empty, Failure, Panel } from "@/ui/Page.tsx";
import { Tag } from "@/ui/Tag.tsx";
import { Appointments } from "./Appointments.tsx";
import { CallerPanel } from "./CallerPanel.tsx";
import { CustomerTab } from "./CustomerTab.tsx";
import { draftOf, useDrafts } from "./drafts.ts";
import { FormTab } from "./FormTab.tsx";
import { HistoryTab } from "./HistoryTab.tsx";
import { MyQueues } from "./MyQueues.tsx";
import { newcomerOf, useNewcomers } from "./newcomers.ts";
import { OrderPanel } from "./OrderPanel.tsx";
import { Parties } from "./Parties.tsx";
import { press } from "./BarButtons.tsx";
import { PreviewPanel } from "./PreviewPanel.tsx";
import { ScriptPeek } from "./ScriptPeek.tsx";
import { ScriptTab } from "./ScriptTab.tsx";
import { SummaryPanel } from "./SummaryPanel.tsx";
import { lineOnly, previewOf, workView } from "./tasks.ts";
import { NextLeads, TaskWaiting } from "./TaskWaiting.tsx";
import { Today } from "./Today.tsx";
import { useWorkDraft, useWorkView, setWork } from "./useWork.ts";
import { go, pageAt, type Lack, type WorkDraft } from "./work.ts";
import { useDesk, useDeskInfo, useView, type Desk } from "./useDesk.ts";
import "./desk.css";

export function AgentPage() {
  const { t } = useTranslation();
  const { info, error, refetch } = useDeskInfo();
  useEffect(() => { document.title = `${t("坐席台")} · 风铃`; }, [t]);
  if (info) return <Workplace info={info} />;
  if (info === null) return <Empty title={t("您还没有工号")} hint={t("请管理员在“坐席”里为您建一个工号，并绑定您的登录账号，然后刷新本页。")} />;
  return error ? <Failure error={error} retry={refetch} /> : <div style={{ height: 300 }} aria-busy="true" />;
}

function Workplace({ info }: { info: DeskInfo }) {
  const view = useView(info);
  const desk = useDesk(view);
  const preview = previewOf(view);
  const call = useShownCall(lineOnly(view) ? null : (view.call ?? null));
  const work = useWorkView(call);
  const [wanted, setWanted] = useState<Wanted>(NOWHERE);
  const want = (lack: Lack | null, all: Lack[]) => { setWanted((w) => ({ lack, keys: new Set(all.map((l) => l.key)), call: call?.call_id ?? 0, turn: w.turn + 1 })); };
  const middle = call ? <Middle key={`${call.call_id}${work ? "w" : ""}`} call={call} info={info} desk={desk} work={work} wanted={wanted.call === call.call_id ? wanted : NOWHERE} /> : null;
  return (
    <div className="dk-page" ref={fill}>
      <div className="dk-col">
        {call ? <CallerPanel call={call} info={info} desk={desk} live={view.call?.call_id === call.call_id} /> : <><Today view={view} desk={desk} /><Appointments desk={desk} /></>}
        {call && !view.call && !preview ? <NextLeads desk={desk} /> : null}
        {view.call && view.call.parties.length > 0 && !preview ? <Parties call={view.call} desk={desk} /> : null}
      </div>
      <div className="dk-col">{preview ? <PreviewPanel key={preview.lead_id} preview={preview} desk={desk} /> : middle ?? (workView(view) === "service" ? <Waiting desk={desk} /> : <TaskWaiting desk={desk} />)}</div>
      <div className="dk-col">
        {call ? <SummaryPanel key={call.call_id} call={call} info={info} desk={desk} work={work} onLack={want} /> : null}
        {preview ? <ScriptPeek key={preview.lead_id} lead={preview.lead_id} /> : null}
        <MyQueues info={info} desk={desk} grow={!call} />
      </div>
    </div>
  );
}

/** Gives the page what the bar and its notes leave of the screen, however high they are. */
function fill(page: HTMLDivElement | null): (() => void) | undefined {
  if (!page) return undefined;
  const measure = () => { page.style.setProperty("--dk-top", `${page.getBoundingClientRect().top + window.scrollY}px`); };
  const content = page.closest(".ant-layout-content");
  const watch = new ResizeObserver(measure);
  for (const el of [content, content?.parentElement]) if (el) watch.observe(el);
  measure();
  return () => { watch.disconnect(); };
}

/** The call of the desk; after it the last one as long as what was noted about it, or typed of a new customer, is not saved. */
function useShownCall(now: DeskCall | null): DeskCall | null {
  const drafts = useDrafts();
  const newcomers = useNewcomers();
  const last = useRef<DeskCall | null>(null);
  const [, again] = useState(0);
  useEffect(() => {
    if (!now) return;
    last.current = now;
    again((n) => n + 1);
  }, [now]);
  if (now) return now;
  const before = last.current;
  const open = before && (drafts.some((n) => n.call_id === before.call_id && n.dirty) || newcomers.some((n) => n.call_id === before.call_id));
  return open ? before : null;
}

/** Something that is missing, and the way to it. */
interface Wanted { lack: Lack | null; keys: ReadonlySet<string>; call: number; turn: number }
const NOWHERE: Wanted = { lack: null, keys: new Set(), call: 0, turn: 0 };

/** Shows what is missing: the page of the script, the form, or the summary's field. */
function useWanted(call: DeskCall, work: WorkView | null, draft: WorkDraft, { lack, turn }: Wanted, show: (tab: string) => void): void {
  const now = useRef({ draft, show });
  useEffect(() => { now.current = { draft, show }; });
  useEffect(() => {
    if (!lack || !work) return;
    const { draft: d, show: open } = now.current;
    if (lack.at !== "summary") open(lack.at);
    if (lack.page && pageAt(work.script, d.path)?.id !== lack.page) {
      const at = d.path.lastIndexOf(lack.page);
      setWork(call, d, { path: at >= 0 ? d.path.slice(0, at + 1) : go(work.script, [], lack.page) });
    }
    const id = { script: `dk-q-${lack.key}`, form: `dk-f-${lack.key}`, summary: lack.key === "note" ? "dk-note" : "dk-callback" }[lack.at];
    requestAnimationFrame(() => { document.getElementById(id)?.focus(); });
  }, [call, work, lack, turn]);
}

function Middle({ call, info, desk, work, wanted }: { call: DeskCall; info: DeskInfo; desk: Desk; work: WorkView | null; wanted: Wanted }) {
  const { t } = useTranslation();
  const drafts = useDrafts();
  const customer = draftOf(drafts, call).customer_id;
  const can = useCan();
  const typed = newcomerOf(useNewcomers(), call);
  const scripted = work !== null && work.script.length > 0;
  const [tab, setTab] = useState(scripted ? "script" : customer === null ? "customer" : "history");
  const draft = useWorkDraft(call, work);
  useWanted(call, work, draft, wanted, setTab);
  // Who it is has just been said: what was before is of more use than the record.
  useEffect(() => {
    if (customer !== null && !scripted) setTab("history");
  }, [customer, scripted]);
  return (
    <section className="fl-panel grow" style={{ flex: 1 }}>
      <Tabs
        className="dk-tabs" activeKey={tab} onChange={setTab} size="small"
        items={[
          ...(work && scripted ? [{ key: "script", label: t("话术"), children: <ScriptTab call={call} work={work} draft={draft} lacking={wanted.keys} /> }] : []),
          ...(work && work.form.length > 0 ? [{ key: "form", label: t("表单"), children: <FormTab call={call} work={work} draft={draft} lacking={wanted.keys} /> }] : []),
          { key: "history", label: t("往来记录"), children: <HistoryTab customer={customer} /> },
          ...(can(P.orderWrite) ? [{ key: "order", label: t("下单"), children: <OrderPanel call={call} customer={customer} name={call.customers.find((c) => c.id === customer)?.name ?? call.name} /> }] : []),
          { key: "customer", label: customer !== null ? t("客户资料") : typed ? <>{t("新建客户")} <Tag tone="warn">{t("未保存")}</Tag></> : t("新建客户"), children: <CustomerTab call={call} info={info} desk={desk} customer={customer} /> },
        ]}
      />
    </section>
  );
}

function Waiting({ desk }: { desk: Desk }) {
  const { t } = useTranslation();
  const { state } = desk.view.agent;
  const word = () => {
    if (state === "off") return <Empty title={t("还没有签入")} hint={t("签入后选好接听方式，就能接听来电。")} action={<Button type="primary" disabled={!desk.may("signIn")} onClick={() => { press(desk, "signIn"); }}>{t("签入")}</Button>} />;
    if (state === "break") return <Empty title={t("示忙中")} hint={t("示忙时不会有来电。准备好了请示闲。")} action={<Button className="dk-answer" disabled={!desk.may("ready")} onClick={() => { press(desk, "ready"); }}>{t("示闲")}</Button>} />;
    if (state === "ready") return <Empty title={t("等待来电")} hint={t("来电时这里会显示客户是谁、以前聊过什么。")} action={<Button disabled={!desk.may("dial")} onClick={() => { press(desk, "dial"); }}>{t("拨号")}</Button>} />;
    return <Empty title={t("正在接入电话")} />;
  };
  return <Panel style={{ flex: 1, display: "grid", placeItems: "center" }}>{word()}</Panel>;
}
