import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Alert, Skeleton, Tabs } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { getCampaign, type CampaignView } from "@/api/campaigns.ts";
import { P, useCan } from "@/app/session.ts";
import { campaignStatus, dialMode } from "@/format/words.ts";
import { overlaid } from "@/live/events.ts";
import { useLive } from "@/live/socket.ts";
import { useGo } from "@/ui/Go.tsx";
import { Loaded, Page, Panel } from "@/ui/Page.tsx";
import { CodeTag } from "@/ui/Tag.tsx";
import { MainAction, MoreActions, StatusSteps } from "./Actions.tsx";
import { Overview } from "./Overview.tsx";
import { PacingPanel } from "./PacingPanel.tsx";
import { isTried } from "./whatif/whatif.ts";

const LeadTab = lazy(() => import("./LeadTab.tsx").then((m) => ({ default: m.LeadTab })));
const OfferPanel = lazy(() => import("./OfferPanel.tsx").then((m) => ({ default: m.OfferPanel })));
const ImportTab = lazy(() => import("./ImportTab.tsx").then((m) => ({ default: m.ImportTab })));
const BookingTab = lazy(() => import("./booking/BookingTab.tsx").then((m) => ({ default: m.BookingTab })));
const WorkTab = lazy(() => import("./work/WorkTab.tsx").then((m) => ({ default: m.WorkTab })));
const RulesTab = lazy(() => import("./rules/RulesTab.tsx").then((m) => ({ default: m.RulesTab })));
const WhatIfTab = lazy(() => import("./whatif/WhatIfTab.tsx").then((m) => ({ default: m.WhatIfTab })));
const SettingsTab = lazy(() => import("./SettingsTab.tsx").then((m) => ({ default: m.SettingsTab })));

export function CampaignPage() {
  const { id, tab } = useParams({ strict: false });
  const query = useQuery({ queryKey: ["campaign", Number(id)], queryFn: () => getCampaign(Number(id)), refetchInterval: 15_000 });
  return <Loaded query={query} rows={10}>{(c) => <Body campaign={c} tab={tab ?? "overview"} />}</Loaded>;
}

function Body({ campaign: stored, tab }: { campaign: CampaignView; tab: string }) {
  const { t } = useTranslation();
  const can = useCan();
  const go = useGo();
  const live = useLive((s) => s.progress[stored.id]);
  const campaign = stored.status === "running" ? { ...stored, progress: overlaid(stored.progress, live) } : stored;
  const tabs = [
    { key: "overview", label: t("概览") },
    ...(campaign.mode === "appointment" ? [{ key: "booking", label: t("预约") }] : []),
    { key: "list", label: t("名单") },
    ...(can(P.leadWrite) ? [{ key: "import", label: t("导入名单") }] : []),
    { key: "work", label: t("话术与表单") },
    { key: "rules", label: t("规则") },
    ...(can(P.agentSupervise) && isTried(campaign.mode) ? [{ key: "what-if", label: t("试算") }] : []),
    { key: "settings", label: t("设置") },
  ];
  return (
    <Page wide
      title={<span style={{ display: "inline-flex", alignItems: "center", gap: 10 }}>{campaign.name}<CodeTag words={campaignStatus} code={campaign.status} dot={campaign.status === "running"} /><CodeTag words={dialMode} code={campaign.mode} /></span>}
      hint={campaign.description}
      actions={<><MoreActions campaign={campaign} /><MainAction campaign={campaign} /></>}>
      {campaign.review_note && campaign.status === "draft" ? (
        <Alert type="warning" showIcon title={t("上次审批未通过：{{note}}", { note: campaign.review_note })} style={{ marginBottom: 12 }} />
      ) : null}
      <Tabs activeKey={tab} items={tabs} onChange={(key) => { go(`/campaigns/${campaign.id}/${key}`); }} tabBarExtraContent={<StatusSteps campaign={campaign} />} />
      {tab === "overview" ? <PacingPanel campaign={campaign} /> : null}
      <Suspense fallback={<Panel><Skeleton active title={false} paragraph={{ rows: 8 }} /></Panel>}>
        {tab === "list" ? <LeadTab campaign={campaign} /> : tab === "booking" ? <BookingTab campaign={campaign} /> : tab === "import" ? <ImportTab campaign={campaign} />
          : tab === "rules" ? <RulesTab campaign={campaign} /> : tab === "what-if" ? <WhatIfTab campaign={campaign} /> : tab === "work" ? <WorkTab key={campaign.id} campaign={campaign} /> : tab === "settings" ? <><SettingsTab key={campaign.revision} campaign={campaign} /><OfferPanel campaign={campaign.id} /></> : <Overview campaign={campaign} />}
      </Suspense>
    </Page>
  );
}
