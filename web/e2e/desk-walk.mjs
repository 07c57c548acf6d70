// An agent's hour over the invented API, by mouse and by keyboard, with a phone that registers and rings: node e2e/desk-walk.mjs. Needs a build.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { start } from "./mock-server.mjs";
import { runSteps } from "./steps.mjs";

const port = 18_313;
const base = `http://127.0.0.1:${port}`;
const mock = await start(port);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--autoplay-policy=no-user-gesture-required"] });
const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "zh-CN", permissions: ["microphone"] });
const errors = [];
async function open(path = "/agent") {
  const page = await context.newPage();
  page.on("pageerror", (e) => errors.push(e.message));
  await page.goto(`${base}${path}`);
  await page.locator(".dk-bar").waitFor();
  return page;
}
const scene = (name) => fetch(`${base}/api/v1/mock/desk/${name}`);
await scene("off");
const page = await open();
const button = (name, on = page) => on.getByRole("button", { name, exact: true });
const state = (text, on = page) => on.locator(".dk-state b", { hasText: text }).waitFor({ timeout: 8_000 });
/** Does something and returns the command that it sends. */
async function asked(act) {
  const [request] = await Promise.all([page.waitForRequest((r) => r.method() === "POST" && r.url().endsWith("/desk/commands"), { timeout: 8_000 }), act()]);
  return request.postDataJSON();
}

