/** The drawn parts of a campaign's page. Each is a table first: what is drawn says no more than what can be read. */
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CampaignOverview } from "@/api/overview.ts";
import { count, percent } from "@/format/text.ts";
import { L } from "@/format/words.ts";
import { Empty, Panel } from "@/ui/Page.tsx";
import { funnelSteps, hourBars, scale, type HourBar, type StepKey } from "./overview.ts";

const STEP_WORDS: Record<StepKey, string> = { leads: L("名单"), called: L("已呼"), answered: L("接通"), human: L("真人接听"), heard: L("听完有结果"), reached: L("坐席通话或有结果"), success: L("成功") };
const STEP_COLORS: Record<StepKey, string> = { leads: "#cfdcde", called: "#a9c6c8", answered: "#79b0ae", human: "#479a95", heard: "#1f857f", reached: "#1f857f", success: "#b9862f" };

export function Funnel({ overview, withAgents, success }: { overview: CampaignOverview; withAgents: boolean; success: string | undefined }) {
  const { t } = useTranslation();
  const { funnel } = overview;
  const steps = funnelSteps(funnel, withAgents);
  // Nobody had a result but by an agent.
  const word = (key: StepKey) => (key === "reached" && funnel.reached === funnel.agent ? t("坐席通话") : t(STEP_WORDS[key]));
  return (
    <table className="fl-funnel">
      <thead className="fl-sr"><tr><th>{t("步骤")}</th><th>{t("人数")}</th><th /><th>{t("占上一步")}</th></tr></thead>
      <tbody>
        {steps.map((s) => (
          <tr key={s.key}>
            <th scope="row">{word(s.key)}{s.key === "success" && success ? <small title={t("算成功的结果，可在设置里改：{{names}}", { names: success })}>{success}</small> : null}</th>
            <td className="bar" aria-hidden><i style={{ width: `${Math.max(s.count > 0 ? 0.6 : 0, s.width * 100)}%`, background: STEP_COLORS[s.key] }} /></td>
            <td className="num n">{count(s.count)}</td>
            <td className="num k">{s.kept === null ? "" : percent(s.kept, 1)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Calls by the hour of the day: who answered below, who did not above. */
export function Hours({ overview }: { overview: CampaignOverview }) {
  const { t } = useTranslation();
  const [asTable, setAsTable] = useState(false);
  const bars = hourBars(overview.hours);
  const legend = (
    <span style={{ display: "flex", gap: 12, alignItems: "center", color: "#5a6b71" }}>
      {asTable ? null : [["#0d7a75", t("接通")], ["#c8d9da", t("未接通")]].map(([color, text]) => <span key={color} style={{ display: "inline-flex", gap: 5, alignItems: "center" }}><i style={{ width: 10, height: 10, borderRadius: 2, background: color }} />{text}</span>)}
      {bars.length > 0 ? <Button size="small" type="text" aria-pressed={asTable} onClick={() => { setAsTable(!asTable); }}>{asTable ? t("看图") : t("看数字")}</Button> : null}
    </span>
  );
  return (
    <Panel title={t("各时段呼叫与接通")} extra={legend}>
      {bars.length === 0 ? <Empty title={t("还没有呼叫")} hint={t("开始拨打后，这里显示各时段的呼叫量和接通量。")} /> : asTable ? <HourTable bars={bars} /> : <HourBars bars={bars} />}
    </Panel>
  );
}

function HourTable({ bars }: { bars: HourBar[] }) {
  const { t } = useTranslation();
  return (
    <div style={{ maxHeight: 230, overflowY: "auto" }}>
      <table className="fl-plain">
        <thead><tr><th>{t("时段")}</th><th className="r">{t("呼叫")}</th><th className="r">{t("接通")}</th><th className="r">{t("接通率")}</th></tr></thead>
        <tbody>{bars.map((b) => <tr key={b.hour}><td className="num">{b.hour}:00–{b.hour + 1}:00</td><td className="r num">{count(b.attempts)}</td><td className="r num">{count(b.answered)}</td><td className="r num">{percent(b.answered, b.attempts)}</td></tr>)}</tbody>
      </table>
    </div>
  );
}

const W = 560;
const H = 230;
const LEFT = 40;
const BOTTOM = 20;
const TOP = 8;

function HourBars({ bars }: { bars: HourBar[] }) {
  const { t } = useTranslation();
  const { top, ticks } = scale(Math.max(...bars.map((b) => b.attempts)));
  const y = (n: number) => TOP + (H - TOP - BOTTOM) * (1 - n / top);
  const slot = (W - LEFT) / bars.length;
  const width = Math.min(26, slot * 0.62);
  const words = bars.filter((b) => b.attempts > 0).map((b) => t("{{hour}} 点呼叫 {{n}} 次，接通 {{m}} 次", { hour: b.hour, n: b.attempts, m: b.answered })).join("；");
  return (
    <svg viewBox={`0 0 ${W} ${H}`} role="img" aria-label={words} style={{ width: "100%", height: "auto", display: "block" }} fontSize={11}>
      {ticks.map((n) => (
        <g key={n}>
          <line x1={LEFT} x2={W} y1={y(n)} y2={y(n)} stroke={n === 0 ? "#cfd9db" : "#edf1f2"} />
          <text x={LEFT - 6} y={y(n) + 4} textAnchor="end" fill="#819096">{count(n)}</text>
        </g>
      ))}
      {bars.map((b, i) => {
        const x = LEFT + slot * i + (slot - width) / 2;
        return (
          <g key={b.hour}>
            <title>{t("{{hour}} 点呼叫 {{n}} 次，接通 {{m}} 次", { hour: b.hour, n: b.attempts, m: b.answered })}</title>
            <rect x={LEFT + slot * i} y={TOP} width={slot} height={H - TOP - BOTTOM} fill="transparent" />
            <rect x={x} y={y(b.attempts)} width={width} height={y(b.answered) - y(b.attempts)} fill="#c8d9da" />
            <rect x={x} y={y(b.answered)} width={width} height={y(0) - y(b.answered)} fill="#0d7a75" />
            {bars.length <= 14 || i % 2 === 0 ? <text x={x + width / 2} y={H - 5} textAnchor="middle" fill="#5a6b71">{b.hour}:00</text> : null}
          </g>
        );
      })}
    </svg>
  );
}

/** Attempts of the last hour in steps of five minutes. */
export function LastHour({ steps }: { steps: readonly number[] }) {
  const { t } = useTranslation();
  const most = Math.max(1, ...steps);
  return (
    <svg viewBox="0 0 240 46" role="img" aria-label={t("最近一小时每 5 分钟的呼叫数：{{list}}", { list: steps.join("、") })} style={{ width: "100%", height: 46, display: "block" }} preserveAspectRatio="none">
      {steps.map((n, i) => <rect key={i} x={i * 20 + 2} width={16} y={44 - (n / most) * 40} height={(n / most) * 40 + 1.5} rx={2} fill={i === steps.length - 1 ? "#79b0ae" : "#0d7a75"}><title>{t("{{n}} 次", { n })}</title></rect>)}
    </svg>
  );
}
