import { DownloadOutlined, UploadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CampaignView } from "@/api/campaigns.ts";
import { getOverview, type CampaignOverview } from "@/api/overview.ts";
import { P, useCan } from "@/app/session.ts";
import { count, duration, percent } from "@/format/text.ts";
import { disposition, TONE, waitingFor, word } from "@/format/words.ts";
import { Figures } from "@/ui/fields.tsx";
import { Go, GoButton } from "@/ui/Go.tsx";
import { Empty, Loaded, Panel } from "@/ui/Page.tsx";
import { ProgressBar } from "@/ui/ProgressBar.tsx";
import { Calibration } from "./Calibration.tsx";
import { ExportDialog } from "./ExportDialog.tsx";
import { Funnel, Hours } from "./OverviewCharts.tsx";
import { Agents, SpeedAndCost } from "./OverviewParts.tsx";
import { Refusals } from "./rules/Refusals.tsx";
import { needsAgents } from "./modes.ts";
import { answering, RESULT_COLORS, resultCounts, shares, successes } from "./words.ts";

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

/** How attempts ended, as bars: the words stand beside them, so a legend is not needed. */
function Dispositions({ campaign, overview }: { campaign: CampaignView; overview: CampaignOverview }) {
  const { t } = useTranslation();
  const rows = overview.dispositions;
  const most = rows[0]?.attempts ?? 1;
  const all = rows.reduce((sum, r) => sum + r.attempts, 0);
  if (rows.length === 0) return <Empty title={t("还没有呼叫")} hint={t("开始拨打后，这里显示每一次呼叫的结果。")} />;
  return (
    <table className="fl-funnel slim">
      <thead className="fl-sr"><tr><th>{t("呼叫结果")}</th><th /><th>{t("次数")}</th><th>{t("占比")}</th></tr></thead>
      <tbody>
        {rows.map(({ disposition: code, attempts }) => {
          const w = word(disposition, code);
          return (
            <tr key={code}>
              <th scope="row"><Go to={`/campaigns/${campaign.id}/list?disposition=${code}`}>{t(w.text)}</Go></th>
              <td className="bar" aria-hidden><i style={{ width: `${Math.max(1, (attempts / most) * 100)}%`, background: TONE[w.tone].line, borderInlineStart: `3px solid ${TONE[w.tone].fg}` }} /></td>
              <td className="num n">{count(attempts)}</td>
              <td className="num k">{percent(attempts, all)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

export function ExportButton({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const can = useCan();
  const [open, setOpen] = useState(false);
  if (!can(P.resultExport)) return null;
  return (
    <>
      <Button size="small" icon={<DownloadOutlined />} onClick={() => { setOpen(true); }}>{t("导出结果")}</Button>
      {open ? <ExportDialog campaign={campaign} onClose={() => { setOpen(false); }} /> : null}
    </>
  );
}

/** Counted anew when something happens, and now and then while it runs: speed falls when nothing happens. */
function useOverview(campaign: CampaignView) {
  return useQuery({ queryKey: ["overview", campaign.id], queryFn: () => getOverview(campaign.id), refetchInterval: campaign.status === "running" ? 30_000 : false });
}

export function Overview({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const can = useCan();
  const p = campaign.progress;
  const s = shares(p);
  const running = campaign.status === "running";
  const talk = answering(p, running);
  const query = useOverview(campaign);
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
      <Loaded query={query} rows={10}>{(overview) => <Live campaign={campaign} overview={overview} />}</Loaded>
      {campaign.mode === "predictive" ? <Calibration id={campaign.id} live={running} /> : null}
      <Refusals id={campaign.id} brief />
    </div>
  );
}

function Live({ campaign, overview }: { campaign: CampaignView; overview: CampaignOverview }) {
  const { t } = useTranslation();
  const withAgents = needsAgents(campaign.mode) || overview.agents.length > 0;
  return (
    <>
      <div className="fl-split wide">
        <Panel title={t("漏斗")} extra={<span style={{ color: "#819096" }}>{t("每人只算一次，右边是占上一步的比例")}</span>}><Funnel overview={overview} withAgents={withAgents} success={successes(campaign.results).map((r) => r.label).join(t("、"))} /></Panel>
        <SpeedAndCost overview={overview} running={campaign.status === "running"} />
      </div>
      <div className="fl-split">
        <Panel title={t("呼叫结果分布")} extra={<span style={{ color: "#819096" }}>{t("按呼叫次数")}</span>}><Dispositions campaign={campaign} overview={overview} /></Panel>
        <Hours overview={overview} />
      </div>
      {withAgents ? <Agents overview={overview} campaign={campaign} /> : null}
    </>
  );
}
