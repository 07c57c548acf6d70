// A Chromium of its own for one phone: the fake microphone belongs to the process.
import { chromium } from "playwright-core";

const REGISTER_MS = 20_000;
const METHODS = ["call", "talking", "hears", "level", "speak", "silence", "onset", "press", "hangUp", "over", "stats"];

/** Opens the web UI of the server at `base`, puts `script` into it and registers. */
export async function openPhone({ base, script, microphone, number, login, password }) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox", "--mute-audio", "--ignore-certificate-errors", "--autoplay-policy=no-user-gesture-required", "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream", `--use-file-for-fake-audio-capture=${microphone}`, "--allow-loopback-in-peer-connection",
    ],
  });
  const context = await browser.newContext({ ignoreHTTPSErrors: true, bypassCSP: true, permissions: ["microphone"] });
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (e) => errors.push(`${number}: ${e.message}`));
  page.on("console", (m) => { if (m.type() === "error") errors.push(`${number}: ${m.text()}`); });
  const account = { url: `${base.replace(/^http/, "ws")}/sip`, user: login, password };
  // A page of the server's own: Chromium keeps documents of unknown origin from local addresses.
  const register = async () => {
    await page.addScriptTag({ content: script });
    await page.evaluate(([a, ms]) => window.phone.start(a, ms), [account, REGISTER_MS]);
  };
  await page.goto(base);
  await register();
  const ask = (method) => (...args) => page.evaluate(([m, a]) => window.phone[m](...a), [method, args]);
  return {
    number,
    errors,
    ...Object.fromEntries(METHODS.map((m) => [m, ask(m)])),
    /** As a person does, without a word of signalling. */
    reload: async () => {
      await page.reload();
      await register();
    },
    close: () => browser.close(),
  };
}
