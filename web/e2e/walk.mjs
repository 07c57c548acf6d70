// A person's walk through the real demo, in a real browser: node e2e/walk.mjs [--shots <directory>]. Needs `fengling` and web/dist built.
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDemo } from "./demo.mjs";
import { openBrowser, screen } from "./screen.mjs";
import { arriving, calling } from "./walk-campaign.mjs";
import { calls, files } from "./walk-calls.mjs";
import { places } from "./walk-places.mjs";

const at = process.argv.indexOf("--shots");
const shots = at > 0 ? process.argv[at + 1] : undefined;
if (shots) mkdirSync(shots, { recursive: true });

const EXPERTS = 30;
const started = Date.now();
const seconds = () => ((Date.now() - started) / 1000).toFixed(0).padStart(3);

let passed = 0;
let failed = 0;
let demo;
let open;
try {
  demo = await startDemo(EXPERTS, 0.25);
  open = await openBrowser(shots ? 2 : 1);
  const { page, errors } = open;
  page.on("dialog", (d) => void d.accept());
  const shot = async (name) => { if (shots) { await page.waitForTimeout(700); await page.screenshot({ path: join(shots, `${name}.png`) }); } };
  const walk = { demo, page, errors, shot, see: screen(page), experts: EXPERTS, kept: {} };
  for (const [name, step] of Object.entries({ ...arriving, ...places, ...calls, ...calling, ...files })) {
    errors.length = 0;
    try {
      await step(walk);
      if (errors.length > 0) throw new Error(`the page complained: ${[...new Set(errors)].join("; ")}`);
      passed += 1;
      console.log(`${seconds()} s  ok    ${name}`);
    } catch (error) {
      failed += 1;
      const picture = join(mkdtempSync(join(tmpdir(), "fengling-walk-failed-")), "page.png");
      await page.screenshot({ path: picture }).catch(() => undefined);
      console.log(`${seconds()} s  FAIL  ${name}\n${String(error.message).split("\n").slice(0, 14).join("\n")}\n      at ${page.url()}, seen in ${picture}`);
      // Later steps stand on the earlier ones.
      if (step.needed) break;
      await page.goto(demo.base);
    }
  }
} catch (error) {
  failed += 1;
  console.log(`FAIL  ${error.message}`);
} finally {
  await open?.browser.close();
  if (failed > 0) console.log(demo?.output().split("\n").slice(-30).join("\n") ?? "");
  await demo?.stop();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
