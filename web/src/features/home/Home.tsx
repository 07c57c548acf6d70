import { AlertOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { Alert } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { getDashboard, type Dashboard } from "@/api/calls.ts";
import type { CampaignView } from "@/api/campaigns.ts";
import type { TrunkState } from "@/api/types.ts";
import { P, sessionQuery, useCan } from "@/app/session.ts";
import { answering, resultCounts } from "@/features/campaigns/words.ts";
import { trunkLook } from "@/features/trunks/state.ts";
import { count, duration, percent } from "@/format/text.ts";
import { alarmText, campaignStatus, disposition, TONE, waitingFor, word } from "@/format/words.ts";
import { overlaid } from "@/live/events.ts";
import { useLive } from "@/live/socket.ts";
import { Figures, Time } from "@/ui/fields.tsx";
import { Go, GoButton } from "@/ui/Go.tsx";
import { Empty, Loaded, Page, Panel } from "@/ui/Page.tsx";
import { ProgressBar } from "@/ui/ProgressBar.tsx";
import { CodeTag, Light } from "@/ui/Tag.tsx";

const HourChart = lazy(() => import("@/ui/HourChart.tsx").then((m) => ({ default: m.HourChart })));

function Running({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const live = useLive((s) => s.progress[campaign.id]);
  const p = campaign.status === "running" ? overlaid(campaign.progress, live) : campaign.progress;
  const talk = answering(p, campaign.status === "running");
  const why = p.waiting_for ? waitingFor[p.waiting_for.split(":")[0] ?? ""] : undefined;
  return (
    <div style={{ padding: "12px 14px", borderTop: "1px solid #edf1f2", display: "grid", gridTemplateColumns: "minmax(0,1fr) 190px minmax(150px,auto)", gap: 18, alignItems: "center" }}>
      <div style={{ minWidth: 0 }}>
        <div style={{ display: "flex", gap: 8, alignItems: "center" }}>
          <span className="fl-ellipsis" style={{ fontWeight: 600 }} title={campaign.name}><Go to={`/campaigns/${campaign.id}/overview`}>{campaign.name}</Go></span>
          <CodeTag words={campaignStatus} code={campaign.status} dot={campaign.status === "running"} />
        </div>
        <div className="num" style={{ color: "#5a6b71", marginTop: 2 }}>
          {why ? <span style={{ color: "#9a6408" }}>{t(why.text)}</span> : <>{t("呼叫中 {{n}}", { n: count(p.dialing) })} · {t("通话中 {{n}}", { n: count(p.talking) })}</>} · {t("接通率 {{n}}", { n: percent(talk.answered, talk.of) })}
        </div>
      </div>
      <ProgressBar progress={p} />
      <div className="num" style={{ display: "flex", gap: 14, justifyContent: "flex-end", whiteSpace: "nowrap" }}>
        {resultCounts(campaign.results, p).slice(0, 3).map((r) => <span key={r.code} style={{ textAlign: "center" }}><b style={{ fontSize: 17, display: "block", lineHeight: 1.2 }}>{count(r.count)}</b><span style={{ color: "#5a6b71", fontSize: 12 }}>{r.label}</span></span>)}
      </div>
    </div>
  );
}

function TrunkLine({ id, name, stored, max }: { id: number; name: string; stored: TrunkState; max: number }) {
  const { t } = useTranslation();
  const live = useLive((s) => s.trunks[id]);
  const look = trunkLook(live ?? stored, t);
  return (
    <div style={{ display: "flex", alignItems: "center", gap: 10, padding: "7px 14px" }}>
      <Light tone={look.tone} label={look.label} />
      <span className="fl-ellipsis" style={{ flex: 1 }} title={name}>{name}</span>
      <span style={{ color: look.tone === "bad" ? "#b3372f" : "#5a6b71", maxWidth: 190 }} className="fl-ellipsis num" title={look.detail}>{look.detail || look.label}</span>
      <span className="num" style={{ color: "#819096" }}>{t("{{n}} 路", { n: max })}</span>
    </div>
  );
}

function TodayOutcomes({ data }: { data: Dashboard }) {
  const { t } = useTranslation();
  const rows = Object.entries(data.today.by_disposition).filter(([, n]) => n > 0).sort((a, b) => b[1] - a[1]).slice(0, 8);
  const total = rows.reduce((s, [, n]) => s + n, 0);
  if (rows.length === 0) return <Empty title={t("今天还没有呼叫")} />;
  return (
    <div style={{ display: "grid", gap: 8 }}>
      <div className="fl-bar" style={{ height: 12 }}>
        {rows.map(([code, n]) => <span key={code} title={t(word(disposition, code).text)} style={{ width: `${(n / total) * 100}%`, background: TONE[word(disposition, code).tone].fg, opacity: 0.75, borderInlineEnd: "1px solid #fff" }} />)}
      </div>
      <div style={{ display: "grid", gridTemplateColumns: "1fr 1fr", gap: "4px 22px" }}>
        {rows.map(([code, n]) => (
          <div key={code} style={{ display: "flex", gap: 8, alignItems: "center" }}>
            <span style={{ width: 8, height: 8, borderRadius: 2, background: TONE[word(disposition, code).tone].fg, opacity: 0.75 }} />
            <span style={{ flex: 1 }}>{t(word(disposition, code).text)}</span>
            <b className="num">{count(n)}</b><span className="num" style={{ color: "#819096", width: 44, textAlign: "right" }}>{percent(n, total)}</span>
          </div>
        ))}
      </div>
    </div>
  );
}

function Alarms({ stored }: { stored: Dashboard["alarms"] }) {
  const { t } = useTranslation();
  const live = useLive((s) => s.alarms);
  const all = [...live.filter((a) => !stored.some((b) => b.seq === a.seq)), ...stored].slice(0, 6);
  if (all.length === 0) return <div style={{ padding: "14px", color: "#2c7a3f" }}>{t("最近 24 小时没有告警。")}</div>;
  return (
    <div>
      {all.map((a) => (
        <div key={`${a.seq}${a.ts}`} style={{ display: "flex", gap: 10, padding: "7px 14px", alignItems: "baseline" }}>
          <AlertOutlined style={{ color: "#b3372f" }} /><span className="fl-clamp2" style={{ flex: 1 }} title={a.text}>{alarmText[a.code] ? `${t(alarmText[a.code] ?? "")}：` : ""}{a.text || a.code}</span>
          <span style={{ color: "#819096" }}><Time at={a.ts} /></span>
        </div>
      ))}
    </div>
  );
}

function Body({ data }: { data: Dashboard }) {
  const { t } = useTranslation();
  const can = useCan();
  const d = data.today;
  return (
    <div className="fl-stack">
      {data.degraded ? <Alert type="error" showIcon title={t("系统暂时不能正常工作：{{why}}", { why: data.degraded })} /> : null}
      <Figures items={[
        { label: t("今日呼叫"), value: count(d.attempts), note: t("当前在线 {{n}} 路", { n: count(data.calls) }) },
        { label: t("今日接通"), value: count(d.answered), note: t("接通率 {{n}}", { n: percent(d.answered, d.attempts) }), color: "#0d7a75" },
        { label: t("平均通话"), value: duration(d.answered > 0 ? d.talk_ms / d.answered : null), note: t("共 {{n}}", { n: duration(d.talk_ms) }) },
        { label: t("进行中的任务"), value: count(data.running.filter((c) => c.status === "running").length), note: t("已暂停 {{n}}", { n: data.running.filter((c) => c.status === "paused").length }) },
        { label: t("待发短信"), value: count(data.sms.queued), note: data.sms.failed > 0 ? <Go to="/messages?state=failed">{t("{{n}} 条发送失败", { n: count(data.sms.failed) })}</Go> : t("没有失败"), ...(data.sms.failed > 0 ? { color: "#9a6408" } : {}) },
      ]} />
      <div style={{ display: "grid", gridTemplateColumns: "minmax(0,1.9fr) minmax(300px,1fr)", gap: 12, alignItems: "start" }}>
        <div className="fl-stack">
          <Panel title={t("进行中的任务")} extra={<Go to="/campaigns">{t("全部任务")}</Go>} flush>
            {data.running.length > 0 ? data.running.map((c) => <Running key={c.id} campaign={c} />)
              : <Empty title={t("现在没有正在拨打的任务")} hint={t("从模板新建一个任务，导入名单、提交审批后就能开始。")}
                  action={can(P.campaignWrite) ? <GoButton to="/campaigns/new" type="primary" icon={<PlusOutlined />}>{t("新建任务")}</GoButton> : null} />}
          </Panel>
          <Panel title={t("今日各时段")}>
            {d.by_hour.some((h) => h.attempts > 0) ? <Suspense fallback={<div style={{ height: 200 }} />}><HourChart rows={d.by_hour} height={200} /></Suspense> : <Empty title={t("今天还没有呼叫")} />}
          </Panel>
        </div>
        <div className="fl-stack">
          <Panel title={t("线路")} extra={can(P.trunkRead) ? <Go to="/trunks">{t("管理")}</Go> : null} flush>
            <div style={{ padding: "5px 0" }}>
              {data.trunks.length > 0 ? data.trunks.map((x) => <TrunkLine key={x.id} id={x.id} name={x.name} stored={x.state} max={x.calls_max} />)
                : <Empty title={t("还没有线路")} hint={t("接入运营商中继或语音网关后才能拨打。")} action={can(P.trunkWrite) ? <GoButton to="/trunks" type="primary">{t("添加线路")}</GoButton> : null} />}
            </div>
          </Panel>
          <Panel title={t("今日呼叫结果")}><TodayOutcomes data={data} /></Panel>
          <Panel title={t("告警")} flush><div style={{ padding: "4px 0" }}><Alarms stored={data.alarms} /></div></Panel>
        </div>
      </div>
    </div>
  );
}

/** Who sees no campaigns begins where their work is: at the desk or with the customers. */
export function Home() {
  const can = useCan();
  if (can(P.campaignRead)) return <Overview />;
  return <Navigate to={(can(P.deskUse) ? "/agent" : can(P.customerRead) ? "/customers" : "/messages") as never} replace />;
}

function Overview() {
  const { t } = useTranslation();
  const can = useCan();
  const session = useQuery(sessionQuery);
  const query = useQuery({ queryKey: ["dashboard"], queryFn: getDashboard, refetchInterval: 10_000 });
  const hour = new Date().getHours();
  const hello = hour < 6 ? t("夜深了") : hour < 11 ? t("早上好") : hour < 13 ? t("中午好") : hour < 18 ? t("下午好") : t("晚上好");
  return (
    <Page title={t("{{hello}}，{{name}}", { hello, name: session.data?.user.name ?? "" })} wide
      actions={can(P.campaignWrite) ? <GoButton to="/campaigns/new" type="primary" icon={<PlusOutlined />}>{t("新建任务")}</GoButton> : null}>
      <Loaded query={query} rows={12}>{(data) => <Body data={data} />}</Loaded>
    </Page>
  );
}
