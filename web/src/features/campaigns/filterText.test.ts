import { describe, expect, it } from "vitest";
import { cleanFilter, filterText } from "./filterText.ts";

const t = (text: string, holes: Record<string, unknown> = {}) => text.replace(/\{\{(\w+)\}\}/g, (_, k: string) => String(holes[k]));
const fields = [{ key: "level", label: "等级", kind: "text" as const }];

describe("a list's filter", () => {
  it("says nothing where it asks nothing", () => {
    expect(filterText(t, {}, fields)).toBe("");
    expect(cleanFilter({ regions: [], carriers: [], attempts_min: null, attempts_max: null, fields: [] })).toEqual({});
  });
  it("names every condition", () => {
    const filter = { regions: ["山东省"], carriers: ["mobile"], attempts_min: null, attempts_max: 2, fields: [{ key: "level", op: "in" as const, values: ["A", "B"] }, { key: "x", op: "filled" as const, values: [] }] };
    expect(filterText(t, filter, fields)).toBe("山东省；中国移动；最多呼过 2 次；等级 是 A、B；x 已填");
    expect(filterText(t, { attempts_min: 1, attempts_max: 3 }, fields)).toBe("呼过 1–3 次");
  });
  it("sends no values that mean nothing", () => {
    expect(cleanFilter({ fields: [{ key: "x", op: "empty", values: ["old"] }] })).toEqual({ fields: [{ key: "x", op: "empty", values: [] }] });
  });
});
