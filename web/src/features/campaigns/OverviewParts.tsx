/** The parts of a campaign's page that are told in words and figures: speed, cost, agents. */
import { Table, Tooltip, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import type { AgentShare, CampaignOverview } from "@/api/overview.ts";
import type { CampaignView } from "@/api/campaigns.ts";
import { yuan } from "@/features/sales/money.ts";
import { count, duration, percent } from "@/format/text.ts";
import { Go } from "@/ui/Go.tsx";
import { Empty, Panel } from "@/ui/Page.tsx";
import { P, useCan } from "@/app/session.ts";
import { costYuan, endsText } from "./overview.ts";
import { LastHour } from "./OverviewCharts.tsx";
import { resultLabel } from "./words.ts";

function Ends({ overview, running }: { overview: CampaignOverview; running: boolean }) {
  const { t } = useTranslation();
  const { ends_at: at, attempts_left: left } = overview.speed;
  if (left === 0) return <>{t("没有要呼的了")}</>;
  if (!running) return <>{t("未在拨打")}</>;
  if (!at) return <>{t("还估不出")}</>;
  const { day, clock, date } = endsText(at, new Date());
  return <span className="num">{day === "today" ? t("今天 {{clock}}", { clock }) : day === "tomorrow" ? t("明天 {{clock}}", { clock }) : `${date} ${clock}`}</span>;
}

function Line({ label, hint, children }: { label: string; hint?: string; children: React.ReactNode }) {
  return <div style={{ display: "flex", justifyContent: "space-between", gap: 8, alignItems: "baseline" }}><span style={{ color: "#5a6b71" }}>{hint ? <Tooltip title={hint}><span style={{ borderBottom: "1px dotted #a3b0b4" }}>{label}</span></Tooltip> : label}</span><b className="num" style={{ fontWeight: 600, textAlign: "right" }}>{children}</b></div>;
}

export function SpeedAndCost({ overview, running }: { overview: CampaignOverview; running: boolean }) {
  const { t } = useTranslation();
  const can = useCan();
  const { speed, cost, funnel } = overview;
  const sum = costYuan(cost);
  const each = (n: number) => (sum !== null && n > 0 ? `¥${yuan((sum / n) * 100)}` : "—");
  return (
    <Panel title={t("速度与成本")}>
      <div style={{ display: "grid", gap: 7 }}>
        <LastHour steps={speed.last_hour} />
        <div style={{ display: "flex", justifyContent: "space-between", color: "#819096", fontSize: 11, marginTop: -4 }}><span>{t("一小时前")}</span><span>{t("现在")}</span></div>
        <Line label={t("每分钟呼叫")}>{(speed.per_minute_milli / 1000).toFixed(1)}</Line>
        <Line label={t("预计还要呼")} hint={t("按已经办完的名单平均每人呼几次推算。")}>{t("{{n}} 次", { n: count(speed.attempts_left) })}</Line>
        <Line label={t("预计呼完")} hint={t("按最近一小时的速度，只算任务和合规允许的时段。")}><Ends overview={overview} running={running} /></Line>
        <div style={{ borderTop: "1px solid #edf1f2", margin: "3px 0" }} />
        <Line label={t("话费")} hint={t("路由有费率的按费率，其余按设置里的每分钟话费估算。")}>{sum === null ? "—" : `¥${yuan(sum * 100)}`}</Line>
        <Line label={t("每个接通")}>{each(funnel.answered)}</Line>
        <Line label={t("每个成功")}>{each(funnel.success)}</Line>
        {cost.unrated_minutes > 0 && cost.unrated === 0 ? (
          <span style={{ color: "#9a6408", fontSize: 12 }}>{t("有 {{n}} 分钟通话没有费率", { n: count(cost.unrated_minutes) })}{can(P.settingsWrite) ? <>{"\u3000"}<Go to="/settings?section=costs">{t("去设置话费")}</Go></> : null}</span>
        ) : null}
      </div>
    </Panel>
  );
}

/** Who talked, and what came of it: the results that somebody has had, in the campaign's order. */
export function Agents({ overview, campaign }: { overview: CampaignOverview; campaign: CampaignView }) {
  const { t } = useTranslation();
  const used = new Set(overview.agents.flatMap((a) => Object.keys(a.results)));
  const known = campaign.results.map((r) => r.code).filter((code) => used.has(code));
  const codes = [...known, ...[...used].filter((code) => !known.includes(code))].slice(0, 6);
  const figure = (title: string, key: string, value: (a: AgentShare) => number, text: (a: AgentShare) => string = (a) => count(value(a))): TableColumnsType<AgentShare>[number] => ({
    title, key, width: 96, align: "right", sorter: (a, b) => value(a) - value(b), render: (_, a) => <span className="num">{text(a)}</span>,
  });
  const columns: TableColumnsType<AgentShare> = [
    { title: t("工号"), key: "n", width: 80, sorter: (a, b) => a.number.localeCompare(b.number), render: (_, a) => <span className="num">{a.number}</span> },
    { title: t("姓名"), key: "w", width: 110, render: (_, a) => <span className="fl-ellipsis" style={{ display: "block", maxWidth: 110 }} title={a.name}>{a.name}</span> },
    figure(t("通话数"), "c", (a) => a.calls),
    figure(t("通话时长"), "t", (a) => a.talk_ms, (a) => duration(a.talk_ms)),
    figure(t("平均通话"), "m", (a) => a.talk_ms / Math.max(1, a.calls), (a) => duration(a.talk_ms / Math.max(1, a.calls))),
    ...codes.map((code) => figure(resultLabel(campaign.results, code) ?? code, `r-${code}`, (a) => a.results[code] ?? 0)),
    figure(t("成功率"), "s", (a) => a.success / Math.max(1, a.calls), (a) => percent(a.success, a.calls)),
  ];
  return (
    <Panel title={t("各坐席")} flush>
      <Table<AgentShare> rowKey="agent_id" size="small" className="fl-dense" columns={columns} dataSource={overview.agents} scroll={{ x: 780 }} showSorterTooltip={false}
        pagination={{ defaultPageSize: 20, hideOnSinglePage: true, size: "small" }}
        locale={{ emptyText: <Empty title={t("还没有坐席通话")} hint={t("任务把接通的人转给坐席后，这里显示每人接了多少、成了多少。")} /> }} />
    </Panel>
  );
}
