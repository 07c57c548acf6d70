import { DeleteOutlined } from "@ant-design/icons";
import { Button, InputNumber, Select, Table } from "antd";
import { useTranslation } from "react-i18next";
import type { RetryPolicy, RetryRule } from "@/api/types.ts";
import { delayUnit, UNIT_SECONDS } from "@/format/text.ts";
import { disposition } from "@/format/words.ts";
import { CodeTag, Tag } from "@/ui/Tag.tsx";

/** Dispositions after which another try makes sense. */
const OFFERED = ["busy", "no_answer", "off", "unreachable", "suspended", "invalid", "rejected", "machine", "assistant", "fax", "dead_air", "restricted", "caller_id_blocked", "pacing_cancel", "interrupted", "congestion", "route_failed", "blocked"];
const NO_RESULT = "";

function Delay({ value, onChange, disabled }: { value: number; onChange: (s: number) => void; disabled: boolean }) {
  const { t } = useTranslation();
  const { value: n, unit } = delayUnit(value);
  const units = [{ value: "second", label: t("秒") }, { value: "minute", label: t("分钟") }, { value: "hour", label: t("小时") }, { value: "day", label: t("天") }];
  return (
    <span style={{ display: "inline-flex", gap: 4 }}>
      <InputNumber size="small" min={1} max={2592000} value={n} disabled={disabled} style={{ width: 70 }} aria-label={t("间隔")} onChange={(v) => { if (v) onChange(Math.round(v * UNIT_SECONDS[unit])); }} />
      <Select size="small" value={unit} options={units} disabled={disabled} style={{ width: 78 }} aria-label={t("单位")} onChange={(u: keyof typeof UNIT_SECONDS) => { onChange(n * UNIT_SECONDS[u]); }} />
    </span>
  );
}

export function RetryEditor({ value, onChange, disabled }: { value?: RetryPolicy; onChange?: (v: RetryPolicy) => void; disabled?: boolean }) {
  const { t } = useTranslation();
  if (!value) return null;
  const off = disabled ?? false;
  const rows: { code: string; rule: RetryRule }[] = Object.entries(value.rules).sort((a, b) => OFFERED.indexOf(a[0]) - OFFERED.indexOf(b[0])).map(([code, rule]) => ({ code, rule }));
  if (value.no_result) rows.push({ code: NO_RESULT, rule: value.no_result });
  const put = (code: string, rule: RetryRule | null) => {
    if (code === NO_RESULT) return onChange?.({ ...value, no_result: rule });
    const rest = Object.fromEntries(Object.entries(value.rules).filter(([k]) => k !== code));
    return onChange?.({ ...value, rules: rule ? { ...rest, [code]: rule } : rest });
  };
  const free = OFFERED.filter((code) => !(code in value.rules)).map((code) => ({ value: code, label: t(disposition[code]?.text ?? code) }));
  if (!value.no_result) free.unshift({ value: "no_result", label: t("接通但没有结果") });
  return (
    <div style={{ display: "grid", gap: 10 }}>
      <label style={{ display: "flex", alignItems: "center", gap: 8 }}>
        {t("每个联系人最多呼叫")} <InputNumber min={1} max={20} value={value.attempts_max} disabled={off} style={{ width: 70 }} onChange={(v) => onChange?.({ ...value, attempts_max: v ?? 1 })} /> {t("次，含第一次，各规则合计")}
      </label>
      <Table size="small" rowKey="code" pagination={false} dataSource={rows} style={{ maxWidth: 760 }} columns={[
        { title: t("呼叫结果"), key: "d", width: 170, render: (_, r) => (r.code === NO_RESULT ? <Tag tone="neutral">{t("接通但没有结果")}</Tag> : <CodeTag words={disposition} code={r.code} />) },
        { title: t("过多久再呼"), key: "w", width: 200, render: (_, r) => <Delay value={r.rule.delay_s} disabled={off} onChange={(delay_s) => { put(r.code, { ...r.rule, delay_s }); }} /> },
        { title: t("这种结果最多几次"), key: "n", width: 160, render: (_, r) => <InputNumber size="small" min={1} max={20} value={r.rule.attempts_max} disabled={off} style={{ width: 70 }} onChange={(v) => { put(r.code, { ...r.rule, attempts_max: v ?? 1 }); }} /> },
        { title: "", key: "x", width: 60, render: (_, r) => <Button type="text" size="small" disabled={off} icon={<DeleteOutlined />} aria-label={t("不再重呼")} title={t("不再重呼")} onClick={() => { put(r.code, null); }} /> },
      ]} />
      {off ? null : (
        <Select style={{ width: 220 }} value={null} placeholder={t("＋ 加一条规则")} options={free} onChange={(code: string | null) => { if (code) put(code === "no_result" ? NO_RESULT : code, { attempts_max: 3, delay_s: 3600 }); }} />
      )}
    </div>
  );
}
