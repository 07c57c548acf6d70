/** A list's filter in words. Pure. */
import type { FieldDef } from "@/api/types.ts";
import type { FieldOp, ListFilter } from "@/api/lists.ts";
import { carrier, L, word } from "@/format/words.ts";

export const FIELD_OP: Record<FieldOp, string> = {
  in: L("是"), not_in: L("不是"), contains: L("包含"), at_least: L("不小于"), at_most: L("不大于"), filled: L("已填"), empty: L("未填"),
};
export const NEEDS_VALUE = (op: FieldOp): boolean => op !== "filled" && op !== "empty";

type T = (text: string, holes?: Record<string, unknown>) => string;

/** Empty: everybody is dialled. */
export function filterText(t: T, f: Partial<ListFilter>, fields: FieldDef[]): string {
  const parts: string[] = [];
  if (f.regions?.length) parts.push(f.regions.join("、"));
  if (f.carriers?.length) parts.push(f.carriers.map((c) => t(word(carrier, c).text)).join("、"));
  const [min, max] = [f.attempts_min ?? null, f.attempts_max ?? null];
  if (min != null && max != null) parts.push(t("呼过 {{min}}–{{max}} 次", { min, max }));
  else if (min != null) parts.push(t("至少呼过 {{n}} 次", { n: min }));
  else if (max != null) parts.push(t("最多呼过 {{n}} 次", { n: max }));
  for (const test of f.fields ?? []) {
    const label = fields.find((d) => d.key === test.key)?.label ?? test.key;
    parts.push([label, t(FIELD_OP[test.op]), NEEDS_VALUE(test.op) ? test.values.join("、") : ""].filter(Boolean).join(" "));
  }
  return parts.join("；");
}

/** What the form holds as what is sent: nothing that asks nothing. */
export function cleanFilter(f: Partial<ListFilter>): Partial<ListFilter> {
  return {
    ...(f.regions?.length ? { regions: f.regions } : {}),
    ...(f.carriers?.length ? { carriers: f.carriers } : {}),
    ...(f.attempts_min != null ? { attempts_min: f.attempts_min } : {}),
    ...(f.attempts_max != null ? { attempts_max: f.attempts_max } : {}),
    ...(f.fields?.length ? { fields: f.fields.map((x) => ({ ...x, values: NEEDS_VALUE(x.op) ? x.values : [] })) } : {}),
  };
}
