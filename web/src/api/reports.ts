/** 报表: columns come from the server, so that table, screen and Excel agree. */
import { body, client } from "./http.ts";
import type { Page } from "./types.ts";

const KINDS = ["text", "count", "percent", "duration_ms", "date", "hour", "time", "phone", "code", "money"] as const;
export type ColumnKind = (typeof KINDS)[number];
export interface ReportColumn { key: string; title_zh: string; title_en: string; kind: ColumnKind }
export interface ReportTable { code: string; title_zh: string; title_en: string; columns: ReportColumn[]; rows: unknown[][]; totals?: unknown[] | null }
export type ReportParams = Record<string, string | undefined>;
export interface ReportHead { code: string; title_zh: string; title_en: string; columns: ReportColumn[] }

/** Kinds are described as any string; one that is not known here is shown as it came. */
const typed = <T extends { columns: (Omit<ReportColumn, "kind"> & { kind: string })[] }>(of: T) => ({ ...of, columns: of.columns.map((c): ReportColumn => ({ ...c, kind: KINDS.find((k) => k === c.kind) ?? "text" })) });

export const getReport = async (code: string, query: ReportParams): Promise<ReportTable> => typed(await body(client.GET("/api/v1/reports/{code}", { params: { path: { code }, query } })));
export const getReports = async (): Promise<Page<ReportHead>> => {
  const page = await body(client.GET("/api/v1/reports"));
  return { ...page, items: page.items.map(typed) };
};
/** One line of a report by the keys of its columns. */
export const rowsOf = (table: ReportTable): Record<string, unknown>[] => table.rows.map((row) => Object.fromEntries(table.columns.map((c, i) => [c.key, row[i]])));
