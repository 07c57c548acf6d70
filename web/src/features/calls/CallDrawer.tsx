import { useQuery } from "@tanstack/react-query";
import { Button, Drawer, Table, Timeline } from "antd";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { getCall, type CallDetail } from "@/api/calls.ts";
import { getCampaign } from "@/api/campaigns.ts";
import type { LegRecord } from "@/api/types.ts";
import { resultLabel, resultTone } from "@/features/campaigns/words.ts";
import { HeardList } from "@/features/ears/Heard.tsx";
import { kindWord, outcomeText } from "@/features/flows/nodes.ts";
import { between, clock, dateTime, duration, phone } from "@/format/text.ts";
import { confirmation, direction, disposition } from "@/format/words.ts";
import { Dl, Phone } from "@/ui/fields.tsx";
import { Go } from "@/ui/Go.tsx";
import { Loaded } from "@/ui/Page.tsx";
import { CodeTag, Tag } from "@/ui/Tag.tsx";
import { AgentNotes } from "./AgentNotes.tsx";
import { CallRecordings, CauseText } from "./CallParts.tsx";
import { Quality } from "./Quality.tsx";
import { SipLadder } from "./SipLadder.tsx";

function Section({ title, extra, children }: { title: string; extra?: ReactNode; children: ReactNode }) {
  return <section><div style={{ display: "flex", alignItems: "center", marginBottom: 10 }}><h3 style={{ fontSize: 14, margin: 0, flex: 1 }}>{title}</h3>{extra}</div>{children}</section>;
}

const useCampaign = (id: number | null | undefined) =>
  useQuery({ queryKey: ["campaign", id], queryFn: () => getCampaign(id ?? 0), enabled: id != null, staleTime: 60_000 });

function Summary({ call }: { call: CallDetail }) {
  const { t } = useTranslation();
  const campaign = useCampaign(call.campaign_id);
  const result = resultLabel(campaign.data?.results, call.result);
  const rows: [string, ReactNode][] = [
    [t("方向"), <CodeTag key="d" words={direction} code={call.direction} />],
    [t("主叫"), <Phone key="c" value={call.caller} />],
    [t("被叫"), <Phone key="t" value={call.called} strong />],
    [t("开始时间"), <span key="s" className="num">{dateTime(call.started_at, true)}</span>],
    [t("振铃 / 通话"), <span key="r" className="num">{duration(between(call.ringing_at, call.answered_at ?? call.ended_at))} / {duration(between(call.answered_at, call.ended_at))}</span>],
    [t("呼叫结果"), <CodeTag key="x" words={disposition} code={call.disposition} />],
    [t("业务结果"), result ? <Tag key="b" tone={resultTone(campaign.data?.results, call.result)}>{result}</Tag> : "—"],
    [t("按键"), call.digits ? <b key="k" className="fl-mono">{call.digits}</b> : "—"],
  ];
  if (call.confirmation) rows.push([t("二次确认"), <CodeTag key="z" words={confirmation} code={call.confirmation} />]);
  if (call.cost != null) rows.push([t("线路费用（估算）"), <span key="y" className="num">{t("{{n}} 元", { n: (call.cost / 1000).toFixed(3) })}</span>]);
  if (call.campaign_id != null) rows.push([t("任务"), <Go key="m" to={`/campaigns/${call.campaign_id}/overview`}>{campaign.data?.name ?? t("查看任务")}</Go>]);
  if (call.flow_id != null) rows.push([t("流程"), <Go key="f" to={`/flows/${call.flow_id}`}>{t("第 {{n}} 版", { n: call.flow_version })}</Go>]);
  return <Dl rows={rows} />;
}

function Trail({ call }: { call: CallDetail }) {
  const { t } = useTranslation();
  const results = useCampaign(call.campaign_id).data?.results;
  const came = (s: CallDetail["trail"][number]) => (s.kind === "set" ? results?.find((r) => r.code === s.outcome)?.label : undefined) ?? outcomeText(s.outcome, t);
  if (call.trail.length === 0) return <span style={{ color: "#819096" }}>{t("没有进入流程。")}</span>;
  return (
    <Timeline items={call.trail.map((s, i) => ({
      key: i, color: "#0d7a75",
      content: (
        <div style={{ display: "grid", gridTemplateColumns: "96px 76px minmax(0,1fr)", gap: 8 }}>
          <span className="num" style={{ color: "#819096" }}>{clock(s.at)}</span>
          <span>{t(kindWord(s.kind))}</span>
          <span style={{ overflowWrap: "anywhere" }}><span className="fl-mono" style={{ color: "#5a6b71" }}>{s.node}</span> {came(s)}</span>
        </div>
      ),
    }))} />
  );
}

function Legs({ legs }: { legs: LegRecord[] }) {
  const { t } = useTranslation();
  return (
    <Table<LegRecord> rowKey="id" size="small" pagination={false} dataSource={legs} scroll={{ x: "max-content" }} columns={[
      { title: t("号码"), key: "n", render: (_, l) => <div style={{ display: "grid" }}><Phone value={l.to} /><span style={{ color: "#819096", fontSize: 12 }}>{t("主叫 {{n}}", { n: phone(l.from) })}</span></div> },
      { title: t("结束原因"), key: "c", width: 190, render: (_, l) => <CauseText cause={l.cause} /> },
      {
        title: t("线路质量"), key: "m", width: 180, render: (_, l) => <Quality stats={l.stats} />,
      },
    ]} />
  );
}

export function CallDrawer({ id, onClose }: { id: number; onClose: () => void }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ["call", id], queryFn: () => getCall(id) });
  const [ladder, setLadder] = useState(false);
  return (
    <Drawer open size={600} title={query.data ? query.data.name || t("通话详情") : t("通话详情")} onClose={onClose}>
      <Loaded query={query}>
        {(call) => (
          <div style={{ display: "grid", gap: 22 }}>
            <Summary call={call} />
            <AgentNotes call={call.id} ofTask={call.campaign_id != null && call.answered_at != null} title={(children) => <Section title={t("坐席填写")}>{children}</Section>} />
            <Section title={t("录音")}><CallRecordings call={call} /></Section>
            <Section title={t("识别结果与依据")}><HeardList heard={call.heard ?? []} /></Section>
            <Section title={t("流程经过")}><Trail call={call} /></Section>
            <Section title={t("线路明细")} extra={<Button size="small" onClick={() => { setLadder(true); }}>{t("查看信令")}</Button>}><Legs legs={call.legs} /></Section>
          </div>
        )}
      </Loaded>
      {ladder ? <SipLadder call={id} onClose={() => { setLadder(false); }} /> : null}
    </Drawer>
  );
}
