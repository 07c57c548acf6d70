/** 拨打节奏: why a running task with agents dials as it does, and what may be changed about it while it runs. */
import { MinusOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { inputOf, updateCampaign, type CampaignView } from "@/api/campaigns.ts";
import type { Pacing, PacingLive } from "@/api/types.ts";
import { P, useCan } from "@/app/session.ts";
import { count } from "@/format/text.ts";
import { TONE, waitingFor } from "@/format/words.ts";
import { useAct } from "@/ui/act.tsx";
import { Go } from "@/ui/Go.tsx";
import { AdjustDialog } from "./AdjustDialog.tsx";
import { abandonment, BOUNDS, isPaced, limitText, nearness, needsAgents, settingsOf, shownRatio, stepped, trendOf, type Share } from "./modes.ts";
import { sparkPath, usePacingHistory, type Sample } from "./pacingHistory.ts";
import "./pacing.css";

/** Nothing for a task that does not run or has no agents. */
export function PacingPanel({ campaign }: { campaign: CampaignView }) {
  if (campaign.status !== "running" || !needsAgents(campaign.mode)) return null;
  return <Running campaign={campaign} />;
}

function Running({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const can = useCan();
  const [adjusting, setAdjusting] = useState(false);
  const live = campaign.progress.pacing ?? null;
  const stopped = campaign.progress.waiting_for ?? null;
  const writes = can(P.campaignWrite);
  return (
    <section className="fl-panel" aria-label={t("拨打节奏")} style={{ marginBottom: 12 }}>
      <header>
        <span>{t("拨打节奏")}</span>
        <span style={{ display: "inline-flex", gap: 12, alignItems: "center" }}>
          {settingsOf(campaign.mode).includes("ratio") ? <RatioStep key={campaign.revision} campaign={campaign} writes={writes} /> : null}
          {writes ? <Button size="small" onClick={() => { setAdjusting(true); }}>{t("调整拨打方式")}</Button> : null}
        </span>
      </header>
      {live ? <Body campaign={campaign} live={live} /> : <p style={{ margin: 0, padding: "14px 16px", color: "#5a6b71" }}>{t("任务刚开始运行，几秒后这里显示在拨多少、为什么。")}</p>}
      {live ? <Why campaign={campaign} live={live} stopped={stopped} /> : null}
      {adjusting ? <AdjustDialog campaign={campaign} onClose={() => { setAdjusting(false); }} /> : null}
    </section>
  );
}

/** The ratio by tenths; sent only when it is confirmed. */
function RatioStep({ campaign, writes }: { campaign: CampaignView; writes: boolean }) {
  const { t } = useTranslation();
  const [ratio, setRatio] = useState(campaign.pacing.ratio);
  const save = useAct((pacing: Pacing) => updateCampaign(campaign.id, { ...inputOf(campaign), pacing, revision: campaign.revision }), { done: t("倍率已改，马上生效"), refresh: ["campaign", "campaigns"] });
  const move = (steps: number) => { setRatio(stepped(ratio, steps)); };
  const changed = ratio !== campaign.pacing.ratio;
  if (!writes) return <span className="cm-step" style={{ fontWeight: 400 }}>{t("倍率")} <b className="num">{shownRatio(campaign.pacing.ratio)}</b></span>;
  return (
    <span className="cm-step" role="group" aria-label={t("倍率")} style={{ fontWeight: 400 }}>
      <span style={{ color: "#5a6b71" }}>{t("倍率")}</span>
      <Button size="small" icon={<MinusOutlined />} aria-label={t("调低倍率")} disabled={ratio <= BOUNDS.ratio.min || save.isPending} onClick={() => { move(-1); }} />
      <b className="num" style={changed ? { color: "#9a6408" } : undefined} aria-live="polite">{shownRatio(ratio)}</b>
      <Button size="small" icon={<PlusOutlined />} aria-label={t("调高倍率")} disabled={ratio >= BOUNDS.ratio.max || save.isPending} onClick={() => { move(1); }} />
      {changed ? (
        <>
          <Button size="small" type="primary" loading={save.isPending} onClick={() => { save.mutate({ ...campaign.pacing, ratio }); }}>{t("改为 {{n}} 倍", { n: shownRatio(ratio) })}</Button>
          <Button size="small" type="text" disabled={save.isPending} onClick={() => { setRatio(campaign.pacing.ratio); }}>{t("不改")}</Button>
        </>
      ) : null}
    </span>
  );
}

function Body({ campaign, live }: { campaign: CampaignView; live: PacingLive }) {
  const { t } = useTranslation();
  const predictive = campaign.mode === "predictive";
  const paced = isPaced(campaign.mode);
  return (
    <div className={predictive ? "cm-pace" : paced ? "cm-pace three" : "cm-pace two"}>
      <div>
        <h4>{t("坐席与呼叫")}</h4>
        <div className="cm-nums">
          <span><b className="num" style={live.agents === 0 ? { color: "#b3372f" } : undefined}>{count(live.agents)}</b>{t("在岗坐席")}</span>
          <span><b className="num" style={live.ready > 0 ? { color: "#2c7a3f" } : undefined}>{count(live.ready)}</b>{t("空闲")}</span>
          <span><b className="num" style={live.in_flight > 0 ? { color: "#b9862f" } : undefined}>{count(live.in_flight)}</b>{t("正在拨")}</span>
          <span><b className="num" style={live.waiting > 0 ? { color: "#b3372f" } : undefined}>{count(live.waiting)}</b>{t("接通等坐席")}</span>
        </div>
      </div>
      {predictive ? <Forecast live={live} /> : null}
      {paced ? <Abandoned campaign={campaign} live={live} /> : null}
      <Recent id={campaign.id} live={live} />
    </div>
  );
}

function Track({ label, value, share, mark, colour }: { label: string; value: string; share: number; mark?: number; colour: string }) {
  const wide = (s: number) => `${Math.round(Math.min(1, Math.max(0, s)) * 1000) / 10}%`;
  return (
    <div className="cm-line">
      <span>{label}</span>
      <span className="cm-track" aria-hidden="true"><i style={{ width: wide(share), background: colour }} />{mark === undefined ? null : <u style={{ insetInlineStart: wide(mark) }} />}</span>
      <b className="num">{value}</b>
    </div>
  );
}

const share1 = (n: number) => `${(n * 100).toFixed(1)}%`;

function Forecast({ live }: { live: PacingLive }) {
  const { t } = useTranslation();
  const most = Math.max(live.free_forecast, live.answers_forecast, 1);
  const trend = trendOf(live.trend);
  const moves = trend.kind === "usual" ? t("接听率和平时差不多") : trend.kind === "more" ? t("接听率比平时高 {{n}}%", { n: trend.percent }) : t("接听率比平时低 {{n}}%", { n: trend.percent });
  if (live.limit === "no_agents" || live.limit === "learning") {
    return <div><h4>{t("预计 10 秒内")}</h4><p className="cm-note">{live.limit === "learning" ? t("还在学习，样本够了才预测。") : t("有坐席签入后才预测。")}</p></div>;
  }
  return (
    <div>
      <h4>{t("预计 10 秒内")}<small title={moves}>{moves}</small></h4>
      <Track label={t("空闲坐席")} value={live.free_forecast.toFixed(1)} share={live.free_forecast / most} colour="#2c7a3f" />
      <Track label={t("会接听")} value={live.answers_forecast.toFixed(1)} share={live.answers_forecast / most} colour="#1f5fa8" />
      <Track label={t("落空风险")} value={share1(live.risk)} share={live.risk_max > 0 ? live.risk / (live.risk_max * 1.5) : 0} mark={1 / 1.5} colour={live.risk > live.risk_max ? "#b3372f" : "#b9862f"} />
      <p className="cm-note">{t("允许 {{max}}；下一个号码约 {{p}} 会接", { max: share1(live.risk_max), p: `${Math.round(live.answer_probability * 100)}%` })}</p>
    </div>
  );
}

const RATE_COLOUR = { ok: "#2c7a3f", warn: "#b9862f", bad: "#b3372f" };

function Abandoned({ campaign, live }: { campaign: CampaignView; live: PacingLive }) {
  const { t } = useTranslation();
  const { day, month } = abandonment(live);
  const cap = campaign.pacing.abandon_percent_max;
  const line = (label: string, s: Share) => {
    const near = nearness(s.rate, cap);
    return <Track key={label} label={label} value={s.rate === null ? "—" : `${s.rate.toFixed(1)}%`} share={(s.rate ?? 0) / (cap * 1.5)} mark={1 / 1.5} colour={RATE_COLOUR[near]} />;
  };
  const left = Math.floor(live.budget_left);
  return (
    <div>
      <h4>{t("呼损")}<small>{t("上限 {{n}}%", { n: cap })}</small></h4>
      {line(t("24 小时"), day)}
      {line(t("30 天"), month)}
      <p className="cm-note">{day.answers === 0 ? t("24 小时内还没有真人接听。") : t("24 小时 {{n}} 位接听，{{m}} 位没等到坐席。", { n: count(day.answers), m: count(day.abandoned) })}</p>
      <p className="cm-note">
        {day.answers === 0 ? null : left < 0 ? <b style={{ color: "#b3372f" }}>{t("已超出 {{n}} 位", { n: -left })}</b> : t("还可有 {{n}} 位", { n: count(left) })}
        {live.cancelled > 0 ? <span style={{ marginInlineStart: day.answers === 0 ? 0 : 12 }}>{t("提前取消过 {{n}} 路", { n: count(live.cancelled) })}</span> : null}
      </p>
    </div>
  );
}

const SPARK = { width: 300, height: 70 };
const SPAN_MS = 5 * 60_000;

function Recent({ id, live }: { id: number; live: PacingLive }) {
  const { t } = useTranslation();
  const all = usePacingHistory(id);
  const to = all.at(-1)?.at ?? 0;
  const samples = all.filter((s) => to - s.at <= SPAN_MS);
  const most = samples.reduce((m, s) => Math.max(m, s.in_flight, s.ready, s.waiting), 1);
  const box = { ...SPARK, from: Math.min(samples[0]?.at ?? to, to - 60_000), to, max: most };
  const lines: [string, string, (s: Sample) => number][] = [[t("正在拨"), "#b9862f", (s) => s.in_flight], [t("空闲坐席"), "#2c7a3f", (s) => s.ready], [t("接通等坐席"), "#b3372f", (s) => s.waiting]];
  const said = t("最近几分钟：现在正在拨 {{n}} 路，空闲坐席 {{m}} 位", { n: live.in_flight, m: live.ready });
  return (
    <div>
      <h4>{t("最近几分钟")}<small>{samples.length < 2 ? "" : t("最高 {{n}}", { n: count(most) })}</small></h4>
      {samples.length < 2 ? <p className="cm-note" style={{ height: 74 }}>{t("打开本页后开始记录，稍候出现曲线。")}</p> : (
        <svg className="cm-spark" viewBox={`0 0 ${SPARK.width} ${SPARK.height}`} preserveAspectRatio="none" role="img" aria-label={said}>
          {lines.map(([name, colour, pick]) => <path key={name} d={sparkPath(samples, pick, box)} stroke={colour} />)}
        </svg>
      )}
      <div className="cm-key">{lines.map(([name, colour]) => <span key={name}><i style={{ borderColor: colour }} />{name}</span>)}</div>
    </div>
  );
}

/** One sentence: what keeps it from one call more, or why nothing is dialled. */
function Why({ campaign, live, stopped }: { campaign: CampaignView; live: PacingLive; stopped: string | null }) {
  const { t } = useTranslation();
  const can = useCan();
  if (stopped && stopped !== "no_agents") {
    const known = waitingFor[stopped.split(":")[0] ?? stopped];
    return <div className="cm-why"><b style={{ color: TONE.warn.fg }}>{t("暂未拨打")}</b><span>{known ? `${t(known.text)}。${t(known.hint)}` : stopped}</span></div>;
  }
  if (!isPaced(campaign.mode)) {
    const text = live.agents === 0 ? t(limitText.no_agents.why) : campaign.mode === "manual" ? t("由坐席在坐席台取名单拨打，快慢看坐席。") : t("坐席空闲时弹出名单，由坐席看完再拨。");
    return <div className="cm-why"><span>{text}</span></div>;
  }
  const code = stopped === "no_agents" ? stopped : live.limit;
  const limit = limitText[code];
  return (
    <div className="cm-why">
      <b style={{ color: TONE[limit.tone].fg }}>{t(limit.short)}</b><span>{t(limit.why)}</span>
      {code === "no_agents" && can(P.agentSupervise) ? <Tooltip title={t("看坐席组里都有谁、在做什么")}><span style={{ marginInlineStart: "auto" }}><Go to="/supervisor">{t("看坐席")}</Go></span></Tooltip> : null}
    </div>
  );
}
