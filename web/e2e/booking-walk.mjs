// Appointments and mail over the invented API: a leader's task and its settings, the page where customers book (on a phone too), the desk, the journal
// of mail and its server, with pictures: node e2e/booking-walk.mjs [directory]. Needs a build.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { start } from "./mock-server.mjs";
import { runSteps } from "./steps.mjs";

const port = 18_351;
const base = `http://127.0.0.1:${port}`;
const shots = process.argv[2];
if (shots) mkdirSync(shots, { recursive: true });
const mock = await start(port);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const desktop = { viewport: { width: 1366, height: 768 }, locale: "zh-CN" };
const page = await browser.newPage(desktop);
const phone = await browser.newPage({ viewport: { width: 390, height: 844 }, locale: "zh-CN", hasTouch: true });
for (const p of [page, phone]) p.setDefaultTimeout(15_000);
const errors = [];
for (const p of [page, phone]) p.on("pageerror", (e) => errors.push(e.message));
const button = (name, on = page) => on.getByRole("button", { name: new RegExp(`(^| )${name}( |$)`) });
const shot = async (name, on = page) => { if (shots) await on.screenshot({ path: `${shots}/${name}.png`, fullPage: true }); };
const option = (text) => page.locator(".ant-select-dropdown:visible .ant-select-item-option").filter({ hasText: text }).first().click();

async function sent(method, path, act, on = page) {
  const [request] = await Promise.all([on.waitForRequest((r) => r.method() === method && path.test(new URL(r.url()).pathname)), act()]);
  return request.postDataJSON?.() ?? null;
}
/** Nothing sticks out to the side. */
const fits = async (on) => assert.ok(await on.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), "wider than the screen");
const time = (on) => on.locator(".bk-times button:not(:disabled)").first();
async function fill(on) {
  await on.getByLabel("姓名").fill("张三");
  await on.getByLabel("接听电话的号码").fill("138 0013 8000");
  await on.getByLabel("想办理的业务").fill("证券开户");
  await time(on).click();
  await on.getByLabel("我同意在预约的时间接受回访联系").check();
}

const CUSTOMERS = {
  "a customer books on a phone and calls it off again": async () => {
    const fetched = [];
    phone.on("request", (r) => fetched.push(r.url()));
    await phone.goto(`${base}/booking/good`);
    await phone.getByRole("heading", { name: "开户咨询预约" }).waitFor();
    await fits(phone);
    assert.ok(!fetched.some((u) => u.endsWith("/session")), "asks for no sign-in");
    await shot("page-phone", phone);
    await fill(phone);
    const body = await sent("POST", /public\/booking\/good$/, () => button("提交预约", phone).click(), phone);
    assert.deepEqual([body.phone, body.mail, body.medium, body.consent, body.website, body.fields], ["13800138000", "", "phone", true, "", { 业务: "证券开户" }]);
    await phone.getByText("预约成功").waitFor();
    await fits(phone);
    await shot("done-phone", phone);
    const url = await phone.locator(".bk-link").textContent();
    await phone.goto("about:blank");
    await phone.goto(url);
    await phone.getByText("确定要取消这个预约吗？").waitFor();
    await shot("call-off-phone", phone);
    await button("取消预约", phone).click();
    await phone.getByText("预约已取消").waitFor();
    await phone.goto("about:blank");
    await phone.goto(url);
    await button("取消预约", phone).click();
    await phone.getByText("没有找到这个预约").waitFor();
  },
  "what is missing stands at its field, what is full cannot be taken": async () => {
    await phone.goto("about:blank");
    await phone.goto(`${base}/booking/good`);
    await button("提交预约", phone).click();
    for (const text of ["请填写姓名", "请填写手机号", "请选择一个时间", "请填写这一项", "请勾选同意后再提交"]) await phone.getByText(text).waitFor();
    await shot("errors-phone", phone);
    assert.ok((await phone.locator(".bk-times button:disabled", { hasText: "约满" }).count()) > 0);
    await phone.locator(".bk-days button", { hasText: "约满" }).click();
    assert.equal(await phone.locator(".bk-times button:not(:disabled)").count(), 0);
    await phone.locator(".bk-days button").first().click();
    await fill(phone);
    await phone.getByLabel("接听电话的号码").fill("13800000000");
    await button("提交预约", phone).click();
    await phone.getByText("不能预约，请换一个号码").waitFor();
    await phone.getByLabel("接听电话的号码").fill("13800138000");
    await phone.getByLabel("姓名").fill("慢了");
    await button("提交预约", phone).click();
    await phone.getByText("这个时段刚刚约满了").waitFor();
    await phone.getByText("发邮件给我").click();
    await phone.getByLabel("邮箱").waitFor();
  },
  "a page without slots, one with long texts, one that is gone, and English": async () => {
    for (const [name, text] of [["empty", "近期没有可以预约的时间"], ["long", "请仔细阅读以下说明"], ["gone", "这个预约页面没有开放"]]) {
      await phone.goto(`${base}/booking/${name}`);
      await phone.getByText(text).first().waitFor();
      await fits(phone);
      await shot(`${name}-phone`, phone);
    }
    await phone.setViewportSize({ width: 360, height: 640 });
    await phone.goto(`${base}/booking/long`);
    await phone.getByText("请仔细阅读以下说明").first().waitFor();
    await fits(phone);
    await phone.goto(`${base}/booking/good`);
    await button("English", phone).click();
    await phone.getByRole("button", { name: "Book", exact: true }).click();
    await phone.getByText("Please choose a time").waitFor();
    await fits(phone);
    await shot("english-phone", phone);
    await button("中文", phone).click();
    await page.goto(`${base}/booking/good`);
    await page.getByRole("heading", { name: "开户咨询预约" }).waitFor();
    await shot("page-desktop");
  },
};

