// A leader reads a campaign's page, exports, keeps products and orders; an agent takes an order: node e2e/results.mjs [directory for pictures]. Needs a build.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { start } from "./mock-server.mjs";
import { runSteps } from "./steps.mjs";

const out = process.argv[2];
if (out) mkdirSync(out, { recursive: true });
const port = 18_319;
const base = `http://127.0.0.1:${port}`;
const mock = await start(port);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1366, height: 768 }, locale: "zh-CN", timezoneId: "Asia/Shanghai" });
const errors = [];
page.on("pageerror", (e) => errors.push(`${page.url()}: ${e.message}`));
page.on("console", (m) => { if (m.type() === "error" && !m.text().includes("401") && !m.text().includes("409")) errors.push(`${page.url()}: ${m.text()}`); });
const button = (name) => page.getByRole("button", { name: new RegExp(`(^| )${name}( |$)`) });
const shot = async (name, fullPage = false) => {
  if (!out) return;
  await page.waitForTimeout(350);
  await page.screenshot({ path: `${out}/${name}.png`, fullPage });
};
async function sent(method, path, act) {
  const [request] = await Promise.all([page.waitForRequest((r) => r.method() === method && path.test(new URL(r.url()).pathname), { timeout: 15_000 }), act()]);
  assert.equal(request.headers()["x-csrf-token"], "token", "every change carries the CSRF token");
  return request.postDataJSON();
}

