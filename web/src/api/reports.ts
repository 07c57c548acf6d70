/** 报表: columns come from the server, so that table, screen and Excel agree. */
import { body } from "./http.ts";
import { open } from "./open.ts";
import type { Page } from "./types.ts";

export type ColumnKind = "text" | "count" | "percent" | "duration_ms" | "date" | "hour" | "time" | "phone" | "code";
export interface ReportColumn { key: string; title_zh: string; title_en: string; kind: ColumnKind }
export interface ReportTable { code: string; title_zh: string; title_en: string; columns: ReportColumn[]; rows: unknown[][]; totals?: unknown[] | null }
export type ReportParams = Record<string, string | undefined>;

export const getReport = (code: string, query: ReportParams): Promise<ReportTable> => body(open.GET<ReportTable>("/api/v1/reports/{code}", { params: { path: { code }, query } }));
/** One line of a report by the keys of its columns. */
export const rowsOf = (table: ReportTable): Record<string, unknown>[] => table.rows.map((row) => Object.fromEntries(table.columns.map((c, i) => [c.key, row[i]])));
export interface ReportHead { code: string; title_zh: string; title_en: string; columns: ReportColumn[] }
export const getReports = (): Promise<Page<ReportHead>> => body(open.GET<Page<ReportHead>>("/api/v1/reports"));