const TESTS = {
  "signs in with the browser's phone, not ready at once": async () => {
    await button("签入").first().click();
    const body = await asked(() => page.getByRole("dialog").getByRole("button", { name: "签入" }).click());
    assert.deepEqual(body, { do: "sign_in", seat: { kind: "browser", extension: 61 }, ready: false });
    await state("小休");
    await page.getByText("刚签入").waitFor();
    await page.locator(".dk-note").waitFor({ state: "detached" });
  },
  "is ready by keyboard, but not while an input method composes": async () => {
    await page.evaluate(() => window.dispatchEvent(new window.KeyboardEvent("keydown", { code: "KeyR", ctrlKey: true, shiftKey: true, isComposing: true })));
    await page.waitForTimeout(300);
    await state("小休");
    assert.deepEqual(await asked(() => page.keyboard.press("Control+Shift+R")), { do: "ready" });
    await state("空闲");
  },
  "rings: title, live region, countdown; answered by keyboard": async () => {
    await scene("ringing");
    await state("振铃");
    await page.waitForFunction(() => document.title.includes("来电"), null, { timeout: 4_000 });
    assert.match(await page.locator("[aria-live=assertive]").textContent(), /来电：王建国/);
    await button("接听").and(page.locator(":enabled")).waitFor();
    await page.keyboard.press("Control+Shift+A");
    await state("通话");
    await page.waitForFunction(() => !document.title.includes("来电"));
  },
  "hold, retrieve, mute and back; the button mirrors the server": async () => {
    assert.deepEqual(await asked(() => page.keyboard.press("Control+Shift+O")), { do: "hold", on: true });
    await button("取回").waitFor();
    assert.deepEqual(await asked(() => button("取回").click()), { do: "hold", on: false });
    assert.deepEqual(await asked(() => page.keyboard.press("Control+Shift+M")), { do: "mute", on: true });
    await button("取消静音").waitFor();
    assert.deepEqual(await asked(() => button("取消静音").click()), { do: "mute", on: false });
  },
  "digits go one after the other": async () => {
    await button("按键").click();
    const sent = [];
    page.on("request", (r) => { if (r.url().endsWith("/desk/commands")) sent.push(r.postDataJSON().digits); });
    await page.keyboard.type("12*#", { delay: 10 });
    await page.waitForTimeout(500);
    assert.equal(sent.join(""), "12*#");
    await page.keyboard.press("Escape");
  },
  "consults a colleague found by number, then joins": async () => {
    await page.keyboard.press("Control+Shift+C");
    await page.getByPlaceholder("搜索工号").fill("6012");
    const body = await asked(() => page.getByRole("button", { name: /孙志强/ }).click());
    assert.deepEqual(body, { do: "consult", to: { kind: "agent", agent: 12 } });
    await scene("consulting");
    assert.deepEqual(await asked(() => button("三方通话").click()), { do: "conference" });
    await page.getByText("通话各方").waitFor();
  },
  "lets a party go only when asked twice": async () => {
    await page.getByRole("button", { name: /让 孙志强 退出通话/ }).click();
    const body = await asked(() => page.getByRole("dialog").getByRole("button", { name: "退出通话" }).click());
    assert.deepEqual(body, { do: "drop", leg: 3 });
  },
  "the bar goes along to other pages": async () => {
    await page.getByRole("link", { name: "通话记录" }).click();
    await page.locator(".dk-bar.compact").getByRole("button", { name: "静音" }).waitFor();
    await page.getByRole("link", { name: "去坐席台" }).or(page.getByRole("button", { name: "去坐席台" })).click();
    await page.getByText("通话小结").waitFor();
  },
  "a note is kept in the wrap-up and saved before the next call": async () => {
    await page.getByLabel("备注").first().fill("答应明天回电");
    assert.deepEqual(await asked(() => page.keyboard.press("Control+Shift+H")), { do: "hang_up" });
    await state("话后整理");
    assert.equal(await page.getByLabel("备注").first().inputValue(), "答应明天回电");
    const [saved] = await Promise.all([page.waitForRequest((r) => r.method() === "PUT" && /calls\/7004\/summary$/.test(r.url())), button("保存并示闲").click()]);
    assert.deepEqual(saved.postDataJSON(), { customer_id: 1, disposition: "", note: "答应明天回电", next_contact_at: null });
    await state("空闲");
  },
  "a number that may not be dialled says why": async () => {
    await page.keyboard.press("Control+Shift+D");
    await page.getByLabel("号码", { exact: true }).fill("110");
    await page.keyboard.press("Enter");
    await page.getByText("这个号码不允许拨打").waitFor();
    await page.getByLabel("号码", { exact: true }).fill("x");
    await page.keyboard.press("Enter");
    await page.getByText("号码只能有数字").waitFor();
    await page.getByLabel("号码", { exact: true }).fill("1380013800");
    await page.keyboard.press("Enter");
    await page.getByText("手机号码应是 11 位").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  },
  "a short number that nobody has is dialled outside only when asked": async () => {
    let sent = 0;
    const count = (r) => { if (r.url().endsWith("/desk/commands")) sent += 1; };
    page.on("request", count);
    await page.keyboard.press("Control+Shift+D");
    await page.getByLabel("号码", { exact: true }).fill("6999");
    await page.keyboard.press("Enter");
    await page.locator(".ant-modal-confirm-title", { hasText: "没有这个工号，按外线号码拨出？" }).waitFor();
    await button("取消").click();
    await page.locator(".ant-modal-confirm-title", { hasText: "没有这个工号，按外线号码拨出？" }).waitFor({ state: "detached" });
    await page.waitForTimeout(300);
    assert.equal(sent, 0);
    page.off("request", count);
    await page.getByRole("dialog").getByRole("button", { name: /呼叫$/ }).click();
    assert.deepEqual(await asked(() => button("按外线拨出").click()), { do: "dial", number: "6999" });
    await state("外拨");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  },
  "is told once what became of a call, and what a supervisor did": async () => {
    await scene("unreached");
    await page.getByText("没有拨通：空号").waitFor();
    await scene("released");
    await page.getByText("班长结束了这通电话").waitFor();
    await scene("ready");
    await state("空闲");
  },
  "a break that nobody asked for says why, and how to end it": async () => {
    await scene("missed");
    await page.locator(".dk-note").getByText("有来电没有接").waitFor();
    assert.deepEqual(await asked(() => button("示闲", page.locator(".dk-note")).click()), { do: "ready" });
    await state("空闲");
    await page.locator(".dk-note").waitFor({ state: "detached" });
  },
  "a new customer's form is kept over the call and a reload": async () => {
    await scene("stranger");
    await state("通话");
    await page.getByRole("tab", { name: "新建客户" }).click();
    await page.getByLabel("姓名").fill("半个名字");
    await page.getByRole("tab", { name: /未保存/ }).waitFor();
    await scene("ready");
    await state("空闲");
    await page.reload();
    await button("示忙").and(page.locator(":enabled")).waitFor({ timeout: 8_000 });
    await scene("stranger");
    await state("通话");
    assert.equal(await page.getByLabel("姓名").inputValue(), "半个名字");
    await button("丢弃").click();
    assert.notEqual(await page.getByLabel("姓名").inputValue(), "半个名字");
    await scene("ready");
    await state("空闲");
  },
  "twenty quick clicks ask once": async () => {
    let sent = 0;
    const count = (r) => { if (r.url().endsWith("/desk/commands")) sent += 1; };
    await scene("missed");
    await state("小休");
    page.on("request", count);
    await button("示闲").first().evaluate((b) => { for (let i = 0; i < 20; i += 1) b.click(); });
    await state("空闲");
    assert.equal(sent, 1);
    page.off("request", count);
  },
  "a reload takes the desk up again": async () => {
    await page.reload();
    await state("空闲");
    await button("示忙").and(page.locator(":enabled")).waitFor({ timeout: 8_000 });
  },
  "a second page takes the desk over, and the first one stops": async () => {
    const other = await open();
    await other.getByText("坐席已在别的页面签入").waitFor();
    await button("改到这里签入", other).click();
    await other.getByRole("dialog").getByRole("button", { name: "签入" }).click();
    await page.getByText("已在别处签入").waitFor({ timeout: 8_000 });
    await button("示闲").first().and(page.locator(":disabled")).waitFor();
    await button("示闲", other).first().and(other.locator(":enabled")).waitFor({ timeout: 8_000 });
    await other.close();
  },
};

await runSteps("desk-walk", TESTS, { page, errors, close: async () => { await browser.close(); mock.close(); } });
