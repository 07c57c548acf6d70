/** The settings to try, one row each; the first row is what the task has. */
import { DeleteOutlined } from "@ant-design/icons";
import { Button, Checkbox, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { DialMode } from "@/api/types.ts";
import type { WhatIfVariant } from "@/api/whatIf.ts";
import { dialMode, word } from "@/format/words.ts";
import { BOUNDS, shownRatio } from "../modes.ts";
import { COLORS, LETTERS, TRIED } from "./whatif.ts";

export function Dot({ n }: { n: number }) {
  return <i className="wi-dot" style={{ background: COLORS[n] }} aria-hidden />;
}

export function Variants({ now, variants, onChange, disabled }: { now: WhatIfVariant; variants: WhatIfVariant[]; onChange: (v: WhatIfVariant[]) => void; disabled: boolean }) {
  const { t } = useTranslation();
  const put = (n: number, v: WhatIfVariant) => { onChange(variants.map((old, i) => (i === n ? v : old))); };
  return (
    <table className="fl-plain wi-variants">
      <thead><tr><th>{t("方案")}</th><th>{t("拨打方式")}</th><th>{t("倍率或呼损上限")}</th><th>{t("提前取消")}</th><th>{t("最长振铃")}</th><th>{t("坐席增减")}</th><th>{t("整理限时")}</th><th aria-label={t("操作")} /></tr></thead>
      <tbody>
        <tr className="now">
          <td><Dot n={1} />{t("原设置")}</td><td>{t(word(dialMode, now.mode).text)}</td><td className="num"><Aim v={now} /></td>
          <td>{now.mode === "predictive" ? now.pacing.cancel_ms_min == null ? t("不取消") : t("满 {{n}} 秒", { n: now.pacing.cancel_ms_min / 1000 }) : "—"}</td>
          <td>{t("{{n}} 秒", { n: now.ring_ms_max / 1000 })}</td><td>{t("不变")}</td><td>{t("不限")}</td><td />
        </tr>
        {variants.map((v, n) => <Line key={n} n={n} v={v} disabled={disabled} put={(to) => { put(n, to); }} drop={() => { onChange(variants.filter((_, i) => i !== n)); }} />)}
      </tbody>
    </table>
  );
}

/** What a mode steers by. */
function Aim({ v }: { v: WhatIfVariant }) {
  const { t } = useTranslation();
  if (v.mode === "power") return <>{t("{{n}} 倍", { n: shownRatio(v.pacing.ratio) })}</>;
  if (v.mode === "predictive") return <>{`${v.pacing.abandon_percent_max}%`}</>;
  return <>—</>;
}

function Line({ n, v, put, drop, disabled }: { n: number; v: WhatIfVariant; put: (v: WhatIfVariant) => void; drop: () => void; disabled: boolean }) {
  const { t } = useTranslation();
  const name = t("方案 {{n}}", { n: LETTERS[n] });
  const label = (what: string) => `${name} ${what}`;
  const pacing = (more: Partial<WhatIfVariant["pacing"]>) => { put({ ...v, pacing: { ...v.pacing, ...more } }); };
  return (
    <tr>
      <td><Dot n={n + 2} />{name}</td>
      <td><Select<DialMode> aria-label={label(t("拨打方式"))} disabled={disabled} value={v.mode} style={{ width: 116 }} options={TRIED.map((m) => ({ value: m, label: t(word(dialMode, m).text) }))} onChange={(mode) => { put({ ...v, mode }); }} /></td>
      <td>
        {v.mode === "power" ? <InputNumber aria-label={label(t("倍率"))} disabled={disabled} value={v.pacing.ratio} min={BOUNDS.ratio.min} max={BOUNDS.ratio.max} step={BOUNDS.ratio.step} precision={1} suffix={t("倍")} style={{ width: 110 }} onChange={(ratio) => { if (ratio !== null) pacing({ ratio }); }} />
          : v.mode === "predictive" ? <InputNumber aria-label={label(t("呼损上限"))} disabled={disabled} value={v.pacing.abandon_percent_max} min={BOUNDS.abandon.min} max={BOUNDS.abandon.max} step={BOUNDS.abandon.step} precision={1} suffix="%" style={{ width: 110 }} onChange={(x) => { if (x !== null) pacing({ abandon_percent_max: x }); }} />
          : <span style={{ color: "#819096" }}>{t("一人一路")}</span>}
      </td>
      <td>{v.mode === "predictive" ? <Optional label={label(t("提前取消"))} disabled={disabled} ms={v.pacing.cancel_ms_min ?? null} start={15_000} min={15} max={60} onChange={(cancel_ms_min) => { pacing({ cancel_ms_min }); }} /> : <span style={{ color: "#819096" }}>—</span>}</td>
      <td><InputNumber aria-label={label(t("最长振铃"))} disabled={disabled} value={v.ring_ms_max / 1000} min={15} max={120} precision={0} suffix={t("秒")} style={{ width: 92 }} onChange={(s) => { if (s !== null) put({ ...v, ring_ms_max: s * 1000 }); }} /></td>
      <td><InputNumber aria-label={label(t("坐席增减"))} disabled={disabled} value={v.agents_change ?? 0} min={-500} max={500} precision={0} suffix={t("人")} style={{ width: 92 }} formatter={(x) => (Number(x) > 0 ? `+${x}` : String(x ?? 0))} parser={(x) => Number((x ?? "0").replace("+", ""))} onChange={(x) => { if (x !== null) put({ ...v, agents_change: x }); }} /></td>
      <td><Optional label={label(t("整理限时"))} disabled={disabled} ms={v.wrap_up_ms_max ?? null} start={20_000} min={1} max={3600} onChange={(wrap_up_ms_max) => { put({ ...v, wrap_up_ms_max }); }} /></td>
      <td><Button type="text" size="small" icon={<DeleteOutlined />} disabled={disabled} aria-label={t("删除 {{name}}", { name })} onClick={drop} /></td>
    </tr>
  );
}

/** Seconds that may be left out. */
function Optional({ label, ms, start, min, max, onChange, disabled }: { label: string; ms: number | null; start: number; min: number; max: number; onChange: (ms: number | null) => void; disabled: boolean }) {
  const { t } = useTranslation();
  return (
    <span style={{ display: "inline-flex", gap: 6, alignItems: "center" }}>
      <Checkbox aria-label={label} disabled={disabled} checked={ms !== null} onChange={(e) => { onChange(e.target.checked ? start : null); }} />
      {ms === null ? <span style={{ color: "#819096" }}>{t("不限")}</span>
        : <InputNumber aria-label={`${label} ${t("秒")}`} disabled={disabled} value={ms / 1000} min={min} max={max} precision={0} suffix={t("秒")} style={{ width: 92 }} onChange={(s) => { if (s !== null) onChange(s * 1000); }} />}
    </span>
  );
}
