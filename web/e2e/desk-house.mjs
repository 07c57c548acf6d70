// Agents at their desks in real browsers, on the real product: what day.mjs, desk-faults.mjs and desk-talks.mjs share.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, request } from "playwright-core";
import { startServer } from "./serve.mjs";
import { tone } from "./tones.mjs";

export const DID = "057188001000";

/** A hotline with a group behind it; what is dialled outside comes back in over the only line, at any hour. */
export async function furnish({ api, sip }, wrap_up_ms = 60_000) {
  const { compliance } = await api.get("/settings");
  await api.put("/settings/compliance", { ...compliance, hours_from: "00:00", hours_to: "24:00" });
  const queue = await api.post("/queues", { name: "咨询组", wrap_up_ms, ring_ms: 20_000 });
  const nodes = { wait: { type: "queue", queue: queue.id, service: "业务咨询", on_done: "bye", on_failed: "bye" }, bye: { type: "hangup" } };
  const flow = await api.post("/flows", { name: "热线", doc: { schema: "fengling.flow/1", name: "hotline", entry: "wait", nodes } });
  await api.post(`/flows/${flow.id}/publish`, { revision: flow.revision });
  await api.post("/numbers", { number: DID, inbound_flow_id: flow.id });
  await api.post("/trunks", { name: "线路一", enabled: true, address: sip, transport: "udp", options_interval_s: 0, codecs: ["pcma"], calls_max: 10, calls_per_second_max: 10, caller_id: DID, dial_format: "national", inbound_from: ["127.0.0.1"] });
  return queue;
}

export async function browser(dir, name, hz) {
  const microphone = join(dir, `${name}.wav`);
  writeFileSync(microphone, tone(hz, 48_000, 4));
  const process = await chromium.launch({
    executablePath: globalThis.process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--mute-audio", "--ignore-certificate-errors", "--autoplay-policy=no-user-gesture-required", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", `--use-file-for-fake-audio-capture=${microphone}`, "--allow-loopback-in-peer-connection"],
  });
  const context = await process.newContext({ viewport: { width: 1366, height: 768 }, ignoreHTTPSErrors: true, locale: "zh-CN", timezoneId: "Asia/Shanghai", permissions: ["microphone", "notifications"] });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const errors = [];
  page.on("pageerror", (e) => errors.push(`${name}: ${e.message}`));
  page.on("dialog", (d) => void d.accept());
  // The page keeps its phone to itself: its connections are watched from below.
  await page.addInitScript(() => {
    const Own = window.RTCPeerConnection;
    window.calls = [];
    window.RTCPeerConnection = class extends Own {
      constructor(...args) {
        super(...args);
        window.calls.push(this);
      }
    };
  });
  return { process, context, page, errors };
}

/** Sound energy that has arrived by now over the page's newest connection. A desk's noise suppression takes a lone tone for noise: little is left of it. */
const energy = (page) => page.evaluate(async () => {
  const stats = await window.calls.at(-1)?.getStats();
  return [...(stats?.values() ?? [])].find((s) => s.type === "inbound-rtp")?.totalAudioEnergy ?? 0;
});
export async function hears(page, ms = 15_000) {
  const end = Date.now() + ms;
  for (;;) {
    const before = await energy(page);
    await page.waitForTimeout(400);
    if ((await energy(page)) > before + 0.0001) return;
    assert.ok(Date.now() < end, "nothing is heard");
  }
}

export const state = (page, text) => page.locator(".dk-state b", { hasText: text }).waitFor();
export const button = (page, name) => page.getByRole("button", { name, exact: true });
export async function logIn(server, page, { login, password }, path = "/agent") {
  await page.goto(`${server.base}/login`);
  await page.getByLabel("工号").fill(login);
  await page.getByLabel("密码").fill(password);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
  await page.goto(`${server.base}${path}`);
  await page.locator(".dk-bar").waitFor();
}
export async function signIn(page) {
  await page.getByRole("dialog").getByRole("button", { name: "签入" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

/**
 * Runs a walk in a house of its own and ends the process with what came of it: `run` gets the house and notes in it the phone that calls, and
 * in `opened` each browser. A page that failed leaves a picture.
 */
export async function walk(name, run) {
  const dir = mkdtempSync(join(tmpdir(), `fengling-${name}-`));
  const house = { dir, opened: [], phone: null, server: null, done: (what) => { console.log(`ok    ${what}`); } };
  let failed = false;
  try {
    house.server = await startServer(dir, request);
    await run(house);
    assert.deepEqual(house.opened.flatMap((o) => o.errors), []);
  } catch (error) {
    failed = true;
    console.log(`FAIL  ${error.stack ?? error}`);
    for (const [n, o] of house.opened.entries()) {
      console.log(o.errors.join("\n"));
      await o.page.screenshot({ path: `/tmp/${name}-${n + 1}.png` }).catch(() => undefined);
    }
    console.log(house.server?.output().split("\n").slice(-25).join("\n") ?? "");
  } finally {
    await house.phone?.hangUp().catch(() => undefined);
    await Promise.all(house.opened.map((o) => o.process.close()));
    await house.server?.stop();
    rmSync(dir, { recursive: true, force: true });
  }
  process.exit(failed ? 1 : 0);
}
