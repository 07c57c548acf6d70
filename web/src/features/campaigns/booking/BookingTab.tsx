import { Segmented } from "antd";
import { useTranslation } from "react-i18next";
import type { CampaignView } from "@/api/campaigns.ts";
import { useFilters } from "@/ui/filters.ts";
import { BookingList } from "./BookingList.tsx";
import { PlanForm } from "./PlanForm.tsx";

/** 预约: who is to be reached when, and what the task offers. */
export function BookingTab({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const [f, set] = useFilters();
  const part = f.part === "plan" ? "plan" : "list";
  return (
    <div className="fl-stack">
      <div><Segmented value={part} onChange={(p: string) => { set({ part: p === "list" ? undefined : p }); }} options={[{ value: "list", label: t("预约列表") }, { value: "plan", label: t("预约设置") }]} /></div>
      {part === "plan" ? <PlanForm key={campaign.revision} campaign={campaign} /> : <BookingList campaign={campaign} />}
    </div>
  );
}
