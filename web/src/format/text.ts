/** Numbers, times and phone numbers as people read them. Pure: the time zone is the browser's, the time is handed in. */

const pad = (n: number) => String(n).padStart(2, "0");

/** `+8613800138000` → `138 0013 8000`, `+8601088886666` → `010 8888 6666`; masked digits stay masked. */
export function phone(raw: string | null | undefined): string {
  if (!raw) return "—";
  const bare = raw.replace(/[\s-]/g, "");
  const national = bare.replace(/^\+?86(?=[\d*]{10,12}$)/, "");
  if (/^1[\d*]{10}$/.test(national)) return `${national.slice(0, 3)} ${national.slice(3, 7)} ${national.slice(7)}`;
  if (/^400[\d*]{7}$/.test(national)) return `400 ${national.slice(3, 6)} ${national.slice(6)}`;
  const fixed = national.replace(/^0/, "");
  if (bare.startsWith("+86") || national.startsWith("0")) {
    const area = /^(10|2\d)/.test(fixed) ? 2 : 3;
    const rest = fixed.slice(area);
    if (rest.length >= 7 && rest.length <= 8) {
      return `0${fixed.slice(0, area)} ${rest.slice(0, rest.length - 4)} ${rest.slice(-4)}`;
    }
  }
  return raw;
}

export const isMasked = (raw: string): boolean => raw.includes("*");

export function count(n: number | null | undefined): string {
  return n == null ? "—" : n.toLocaleString("en-US");
}

export function percent(part: number, whole: number, digits = 1): string {
  if (whole <= 0) return "—";
  const value = (part / whole) * 100;
  return `${value.toFixed(value === 100 || value === 0 ? 0 : digits)}%`;
}

/** `75000` → `1:15`, `3700000` → `1:01:40`. */
export function duration(ms: number | null | undefined): string {
  if (ms == null || ms < 0) return "—";
  const s = Math.round(ms / 1000);
  const h = Math.floor(s / 3600);
  const m = Math.floor((s % 3600) / 60);
  return h > 0 ? `${h}:${pad(m)}:${pad(s % 60)}` : `${m}:${pad(s % 60)}`;
}

export function between(from: string | null | undefined, to: string | null | undefined): number | null {
  if (!from || !to) return null;
  return Math.max(0, Date.parse(to) - Date.parse(from));
}

export function dateTime(at: string | null | undefined, seconds = false): string {
  if (!at) return "—";
  const d = new Date(at);
  if (Number.isNaN(d.getTime())) return at;
  const day = `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}`;
  return `${day} ${pad(d.getHours())}:${pad(d.getMinutes())}${seconds ? `:${pad(d.getSeconds())}` : ""}`;
}

/** Today's times without the date, this year's without the year. */
export function shortTime(at: string | null | undefined, now: Date): string {
  if (!at) return "—";
  const d = new Date(at);
  if (Number.isNaN(d.getTime())) return at;
  const clock = `${pad(d.getHours())}:${pad(d.getMinutes())}:${pad(d.getSeconds())}`;
  if (d.toDateString() === now.toDateString()) return clock;
  const day = `${pad(d.getMonth() + 1)}-${pad(d.getDate())}`;
  return d.getFullYear() === now.getFullYear() ? `${day} ${clock.slice(0, 5)}` : `${d.getFullYear()}-${day}`;
}

export function clock(at: string): string {
  const d = new Date(at);
  return `${pad(d.getHours())}:${pad(d.getMinutes())}:${pad(d.getSeconds())}.${String(d.getMilliseconds()).padStart(3, "0")}`;
}

export function bytes(n: number): string {
  if (n < 1024) return `${n} B`;
  if (n < 1024 * 1024) return `${(n / 1024).toFixed(0)} KB`;
  return `${(n / 1024 / 1024).toFixed(1)} MB`;
}

/** Seconds as the largest whole unit: `900` → `{15, "minute"}`. */
export function delayUnit(seconds: number): { value: number; unit: "second" | "minute" | "hour" | "day" } {
  if (seconds > 0 && seconds % 86_400 === 0) return { value: seconds / 86_400, unit: "day" };
  if (seconds > 0 && seconds % 3600 === 0) return { value: seconds / 3600, unit: "hour" };
  if (seconds > 0 && seconds % 60 === 0) return { value: seconds / 60, unit: "minute" };
  return { value: seconds, unit: "second" };
}

export const UNIT_SECONDS = { second: 1, minute: 60, hour: 3600, day: 86_400 } as const;

/** Splits pasted text into phone numbers: one a line, or parted by commas, semicolons or blanks. */
export function splitNumbers(text: string): string[] {
  const seen = new Set<string>();
  for (const part of text.split(/[\n,;，；、\t]+/)) {
    const number = part.replace(/[\s-]/g, "");
    if (number) seen.add(number);
  }
  return [...seen];
}