const LEADERS = {
  "the task's appointments are listed, filtered, moved and cancelled": async () => {
    await page.goto(`${base}/campaigns/301/booking`);
    await page.getByText("古丽娜尔").waitFor();
    await shot("list");
    const [request] = await Promise.all([page.waitForRequest((r) => /appointments\?.*medium=mail/.test(r.url())), (async () => { await page.getByRole("combobox", { name: "全部方式" }).click(); await option("邮件"); })()]);
    assert.ok(request.url().includes("limit="));
    await page.getByText("user5@example.com").waitFor();
    await page.goto(`${base}/campaigns/301/booking?state=waiting&day=2001-01-01`);
    await page.getByText("没有符合条件的预约").waitFor();
    await page.goto(`${base}/campaigns/301/booking`);
    await button("更多操作").first().click();
    await page.locator(".ant-dropdown-menu-item", { hasText: "改时间" }).click();
    await page.getByText("现在约在").waitFor();
    await page.getByLabel("改到").click();
    await option("09:00");
    const moved = await sent("PATCH", /bookings\/\d+$/, () => button("改时间", page.locator(".ant-modal")).click());
    assert.ok(Date.parse(moved.due_at) > Date.now());
    await page.getByText("现在约在").waitFor({ state: "hidden" });
    await button("更多操作").first().click();
    await page.locator(".ant-dropdown-menu-item", { hasText: "取消预约" }).click();
    await sent("DELETE", /bookings\/\d+$/, () => page.locator(".ant-modal-confirm .ant-btn-dangerous").click());
  },
  "one is added, and a refusal says why": async () => {
    await page.goto(`${base}/campaigns/301/booking`);
    await button("新增预约").click();
    const dialog = page.locator(".ant-modal");
    await dialog.getByLabel("号码").fill("13800000000");
    await dialog.getByLabel("预约时间").click();
    await option("10:00");
    await shot("add");
    await button("预约", dialog).last().click();
    await page.getByText("没有预约：").waitFor();
    await dialog.getByLabel("号码").fill("12");
    await button("预约", dialog).last().click();
    await dialog.getByText("不够一个电话号码").waitFor();
    await dialog.getByLabel("号码").fill("13800138000");
    const body = await sent("POST", /campaigns\/301\/appointments$/, () => button("预约", dialog).last().click());
    assert.deepEqual([body.appointments[0].medium, body.appointments[0].phone], ["phone", "13800138000"]);
    await dialog.waitFor({ state: "hidden" });
  },
  "the plan is changed with the rest of the task kept, and its link is there to copy and scan": async () => {
    await page.goto(`${base}/campaigns/301/booking?part=plan`);
    await page.getByText("预约链接").waitFor();
    await page.locator(".ant-qrcode svg").waitFor();
    await shot("plan");
    await page.getByLabel("短信内容").fill("{{ lead.nam }}您好");
    await button("保存预约设置").click();
    await page.getByText("认不出来").waitFor();
    await page.getByLabel("短信内容").fill("{{ lead.name }}您好");
    await page.getByLabel("每个时段最多").fill("3");
    const body = await sent("PUT", /campaigns\/301$/, () => button("保存预约设置").click());
    assert.deepEqual([body.booking.slot_capacity, body.booking.form.enabled, body.mode, body.revision], [3, true, "appointment", 7]);
    assert.deepEqual(body.booking.form.fields, [{ key: "业务", required: true }]);
    assert.equal(body.name, "开户咨询预约回访");
    await page.getByText("预约设置已保存").waitFor();
  },
  "an empty task says what to do, and the mode is among the others": async () => {
    await page.goto(`${base}/campaigns/302/booking`);
    await page.getByText("还没有预约").waitFor();
    await shot("list-empty");
    await page.goto(`${base}/campaigns/302/booking?part=plan`);
    await page.getByText("任务还没有名单字段").waitFor();
    await page.getByText("没有打开").first().waitFor();
    await shot("plan-empty");
    await page.goto(`${base}/campaigns/new`);
    await page.getByText("空白任务").first().click();
    await page.locator(".cm-mode", { has: page.getByText("预约", { exact: true }) }).click();
    await button("创建并设置预约").waitFor();
    await shot("mode");
  },
};

