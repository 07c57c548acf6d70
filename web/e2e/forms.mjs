// Fills the forms over the invented API and looks at what would be sent: node e2e/forms.mjs. Needs a build.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { start } from "./mock-server.mjs";

const port = 18_312;
const base = `http://127.0.0.1:${port}`;
const mock = await start(port);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1366, height: 768 }, locale: "zh-CN" });
const errors = [];
page.on("pageerror", (e) => errors.push(e.message));
// Icons have names of their own, which stand before or after the text.
const button = (name) => page.getByRole("button", { name: new RegExp(`(^| )${name}( |$)`) });

/** Does something and returns the body of the request that it sends. */
async function sent(method, path, act) {
  const [request] = await Promise.all([page.waitForRequest((r) => r.method() === method && path.test(new URL(r.url()).pathname), { timeout: 15_000 }), act()]);
  assert.equal(request.headers()["x-csrf-token"], "token", "every change carries the CSRF token");
  return request.postDataJSON?.() ?? null;
}

const TESTS = {
  "a campaign's settings are sent whole, with the revision": async () => {
    await page.goto(`${base}/campaigns/107/settings`);
    await page.getByLabel("任务名称").fill("改了名字");
    const body = await sent("PUT", /campaigns\/107$/, () => button("保存设置").click());
    assert.equal(body.name, "改了名字");
    assert.equal(body.revision, 3);
    assert.equal(body.ring_ms_max, 45_000);
    assert.deepEqual(body.schedule.windows[0], { from: "09:00", to: "12:00" });
    assert.equal(body.retry.rules.busy.delay_s, 900);
    assert.equal(body.variables.place, "交易中心 A 座 301 评标室");
    assert.equal(body.results.length, 4);
    assert.ok(!("ring_s" in body));
  },
  "unsaved settings ask before they are lost": async () => {
    await page.goto(`${base}/campaigns/107/settings`);
    await page.getByLabel("任务名称").fill("还没保存");
    await page.getByRole("link", { name: "通话记录" }).click();
    await page.getByText("离开后修改会丢失。").waitFor();
    await button("留在这里").click();
    assert.match(page.url(), /campaigns\/107\/settings/);
  },
  "an import sends the mapping that is shown": async () => {
    await page.goto(`${base}/campaigns/107/import`);
    await page.setInputFiles("input[type=file]", { name: "专家.xlsx", mimeType: "application/octet-stream", buffer: Buffer.from("x") });
    const body = await sent("POST", /imports\/9\/commit$/, () => button("确认导入").click());
    assert.deepEqual(body.mapping.map((m) => m.target), ["skip", "name", "phone", "field:专业", "field:单位", "field:抽取时间"]);
    assert.deepEqual(body.mapping[5].new_field, { key: "抽取时间", label: "抽取时间", kind: "datetime" });
    assert.equal(body.sheet, "抽取结果");
  },
  "a flow's draft is saved with its revision, by the keyboard too": async () => {
    await page.goto(`${base}/flows/1`);
    await page.locator(".cm-content").click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type("\n");
    const body = await sent("PUT", /flows\/1\/draft$/, () => page.keyboard.press("Control+s"));
    assert.equal(body.revision, 7);
    assert.equal(body.doc.entry, "greet");
  },
  "a new trunk is sent with its defaults": async () => {
    await page.goto(`${base}/trunks`);
    await button("添加线路").click();
    await page.getByLabel("名称").fill("新线路");
    await page.getByLabel("对端地址").fill("10.1.1.1");
    await page.getByLabel("账号", { exact: true }).fill("u1");
    await page.getByLabel("密码", { exact: true }).fill("secret");
    const body = await sent("POST", /trunks$/, () => button("保存").click());
    assert.equal(body.address, "10.1.1.1");
    assert.equal(body.password, "secret");
    assert.deepEqual(body.codecs, ["pcma", "pcmu"]);
    assert.equal(body.calls_max, 30);
  },
  "a trunk is changed without its password": async () => {
    await page.goto(`${base}/trunks`);
    await button("修改").first().click();
    await page.getByLabel("名称").fill("改名");
    const body = await sent("PUT", /trunks\/1$/, () => button("保存").click());
    assert.equal(body.name, "改名");
    assert.equal(body.revision, 2);
    assert.ok(!("password" in body) && !("state" in body) && !("id" in body));
  },
  "limits keep what the form does not show": async () => {
    await page.goto(`${base}/settings`);
    await page.getByLabel("每个联系人每天最多").fill("2");
    const body = await sent("PUT", /settings\/compliance$/, () => button("保存").click());
    assert.equal(body.contact_per_day_max, 2);
    assert.equal(body.ring_ms_min, 15_000);
    assert.deepEqual(body.region_zones, {});
  },
  "the SMS gateway's headers and secrets are read from lines": async () => {
    await page.goto(`${base}/settings?section=sms`);
    await page.getByLabel("密钥").fill("appkey: abc:def");
    const body = await sent("PUT", /settings\/sms$/, () => button("保存").click());
    assert.deepEqual(body.secrets, { appkey: "abc:def" });
    assert.equal(body.headers["x-app"], "fengling");
    assert.ok(!("headers_text" in body) && !("secret_names" in body) && !("secrets_text" in body));
  },
  "numbers are pasted into a list": async () => {
    await page.goto(`${base}/lists?kind=exempt`);
    await button("批量加入").click();
    await page.getByLabel("号码", { exact: true }).fill("13800138000，13900139000\n13800138000");
    const body = await sent("POST", /list-entries$/, () => button("加入 2 个号码").click());
    assert.deepEqual(body, { kind: "exempt", phones: ["13800138000", "13900139000"], reason: "", expires_at: null });
  },
  "starting asks first": async () => {
    await page.goto(`${base}/campaigns/105/overview`);
    await button("开始拨打").click();
    await page.getByText("确定开始吗").waitFor();
    await sent("POST", /campaigns\/105\/start$/, () => page.getByRole("dialog").getByRole("button", { name: /开始拨打/ }).click());
  },
  "a refusal carries its reason": async () => {
    await page.goto(`${base}/campaigns/104/overview`);
    await button("驳回").click();
    await page.getByRole("dialog").getByRole("textbox").fill("时间不对");
    const body = await sent("POST", /campaigns\/104\/reject$/, () => page.getByRole("dialog").getByRole("button", { name: "驳回" }).click());
    assert.deepEqual(body, { note: "时间不对" });
  },
  "filters live in the address and are sent": async () => {
    await page.goto(`${base}/campaigns/101/list?state=retry`);
    await page.getByText("待重呼").first().waitFor();
    const [request] = await Promise.all([page.waitForRequest((r) => r.url().includes("q=138")), page.getByLabel("搜索号码或姓名").fill("138")]);
    assert.match(request.url(), /state=retry/);
    await page.waitForURL(/q=138/);
  },
  "pages follow the cursor": async () => {
    await page.goto(`${base}/campaigns/101/list`);
    const [request] = await Promise.all([page.waitForRequest((r) => r.url().includes("cursor=50")), button("下一页").click()]);
    assert.match(request.url(), /limit=50/);
    await page.getByText("第 51–100 条").waitFor();
  },
};

let failed = 0;
for (const [name, run] of Object.entries(TESTS)) {
  errors.length = 0;
  try {
    await run();
    assert.deepEqual(errors, []);
    console.log(`ok   ${name}`);
  } catch (e) {
    failed += 1;
    console.log(`FAIL ${name}\n     ${String(e.message).split("\n").slice(0, 6).join("\n     ")}`);
  }
  page.removeAllListeners("dialog");
  page.once("dialog", (d) => void d.accept());
}
await browser.close();
mock.close();
process.exit(failed > 0 ? 1 : 0);
