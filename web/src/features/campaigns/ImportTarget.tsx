/** Where imported numbers go, and who is left out. */
import { Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { CampaignView } from "@/api/campaigns.ts";
import type { Dedupe } from "@/api/lists.ts";
import { DedupeFields } from "./DedupeFields.tsx";
import { useLists } from "./ListPanel.tsx";

export interface ImportTarget { list: number | "own" | "new"; name: string; dedupe: Dedupe }

export const sentTarget = ({ list, name, dedupe }: ImportTarget): { list_id?: number; new_list?: string; dedupe: Dedupe } =>
  ({ ...(list === "new" ? { new_list: name.trim() } : list === "own" ? {} : { list_id: list }), dedupe });

export function TargetFields({ campaign, value, onChange }: { campaign: CampaignView; value: ImportTarget; onChange: (v: ImportTarget) => void }) {
  const { t } = useTranslation();
  const lists = useLists(campaign).data?.items ?? [];
  const options = [{ value: "new" as const, label: t("新建一个名单") }, ...lists.map((l) => ({ value: l.origin === "own" ? ("own" as const) : l.id, label: l.name }))];
  return (
    <div style={{ display: "grid", gridTemplateColumns: "minmax(260px, 1fr) 2fr", gap: 24, padding: "12px 16px", borderTop: "1px solid #edf1f2" }}>
      <div style={{ display: "grid", gap: 8, alignContent: "start" }}>
        <b>{t("导入到")}</b>
        <Select value={value.list} options={options} aria-label={t("导入到")} onChange={(list: ImportTarget["list"]) => { onChange({ ...value, list }); }} />
        {value.list === "new" ? <Input value={value.name} maxLength={60} placeholder={t("名单名称")} aria-label={t("名单名称")} {...(value.name.trim() ? {} : { status: "error" as const })} onChange={(e) => { onChange({ ...value, name: e.target.value }); }} /> : null}
      </div>
      <div style={{ display: "grid", gap: 8, alignContent: "start" }}>
        <b>{t("去重")}</b>
        <DedupeFields campaign={campaign} value={value.dedupe} onChange={(dedupe) => { onChange({ ...value, dedupe }); }} />
      </div>
    </div>
  );
}
