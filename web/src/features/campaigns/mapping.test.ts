import { describe, expect, it } from "vitest";
import type { FieldDef } from "@/api/types.ts";
import { faults, guess, keyOf, kindOf, toMapping } from "./mapping.ts";

const fields: FieldDef[] = [{ key: "unit", label: "工作单位", kind: "text" }];
const columns = [
  { index: 0, header: "序号", guess: "skip" }, { index: 1, header: "姓名", guess: "name" }, { index: 2, header: "手机号码", guess: "phone" },
  { index: 3, header: "工作单位", guess: "skip" }, { index: 4, header: "抽取时间", guess: "skip" }, { index: 5, header: "备用电话", guess: "phone" }, { index: 6, header: "", guess: "skip" },
];

describe("the mapping of columns", () => {
  it("keeps what it does not know as a new field, and leaves running numbers out", () => {
    expect(guess(columns, fields).map((c) => c.target)).toEqual(["skip", "name", "phone", "field:unit", "new", "new", "skip"]);
  });

  it("does not trust a guess that names a field the campaign has not", () => {
    expect(guess([{ index: 0, header: "单位", guess: "field:gone" }], [])[0]?.target).toBe("new");
  });

  it("sends new fields with key, label and kind", () => {
    const sent = toMapping(guess(columns, fields));
    expect(sent[4]).toEqual({ column: 4, target: "field:抽取时间", new_field: { key: "抽取时间", label: "抽取时间", kind: "datetime" } });
    expect(sent[2]).toEqual({ column: 2, target: "phone" });
  });

  it("says what stands in the way", () => {
    const all = guess(columns, fields);
    expect(faults(all, fields)).toEqual({ needsPhone: false, columns: [] });
    expect(faults(all.map((c) => ({ ...c, target: "skip" })), fields).needsPhone).toBe(true);
    const twice = all.map((c) => (c.column === 5 ? { ...c, target: "phone" } : c));
    expect(faults(twice, fields).columns).toEqual([{ column: 5, code: "twice" }]);
    const clash = all.map((c) => (c.column === 5 ? { ...c, key: "unit" } : c));
    expect(faults(clash, fields).columns).toEqual([{ column: 5, code: "same_key" }]);
    const nameless = all.map((c) => (c.column === 4 ? { ...c, label: " " } : c));
    expect(faults(nameless, fields).columns).toEqual([{ column: 4, code: "no_label" }]);
  });

  it("makes names that flows can use", () => {
    expect(keyOf(" 单位（全称） ", 0)).toBe("单位_全称");
    expect(keyOf("！！", 3)).toBe("column_4");
    expect(kindOf("欠费金额")).toBe("money");
    expect(kindOf("出生日期")).toBe("date");
  });

  it("takes several columns of further numbers, but one of everything else", () => {
    const choice = (column: number, target: string) => ({ column, header: target, target, key: "", label: target, kind: "text" as const });
    expect(faults([choice(0, "phone"), choice(1, "phone2"), choice(2, "phone2"), choice(3, "source_id")], []).columns).toEqual([]);
    expect(faults([choice(0, "phone"), choice(1, "source_id"), choice(2, "source_id")], []).columns).toEqual([{ column: 2, code: "twice" }]);
  });
});
