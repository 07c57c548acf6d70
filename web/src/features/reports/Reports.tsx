/** 报表: the columns come from the server, so that screen and Excel agree. */
import { DownloadOutlined } from "@ant-design/icons";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Button, DatePicker, Select, Table, Tabs, type TableColumnsType } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import { getAgents } from "@/api/agents.ts";
import { getCampaigns } from "@/api/campaigns.ts";
import { getQueues } from "@/api/queues.ts";
import { getReport, getReports, type ReportTable } from "@/api/reports.ts";
import { P, useCan } from "@/app/session.ts";
import { breakName } from "@/features/board/state.ts";
import { useBreaks } from "@/features/board/useBoard.ts";
import { agentState } from "@/format/words.ts";
import { stringifySearch, useFilters, type Filters } from "@/ui/filters.ts";
import { useGo } from "@/ui/Go.tsx";
import { Empty, Loaded, Page, Panel } from "@/ui/Page.tsx";
import { cellText, compare, isFigure, widthOf } from "./cells.ts";
import { Timeline } from "./Timeline.tsx";
import { FLOOR, NEEDS_CAMPAIGN, outcomeText, SALES } from "./words.ts";

type Line = { at: number; cells: unknown[] };
const FIRST = "lost_calls";
/** The longest one, when clocks are put back. */
const DAY_MS = 25 * 3_600_000;

/** Today, when no days are chosen. */
function range(f: Filters): { from: string; to: string } {
  return { from: f.from ?? dayjs().startOf("day").toISOString(), to: f.to ?? dayjs().add(1, "day").startOf("day").toISOString() };
}

function useWord() {
  const { t } = useTranslation();
  const breaks = useBreaks();
  return (key: string, code: string): string => {
    if (key === "state") return agentState[code] ? t(agentState[code].text) : code;
    if (key === "reason") return breakName(code, breaks, t);
    if (key === "outcome") return outcomeText[code] ? t(outcomeText[code]) : code;
    return code;
  };
}

function Rows({ table, oneDay }: { table: ReportTable; oneDay: boolean }) {
  const { t, i18n } = useTranslation();
  const word = useWord();
  const lines: Line[] = table.rows.map((cells, at) => ({ at, cells }));
  const columns: TableColumnsType<Line> = table.columns.map((c, i) => {
    const title = i18n.language === "en" ? c.title_en : c.title_zh;
    const text = (l: Line) => cellText(c, l.cells[i], word, oneDay);
    return {
      title, key: c.key, width: widthOf(title, lines.slice(0, 60).map(text)), align: isFigure(c) ? "right" : "left", ellipsis: !isFigure(c), sorter: (a: Line, b: Line) => compare(a.cells[i], b.cells[i]),
      render: (_: unknown, l: Line) => <span className="num" title={isFigure(c) ? undefined : text(l)}>{text(l)}</span>,
    };
  });
  const wide = columns.reduce((sum, c) => sum + Number(c.width ?? 0), 0);
  return (
    <Table<Line> rowKey="at" size="small" className="fl-dense" columns={columns} dataSource={lines} scroll={{ x: wide }} showSorterTooltip={false}
      pagination={{ defaultPageSize: 50, hideOnSinglePage: true, size: "small", pageSizeOptions: [50, 100, 200], showTotal: (n) => t("共 {{n}} 条", { n }) }}
      locale={{ emptyText: <Empty title={t("这段时间没有记录")} hint={t("换个日期，或清空筛选。")} /> }}
      {...(table.totals && lines.length > 0 ? { summary: () => <Table.Summary fixed><Table.Summary.Row>{table.columns.map((c, i) => <Table.Summary.Cell key={c.key} index={i} align={isFigure(c) ? "right" : "left"}><b className="num">{table.totals?.[i] == null ? (i === 0 ? t("合计") : "") : cellText(c, table.totals[i], word)}</b></Table.Summary.Cell>)}</Table.Summary.Row></Table.Summary> } : {})} />
  );
}

