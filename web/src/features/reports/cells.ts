/** Values of a report as people read them. Pure. */
import type { ReportColumn } from "@/api/reports.ts";
import { yuan } from "@/features/sales/money.ts";
import { count, dateTime, duration, phone } from "@/format/text.ts";

/** What a cell shows. Codes become words by `word`, which knows the column; within one day a time needs no date. */
export function cellText(column: ReportColumn, value: unknown, word: (key: string, code: string) => string, oneDay = false): string {
  if (value === null || value === undefined || value === "") return "—";
  switch (column.kind) {
    case "count":
      return count(Number(value));
    case "percent":
      return `${String(value)}%`;
    case "money":
      return yuan(Number(value));
    case "duration_ms":
      return duration(Number(value));
    case "hour":
      return `${String(value)}:00`;
    case "time":
      return dateTime(String(value), true).slice(oneDay ? 11 : 0);
    case "phone":
      return phone(String(value));
    case "code":
      return word(column.key, String(value));
    default:
      return String(value);
  }
}

export const isFigure = (column: ReportColumn): boolean => ["count", "percent", "duration_ms", "money"].includes(column.kind);

/** For sorting: figures by size, the rest by text; nothing comes last. */
export function compare(a: unknown, b: unknown): number {
  if (a == null || b == null) return a == null ? (b == null ? 0 : 1) : -1;
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), "zh");
}

/** How wide a column should be: its widest word among the first rows, within reason. */
export function widthOf(title: string, texts: readonly string[]): number {
  const len = (s: string) => [...s].reduce((sum, c) => sum + (c.charCodeAt(0) > 255 ? 13 : 7.5), 0);
  const widest = Math.max(len(title) + 26, ...texts.slice(0, 60).map(len));
  return Math.round(Math.min(260, Math.max(64, widest + 18)));
}
