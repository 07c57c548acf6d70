import { DownloadOutlined, UploadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Dropdown } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { getReport, resultsUrl, type CampaignView } from "@/api/campaigns.ts";
import { P, useCan } from "@/app/session.ts";
import { count, duration, percent } from "@/format/text.ts";
import { disposition, TONE, waitingFor, word } from "@/format/words.ts";
import { Figures } from "@/ui/fields.tsx";
import { Go, GoButton } from "@/ui/Go.tsx";
import { Empty, Panel } from "@/ui/Page.tsx";
import { ProgressBar } from "@/ui/ProgressBar.tsx";
import { Refusals } from "./rules/Refusals.tsx";
import { answering, RESULT_COLORS, resultCounts, shares } from "./words.ts";

const HourChart = lazy(() => import("@/ui/HourChart.tsx").then((m) => ({ default: m.HourChart })));

function Waiting({ code }: { code: string }) {
  const { t } = useTranslation();
  const known = waitingFor[code.split(":")[0] ?? code];
  return <Alert type="info" showIcon title={t("暂未拨打：{{why}}", { why: known ? t(known.text) : code })} description={known ? t(known.hint) : undefined} />;
}

function ResultChips({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const results = resultCounts(campaign.results, campaign.progress);
  const total = results.reduce((sum, r) => sum + r.count, 0);
  if (results.length === 0) return <span style={{ color: "#819096" }}>{t("任务没有定义结果，请到“设置”添加。")}</span>;
  return (
    <div style={{ display: "flex", flexWrap: "wrap", gap: 8 }}>
      {results.map((r, i) => (
        <Go key={r.code} to={`/campaigns/${campaign.id}/list?result=${r.code}`} className="fl-chip" title={t("查看这些名单")}>
          <span style={{ width: 8, height: 8, borderRadius: 2, background: RESULT_COLORS[i % RESULT_COLORS.length], alignSelf: "center" }} />
          <span style={{ color: "#3d4f55" }}>{r.label}</span>
          <b className="num" style={{ color: "#16282c" }}>{count(r.count)}</b>
          <span style={{ color: "#819096", fontSize: 12 }}>{percent(r.count, total, 0)}</span>
        </Go>
      ))}
    </div>
  );
}

/** The last outcome of each lead, as bars: the words stand beside them, so a legend is not needed. */
function Dispositions({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const rows = Object.entries(campaign.progress.by_disposition).filter(([code, n]) => code && n > 0).sort((a, b) => b[1] - a[1]);
  const most = rows[0]?.[1] ?? 1;
  if (rows.length === 0) return <Empty title={t("还没有呼叫")} hint={t("开始拨打后，这里显示每个号码最近一次的呼叫结果。")} />;
  return (
    <div style={{ display: "grid", gridTemplateColumns: "max-content 1fr max-content", gap: "7px 12px", alignItems: "center" }}>
      {rows.map(([code, n]) => {
        const w = word(disposition, code);
        return [
          <Go key={`a${code}`} to={`/campaigns/${campaign.id}/list?disposition=${code}`}>{t(w.text)}</Go>,
          <span key={`b${code}`} style={{ height: 12, borderRadius: 3, background: TONE[w.tone].line, width: `${Math.max(1, (n / most) * 100)}%`, borderInlineStart: `3px solid ${TONE[w.tone].fg}` }} />,
          <b key={`c${code}`} className="num" style={{ textAlign: "right" }}>{count(n)}</b>,
        ];
      })}
    </div>
  );
}

function ByHour({ id }: { id: number }) {
  const { t } = useTranslation();
  const report = useQuery({ queryKey: ["report", id, "hour"], queryFn: () => getReport(id, "hour"), refetchInterval: 60_000 });
  const columns = report.data?.columns ?? [];
  const at = (key: string) => columns.findIndex((c) => c.key === key);
  const value = (row: unknown[], key: string) => (at(key) < 0 ? 0 : Number(row[at(key)] ?? 0));
  const rows = (report.data?.rows ?? []).map((r) => ({ hour: value(r, "hour"), attempts: value(r, "attempts"), answered: value(r, "answered") }));
  if (rows.length === 0) return <Empty title={t("还没有呼叫")} hint={t("开始拨打后，这里显示各时段的呼叫量和接通量。")} />;
  return <Suspense fallback={<div style={{ height: 220 }} />}><HourChart rows={rows} height={220} /></Suspense>;
}

export function ExportButton({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const can = useCan();
  if (!can(P.resultExport)) return null;
  const items = [
    { key: "xlsx", label: <a href={resultsUrl(campaign.id, "xlsx")} download>{t("Excel 表格（.xlsx）")}</a> },
    { key: "csv", label: <a href={resultsUrl(campaign.id, "csv")} download>{t("CSV 文件")}</a> },
  ];
  return <Dropdown menu={{ items }} trigger={["click"]}><Button size="small" icon={<DownloadOutlined />}>{t("导出结果")}</Button></Dropdown>;
}

export function Overview({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const can = useCan();
  const p = campaign.progress;
  const s = shares(p);
  const running = campaign.status === "running";
  const talk = answering(p, running);
  if (p.leads === 0) {
    return (
      <Panel>
        <Empty title={t("下一步：导入名单")} hint={t("支持 Excel 和 CSV，自动识别编码、手机号和固话，导入前可以先看一遍。")}
          action={can(P.leadWrite) ? <GoButton to={`/campaigns/${campaign.id}/import`} type="primary" icon={<UploadOutlined />}>{t("导入名单")}</GoButton> : null} />
      </Panel>
    );
  }
  return (
    <div className="fl-stack">
      {running && p.waiting_for ? <Waiting code={p.waiting_for} /> : null}
      <Figures items={[
        { label: t("名单"), value: count(p.leads), note: t("待呼 {{n}}", { n: count(s.waiting) }) },
        { label: t("正在呼叫"), value: count(running ? p.dialing : 0), note: t("上限 {{n}} 路", { n: count(campaign.concurrency_max) }), ...(p.dialing > 0 && running ? { color: "#b9862f" } : {}) },
        { label: t("正在通话"), value: count(running ? p.talking : 0), note: t("已接听"), ...(p.talking > 0 && running ? { color: "#0d7a75" } : {}) },
        { label: t("呼叫次数"), value: count(p.attempts), note: t("平均每人 {{n}} 次", { n: p.leads > 0 ? (p.attempts / p.leads).toFixed(1) : "0" }) },
        { label: t("接通"), value: count(talk.answered), note: t("接通率 {{n}}", { n: percent(talk.answered, talk.of) }) },
        { label: t("平均通话"), value: duration(p.answered > 0 ? p.talk_ms / p.answered : null), note: t("共 {{n}}", { n: duration(p.talk_ms) }) },
      ]} />
      <Panel title={t("进度与结果")} extra={<ExportButton campaign={campaign} />}>
        <ProgressBar progress={p} height={12} />
        <div style={{ height: 12 }} />
        <ResultChips campaign={campaign} />
      </Panel>
      <div style={{ display: "grid", gridTemplateColumns: "minmax(0,1fr) minmax(0,1fr)", gap: 12 }}>
        <Panel title={t("呼叫结果分布")} extra={<span style={{ color: "#819096" }}>{t("每个号码最近一次")}</span>}><Dispositions campaign={campaign} /></Panel>
        <Panel title={t("各时段呼叫与接通")}><ByHour id={campaign.id} /></Panel>
      </div>
      <Refusals id={campaign.id} brief />
    </div>
  );
}
