import { useTranslation } from "react-i18next";
import type { CampaignProgress } from "@/api/types.ts";
import { shares } from "@/features/campaigns/words.ts";
import { count, percent } from "@/format/text.ts";

const COLORS = { done: "#0d7a75", failed: "#d08b7f", excluded: "#c3ced1", active: "#58b8ad" };

/** Settled, failed, excluded and active leads in one bar, with the share that is settled. */
export function ProgressBar({ progress, height = 8, text = true }: { progress: CampaignProgress; height?: number; text?: boolean }) {
  const { t } = useTranslation();
  const s = shares(progress);
  const label = `${t("已完成")} ${count(s.done)} · ${t("未接通")} ${count(s.failed)} · ${t("已排除")} ${count(s.excluded)} · ${t("待呼")} ${count(s.waiting)}`;
  return (
    <div title={label} role="img" aria-label={label}>
      <div className="fl-bar" style={{ height }}>
        {(["done", "failed", "excluded", "active"] as const).map((k) => (
          <span key={k} style={{ width: `${s.leads > 0 ? (s[k] / s.leads) * 100 : 0}%`, background: COLORS[k] }} />
        ))}
      </div>
      {text ? (
        <div className="num" style={{ display: "flex", justifyContent: "space-between", fontSize: 12, color: "#5a6b71", marginTop: 3 }}>
          <span>{count(s.settled)} / {count(s.leads)}</span>
          <span>{s.leads > 0 ? percent(s.settled, s.leads, 0) : ""}</span>
        </div>
      ) : null}
    </div>
  );
}
