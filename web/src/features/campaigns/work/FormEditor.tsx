import { PlusOutlined } from "@ant-design/icons";
import { Button, Input, InputNumber, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import type { FormField, FormFieldKind } from "@/api/work.ts";
import { Empty } from "@/ui/Page.tsx";
import { moved, newField, replaced } from "./edit.ts";
import { FIELD_KINDS, HELD, Options, Range, RowKeys } from "./parts.tsx";
import type { EditorProps } from "./ScriptEditor.tsx";

export function FormEditor({ work, off, held, onChange }: EditorProps) {
  const { t } = useTranslation();
  const set = (form: FormField[]) => { onChange({ ...work, form }); };
  const add = () => { set([...work.form, newField(work)]); };
  if (work.form.length === 0) return <Empty title={t("还没有表单字段")} hint={t("要坐席在通话中记下来的资料，如约定时间、金额、备用电话。")} action={off ? null : <Button type="primary" onClick={add}>{t("加字段")}</Button>} />;
  return (
    <div className="wk-list">
      {work.form.map((f, i) => (
        <FieldRow key={i} f={f} off={off} held={held.has(f.key)} first={i === 0} last={i === work.form.length - 1} onMove={(by) => { set(moved(work.form, i, by)); }} onRemove={() => { set(work.form.filter((_, j) => j !== i)); }} onChange={(part) => { set(replaced(work.form, i, part)); }} />
      ))}
      {off ? null : <Button size="small" type="dashed" icon={<PlusOutlined />} style={{ justifySelf: "start" }} onClick={add}>{t("加字段")}</Button>}
    </div>
  );
}

function FieldRow({ f, off, held, first, last, onMove, onRemove, onChange }: { f: FormField; off: boolean; held: boolean; first: boolean; last: boolean; onMove: (by: -1 | 1) => void; onRemove: () => void; onChange: (part: Partial<FormField>) => void }) {
  const { t } = useTranslation();
  const kind = (k: FormFieldKind) => { onChange({ kind: k, min: null, max: null, length_max: null, pattern: "" }); };
  return (
    <div className="wk-row">
      <div className="wk-line">
        <Input size="small" value={f.label} maxLength={60} disabled={off} aria-label={t("字段名称")} placeholder={t("字段名称，如：约定时间")} onChange={(e) => { onChange({ label: e.target.value }); }} />
        <Select size="small" style={{ width: 104, flex: "none" }} value={f.kind} disabled={off || held} aria-label={t("类型")} title={held ? t(HELD) : ""} options={Object.entries(FIELD_KINDS).map(([value, label]) => ({ value, label: t(label) }))} onChange={kind} />
        <Input size="small" className="fl-mono" style={{ width: 130, flex: "none" }} value={f.key} maxLength={40} disabled={off || held} aria-label={t("代码")} title={t("导出、报表和接口里用的代码")} onChange={(e) => { onChange({ key: e.target.value }); }} />
        <label className="wk-switch"><Switch size="small" checked={f.required} disabled={off} onChange={(required) => { onChange({ required }); }} />{t("必填")}</label>
        <RowKeys first={first} last={last} off={off} {...(held ? { why: t(HELD) } : {})} onMove={onMove} onRemove={onRemove} />
      </div>
      {f.kind === "choice" || f.kind === "multi" ? <Options value={f.options} off={off} onChange={(options) => { onChange({ options }); }} /> : null}
      <div className="wk-line">
        {f.kind === "number" || f.kind === "money" ? <Range min={f.min} max={f.max} off={off} onChange={onChange} /> : null}
        {f.kind === "text" ? (
          <>
            <InputNumber size="small" style={{ width: 130, flex: "none" }} min={1} max={2000} disabled={off} value={f.length_max ?? null} placeholder={t("最多字数 500")} aria-label={t("最多字数")} onChange={(v) => { onChange({ length_max: v }); }} />
            <Input size="small" style={{ width: 220, flex: "none" }} maxLength={60} disabled={off} value={f.pattern} placeholder={t("格式：9 数字，A 字母，* 任意")} aria-label={t("格式")} onChange={(e) => { onChange({ pattern: e.target.value }); }} />
          </>
        ) : null}
        <Input size="small" maxLength={200} disabled={off} value={f.help} placeholder={t("填写说明，显示在字段下面")} aria-label={t("填写说明")} onChange={(e) => { onChange({ help: e.target.value }); }} />
      </div>
    </div>
  );
}
