// Writes a brotli twin beside every text asset of dist, for the server to send as it is, and holds the weight of a first visit to its limit.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

const FIRST_LOAD_KB_MAX = { "src/app/start.tsx": 310, "src/features/booking/start.tsx": 110 };
const dist = fileURLToPath(new URL("../dist", import.meta.url));

function files(dir) {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

const sizes = new Map();
for (const path of files(dist).filter((p) => /\.(js|css|html|svg|json)$/.test(p) && !p.includes(".vite"))) {
  const text = readFileSync(path);
  const packed = brotliCompressSync(text, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length },
  });
  writeFileSync(`${path}.br`, packed);
  sizes.set(path.slice(dist.length), packed.length);
}

// What a first visit to each of the two apps fetches: its start, and all that is imported with it.
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));
rmSync(join(dist, ".vite"), { recursive: true });
function fetched(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) fetched(next, seen);
  return seen;
}
for (const [app, max] of Object.entries(FIRST_LOAD_KB_MAX)) {
  const first = new Set(["/index.html"]);
  for (const key of fetched("index.html", fetched(app))) for (const file of [manifest[key].file, ...(manifest[key].css ?? [])]) first.add(`/${file}`);
  const kb = [...first].reduce((sum, file) => sum + (sizes.get(file) ?? 0), 0) / 1024;
  console.log(`first load of ${app}: ${kb.toFixed(0)} KB brotli (${first.size} files), limit ${max} KB`);
  if (kb > max) process.exitCode = 1;
}
console.log(`${sizes.size} files packed`);
