import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use as register, type EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { FONT } from "@/app/theme.ts";

register([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

export interface HourRow { hour: number; attempts: number; answered: number }

function option(rows: HourRow[], t: (s: string) => string) {
  return {
    textStyle: { fontFamily: FONT, fontSize: 11 },
    animationDuration: 250,
    color: ["#c8d9da", "#0d7a75", "#b9862f"],
    grid: { left: 8, right: 8, top: 34, bottom: 4, containLabel: true },
    legend: { right: 0, top: 0, itemWidth: 10, itemHeight: 10, textStyle: { color: "#5a6b71" } },
    tooltip: { trigger: "axis" as const },
    xAxis: { type: "category" as const, data: rows.map((r) => `${r.hour}:00`), axisTick: { show: false }, axisLine: { lineStyle: { color: "#cfd9db" } }, axisLabel: { color: "#5a6b71" } },
    yAxis: [
      { type: "value" as const, minInterval: 1, splitLine: { lineStyle: { color: "#edf1f2" } }, axisLabel: { color: "#819096" } },
      { type: "value" as const, min: 0, max: 100, splitLine: { show: false }, axisLabel: { color: "#819096", formatter: "{value}%" } },
    ],
    series: [
      { name: t("呼叫"), type: "bar" as const, data: rows.map((r) => r.attempts), barMaxWidth: 22, itemStyle: { borderRadius: [3, 3, 0, 0] } },
      { name: t("接通"), type: "bar" as const, data: rows.map((r) => r.answered), barMaxWidth: 22, itemStyle: { borderRadius: [3, 3, 0, 0] } },
      { name: t("接通率"), type: "line" as const, yAxisIndex: 1, symbolSize: 5, data: rows.map((r) => (r.attempts > 0 ? Math.round((r.answered / r.attempts) * 100) : null)) },
    ],
  };
}

export function HourChart({ rows, height }: { rows: HourRow[]; height: number }) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  useEffect(() => {
    if (!box.current) return;
    const made = init(box.current);
    chart.current = made;
    const watch = new ResizeObserver(() => { made.resize(); });
    watch.observe(box.current);
    return () => {
      watch.disconnect();
      made.dispose();
    };
  }, []);
  useEffect(() => {
    chart.current?.setOption(option(rows, t));
  }, [rows, t]);
  return <div ref={box} style={{ height }} role="img" aria-label={t("各时段呼叫与接通")} />;
}
