/** Drawn: how busy against how many found nobody, and both by the hour. The table beside says the same in figures. */
import { Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { WhatIfHour } from "@/api/whatIf.ts";
import { L } from "@/format/words.ts";
import { Panel } from "@/ui/Page.tsx";
import { marks, shown, type Row } from "./whatif.ts";

const W = 430;
const H = 250;
const EDGE = { left: 44, right: 14, top: 28, bottom: 40 };

function scales(xs: readonly number[], ys: readonly number[], width: number) {
  const ends = (m: readonly number[]): [number, number] => [m[0] ?? 0, m.at(-1) ?? 1];
  const [x, y] = [ends(xs), ends(ys)];
  const across = (v: number) => EDGE.left + ((v - x[0]) / (x[1] - x[0])) * (width - EDGE.left - EDGE.right);
  const up = (v: number) => H - EDGE.bottom - ((v - y[0]) / (y[1] - y[0])) * (H - EDGE.top - EDGE.bottom);
  return { across, up };
}

/** As few digits as tell the marks apart. */
const digitsOf = (m: readonly number[]): number => (m.every((v) => Number.isInteger(v)) ? 0 : 1);

export function Trade({ rows, names, cap }: { rows: Row[]; names: string[]; cap: number }) {
  const { t } = useTranslation();
  const x = marks([0, ...rows.map((r) => r.figures.abandoned.mean + r.figures.abandoned.half), cap + 0.2]);
  const y = marks(rows.flatMap((r) => [r.figures.occupancy.mean - 2, Math.min(100, r.figures.occupancy.mean + 2)]));
  const { across, up } = scales(x, y, W);
  return (
    <Panel title={t("忙碌率与呼损")}>
      <svg viewBox={`0 0 ${W} ${H}`} role="img" aria-label={t("各方案的忙碌率与呼损")} style={{ width: "100%", maxWidth: 560, display: "block" }}>
        {y.map((v) => <g key={v}><line x1={EDGE.left} x2={W - EDGE.right} y1={up(v)} y2={up(v)} stroke="#e6ecec" /><text x={EDGE.left - 6} y={up(v) + 4} textAnchor="end" fontSize="11" fill="#6b7c82">{shown(v, digitsOf(y))}</text></g>)}
        {x.map((v) => <text key={v} x={across(v)} y={H - EDGE.bottom + 16} textAnchor="middle" fontSize="11" fill="#6b7c82">{shown(v, digitsOf(x))}</text>)}
        <rect x={across(cap)} y={EDGE.top} width={Math.max(0, W - EDGE.right - across(cap))} height={H - EDGE.top - EDGE.bottom} fill="#b3372f" fillOpacity={0.05} />
        <line x1={across(cap)} x2={across(cap)} y1={EDGE.top} y2={H - EDGE.bottom} stroke="#b3372f" strokeDasharray="4 3" />
        <text x={across(cap) - 4} y={H - EDGE.bottom - 6} textAnchor="end" fontSize="11" fill="#b3372f">{t("上限 {{n}}%", { n: cap })}</text>
        {rows.map((r, n) => {
          const { abandoned, occupancy } = r.figures;
          const [cx, cy] = [across(abandoned.mean), up(occupancy.mean)];
          const right = cx > W - 110;
          return (
            <g key={r.key}>
              {abandoned.half > 0 ? <line x1={across(Math.max(0, abandoned.mean - abandoned.half))} x2={across(abandoned.mean + abandoned.half)} y1={cy} y2={cy} stroke={r.color} /> : null}
              <circle cx={cx} cy={cy} r={r.best ? 7 : 5} fill={r.key === "measured" ? "#fff" : r.color} stroke={r.color} strokeWidth={2}><title>{`${names[n] ?? ""} ${shown(occupancy.mean, 1)}% / ${shown(abandoned.mean, 2)}%`}</title></circle>
              <text x={right ? cx - 9 : cx + 9} y={r.key === "measured" ? cy + 15 : cy - 7} textAnchor={right ? "end" : "start"} fontSize="11" fill={r.color}>{names[n]}</text>
            </g>
          );
        })}
        <text x={(EDGE.left + W - EDGE.right) / 2} y={H - 6} textAnchor="middle" fontSize="11" fill="#5a6b71">{t("呼损 %（越靠左越好）")}</text>
        <text x={4} y={14} fontSize="11" fill="#5a6b71">{t("忙碌率 %")}</text>
      </svg>
    </Panel>
  );
}

type What = "occupancy" | "abandoned" | "talks" | "dials";
const WHAT: Record<What, string> = { occupancy: L("忙碌率"), abandoned: L("呼损"), talks: L("通话"), dials: L("拨打") };
const hourText = (at: string, days: boolean) => {
  const d = new Date(at);
  return days ? `${d.getMonth() + 1}/${d.getDate()} ${d.getHours()}` : `${d.getHours()}`;
};

export function Hours({ rows, names }: { rows: Row[]; names: string[] }) {
  const { t } = useTranslation();
  const [what, setWhat] = useState<What>("occupancy");
  const all = [...new Set(rows.flatMap((r) => r.figures.hours.map((h) => h.at)))].sort();
  return (
    <Panel title={t("按小时")} extra={<Segmented size="small" value={what} onChange={setWhat} options={(Object.keys(WHAT) as What[]).map((value) => ({ value, label: t(WHAT[value]) }))} />}>
      <Lines rows={rows} names={names} hours={all} what={what} />
    </Panel>
  );
}

function Lines({ rows, names, hours, what }: { rows: Row[]; names: string[]; hours: string[]; what: What }) {
  const { t } = useTranslation();
  const width = 560;
  const y = marks([0, ...rows.flatMap((r) => r.figures.hours.map((h) => h[what]))]);
  const { across, up } = scales([0, Math.max(1, hours.length - 1)], y, width);
  const days = new Set(hours.map((h) => new Date(h).toDateString())).size > 1;
  const every = Math.max(1, Math.ceil(hours.length / (days ? 7 : 13)));
  const place = new Map(hours.map((h, n) => [h, n]));
  // A gap of hours in which nothing was dialled is a gap in the line.
  const path = (list: WhatIfHour[]) => list.map((h, n) => `${n === 0 || Date.parse(h.at) - Date.parse(list[n - 1]?.at ?? h.at) > 3_600_000 ? "M" : "L"}${across(place.get(h.at) ?? 0).toFixed(1)} ${up(h[what]).toFixed(1)}`).join("");
  const digits = what === "talks" || what === "dials" ? 0 : 1;
  return (
    <svg viewBox={`0 0 ${width} ${H}`} role="img" aria-label={t("按小时的{{what}}", { what: t(WHAT[what]) })} style={{ width: "100%", display: "block" }}>
      {y.map((v) => <g key={v}><line x1={EDGE.left} x2={width - EDGE.right} y1={up(v)} y2={up(v)} stroke="#e6ecec" /><text x={EDGE.left - 6} y={up(v) + 4} textAnchor="end" fontSize="11" fill="#6b7c82">{shown(v, digitsOf(y))}</text></g>)}
      {hours.map((h, n) => (n % every === 0 ? <text key={h} x={across(n)} y={H - EDGE.bottom + 16} textAnchor="middle" fontSize="11" fill="#6b7c82">{hourText(h, days)}</text> : null))}
      {rows.map((r, n) => (
        <g key={r.key}>
          <path d={path(r.figures.hours)} fill="none" stroke={r.color} strokeWidth={r.best ? 2.6 : 1.6} strokeDasharray={r.key === "as_was" ? "5 4" : undefined} />
          {r.figures.hours.map((h) => <circle key={h.at} cx={across(place.get(h.at) ?? 0)} cy={up(h[what])} r={2.6} fill={r.color}><title>{`${names[n] ?? ""} ${hourText(h.at, true)}: ${shown(h[what], digits)}`}</title></circle>)}
        </g>
      ))}
      <text x={(EDGE.left + width - EDGE.right) / 2} y={H - 6} textAnchor="middle" fontSize="11" fill="#5a6b71">{days ? t("日期和钟点") : t("钟点")}</text>
    </svg>
  );
}