function FilterBar({ code, f, set }: { code: string; f: Filters; set: (c: Filters) => void }) {
  const { t } = useTranslation();
  const can = useCan();
  const floor = FLOOR[code];
  const queues = useQuery({ queryKey: ["queues"], queryFn: getQueues, enabled: floor !== undefined && can(P.agentRead) });
  const agents = useQuery({ queryKey: ["agents"], queryFn: getAgents, enabled: (floor?.agents === true || code in SALES) && can(P.agentRead) });
  const campaigns = useQuery({ queryKey: ["campaigns", "names"], queryFn: () => getCampaigns({ limit: 200 }), enabled: floor === undefined && can(P.campaignRead) });
  const { from, to } = range(f);
  const pick = (name: string, label: string, options: { value: string; label: string }[]) => (
    <Select allowClear showSearch={{ optionFilterProp: "label" }} value={f[name] ?? null} placeholder={label} aria-label={label} style={{ width: 190 }} options={options} onChange={(v: string | null | undefined) => { set({ [name]: v ?? undefined }); }} />
  );
  const days = (n: number) => [dayjs().subtract(n, "day"), dayjs()] as [dayjs.Dayjs, dayjs.Dayjs];
  return (
    <div className="fl-filters">
      <DatePicker.RangePicker style={{ width: 240 }} aria-label={t("日期")} value={[dayjs(from), dayjs(to).subtract(1, "second")]} allowClear={false}
        presets={[{ label: t("今天"), value: days(0) }, { label: t("昨天"), value: [dayjs().subtract(1, "day"), dayjs().subtract(1, "day")] }, { label: t("近 7 天"), value: days(6) }, { label: t("近 30 天"), value: days(29) }]}
        onChange={(r) => { set({ from: r?.[0]?.startOf("day").toISOString(), to: r?.[1]?.add(1, "day").startOf("day").toISOString() }); }} />
      {floor ? pick("queue_id", t("全部坐席组"), (queues.data?.items ?? []).map((q) => ({ value: String(q.id), label: q.name }))) : pick("campaign_id", t("全部任务"), (campaigns.data?.items ?? []).map((c) => ({ value: String(c.id), label: c.name })))}
      {floor?.agents || (code in SALES && can(P.agentRead)) ? pick("agent_id", t("全部坐席"), (agents.data?.items ?? []).map((a) => ({ value: String(a.id), label: `${a.number} ${a.name}` }))) : null}
    </div>
  );
}

/** The floor's reports first, then the others the server has. */
function useTabs(): { key: string; label: string }[] {
  const { t, i18n } = useTranslation();
  const can = useCan();
  const { data } = useQuery({ queryKey: ["reports"], queryFn: getReports, enabled: can(P.campaignRead) || can(P.agentRead) || can(P.orderRead), staleTime: Infinity });
  const floor = can(P.agentRead) ? Object.entries(FLOOR).map(([key, w]) => ({ key, label: t(w.text) })) : [];
  const others = (data?.items ?? []).filter((r) => !(r.code in FLOOR) && can(r.code in SALES ? P.orderRead : P.campaignRead)).map((r) => ({ key: r.code, label: i18n.language === "en" ? r.title_en : r.title_zh }));
  return [...floor, ...others];
}

export function Reports() {
  const { t } = useTranslation();
  const can = useCan();
  const go = useGo();
  const { code = FIRST } = useParams({ strict: false }) as { code?: string };
  const [f, set] = useFilters();
  const tabs = useTabs();
  const floor = FLOOR[code];
  const { from, to } = range(f);
  const params = { from, to, zone: Intl.DateTimeFormat().resolvedOptions().timeZone, ...(floor ? { queue_id: f.queue_id, ...(floor.agents ? { agent_id: f.agent_id } : {}) } : { campaign_id: f.campaign_id, ...(code in SALES ? { agent_id: f.agent_id } : {}) }) };
  const needs = NEEDS_CAMPAIGN.includes(code) && !f.campaign_id;
  const hint = floor?.hint ?? SALES[code]?.hint;
  const query = useQuery({ queryKey: [floor ? "floor-report" : "report", code, params], queryFn: () => getReport(code, params), enabled: !needs, placeholderData: keepPreviousData });
  // While the next report is fetched the last one's columns would stand under the wrong name.
  const table = query.data?.code === code ? query.data : undefined;
  const file = <Button icon={<DownloadOutlined />} disabled={needs} href={`/api/v1/reports/${code}/file${stringifySearch({ ...params, format: "xlsx" })}`} download>{t("导出 Excel")}</Button>;
  return (
    <Page title={t("报表")} hint={hint ? t(hint) : undefined} actions={can(code in SALES ? P.orderExport : P.resultExport) ? file : null} wide>
      <Tabs activeKey={code} items={tabs} onChange={(key) => { go(`/reports/${key}`, Object.fromEntries(Object.entries({ from: f.from, to: f.to }).filter((e): e is [string, string] => e[1] !== undefined))); }} />
      <div className="fl-stack">
        <Panel flush><FilterBar code={code} f={f} set={set} /></Panel>
        {needs ? <Panel><Empty title={t("请先选任务")} hint={t("每个任务的结果和问题各不相同，要选一个任务来看。")} /></Panel> : (
          <Loaded query={{ ...query, data: table }}>
            {(data) => <>{code === "agent_timeline" ? <Timeline table={data} from={Date.parse(from)} to={Date.parse(to)} /> : null}<Panel flush><Rows key={code} table={data} oneDay={Date.parse(to) - Date.parse(from) <= DAY_MS} /></Panel></>}
          </Loaded>
        )}
      </div>
    </Page>
  );
}
