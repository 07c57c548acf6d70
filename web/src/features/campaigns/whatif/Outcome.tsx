/** What came of it: how far the replay may be trusted, the figures side by side, and taking one over into the task. */
import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { inputOf, updateCampaign, type CampaignView } from "@/api/campaigns.ts";
import type { Figure, WhatIf, WhatIfResult, WhatIfVariant } from "@/api/whatIf.ts";
import { P, useCan } from "@/app/session.ts";
import { dateTime } from "@/format/text.ts";
import { dialMode, TONE, word } from "@/format/words.ts";
import { useAct } from "@/ui/act.tsx";
import { Panel } from "@/ui/Page.tsx";
import { Tag } from "@/ui/Tag.tsx";
import { shownRatio } from "../modes.ts";
import { Hours, Trade } from "./Plots.tsx";
import { appliesTo, CLOSENESS, LETTERS, NOTE, rows, withHalf, type Row } from "./whatif.ts";

export function Outcome({ campaign, asked, result }: { campaign: CampaignView; asked: WhatIf; result: WhatIfResult }) {
  const { t } = useTranslation();
  const all = rows(result);
  const names = all.map((r) => (r.key === "measured" ? t("实际") : r.key === "as_was" ? t("原设置重演") : t("方案 {{n}}", { n: LETTERS[r.variant ?? 0] })));
  const near = CLOSENESS[result.closeness];
  const cap = Math.min(3, asked.as_was.pacing.abandon_percent_max);
  return (
    <>
      <Panel flush title={t("{{from}} 到 {{until}} 的试算结果", { from: dateTime(asked.from), until: dateTime(asked.until) })} extra={<span style={{ color: "#819096", fontWeight: 400 }}>{t("每个方案重演 {{n}} 遍，± 是 95% 的范围", { n: result.runs })}</span>}>
        <div style={{ padding: "12px 16px 0", display: "grid", gap: 8 }}>
          <div role="status" style={{ padding: "8px 12px", borderRadius: 8, background: TONE[near.tone].bg, border: `1px solid ${TONE[near.tone].line}` }}><b style={{ color: TONE[near.tone].fg, marginInlineEnd: 10 }}>{t(near.word)}</b>{t(near.why)}</div>
          {result.notes.map((n) => <div key={n} style={{ color: "#9a6408" }}>{t(NOTE[n])}</div>)}
        </div>
        <Table campaign={campaign} asked={asked} all={all} names={names} />
        <p style={{ margin: 0, padding: "4px 16px 14px", color: "#819096", fontSize: 12 }}>{t("忙碌率 = 通话和整理时间占任务拨打期间在岗时间的比例；最好的方案是呼损不超过上限的当中，每坐席每小时通话最多的。")}</p>
      </Panel>
      <div className="wi-plots"><Trade rows={all} names={names} cap={cap} /><Hours rows={all} names={names} /></div>
    </>
  );
}

