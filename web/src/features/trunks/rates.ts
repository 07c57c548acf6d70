import type { Route } from "@/api/types.ts";

/** Thousandths of a yuan as people read them. */
export const yuan = (thousandths: number): string => `¥${(thousandths / 1000).toFixed(3)}`;

export const minuteText = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

/** `08:00` → 480; null where it is no time of day. */
export function minuteOf(text: string): number | null {
  const m = /^([01]?\d|2[0-3])[:：]([0-5]\d)$/.exec(text.trim());
  return m ? Number(m[1]) * 60 + Number(m[2]) : null;
}

/** `138`, `010`, `8610`, `+8610` → how a number begins in E.164, as the import of rates reads it; null where it is no prefix. */
export function prefixOf(text: string): string | null {
  const plain = text.replaceAll(/[\s-]/g, "");
  if (!/^\+?\d{0,15}$/.test(plain) || plain === "+") return null;
  if (plain === "" || plain.startsWith("+")) return plain;
  if (plain.startsWith("00")) return `+${plain.slice(2)}`;
  if (plain.startsWith("0")) return `+86${plain.slice(1)}`;
  return plain.startsWith("86") ? `+${plain}` : `+86${plain}`;
}

/** When a rate is valid; empty: all day. */
export const hours = (r: Pick<Route, "from_minute" | "until_minute">): string =>
  r.from_minute === r.until_minute ? "" : `${minuteText(r.from_minute)}–${minuteText(r.until_minute)}`;
