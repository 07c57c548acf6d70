/** What came in today, by group: the report of the day as the wall shows it. Pure. */
import { rowsOf, type ReportTable } from "@/api/reports.ts";

export interface Today { offered: number; answered: number; abandoned: number }
const NONE: Today = { offered: 0, answered: 0, abandoned: 0 };

const number = (v: unknown): number => (typeof v === "number" ? v : 0);

export function todayByQueue(table: ReportTable | undefined): Map<string, Today> {
  const by = new Map<string, Today>();
  for (const row of table ? rowsOf(table) : []) {
    const name = String(row.queue ?? "");
    const before = by.get(name) ?? NONE;
    by.set(name, { offered: before.offered + number(row.offered), answered: before.answered + number(row.answered), abandoned: before.abandoned + number(row.abandoned) });
  }
  return by;
}

export function sumToday(by: ReadonlyMap<string, Today>): Today {
  let sum = NONE;
  for (const d of by.values()) sum = { offered: sum.offered + d.offered, answered: sum.answered + d.answered, abandoned: sum.abandoned + d.abandoned };
  return sum;
}

/** Which of the groups are on the wall now, when they are more than fit: one page after the other. */
export function turn<T>(items: readonly T[], perPage: number, now: number, pageMs: number): { shown: T[]; page: number; pages: number } {
  const pages = Math.max(1, Math.ceil(items.length / perPage));
  const page = Math.floor(now / pageMs) % pages;
  return { shown: items.slice(page * perPage, (page + 1) * perPage), page, pages };
}