function Table({ campaign, asked, all, names }: { campaign: CampaignView; asked: WhatIf; all: Row[]; names: string[] }) {
  const { t } = useTranslation();
  return (
    <div style={{ overflowX: "auto" }}>
      <table className="fl-plain wi-table">
        <thead><tr><th>{t("方案")}</th><th className="r">{t("忙碌率 %")}</th><th className="r">{t("呼损 %")}</th><th className="r">{t("平均等待 秒")}</th><th className="r">{t("每坐席每小时通话")}</th><th className="r">{t("通话")}</th><th className="r">{t("拨打")}</th><th className="r">{t("提前取消")}</th><th /></tr></thead>
        <tbody>
          {all.map((r, n) => {
            const f = r.figures;
            const variant = r.variant === null ? null : asked.variants[r.variant] ?? null;
            return (
              <tr key={r.key} className={r.best ? "best" : undefined}>
                <td><i className="wi-dot" style={{ background: r.key === "measured" ? "#fff" : r.color, borderColor: r.color }} aria-hidden />{names[n]}{variant ? <small>{said(variant, asked.as_was, t)}</small> : null}</td>
                <Cell f={f.occupancy} digits={1} /><Cell f={f.abandoned} digits={2} bad={!f.allowed} /><Cell f={f.wait_s} digits={2} /><Cell f={f.talks_per_hour} digits={1} /><Cell f={f.talks} digits={0} /><Cell f={f.dials} digits={0} /><Cell f={f.given_up} digits={0} />
                <td className="do">{r.best ? <Tag tone="ok">{t("最好")}</Tag> : f.allowed ? null : <Tag tone="bad">{t("呼损超上限")}</Tag>}{variant ? <Apply campaign={campaign} variant={variant} name={names[n] ?? ""} /> : null}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ f, digits, bad }: { f: Figure; digits: number; bad?: boolean }) {
  const { mean, half } = withHalf(f, digits);
  return <td className="r num" style={bad ? { color: "#b3372f" } : undefined}>{mean}{half ? <small>{`±${half}`}</small> : null}</td>;
}

type T = ReturnType<typeof useTranslation>["t"];

/** What differs from the settings as they were. */
function said(v: WhatIfVariant, was: WhatIfVariant, t: T): string {
  const parts = [t(word(dialMode, v.mode).text)];
  if (v.mode === "power") parts.push(t("{{n}} 倍", { n: shownRatio(v.pacing.ratio) }));
  if (v.mode === "predictive") {
    parts.push(t("呼损上限 {{n}}%", { n: v.pacing.abandon_percent_max }));
    parts.push(v.pacing.cancel_ms_min == null ? t("不提前取消") : t("满 {{n}} 秒可取消", { n: v.pacing.cancel_ms_min / 1000 }));
  }
  if (v.ring_ms_max !== was.ring_ms_max) parts.push(t("振铃 {{n}} 秒", { n: v.ring_ms_max / 1000 }));
  const more = v.agents_change ?? 0;
  if (more > 0) parts.push(t("多 {{n}} 位坐席", { n: more }));
  if (more < 0) parts.push(t("少 {{n}} 位坐席", { n: -more }));
  if (v.wrap_up_ms_max != null) parts.push(t("整理限 {{n}} 秒", { n: v.wrap_up_ms_max / 1000 }));
  return parts.join("，");
}

const OPEN: readonly string[] = ["draft", "approved", "running", "paused"];

/** 套用到任务: what can be set of the task; agents and wrap-up are people's and the group's affair. */
function Apply({ campaign, variant, name }: { campaign: CampaignView; variant: WhatIfVariant; name: string }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const can = useCan();
  const save = useAct((v: WhatIfVariant) => {
    const { ratio, abandon_percent_max, cancel_ms_min, lines_per_agent_max } = v.pacing;
    const pacing = { ...campaign.pacing, ratio, abandon_percent_max, cancel_ms_min: cancel_ms_min ?? null, lines_per_agent_max };
    return updateCampaign(campaign.id, { ...inputOf(campaign), mode: v.mode, pacing, ring_ms_max: v.ring_ms_max, revision: campaign.revision });
  }, { done: t("已套用到任务"), refresh: ["campaign", "campaigns"] });
  if (!can(P.campaignWrite) || !OPEN.includes(campaign.status)) return null;
  const same = !appliesTo(campaign, variant);
  const ask = () => {
    const rest = [(variant.agents_change ?? 0) !== 0 ? t("坐席人数要靠排班增减，不会跟着改。") : "", variant.wrap_up_ms_max != null ? t("整理限时在坐席组里设置，不会跟着改。") : ""].filter(Boolean);
    modal.confirm({
      title: t("把“{{name}}”套用到任务？", { name }), width: 480, okText: t("套用"),
      content: <>{said({ ...variant, agents_change: 0, wrap_up_ms_max: null }, { ...variant, ring_ms_max: campaign.ring_ms_max }, t)}<br />{campaign.status === "running" ? t("任务正在运行，从下一通起生效，正在响铃和通话的不受影响。请先告诉坐席。") : t("任务开始或继续后生效。")}{rest.map((x) => <div key={x} style={{ color: "#9a6408", marginTop: 6 }}>{x}</div>)}</>,
      onOk: () => save.mutateAsync(variant).catch(() => undefined),
    });
  };
  return <Button size="small" type={same ? "text" : "default"} disabled={same} loading={save.isPending} aria-label={t("套用{{name}}", { name })} onClick={ask}>{same ? t("与任务相同") : t("套用到任务")}</Button>;
}
