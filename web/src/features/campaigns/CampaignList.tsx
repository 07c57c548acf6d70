import { PlusOutlined } from "@ant-design/icons";
import type { TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { getCampaigns, type CampaignView } from "@/api/campaigns.ts";
import { P, useCan } from "@/app/session.ts";
import { count, percent } from "@/format/text.ts";
import { campaignStatus, dialMode, purpose, word } from "@/format/words.ts";
import { overlaid } from "@/live/events.ts";
import { useLive } from "@/live/socket.ts";
import { CursorTable } from "@/ui/CursorTable.tsx";
import { CodeSelect, SearchBox, Time } from "@/ui/fields.tsx";
import { useFilters } from "@/ui/filters.ts";
import { Go, GoButton, useGo } from "@/ui/Go.tsx";
import { Empty, Page, Panel } from "@/ui/Page.tsx";
import { ProgressBar } from "@/ui/ProgressBar.tsx";
import { CodeTag } from "@/ui/Tag.tsx";
import { MainAction } from "./Actions.tsx";
import { answering, resultCounts } from "./words.ts";

function LiveBar({ campaign }: { campaign: CampaignView }) {
  const live = useLive((s) => s.progress[campaign.id]);
  return <ProgressBar progress={overlaid(campaign.progress, live)} />;
}

function AnswerRate({ campaign }: { campaign: CampaignView }) {
  const live = useLive((s) => s.progress[campaign.id]);
  const running = campaign.status === "running";
  const { answered, of } = answering(running ? overlaid(campaign.progress, live) : campaign.progress, running);
  return <span className="num">{percent(answered, of)}</span>;
}

function Results({ campaign }: { campaign: CampaignView }) {
  const counts = resultCounts(campaign.results, campaign.progress).filter((r) => r.count > 0).slice(0, 3);
  if (counts.length === 0) return <span style={{ color: "#a3b0b4" }}>—</span>;
  return (
    <span className="fl-ellipsis" style={{ display: "block", maxWidth: 200 }} title={counts.map((r) => `${r.label} ${count(r.count)}`).join("\u3000")}>
      {counts.map((r) => <span key={r.code} style={{ marginInlineEnd: 12 }}><span style={{ color: "#5a6b71" }}>{r.label}</span> <b className="num">{count(r.count)}</b></span>)}
    </span>
  );
}

function useColumns(): TableColumnsType<CampaignView> {
  const { t } = useTranslation();
  return [
    {
      title: t("任务"), key: "name", width: 236,
      render: (_, c) => (
        <div style={{ maxWidth: 236 }}>
          <div className="fl-ellipsis" title={c.name}><Go to={`/campaigns/${c.id}/overview`}>{c.name}</Go></div>
          <div className="fl-ellipsis" style={{ color: "#819096", fontSize: 12 }} title={c.description}>{t(word(dialMode, c.mode).text)}{c.description ? ` · ${c.description}` : ""}</div>
        </div>
      ),
    },
    { title: t("状态"), key: "status", width: 92, render: (_, c) => <CodeTag words={campaignStatus} code={c.status} dot={c.status === "running"} /> },
    { title: t("用途"), key: "purpose", width: 90, render: (_, c) => <CodeTag words={purpose} code={c.purpose} /> },
    { title: t("进度"), key: "progress", width: 170, render: (_, c) => (c.progress.leads > 0 ? <LiveBar campaign={c} /> : <span style={{ color: "#819096" }}>{t("还没有名单")}</span>) },
    { title: t("接通率"), key: "answered", width: 84, align: "right", render: (_, c) => <AnswerRate campaign={c} /> },
    { title: t("结果"), key: "results", width: 200, render: (_, c) => <Results campaign={c} /> },
    { title: t("更新时间"), key: "updated", width: 110, render: (_, c) => <Time at={c.updated_at} /> },
    { title: t("操作"), key: "act", width: 120, fixed: "right", render: (_, c) => <MainAction campaign={c} size="small" /> },
  ];
}

export function CampaignList() {
  const { t } = useTranslation();
  const can = useCan();
  const go = useGo();
  const [filters, set] = useFilters();
  const columns = useColumns();
  const filtered = Boolean(filters.q ?? filters.status);
  const add = can(P.campaignWrite) ? <GoButton to="/campaigns/new" type="primary" icon={<PlusOutlined />}>{t("新建任务")}</GoButton> : null;
  return (
    <Page title={t("外呼任务")} actions={add} wide>
      <Panel flush>
        <div className="fl-filters">
          <SearchBox value={filters.q} onChange={(q) => { set({ q }); }} placeholder={t("搜索任务名称或说明")} />
          <CodeSelect words={campaignStatus} value={filters.status} onChange={(status) => { set({ status }); }} placeholder={t("全部状态")} />
        </div>
        <CursorTable<CampaignView>
          name={["campaigns"]} params={{ q: filters.q, status: filters.status }} load={getCampaigns} columns={columns}
          onOpen={(c) => { go(`/campaigns/${c.id}/overview`); }}
          empty={filtered
            ? <Empty title={t("没有符合条件的任务")} hint={t("换个条件试试，或清空筛选。")} />
            : <Empty title={t("还没有外呼任务")} hint={t("从模板开始最快：选“专家抽取通知”，导入名单，提交审批，就能开始拨打。")} action={add} />}
        />
      </Panel>
    </Page>
  );
}
