/** The mapping of a sheet's columns: guesses, checks, and what is sent. Pure. */
import type { Mapping, PreviewColumn } from "@/api/campaigns.ts";
import type { FieldDef, FieldKind } from "@/api/types.ts";

/** `phone`, `phone2` (further numbers, several columns), `source_id`, `name`, `skip`, `field:<key>`, or `new`: a column the campaign does not have yet. */
export interface ColumnChoice { column: number; header: string; target: string; key: string; label: string; kind: FieldKind }

/** A variable's name from a heading: letters of any script, digits and `_`. */
export function keyOf(header: string, column: number): string {
  const key = header.trim().replace(/[^\p{L}\p{N}_]+/gu, "_").replace(/^_+|_+$/g, "");
  return key || `column_${column + 1}`;
}

export function kindOf(header: string): FieldKind {
  if (/金额|费用|价|款|元$/.test(header)) return "money";
  if (/日期|时间|date|time/i.test(header)) return /时间|time/i.test(header) ? "datetime" : "date";
  return "text";
}

/** Running numbers of a sheet say nothing about a person. */
const IDLE = /^(序号|编号|行号|no\.?|#|index)$/i;

/** What the server guessed; headings it did not know become new fields, so that nothing is lost unasked. */
export function guess(columns: PreviewColumn[], fields: FieldDef[]): ColumnChoice[] {
  const used = new Set<string>();
  return columns.map((c) => {
    const key = keyOf(c.header, c.index);
    const own = fields.find((f) => f.label === c.header.trim() || f.key === c.header.trim());
    let target = c.guess;
    if (target.startsWith("field:") && !fields.some((f) => `field:${f.key}` === target)) target = "new";
    if (target === "skip" && own) target = `field:${own.key}`;
    else if (target === "skip" && c.header.trim() && !IDLE.test(c.header.trim())) target = "new";
    if (target !== "skip" && target !== "new" && used.has(target)) target = "new";
    used.add(target);
    return { column: c.index, header: c.header, target, key, label: c.header.trim() || key, kind: kindOf(c.header) };
  });
}

export type MappingFault = { column: number; code: "twice" | "no_label" | "same_key" };

export function faults(choices: ColumnChoice[], fields: FieldDef[]): { needsPhone: boolean; columns: MappingFault[] } {
  const seen = new Set<string>();
  const keys = new Set(fields.map((f) => f.key));
  const columns: MappingFault[] = [];
  for (const c of choices) {
    if (c.target === "skip") continue;
    if (c.target === "new") {
      if (!c.label.trim()) columns.push({ column: c.column, code: "no_label" });
      else if (keys.has(c.key)) columns.push({ column: c.column, code: "same_key" });
      keys.add(c.key);
    } else if (seen.has(c.target) && c.target !== "phone2") columns.push({ column: c.column, code: "twice" });
    seen.add(c.target);
  }
  return { needsPhone: !choices.some((c) => c.target === "phone"), columns };
}

export function toMapping(choices: ColumnChoice[]): Mapping[] {
  return choices.map((c) =>
    c.target === "new" ? { column: c.column, target: `field:${c.key}`, new_field: { key: c.key, label: c.label.trim(), kind: c.kind } } : { column: c.column, target: c.target },
  );
}
