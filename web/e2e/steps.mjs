// The steps of a walk over the invented API: each is told as it ends; one that failed leaves a picture, and the others go on.
import assert from "node:assert/strict";

/** Runs `steps` on `page` and ends the process: 0 when all were well and the page threw none of `errors`. */
export async function runSteps(name, steps, { page, errors, close }) {
  let failed = 0;
  for (const [step, run] of Object.entries(steps)) {
    errors.length = 0;
    try {
      await run();
      assert.deepEqual(errors, []);
      console.log(`ok   ${step}`);
    } catch (e) {
      failed += 1;
      await page.screenshot({ path: `/tmp/${name}-${failed}.png` });
      console.log(`FAIL ${step}\n     ${String(e.message).split("\n").slice(0, 8).join("\n     ")}`);
    }
  }
  await close();
  process.exit(failed > 0 ? 1 : 0);
}
