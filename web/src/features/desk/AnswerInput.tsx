import { Checkbox, DatePicker, Input, InputNumber, Radio, Select } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import type { FormField, Question } from "@/api/work.ts";

const FEW = 6;
const strings = (v: unknown): string[] => (Array.isArray(v) ? v.map(String) : []);
const text = (v: unknown): string => (typeof v === "string" || typeof v === "number" ? String(v) : "");
const when = (v: unknown): dayjs.Dayjs | null => (typeof v === "string" && v ? dayjs(v) : null);
const wide = { width: "100%" } as const;

interface Props { id: string; value: unknown; fault?: boolean; onChange: (v: unknown) => void }

function One({ id, options, value, fault, onChange }: Props & { options: string[] }) {
  const { t } = useTranslation();
  if (options.length <= FEW) return <Radio.Group id={id} value={value} className="dk-options" options={options.map((o) => ({ value: o, label: o }))} onChange={(e) => { onChange(e.target.value); }} />;
  return <Select id={id} style={wide} allowClear showSearch status={fault ? "error" : ""} value={text(value) || null} placeholder={t("请选择")} options={options.map((o) => ({ value: o, label: o }))} onChange={(v: string | null | undefined) => { onChange(v ?? null); }} />;
}

function Several({ id, options, value, fault, onChange }: Props & { options: string[] }) {
  const { t } = useTranslation();
  if (options.length <= FEW) return <Checkbox.Group className="dk-options" options={options} value={strings(value)} onChange={onChange} />;
  return <Select id={id} mode="multiple" style={wide} status={fault ? "error" : ""} value={strings(value)} placeholder={t("请选择")} options={options.map((o) => ({ value: o, label: o }))} onChange={onChange} />;
}

/** One question of a script. */
export function AnswerInput({ question: q, ...p }: Props & { question: Question }) {
  const status = p.fault ? "error" : "";
  switch (q.kind) {
    case "single": return <One {...p} options={q.options} />;
    case "multiple": return <Several {...p} options={q.options} />;
    case "score": {
      const [min, max] = [q.min ?? 1, q.max ?? 5];
      return <Radio.Group id={p.id} optionType="button" value={p.value} options={Array.from({ length: max - min + 1 }, (_, i) => ({ value: min + i, label: String(min + i) }))} onChange={(e) => { p.onChange(e.target.value); }} />;
    }
    case "number": return <InputNumber id={p.id} style={wide} status={status} value={p.value as number | null} {...(q.min != null ? { min: q.min } : {})} {...(q.max != null ? { max: q.max } : {})} onChange={p.onChange} />;
    case "date": return <DatePicker id={p.id} style={wide} status={status} value={when(p.value)} onChange={(d: dayjs.Dayjs | null) => { p.onChange(d ? d.format("YYYY-MM-DD") : null); }} />;
    case "text": return <Input.TextArea id={p.id} status={status} autoSize={{ minRows: 1, maxRows: 4 }} maxLength={2000} value={text(p.value)} onChange={(e) => { p.onChange(e.target.value); }} />;
  }
}

/** One field of the task's form. */
export function FieldInput({ field: f, ...p }: Props & { field: FormField }) {
  const status = p.fault ? "error" : "";
  switch (f.kind) {
    case "choice": return <One {...p} options={f.options} />;
    case "multi": return <Several {...p} options={f.options} />;
    case "number": case "money": return <InputNumber id={p.id} style={wide} status={status} value={p.value as number | null} {...(f.kind === "money" ? { prefix: "¥" } : {})} onChange={p.onChange} />;
    case "date": return <DatePicker id={p.id} style={wide} status={status} value={when(p.value)} onChange={(d: dayjs.Dayjs | null) => { p.onChange(d ? d.format("YYYY-MM-DD") : null); }} />;
    case "datetime": return <DatePicker id={p.id} style={wide} status={status} showTime={{ format: "HH:mm", minuteStep: 5 }} format="YYYY-MM-DD HH:mm" value={when(p.value)} onChange={(d: dayjs.Dayjs | null) => { p.onChange(d ? d.format("YYYY-MM-DDTHH:mm:00") : null); }} />;
    case "phone": return <Input id={p.id} className="num" inputMode="tel" status={status} maxLength={32} value={text(p.value)} onChange={(e) => { p.onChange(e.target.value); }} />;
    case "text": {
      const max = f.length_max ?? 500;
      const long = max > 100 && !f.pattern;
      return long ? <Input.TextArea id={p.id} status={status} autoSize={{ minRows: 1, maxRows: 4 }} maxLength={max} value={text(p.value)} onChange={(e) => { p.onChange(e.target.value); }} />
        : <Input id={p.id} status={status} maxLength={max} value={text(p.value)} {...(f.pattern ? { placeholder: f.pattern.replaceAll("9", "0") } : {})} onChange={(e) => { p.onChange(e.target.value); }} />;
    }
  }
}
