/** What the rows of the three editors share. */
import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined } from "@ant-design/icons";
import { Button, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";
import { L } from "@/format/words.ts";

export function RowKeys({ first, last, off, onMove, onRemove, why }: { first: boolean; last: boolean; off: boolean; onMove: (by: -1 | 1) => void; onRemove: () => void; why?: string }) {
  const { t } = useTranslation();
  return (
    <span style={{ display: "flex", flex: "none" }}>
      <Button type="text" size="small" icon={<ArrowUpOutlined />} disabled={off || first} aria-label={t("上移")} title={t("上移")} onClick={() => { onMove(-1); }} />
      <Button type="text" size="small" icon={<ArrowDownOutlined />} disabled={off || last} aria-label={t("下移")} title={t("下移")} onClick={() => { onMove(1); }} />
      <Button type="text" size="small" icon={<DeleteOutlined />} disabled={off || why !== undefined} aria-label={t("删除")} title={why ?? t("删除")} onClick={onRemove} />
    </span>
  );
}

export function Options({ value, off, onChange }: { value: string[]; off: boolean; onChange: (v: string[]) => void }) {
  const { t } = useTranslation();
  return <Select mode="tags" size="small" style={{ width: "100%" }} disabled={off} value={value} open={false} suffixIcon={null} tokenSeparators={["，", ",", "、", ";", "；"]} aria-label={t("选项")} placeholder={t("输入选项，用回车或逗号隔开")} onChange={onChange} />;
}

export function Range({ min, max, off, onChange }: { min?: number | null | undefined; max?: number | null | undefined; off: boolean; onChange: (part: { min?: number | null; max?: number | null }) => void }) {
  const { t } = useTranslation();
  return (
    <span style={{ display: "flex", gap: 6, alignItems: "center" }}>
      <InputNumber size="small" style={{ width: 86 }} disabled={off} value={min ?? null} placeholder={t("最小")} aria-label={t("最小")} onChange={(v) => { onChange({ min: v }); }} />–
      <InputNumber size="small" style={{ width: 86 }} disabled={off} value={max ?? null} placeholder={t("最大")} aria-label={t("最大")} onChange={(v) => { onChange({ max: v }); }} />
    </span>
  );
}

export const QUESTION_KINDS = { single: L("单选"), multiple: L("多选"), score: L("打分"), text: L("文字"), number: L("数字"), date: L("日期") } as const;
export const FIELD_KINDS = { text: L("文字"), choice: L("单选"), multi: L("多选"), number: L("数字"), money: L("金额"), date: L("日期"), datetime: L("日期时间"), phone: L("电话号码") } as const;
export const FOLLOWS = { settle: L("办结，不再呼叫"), retry: L("过一段时间再呼"), callback: L("约时间回呼"), refuse: L("不再呼叫（免呼）"), confirm: L("二次确认后办结"), wrong_number: L("号码有误，不再呼叫") } as const;
/** Has been used since the task was approved: it may not go or mean something else. */
export const HELD = L("任务已审批，已有的项不能删除或改变含义，可以改文字或新增");