const TESTS = {
  "the page of a campaign tells where its people are lost": async () => {
    await page.goto(`${base}/campaigns/101/overview`);
    const funnel = page.locator(".fl-funnel").first();
    await funnel.waitFor();
    assert.match(await funnel.innerText(), /转到坐席[\s\S]*402[\s\S]*40\.7%/);
    await page.getByText("明天 10:35").waitFor();
    await page.getByText("¥182.34").waitFor();
    await page.getByRole("img", { name: /10 点呼叫 314 次/ }).waitFor();
    await shot("overview");
    await shot("overview-whole", true);
  },
  "every chart can be read as figures": async () => {
    await button("看数字").click();
    await page.getByRole("cell", { name: "10:00–11:00" }).waitFor();
    await page.getByRole("cell", { name: "8003" }).waitFor();
    await page.getByText("成功率").first().waitFor();
    await shot("overview-figures", true);
  },
  "numbers are exported by what came of them": async () => {
    await button("导出结果").click();
    await page.getByLabel("业务结果").click();
    await page.getByTitle(/^参加/).last().click();
    await page.keyboard.press("Escape");
    await shot("export");
    const href = await page.getByRole("dialog").getByRole("link", { name: /导\s?出/ }).getAttribute("href");
    assert.match(href, /campaigns\/101\/results\.xlsx\?result=attend$/);
    assert.match(await page.getByRole("link", { name: "先看看这些名单" }).getAttribute("href"), /list\?result=attend$/);
    await page.keyboard.press("Escape");
  },
  "a campaign that has not begun says what comes next": async () => {
    await page.goto(`${base}/campaigns/104/overview`);
    await page.locator(".fl-funnel").first().waitFor();
    await shot("overview-new", true);
  },
  "a product is written with its attributes, its price in cents": async () => {
    await page.goto(`${base}/products`);
    await page.getByText("家庭宽带 1000M").waitFor();
    await shot("products");
    await button("添加产品").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("产品编码").fill("B2000");
    await dialog.getByLabel("产品名称").fill("家庭宽带 2000M");
    await dialog.getByLabel("单价（元）").fill("1299.9");
    await dialog.getByRole("button", { name: /添加属性/ }).click();
    await dialog.getByLabel("属性", { exact: true }).fill("速率");
    await dialog.getByLabel("内容").fill("2000M");
    await shot("product-new");
    const body = await sent("POST", /products$/, () => dialog.getByRole("button", { name: /保\s?存/ }).click());
    assert.deepEqual({ code: body.code, price_cents: body.price_cents, attributes: body.attributes, enabled: body.enabled }, { code: "B2000", price_cents: 129_990, attributes: { 速率: "2000M" }, enabled: true });
  },
  "orders are found, opened and cancelled with a reason": async () => {
    await page.goto(`${base}/orders`);
    await page.getByText("欧阳建国").first().waitFor();
    await shot("orders");
    await page.getByText("欧阳建国").first().click();
    await page.getByRole("dialog").getByText("二次确认凭证").waitFor();
    await shot("order");
    await page.getByRole("dialog").getByRole("button", { name: "取消订单" }).click();
    await page.getByLabel("取消原因").fill("客户反悔");
    const body = await sent("POST", /orders\/1\/cancel$/, () => page.locator(".ant-modal-confirm-btns").getByRole("button", { name: "取消订单" }).click());
    assert.deepEqual(body, { revision: 1, reason: "客户反悔" });
  },
  "sales stand beside the days before": async () => {
    await page.goto(`${base}/reports/sales_agents`);
    await page.getByRole("columnheader", { name: "上期销售额" }).waitFor();
    await page.getByText("10,198.00").first().waitFor();
    await shot("sales");
    await page.goto(`${base}/reports/survey_detail`);
    await page.getByText("请先选任务").waitFor();
    await page.goto(`${base}/reports/survey_summary?campaign_id=101`);
    await page.getByText("成功（完成问卷）").waitFor();
    await shot("survey-summary");
    await page.goto(`${base}/reports/survey_detail?campaign_id=101`);
    await page.getByText("录音 12 秒").first().waitFor();
    await shot("survey-detail");
  },
  "a campaign chooses what it sells, and the price of a minute is set": async () => {
    await page.goto(`${base}/campaigns/107/settings`);
    await page.getByText("卖哪些产品").scrollIntoViewIfNeeded();
    await shot("offer");
    await page.goto(`${base}/settings?section=costs`);
    await page.getByLabel("每分钟话费").fill("0.15");
    await shot("costs");
    assert.deepEqual(await sent("PUT", /settings\/costs$/, () => button("保 ?存").click()), { per_minute: 150 });
  },
  "an endpoint is told of some campaigns and some results": async () => {
    await page.goto(`${base}/webhooks`);
    await button("新建推送地址").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("名称").fill("专家库");
    await dialog.getByLabel("接收地址").fill("https://example.com/hook");
    await dialog.getByLabel("只推这些结果").click();
    await page.getByTitle("参加（attend）").click();
    await page.keyboard.press("Escape");
    await shot("webhook");
    const body = await sent("POST", /webhooks$/, () => dialog.getByRole("button", { name: /保\s?存/ }).click());
    assert.deepEqual([body.campaign_ids, body.results], [[], ["attend"]]);
  },
  "an agent takes an order while talking; what is typed stays": async () => {
    await fetch(`${base}/api/v1/mock/desk/talking`);
    await page.goto(`${base}/agent`);
    await page.getByRole("tab", { name: "下单" }).click();
    await shot("desk-order-empty");
    await page.getByRole("tabpanel").getByRole("button", { name: /下\s?单/ }).click();
    await page.getByLabel("选择产品加入订单").click();
    await page.getByTitle(/家庭宽带 1000M/).click();
    await page.getByLabel("家庭宽带 1000M的数量").fill("2");
    await page.getByText("¥1,798.00").first().waitFor();
    await page.reload();
    await page.getByRole("tab", { name: "下单" }).click();
    await page.getByText("¥1,798.00").first().waitFor();
    await shot("desk-order");
    const body = await sent("POST", /orders$/, () => page.getByRole("button", { name: "确认下单" }).click());
    assert.equal(body.confirm, true);
    assert.deepEqual(body.lines, [{ product_id: 2, quantity: 2 }]);
    assert.ok(body.call_id > 0 && body.customer_name.length > 0);
    await page.getByText("订单已记下").waitFor();
  },
};

await runSteps("results", TESTS, { page, errors, close: async () => { await browser.close(); mock.close(); } });
