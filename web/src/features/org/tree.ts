/** What the screens make of the flat list of units. Pure. */
import type { OrgUnit } from "@/api/org.ts";
import type { Scope } from "@/api/types.ts";
import { L } from "@/format/words.ts";

export const scopeText: Record<Scope, string> = { self: L("仅本人"), unit: L("本部门"), below: L("本部门及下级"), all: L("全部") };

export type Node = OrgUnit & { children?: Node[] };

const key = (u: OrgUnit): number | null => u.parent_id ?? null;

/** Those at the top, each with what is below it, by name. */
export function treeOf(units: readonly OrgUnit[]): Node[] {
  const children = new Map<number | null, OrgUnit[]>();
  for (const u of units) children.set(key(u), [...(children.get(key(u)) ?? []), u]);
  const grow = (parent: number | null): Node[] =>
    (children.get(parent) ?? []).sort((a, b) => a.name.localeCompare(b.name, "zh-CN")).map((u) => {
      const below = grow(u.id);
      return below.length > 0 ? { ...u, children: below } : { ...u };
    });
  return grow(null);
}

/** The unit and everything below it. */
export function below(units: readonly OrgUnit[], top: number): Set<number> {
  const found = new Set([top]);
  for (let grown = true; grown;) {
    grown = false;
    for (const u of units) {
      if (u.parent_id != null && found.has(u.parent_id) && !found.has(u.id)) {
        found.add(u.id);
        grown = true;
      }
    }
  }
  return found;
}

/** In the order of the tree, each by its whole way from the top: `客服中心 / 一部`. */
export function paths(units: readonly OrgUnit[]): { value: number; label: string }[] {
  const walk = (nodes: readonly Node[], way: string): { value: number; label: string }[] =>
    nodes.flatMap((n) => [{ value: n.id, label: way + n.name }, ...walk(n.children ?? [], `${way}${n.name} / `)]);
  return walk(treeOf(units), "");
}
