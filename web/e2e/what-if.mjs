// A leader tries other settings on past days of a task, over the invented API: node e2e/what-if.mjs [directory for pictures]. Needs a build.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { start } from "./mock-server.mjs";
import { runSteps } from "./steps.mjs";

const out = process.argv[2];
if (out) mkdirSync(out, { recursive: true });
const port = 18_323;
const base = `http://127.0.0.1:${port}`;
const mock = await start(port);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1366, height: 768 }, locale: "zh-CN", timezoneId: "Asia/Shanghai" });
page.setDefaultTimeout(12_000);
const errors = [];
page.on("pageerror", (e) => errors.push(`${page.url()}: ${e.message}`));
page.on("console", (m) => { if (m.type() === "error" && !m.text().includes("409")) errors.push(`${page.url()}: ${m.text()}`); });
const button = (name, on = page) => on.getByRole("button", { name: new RegExp(`(^| )${name}( |$)`) });
const option = (text) => page.locator(".ant-select-dropdown:visible .ant-select-item-option").filter({ hasText: text }).first().click();
const shot = async (name) => {
  if (!out) return;
  await page.waitForTimeout(350);
  await page.screenshot({ path: `${out}/${name}.png`, fullPage: true });
};
async function sent(method, path, act) {
  const [request] = await Promise.all([page.waitForRequest((r) => r.method() === method && path.test(new URL(r.url()).pathname)), act()]);
  return request.postDataJSON();
}

const TESTS = {
  "a task that was never tried says how to begin, with a first variant to hand": async () => {
    await page.goto(`${base}/campaigns/207/rules`);
    await page.getByRole("tab", { name: "试算" }).click();
    await page.getByText("还没有试算过").waitFor();
    assert.equal(await page.locator(".wi-variants tbody tr").count(), 2);
    await shot("empty");
  },
  "where history is missing it says which, how much there is and how much it takes": async () => {
    await page.goto(`${base}/campaigns/201/what-if`);
    await page.getByText("真人接听：有 84，至少要 200").waitFor();
    await page.getByText("坐席在岗：有 2，至少要 4 小时").waitFor();
    await shot("missing");
  },
  "a task whose agents decide cannot be tried, and says so": async () => {
    await page.goto(`${base}/campaigns/203/what-if`);
    await page.getByText("这个任务不能试算").waitFor();
    assert.equal(await page.getByRole("tab", { name: "试算" }).count(), 0);
  },
  "variants are set side by side and sent in the server's units": async () => {
    await page.goto(`${base}/campaigns/202/what-if`);
    await page.getByLabel("方案 A 呼损上限").fill("2.5");
    await button("加一个方案").click();
    await button("加一个方案").click();
    await page.getByLabel("方案 B 倍率").fill("1.2");
    await page.getByLabel("方案 C 拨打方式").click();
    await option("渐进");
    await page.getByLabel("方案 C 坐席增减").fill("-4");
    await page.getByLabel("方案 C 整理限时", { exact: true }).check();
    await page.getByLabel("方案 C 整理限时 秒").fill("15");
    await page.getByLabel("方案 C 最长振铃").fill("25");
    await shot("variants");
    const body = await sent("POST", /campaigns\/202\/what-if$/, () => button("开始试算").click());
    assert.deepEqual(body.variants.map((v) => v.mode), ["predictive", "power", "progressive"]);
    assert.equal(body.variants[0].pacing.abandon_percent_max, 2.5);
    assert.equal(body.variants[1].pacing.ratio, 1.2);
    assert.deepEqual([body.variants[2].agents_change, body.variants[2].wrap_up_ms_max, body.variants[2].ring_ms_max], [-4, 15_000, 25_000]);
    assert.equal(Date.parse(body.until) - Date.parse(body.from), 86_400_000, "yesterday, whole");
    assert.equal(new Date(body.from).toISOString().slice(11), "16:00:00.000Z", "from midnight here");
  },
  "it tells how far it is, then what came of it, the best one marked": async () => {
    await page.getByText(/已重演 \d+ \/ 32 遍/).waitFor();
    await shot("running");
    await page.getByText("重演与实际吻合").waitFor();
    const rows = page.locator(".wi-table tbody tr");
    assert.equal(await rows.count(), 5);
    assert.match(await rows.nth(2).innerText(), /方案 A[\s\S]*预测[\s\S]*最好/);
    assert.equal(await page.locator(".wi-table tr.best").count(), 1);
    await rows.first().getByText("呼损超上限").waitFor();
    await page.getByText("这些天里改过任务").waitFor();
    await page.getByRole("img", { name: "各方案的忙碌率与呼损" }).waitFor();
    await page.getByRole("img", { name: "按小时的忙碌率" }).waitFor();
    await page.getByText("通话", { exact: true }).last().click();
    await page.getByRole("img", { name: "按小时的通话" }).waitFor();
    await shot("result");
  },
  "a variant is taken over into the running task once it is confirmed; people are not": async () => {
    await button("套用方案 C").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("任务正在运行").waitFor();
    await dialog.getByText("坐席人数要靠排班增减").waitFor();
    await dialog.getByText("整理限时在坐席组里设置").waitFor();
    await shot("apply");
    const body = await sent("PUT", /campaigns\/202$/, () => button("套 ?用", dialog).click());
    assert.deepEqual([body.mode, body.ring_ms_max, body.queue_id, body.revision], ["progressive", 25_000, 2, 3]);
    assert.equal(body.pacing.harbour, "");
    await page.getByText("已套用到任务").waitFor();
    await page.locator("h1").getByText("渐进").waitFor();
    await button("套用方案 C").and(page.locator(":disabled")).waitFor();
  },
  "more than seven days are refused before they are asked for; five variants too": async () => {
    await button("加一个方案").click();
    assert.ok(await button("加一个方案").isDisabled());
    const range = page.getByLabel("用哪几天").first();
    await range.click();
    await page.keyboard.press("Control+A");
    await page.keyboard.type("2026-11-01");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("2026-11-20");
    await page.keyboard.press("Enter");
    await page.getByText("一次最多 7 天").waitFor();
    assert.ok(await button("开始试算").isDisabled());
  },
  "another one under way is said, and one's own can be given up": async () => {
    await page.goto(`${base}/campaigns/202/what-if`);
    await page.getByLabel("方案 C 坐席增减").fill("99");
    await button("开始试算").click();
    await page.getByText("本单位有一个试算正在进行").waitFor();
    await page.getByLabel("方案 C 坐席增减").fill("2");
    await button("加一个方案").click();
    await sent("POST", /what-if$/, () => button("开始试算").click());
    await sent("DELETE", /what-if$/, () => button("取消试算").click());
    await page.getByText("试算已取消").waitFor();
  },
  "in English": async () => {
    await page.evaluate(() => { window.localStorage.setItem("fengling.lang", "en"); });
    await page.goto(`${base}/campaigns/202/what-if`);
    await page.getByText("Past days, other settings").waitFor();
    await page.goto(`${base}/campaigns/201/what-if`);
    await page.getByText("Talks with agents: 61 there, 100 needed").waitFor();
    await shot("english");
  },
};

await runSteps("what-if", TESTS, { page, errors, close: async () => { await browser.close(); mock.close(); } });
