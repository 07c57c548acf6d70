import { useTranslation } from "react-i18next";
import type { MediaStats } from "@/api/types.ts";
import { count, percent } from "@/format/text.ts";
import { L } from "@/format/words.ts";
import { Tag } from "@/ui/Tag.tsx";

/** 线路质量的说法：MOS 从哪一分起、怎么叫、什么颜色。 */
const GRADES = [
  { from: 4.0, word: L("优"), tone: "ok" },
  { from: 3.6, word: L("良好"), tone: "ok" },
  { from: 3.1, word: L("一般"), tone: "warn" },
  { from: 2.6, word: L("较差"), tone: "bad" },
  { from: 0, word: L("很差"), tone: "bad" },
] as const;

export function grade(mos: number) {
  return GRADES.find((g) => mos >= g.from) ?? GRADES[GRADES.length - 1];
}

/** 一段线路上听到的声音有多好：分数、说法，以及两个方向的丢包、抖动和往返时延。 */
export function Quality({ stats }: { stats: MediaStats }) {
  const { t } = useTranslation();
  if (stats.packets_received === 0) return <>—</>;
  const heard = percent(stats.packets_lost, stats.packets_received + stats.packets_lost);
  const mark = stats.mos == null ? null : grade(stats.mos);
  return (
    <div className="num" style={{ fontSize: 12, display: "grid", gap: 2 }} title={`${t("收")} ${count(stats.packets_received)} · ${t("发")} ${count(stats.packets_sent)}`}>
      <span>
        {mark && stats.mos != null && <><Tag tone={mark.tone}>{stats.mos.toFixed(1)} {t(mark.word)}</Tag>{" "}</>}
        {(stats.codec ?? "").toUpperCase()}
      </span>
      <span>{t("收：丢包 {{n}}，抖动 {{ms}} ms", { n: heard, ms: stats.jitter_ms.toFixed(1) })}</span>
      {stats.far_packets_lost != null && (
        <span>{t("发：丢包 {{n}}，抖动 {{ms}} ms", { n: percent(stats.far_packets_lost, Math.max(stats.packets_sent, stats.far_packets_lost)), ms: (stats.far_jitter_ms ?? 0).toFixed(1) })}</span>
      )}
      {stats.rtt_ms != null && <span>{t("往返 {{ms}} ms", { ms: stats.rtt_ms < 0.5 ? "<1" : stats.rtt_ms.toFixed(0) })}</span>}
    </div>
  );
}
