// The rules of dialling over the invented API, with pictures: node e2e/rules-walk.mjs [directory]. Needs a build.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { start } from "./mock-server.mjs";
import { runSteps } from "./steps.mjs";

const port = 18_347;
const base = `http://127.0.0.1:${port}`;
const shots = process.argv[2];
if (shots) mkdirSync(shots, { recursive: true });
const mock = await start(port);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1366, height: 768 }, locale: "zh-CN" });
const errors = [];
page.on("pageerror", (e) => errors.push(e.message));
const button = (name) => page.getByRole("button", { name: new RegExp(`(^| )${name}( |$)`) });
const shot = async (name) => { if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true }); };

async function sent(method, path, act) {
  const [request] = await Promise.all([page.waitForRequest((r) => r.method() === method && path.test(new URL(r.url()).pathname), { timeout: 15_000 }), act()]);
  return request.postDataJSON?.() ?? null;
}

const TESTS = {
  "a task's rules, pool, refusals and ledger stand on one page": async () => {
    await page.goto(`${base}/campaigns/101/rules`);
    await page.getByText("不在允许的呼叫时段").waitFor();
    await page.getByText("到号码里恢复").waitFor();
    await page.getByText("呼损率超过 3% 的上限").waitFor();
    await page.getByText("本任务免呼").first().waitFor();
    await shot("rules");
  },
  "rules are sent with the rest of the campaign": async () => {
    await page.goto(`${base}/campaigns/101/rules`);
    await page.getByLabel("每人每天最多").fill("1");
    await page.getByLabel("只呼叫已同意的号码").click();
    const body = await sent("PUT", /campaigns\/101$/, () => button("保存规则").click());
    assert.equal(body.revision, 3);
    assert.equal(body.name, "轨道交通三号线机电设备采购评标专家通知");
    assert.deepEqual([body.dial_rules.contact_per_day_max, body.dial_rules.consent_required, body.dial_rules.local_presence], [1, true, true]);
    assert.deepEqual(body.dial_rules.refusal_results, ["decline"]);
    assert.ok(!("progress" in body));
  },
  "the overview says what was refused": async () => {
    await page.goto(`${base}/campaigns/101`);
    await page.getByText("没有拨出的呼叫").waitFor();
    await shot("overview");
  },
  "an empty task has words for each part": async () => {
    await page.goto(`${base}/campaigns/107/rules`);
    await page.getByText("还没有被拦下的呼叫").waitFor();
    await page.getByText("没有选主叫号码").waitFor();
    await page.getByText("没有呼损").waitFor();
    await shot("rules-empty");
  },
  "a sheet is brought onto the task's list": async () => {
    await page.goto(`${base}/campaigns/101/rules`);
    await page.getByText("本任务免呼").first().waitFor();
    const body = await sent("POST", /list-entries\/import$/, () => page.setInputFiles("input[type=file]", { name: "免呼.csv", mimeType: "text/csv", buffer: Buffer.from("13800138000,投诉\n") }));
    assert.deepEqual([body.kind, body.campaign_id, body.text], ["exempt", 101, "13800138000,投诉\n"]);
  },
  "lists of the house are the first tenant's": async () => {
    await page.goto(`${base}/lists?kind=exempt`);
    await page.getByText("全局（所有单位）").click();
    const [request] = await Promise.all([page.waitForRequest((r) => r.url().includes("everywhere=true")), page.reload()]);
    assert.ok(request.url().includes("kind=exempt"));
    await shot("lists");
  },
  "a number is taken out of use and restored": async () => {
    await page.goto(`${base}/trunks?tab=numbers`);
    await button("停用").first().click();
    const body = await sent("POST", /numbers\/1\/flag$/, () => page.locator(".ant-modal-confirm .ant-btn-primary").click());
    assert.deepEqual(body, { note: "" });
    await page.getByText("被标记骚扰").waitFor();
    await shot("numbers");
  },
  "the limits of the tenant have what is new": async () => {
    await page.goto(`${base}/settings?section=compliance`);
    await page.getByLabel("呼损率上限").waitFor();
    await shot("compliance");
  },
};

await runSteps("rules-walk", TESTS, { page, errors, close: async () => { await browser.close(); mock.close(); } });
