// Writes a brotli twin beside every text asset of dist, for the server to send as it is, and states the weight of a first visit.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

const FIRST_LOAD_KB_MAX = 310;
const dist = fileURLToPath(new URL("../dist", import.meta.url));

function files(dir) {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

const sizes = new Map();
for (const path of files(dist).filter((p) => /\.(js|css|html|svg|json)$/.test(p))) {
  const text = readFileSync(path);
  const packed = brotliCompressSync(text, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length },
  });
  writeFileSync(`${path}.br`, packed);
  sizes.set(path.slice(dist.length), packed.length);
}

const html = readFileSync(join(dist, "index.html"), "utf8");
const first = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((m) => m[1]);
const kb = first.reduce((sum, f) => sum + (sizes.get(f) ?? 0), sizes.get("/index.html") ?? 0) / 1024;
console.log(`first load ${kb.toFixed(0)} KB brotli (${first.length} files), limit ${FIRST_LOAD_KB_MAX} KB; ${sizes.size} files packed`);
if (kb > FIRST_LOAD_KB_MAX) process.exit(1);