const MAIL = {
  "mail stands beside SMS, with why one failed": async () => {
    await page.goto(`${base}/messages?tab=mail`);
    await page.getByText("user1@example.com").waitFor();
    await shot("mails");
    await page.getByText("user2@example.com").click();
    await page.getByText("550 5.1.1 User unknown").waitFor();
    await sent("POST", /mails\/\d+\/retry$/, () => button("重新发送").click());
    await button("发邮件").click();
    await page.getByLabel("收件人邮箱").fill("x");
    await page.getByLabel("主题", { exact: true }).fill("测试");
    await page.getByLabel("内容", { exact: true }).fill("您好");
    await button("发送", page.locator(".ant-modal")).click();
    await page.getByText("不是有效的邮箱").waitFor();
    await page.getByLabel("收件人邮箱").fill("zhang@example.com");
    const body = await sent("POST", /mails$/, () => button("发送", page.locator(".ant-modal")).click());
    assert.deepEqual([body.to, body.subject, body.send_at], ["zhang@example.com", "测试", null]);
    await page.goto(`${base}/messages`);
    await button("发短信").waitFor();
  },
  "the mail server is set up, and tried": async () => {
    await page.goto(`${base}/settings?section=mail`);
    await page.getByLabel("发信服务器").waitFor();
    await shot("mail-settings");
    await page.getByLabel("测试邮箱").fill("nobody@example.com");
    await button("发一封测试").click();
    await page.getByText("550 5.1.1 User unknown").waitFor();
    await page.getByLabel("加密方式").click();
    await option("STARTTLS");
    assert.equal(await page.getByLabel("端口").inputValue(), "587");
    await page.getByLabel("发件人邮箱").fill("x");
    await button("保存").click();
    await page.getByText("发件人不是有效的邮箱").waitFor();
    await page.getByLabel("发件人邮箱").fill("a@example.com");
    const body = await sent("PUT", /settings\/mail$/, () => button("保存").click());
    assert.deepEqual([body.tls, body.port, "password" in body, body.authority], ["starttls", 587, false, null]);
  },
};

const DESK = {
  "an agent books a number into a task": async () => {
    await page.goto(`${base}/agent`);
    await button("预约到任务").first().click();
    const dialog = page.locator(".ant-modal", { hasText: "预约到任务" });
    await dialog.getByLabel("姓名").fill("李华");
    await dialog.getByLabel("号码").fill("13800138000");
    await dialog.getByLabel("预约时间").click();
    await option("10:00");
    await shot("desk");
    const body = await sent("POST", /desk\/bookings$/, () => button("预约", dialog).last().click());
    assert.deepEqual([body.campaign_id, body.phone, body.medium, body.name], [301, "13800138000", "phone", "李华"]);
    await dialog.waitFor({ state: "hidden" });
  },
};

await runSteps("booking-walk", { ...CUSTOMERS, ...LEADERS, ...MAIL, ...DESK }, { page, errors, close: async () => { await browser.close(); mock.close(); } });
