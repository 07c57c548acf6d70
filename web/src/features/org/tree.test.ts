import { describe, expect, it } from "vitest";
import type { OrgUnit } from "@/api/org.ts";
import { below, paths, treeOf } from "./tree.ts";

const unit = (id: number, name: string, parent_id: number | null = null): OrgUnit => ({ id, tenant_id: 1, parent_id, name, created_at: "2026-11-21T08:00:00Z", revision: 1 });
const units = [unit(3, "甲班", 2), unit(1, "客服中心"), unit(2, "一部", 1), unit(4, "二部", 1), unit(5, "外呼中心")];

describe("the organisation", () => {
  it("is a tree whose leaves unfold nothing", () => {
    const tree = treeOf(units);
    expect(tree.map((n) => n.name)).toEqual(["客服中心", "外呼中心"]);
    expect(tree[0]?.children?.map((n) => n.id).sort()).toEqual([2, 4]);
    expect(tree[1] && "children" in tree[1]).toBe(false);
  });
  it("names each unit by its whole way", () => {
    expect(paths(units).map((p) => p.label)).toContain("客服中心 / 一部 / 甲班");
    expect(paths(units)).toHaveLength(5);
  });
  it("counts grandchildren among those below", () => {
    expect([...below(units, 1)].sort()).toEqual([1, 2, 3, 4]);
    expect([...below(units, 5)]).toEqual([5]);
  });
});
