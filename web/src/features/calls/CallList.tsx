import { useQuery } from "@tanstack/react-query";
import { DownloadOutlined } from "@ant-design/icons";
import { Button, DatePicker, Select, type TableColumnsType } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import { getCalls, type CallDetail } from "@/api/calls.ts";
import { getCampaigns } from "@/api/campaigns.ts";
import type { Campaign } from "@/api/types.ts";
import { P, useCan } from "@/app/session.ts";
import { resultLabel, resultTone } from "@/features/campaigns/words.ts";
import { between, duration } from "@/format/text.ts";
import { direction, disposition } from "@/format/words.ts";
import { CursorTable } from "@/ui/CursorTable.tsx";
import { CodeSelect, Phone, SearchBox, Time } from "@/ui/fields.tsx";
import { stringifySearch, useFilters, type Filters } from "@/ui/filters.ts";
import { Go } from "@/ui/Go.tsx";
import { Empty, Page, Panel } from "@/ui/Page.tsx";
import { CodeTag, Tag } from "@/ui/Tag.tsx";
import { CallDrawer } from "./CallDrawer.tsx";

function useColumns(campaigns: Map<number, Campaign>): TableColumnsType<CallDetail> {
  const { t } = useTranslation();
  const other = (c: CallDetail) => (c.direction === "outbound" ? c.called : c.caller);
  const own = (c: CallDetail) => (c.direction === "outbound" ? c.caller : c.called);
  return [
    { title: t("时间"), key: "at", width: 110, render: (_, c) => <Time at={c.started_at} /> },
    { title: t("方向"), key: "dir", width: 70, render: (_, c) => <CodeTag words={direction} code={c.direction} /> },
    { title: t("对方号码"), key: "other", width: 140, render: (_, c) => <Phone value={other(c)} strong /> },
    { title: t("姓名"), key: "name", width: 90, render: (_, c) => c.name || "—" },
    {
      title: t("任务"), key: "campaign", width: 200,
      render: (_, c) => (c.campaign_id == null ? "—" : <div className="fl-ellipsis" style={{ maxWidth: 200 }}><Go to={`/campaigns/${c.campaign_id}/overview`}>{campaigns.get(c.campaign_id)?.name ?? `#${c.campaign_id}`}</Go></div>),
    },
    { title: t("呼叫结果"), key: "disp", width: 104, render: (_, c) => <CodeTag words={disposition} code={c.disposition} /> },
    { title: t("业务结果"), key: "result", width: 100, render: (_, c) => { const defs = c.campaign_id == null ? undefined : campaigns.get(c.campaign_id)?.results; const r = resultLabel(defs, c.result); return r ? <Tag tone={resultTone(defs, c.result)}>{r}</Tag> : "—"; } },
    { title: t("按键"), key: "digits", width: 70, render: (_, c) => (c.digits ? <span className="fl-mono">{c.digits}</span> : "—") },
    { title: t("通话"), key: "talk", width: 70, align: "right", render: (_, c) => duration(between(c.answered_at, c.ended_at)) },
    { title: t("本方号码"), key: "own", width: 130, render: (_, c) => <Phone value={own(c)} /> },
  ];
}

function FilterBar({ f, set, campaigns }: { f: Filters; set: (c: Filters) => void; campaigns: Campaign[] }) {
  const { t } = useTranslation();
  return (
    <div className="fl-filters">
      <SearchBox value={f.q} onChange={(q) => { set({ q }); }} placeholder={t("搜索号码")} width={150} />
      <DatePicker.RangePicker
        style={{ width: 230 }} allowEmpty={[true, true]} aria-label={t("日期")}
        value={[f.from ? dayjs(f.from) : null, f.to ? dayjs(f.to).subtract(1, "second") : null]}
        presets={[{ label: t("今天"), value: [dayjs(), dayjs()] }, { label: t("昨天"), value: [dayjs().subtract(1, "day"), dayjs().subtract(1, "day")] }, { label: t("近 7 天"), value: [dayjs().subtract(6, "day"), dayjs()] }]}
        onChange={(range) => { set({ from: range?.[0]?.startOf("day").toISOString(), to: range?.[1]?.add(1, "day").startOf("day").toISOString() }); }}
      />
      <Select allowClear showSearch={{ optionFilterProp: "label" }} value={f.campaign_id ?? null} placeholder={t("全部任务")} aria-label={t("全部任务")} style={{ width: 180 }}
        onChange={(v: string | null | undefined) => { set({ campaign_id: v ?? undefined }); }} options={campaigns.map((c) => ({ value: String(c.id), label: c.name }))} />
      <CodeSelect words={direction} value={f.direction} onChange={(v) => { set({ direction: v }); }} placeholder={t("方向")} width={90} />
      <CodeSelect words={disposition} value={f.disposition} onChange={(v) => { set({ disposition: v }); }} placeholder={t("呼叫结果")} width={120} />
      <Select allowClear value={f.has_recording ?? null} placeholder={t("录音")} aria-label={t("录音")} style={{ width: 96 }}
        onChange={(v: string | null | undefined) => { set({ has_recording: v ?? undefined }); }} options={[{ value: "true", label: t("有录音") }]} />
    </div>
  );
}

export function CallList() {
  const { t } = useTranslation();
  const can = useCan();
  const [f, set] = useFilters();
  const campaigns = useQuery({ queryKey: ["campaigns", "names"], queryFn: () => getCampaigns({ limit: 200 }), staleTime: 60_000 });
  const list = campaigns.data?.items ?? [];
  const columns = useColumns(new Map(list.map((c) => [c.id, c])));
  const { call, ...params } = f;
  const filtered = Object.values(params).some(Boolean);
  return (
    <Page title={t("通话记录")} wide actions={can(P.resultExport) ? (
      <Button icon={<DownloadOutlined />} href={`/api/v1/calls/export${stringifySearch({ ...params, format: "xlsx" })}`} download>{t("导出")}</Button>
    ) : null}>
      <Panel flush>
        <FilterBar f={f} set={set} campaigns={list} />
        <CursorTable<CallDetail> name={["calls"]} params={params} load={getCalls} columns={columns} current={call ? Number(call) : undefined}
          onOpen={(c) => { set({ call: String(c.id) }); }}
          empty={filtered ? <Empty title={t("没有符合条件的通话")} hint={t("换个条件试试，或清空筛选。")} />
            : <Empty title={t("还没有通话")} hint={t("任务开始拨打后，每一通电话都会记在这里，可以听录音、看流程经过。")} />} />
      </Panel>
      {call ? <CallDrawer id={Number(call)} onClose={() => { set({ call: undefined }); }} /> : null}
    </Page>
  );
}
