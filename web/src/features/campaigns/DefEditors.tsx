/** Short tables that edit themselves: results, fields, variables. */
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input, Select, Switch } from "antd";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { FieldDef, FieldKind, ResultDef, Vars } from "@/api/types.ts";
import { fieldKind } from "@/format/words.ts";

interface Editor<T> { value?: T; onChange?: (v: T) => void; disabled?: boolean }

function Rows<T>({ items, heads, widths, empty, blank, disabled, onChange, cells }: {
  items: T[]; heads: string[]; widths: string; empty: string; blank: T; disabled: boolean; onChange: (v: T[]) => void;
  cells: (item: T, set: (change: Partial<T>) => void) => ReactNode[];
}) {
  const { t } = useTranslation();
  const grid = { display: "grid", gridTemplateColumns: `${widths} 36px`, gap: 8, alignItems: "center", maxWidth: 860 } as const;
  return (
    <div style={{ display: "grid", gap: 6 }}>
      {items.length > 0 ? <div style={{ ...grid, color: "#5a6b71", fontSize: 12 }}>{heads.map((h) => <span key={h}>{h}</span>)}</div> : <span style={{ color: "#819096" }}>{empty}</span>}
      {items.map((item, i) => (
        <div key={i} style={grid}>
          {cells(item, (change) => { onChange(items.map((old, j) => (j === i ? { ...old, ...change } : old))); })}
          <Button type="text" size="small" disabled={disabled} icon={<DeleteOutlined />} aria-label={t("删除")} onClick={() => { onChange(items.filter((_, j) => j !== i)); }} />
        </div>
      ))}
      {disabled ? null : <Button type="dashed" size="small" icon={<PlusOutlined />} style={{ width: 120 }} onClick={() => { onChange([...items, blank]); }}>{t("加一行")}</Button>}
    </div>
  );
}

export function ResultEditor({ value, onChange, disabled }: Editor<ResultDef[]>) {
  const { t } = useTranslation();
  const off = disabled ?? false;
  return (
    <Rows<ResultDef> items={value ?? []} disabled={off} onChange={(v) => onChange?.(v)} blank={{ code: "", label: "", settles: true, success: false }} widths="180px 1fr 130px 130px" empty={t("还没有结果。")}
      heads={[t("代码"), t("显示名称"), t("得到后不再呼叫"), t("算成功")]}
      cells={(r, set) => [
        <Input key="c" size="small" className="fl-mono" value={r.code} disabled={off} placeholder="attend" onChange={(e) => { set({ code: e.target.value }); }} />,
        <Input key="l" size="small" value={r.label} disabled={off} placeholder={t("参加")} onChange={(e) => { set({ label: e.target.value }); }} />,
        <span key="s"><Switch size="small" checked={r.settles} disabled={off} aria-label={t("得到后不再呼叫")} onChange={(settles) => { set({ settles }); }} /></span>,
        <span key="w"><Switch size="small" checked={r.success ?? false} disabled={off} aria-label={t("算成功")} onChange={(success) => { set({ success }); }} /></span>,
      ]} />
  );
}

export function FieldEditor({ value, onChange, disabled }: Editor<FieldDef[]>) {
  const { t } = useTranslation();
  const off = disabled ?? false;
  return (
    <Rows<FieldDef> items={value ?? []} disabled={off} onChange={(v) => onChange?.(v)} blank={{ key: "", label: "", kind: "text" }} widths="180px 1fr 180px" empty={t("还没有自定义字段，导入时也可以直接新建。")}
      heads={[t("字段名"), t("显示名称"), t("类型")]}
      cells={(f, set) => [
        <Input key="k" size="small" className="fl-mono" value={f.key} disabled={off} onChange={(e) => { set({ key: e.target.value }); }} />,
        <Input key="l" size="small" value={f.label} disabled={off} onChange={(e) => { set({ label: e.target.value }); }} />,
        <Select key="t" size="small" value={f.kind} disabled={off} onChange={(kind: FieldKind) => { set({ kind }); }} options={Object.entries(fieldKind).map(([k, w]) => ({ value: k, label: t(w.text) }))} />,
      ]} />
  );
}

interface Pair { key: string; text: string }
const textOf = (v: unknown) => (typeof v === "string" ? v : JSON.stringify(v));
/** Numbers and lists stay what they were; what is new is text. */
function valueOf(text: string, old: unknown): unknown {
  if (typeof old === "string" || old === undefined) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

export function VariableEditor({ value, onChange, disabled }: Editor<Vars>) {
  const { t } = useTranslation();
  const off = disabled ?? false;
  const [rows, setRows] = useState<Pair[]>(() => Object.entries(value ?? {}).map(([key, v]) => ({ key, text: textOf(v) })));
  const change = (next: Pair[]) => {
    setRows(next);
    onChange?.(Object.fromEntries(next.filter((p) => p.key.trim()).map((p) => [p.key.trim(), valueOf(p.text, value?.[p.key])])));
  };
  return (
    <Rows<Pair> items={rows} disabled={off} onChange={change} blank={{ key: "", text: "" }} widths="220px 1fr" empty={t("还没有变量。会议名称、时间、地点等写在这里，流程里就能念出来。")}
      heads={[t("变量名"), t("内容")]}
      cells={(p, set) => [
        <Input key="k" size="small" className="fl-mono" value={p.key} disabled={off} onChange={(e) => { set({ key: e.target.value }); }} />,
        <Input.TextArea key="v" size="small" autoSize={{ minRows: 1, maxRows: 5 }} value={p.text} disabled={off} onChange={(e) => { set({ text: e.target.value }); }} />,
      ]} />
  );
}
