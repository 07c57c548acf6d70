// @vitest-environment node
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { en } from "./en.ts";

const root = join(fileURLToPath(new URL(".", import.meta.url)), "..");
const files = (dir: string): string[] =>
  readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    return statSync(path).isDirectory() ? files(path) : /\.tsx?$/.test(name) && !name.includes(".test.") ? [path] : [];
  });

const used = new Set<string>();
for (const path of files(root)) {
  for (const m of readFileSync(path, "utf8").matchAll(/\b(?:t|L)\(\s*"((?:[^"\\]|\\.)*)"/g)) used.add(JSON.parse(`"${m[1] ?? ""}"`) as string);
}

describe("translations", () => {
  it("has English for every text on the screens", () => {
    expect([...used].filter((key) => !(key in en))).toEqual([]);
  });

  it("keeps no English that nobody shows", () => {
    expect(Object.keys(en).filter((key) => !used.has(key))).toEqual([]);
  });

  it("keeps every placeholder", () => {
    const holes = (s: string) => [...s.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map((m) => m[1]).sort().join();
    expect(Object.entries(en).filter(([k, v]) => holes(k) !== holes(v))).toEqual([]);
  });
});
