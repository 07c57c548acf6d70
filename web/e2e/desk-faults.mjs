// What goes wrong at a desk, on the real product: a page reloaded in a call, a second browser that takes the agent over, a network that is gone.
// A baresip phone calls all the while. Needs `fengling` and the web UI built: node e2e/desk-faults.mjs
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, request } from "playwright-core";
import { startCaller } from "./baresip.mjs";
import { newUser, startServer } from "./serve.mjs";
import { tone } from "./tones.mjs";

const DID = "057188001000";

async function furnish({ api }) {
  const queue = await api.post("/queues", { name: "咨询组", wrap_up_ms: 60_000, ring_ms: 20_000 });
  const nodes = { wait: { type: "queue", queue: queue.id, service: "业务咨询", on_done: "bye", on_failed: "bye" }, bye: { type: "hangup" } };
  const flow = await api.post("/flows", { name: "热线", doc: { schema: "fengling.flow/1", name: "hotline", entry: "wait", nodes } });
  await api.post(`/flows/${flow.id}/publish`, { revision: flow.revision });
  await api.post("/numbers", { number: DID, inbound_flow_id: flow.id });
  await api.post("/trunks", { name: "线路一", enabled: true, address: "127.0.0.1:9", transport: "udp", options_interval_s: 0, codecs: ["pcma"], calls_max: 10, calls_per_second_max: 10, caller_id: DID, dial_format: "national", inbound_from: ["127.0.0.1"] });
  return queue;
}

async function browser(dir, name, hz) {
  const microphone = join(dir, `${name}.wav`);
  writeFileSync(microphone, tone(hz, 48_000, 4));
  const process = await chromium.launch({
    executablePath: globalThis.process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--mute-audio", "--ignore-certificate-errors", "--autoplay-policy=no-user-gesture-required", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", `--use-file-for-fake-audio-capture=${microphone}`, "--allow-loopback-in-peer-connection"],
  });
  const context = await process.newContext({ viewport: { width: 1366, height: 768 }, ignoreHTTPSErrors: true, locale: "zh-CN", permissions: ["microphone"] });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
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

/** Sound energy that has arrived by now over the page's newest connection. */
const energy = (page) => page.evaluate(async () => {
  const stats = await window.calls.at(-1)?.getStats();
  return [...(stats?.values() ?? [])].find((s) => s.type === "inbound-rtp")?.totalAudioEnergy ?? 0;
});
async function hears(page, ms = 15_000) {
  const end = Date.now() + ms;
  for (;;) {
    const before = await energy(page);
    await page.waitForTimeout(400);
    if ((await energy(page)) > before + 0.0005) return;
    assert.ok(Date.now() < end, "nothing is heard");
  }
}

const state = (page, text) => page.locator(".dk-state b", { hasText: text }).waitFor();
const button = (page, name) => page.getByRole("button", { name, exact: true });
async function logIn(server, page, { login, password }) {
  await page.goto(`${server.base}/login`);
  await page.getByLabel("工号").fill(login);
  await page.getByLabel("密码").fill(password);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
  await page.goto(`${server.base}/agent`);
  await page.locator(".dk-bar").waitFor();
}
async function signIn(page) {
  await page.getByRole("dialog").getByRole("button", { name: "签入" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

const dir = mkdtempSync(join(tmpdir(), "fengling-desk-"));
const opened = [];
let server;
let phone;
let failed = false;
const done = (what) => { console.log(`ok    ${what}`); };
try {
  server = await startServer(dir, request);
  const queue = await furnish(server);
  const wang = await newUser(server, request, { login: "wang", name: "王小明", role: "agent" });
  const agent = await server.api.post("/agents", { number: "1001", name: "王小明", user_id: wang.user.id, enabled: true, skills: {} });
  await server.api.put(`/queues/${queue.id}/members`, [{ agent_id: agent.id, place: 0, vip_only: false, outbound: true, schedule: null }]);
  const first = await browser(dir, "first", 1_450);
  opened.push(first);
  await logIn(server, first.page, wang);
  await button(first.page, "签入").first().click();
  await signIn(first.page);
  await first.page.keyboard.press("Control+Shift+R");
  await state(first.page, "空闲");

  phone = startCaller({ dir, name: "caller", hz: 1_150, sip: server.sip, login: "13800138000", dials: DID });
  await state(first.page, "振铃");
  await button(first.page, "接听").and(first.page.locator(":enabled")).click();
  await state(first.page, "通话");
  await hears(first.page);
  done("a call is answered and heard");

  await first.page.reload();
  await state(first.page, "通话");
  await hears(first.page);
  done("a page reloaded in a call hears its caller again");

  const second = await browser(dir, "second", 1_900);
  opened.push(second);
  await logIn(server, second.page, wang);
  await second.page.getByText("坐席已在别的页面签入").waitFor();
  await button(second.page, "改到这里签入").click();
  await signIn(second.page);
  await state(second.page, "通话");
  await hears(second.page);
  await first.page.getByText("已在别处签入").waitFor({ timeout: 40_000 });
  assert.ok(await button(first.page, "挂断").isDisabled());
  done("a second browser takes the agent over with the call, and the first one stops");

  await second.context.setOffline(true);
  await second.page.getByText(/数据可能已过时|与服务器断开/).first().waitFor({ timeout: 30_000 });
  assert.ok(await button(second.page, "挂断").isDisabled());
  await second.context.setOffline(false);
  await second.page.locator(".dk-note").waitFor({ state: "detached", timeout: 40_000 });
  await state(second.page, "通话");
  await hears(second.page);
  done("a network that was gone disables the buttons and comes back to the call");

  await second.page.keyboard.press("Control+Shift+H");
  await state(second.page, "话后整理");
  await phone.hangUp();
  assert.deepEqual(opened.flatMap((o) => o.errors), []);
} catch (error) {
  failed = true;
  console.log(`FAIL  ${error.stack ?? error}`);
  for (const [n, o] of opened.entries()) {
    console.log(o.errors.join("\n"));
    await o.page.screenshot({ path: `/tmp/desk-faults-${n + 1}.png` }).catch(() => undefined);
  }
  console.log(server?.output().split("\n").slice(-25).join("\n") ?? "");
} finally {
  await phone?.hangUp().catch(() => undefined);
  await Promise.all(opened.map((o) => o.process.close()));
  await server?.stop();
  rmSync(dir, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
