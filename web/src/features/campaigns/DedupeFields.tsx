import { Checkbox, Form, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { CampaignView } from "@/api/campaigns.ts";
import type { Dedupe } from "@/api/lists.ts";

/** Whom to leave out. `value` and `onChange` as a form's field has them. */
export function DedupeFields({ campaign, value = {}, onChange }: { campaign: CampaignView; value?: Dedupe; onChange?: (d: Dedupe) => void }) {
  const { t } = useTranslation();
  const set = (change: Dedupe) => { onChange?.({ ...value, ...change }); };
  return (
    <div style={{ display: "grid", gap: 8 }}>
      <Checkbox checked={value.in_other_tasks ?? false} onChange={(e) => { set({ in_other_tasks: e.target.checked }); }}>{t("跳过正在其他任务中等待呼叫的号码")}</Checkbox>
      <span style={{ display: "flex", gap: 8, alignItems: "center" }}>
        <Checkbox checked={value.called_within_days != null} onChange={(e) => { set({ called_within_days: e.target.checked ? 7 : null }); }}>{t("跳过最近呼叫过的号码")}</Checkbox>
        {value.called_within_days != null ? <InputNumber size="small" min={1} max={3650} precision={0} value={value.called_within_days} suffix={t("天内")} aria-label={t("最近多少天")} style={{ width: 100 }} onChange={(n) => { set({ called_within_days: n ?? 7 }); }} /> : null}
      </span>
      <span style={{ display: "flex", gap: 8, alignItems: "center", flexWrap: "wrap" }}>
        <span>{t("跳过已有这些结果的号码")}</span>
        <Select mode="multiple" size="small" value={value.results ?? []} placeholder={t("不限")} aria-label={t("跳过已有这些结果的号码")} style={{ minWidth: 180 }} popupMatchSelectWidth={false}
          onChange={(results: string[]) => { set({ results }); }} options={campaign.results.map((r) => ({ value: r.code, label: r.label }))} />
      </span>
    </div>
  );
}

export function DedupeItem({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  return <Form.Item name="dedupe" label={t("去重")} style={{ marginBottom: 0 }}><DedupeFields campaign={campaign} /></Form.Item>;
}
