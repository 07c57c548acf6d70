// Tasks with agents over the invented API: a leader builds one, looks at why it dials and adjusts it; an agent previews, skips, dials,
// takes leads and is put through. node e2e/tasks-walk.mjs. Needs a build.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { start } from "./mock-server.mjs";
import { runSteps } from "./steps.mjs";

const port = 18_314;
const base = `http://127.0.0.1:${port}`;
const mock = await start(port);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--autoplay-policy=no-user-gesture-required"] });
const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "zh-CN", permissions: ["microphone"] });
const page = await context.newPage();
page.setDefaultTimeout(12_000);
const errors = [];
page.on("pageerror", (e) => errors.push(e.message));
// What is heard of beeps and bells: each oscillator's pitch as it starts.
await page.addInitScript(() => {
  window.tones = [];
  const begin = window.OscillatorNode.prototype.start;
  window.OscillatorNode.prototype.start = function started(...args) {
    window.tones.push(this.frequency.value);
    return begin.apply(this, args);
  };
});

const scene = (name) => fetch(`${base}/api/v1/mock/desk/${name}`);
const button = (name, on = page) => on.getByRole("button", { name: new RegExp(`(^| )${name}( |$)`) });
const desk = (name, on = page) => on.getByRole("button", { name, exact: true });
const state = (text) => page.locator(".dk-state b", { hasText: text }).waitFor();
async function sent(method, path, act) {
  const [request] = await Promise.all([page.waitForRequest((r) => r.method() === method && path.test(new URL(r.url()).pathname)), act()]);
  return request.postDataJSON();
}
const asked = (act) => sent("POST", /desk\/commands$/, act);
const option = (text) => page.locator(".ant-select-dropdown:visible .ant-select-item-option").filter({ hasText: text }).first().click();
const mode = (name) => page.locator(".cm-mode", { has: page.getByText(name, { exact: true }) });
const commands = [];
page.on("request", (r) => { if (r.url().endsWith("/desk/commands")) commands.push(r.postDataJSON()); });

const TESTS = {
  "a task with agents is made without a flow, with its group": async () => {
    await page.goto(`${base}/campaigns/new`);
    await page.getByText("空白任务").first().click();
    await page.getByLabel("任务名称").fill("供暖套餐");
    await page.getByText("接通后的流程").waitFor();
    await mode("预测").click();
    await page.getByText("接通后的流程").waitFor({ state: "detached" });
    await button("创建并导入名单").click();
    await page.getByText("请选择由哪个坐席组来接").waitFor();
    await page.getByLabel("坐席组").click();
    await option("投诉受理");
    const body = await sent("POST", /campaigns$/, () => button("创建并导入名单").click());
    assert.equal(body.mode, "predictive");
    assert.equal(body.queue_id, 2);
    assert.ok(!("flow_id" in body));
    assert.match(body.pacing.harbour, /\{\{campaign\.name\}\}/);
  },
  "modes are chosen by keyboard, and each shows its own settings alone": async () => {
    await page.goto(`${base}/campaigns/207/settings`);
    const labels = async () => (await page.locator(".cm-settings .ant-form-item-label").allInnerTexts()).map((x) => x.trim());
    await page.getByLabel("呼损上限").waitFor();
    assert.deepEqual(await labels(), ["呼损上限", "提前取消", "每坐席最多在拨", "没有坐席时最多等", "兼接来电", "挑时段拨打"]);
    await page.getByRole("radio", { name: "预测" }).focus();
    await page.keyboard.press("ArrowLeft");
    await page.getByLabel("倍率", { exact: true }).last().waitFor();
    assert.deepEqual(await labels(), ["倍率", "每坐席最多在拨", "没有坐席时最多等", "兼接来电", "挑时段拨打"]);
    await mode("预览").click();
    assert.deepEqual(await labels(), ["看资料的时间", "跳过名单", "兼接来电"]);
    await page.getByLabel("看资料的时间").click();
    await option("到时自动拨打");
    assert.deepEqual(await labels(), ["看资料的时间", "倒计时", "跳过名单", "兼接来电"]);
    // Without a flow that was approved the modes that need one are shut, and say why.
    assert.ok(await page.getByRole("radio", { name: "自动语音" }).isDisabled());
    await mode("自动语音").getByText("已审批的任务不能换流程").waitFor();
  },
  "settings are sent in the server's units; what is not shown stays": async () => {
    await page.goto(`${base}/campaigns/207/settings`);
    await page.getByLabel("呼损上限").fill("2.5");
    await page.getByText("振铃满这么久才可以取消").click();
    await page.getByLabel("没有坐席时最多等").fill("1.5");
    const body = await sent("PUT", /campaigns\/207$/, () => button("保存设置").click());
    assert.equal(body.pacing.abandon_percent_max, 2.5);
    assert.equal(body.pacing.cancel_ms_min, null);
    assert.equal(body.pacing.wait_ms_max, 1500);
    assert.equal(body.pacing.preview_ms, 30_000);
    assert.deepEqual([body.mode, body.queue_id, body.flow_id], ["predictive", 2, 0]);
    assert.deepEqual([body.agent_work, body.dial_rules.rotation], [{}, "turn"]);
    await page.getByText("设置已保存").waitFor();
  },
  "a number out of bounds is put right, and an empty one is asked for": async () => {
    await page.goto(`${base}/campaigns/201/settings`);
    await page.getByLabel("呼损上限").fill("9");
    await page.keyboard.press("Tab");
    assert.equal(await page.getByLabel("呼损上限").inputValue(), "3.0");
    await page.getByLabel("每坐席最多在拨").fill("");
    await button("保存设置").click();
    await page.locator(".ant-form-item-explain-error", { hasText: "不能为空" }).waitFor();
  },
  "the running task says why it dials as it does": async () => {
    await page.goto(`${base}/campaigns/201/overview`);
    const panel = page.getByRole("region", { name: "拨打节奏" });
    await panel.getByText("受呼损上限约束").waitFor();
    await panel.getByText("接听率比平时高 12%").waitFor();
    await panel.getByText("24 小时 2,140 位接听，51 位没等到坐席。").waitFor();
    await panel.locator("svg.cm-spark path").first().waitFor({ state: "attached" });
    await page.goto(`${base}/campaigns/204/overview`);
    await panel.getByText("坐席组里没有人签入").waitFor();
    await page.goto(`${base}/campaigns/205/overview`);
    await panel.getByText("任务刚开始运行").waitFor();
    await page.goto(`${base}/campaigns/101/overview`);
    await page.getByText("进度与结果").waitFor();
    assert.equal(await panel.count(), 0);
  },
  "the ratio moves by tenths and is sent when confirmed; a refusal says so": async () => {
    await page.goto(`${base}/campaigns/202/overview`);
    await desk("调高倍率").click();
    await desk("调高倍率").click();
    const body = await sent("PUT", /campaigns\/202$/, () => button("改为 1.7 倍").click());
    assert.equal(body.pacing.ratio, 1.7);
    assert.equal(body.revision, 3);
    await page.getByText("倍率已改，马上生效").waitFor();
    await page.getByRole("group", { name: "倍率" }).getByText("1.7").waitFor();
    await desk("调低倍率").click();
    await desk("不改").click();
    await page.getByRole("group", { name: "倍率" }).getByText("1.7").waitFor();
  },
  "a mode is changed while it runs only when asked twice; errors stand at their field": async () => {
    await button("调整拨打方式").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("倍率", { exact: true }).last().fill("10");
    await button("保存", dialog).click();
    await dialog.getByText("倍率 1–9，线路只够这么多").waitFor();
    await mode("渐进").click();
    await button("换成“渐进”", dialog).click();
    await dialog.getByText("任务正在运行，要从“倍率”换成“渐进”吗？").waitFor();
    // The ratio of the other mode goes along unseen: it is put right first.
    await mode("倍率").click();
    await dialog.getByLabel("倍率", { exact: true }).last().fill("2");
    await mode("渐进").click();
    await button("换成“渐进”", dialog).click();
    const body = await sent("PUT", /campaigns\/202$/, () => button("确定换成“渐进”", dialog).click());
    assert.equal(body.mode, "progressive");
    await dialog.waitFor({ state: "detached" });
    await page.locator("h1").getByText("渐进").waitFor();
  },
  "an agent signs in and waits for a task: the desk says what comes": async () => {
    await page.goto(`${base}/agent`);
    await page.locator(".dk-bar").waitFor();
    await button("签入").first().click();
    await page.getByRole("dialog").getByRole("button", { name: "签入" }).click();
    await state("小休");
    await scene("predictive");
    await page.locator(".fl-empty").getByText("等待任务来电").waitFor();
    await page.getByText("冬季供暖服务套餐推荐").waitFor();
  },
  "a call of the task is answered by itself, with two beeps and no bell": async () => {
    await page.evaluate(() => { window.tones.length = 0; });
    await scene("auto");
    await state("通话");
    const tones = await page.evaluate(() => window.tones);
    assert.ok(tones.includes(1400), `beeps: ${tones}`);
    assert.ok(!tones.includes(784), `no bell: ${tones}`);
  },
  "a preview shows who, what and how long; the keyboard dials it": async () => {
    await scene("ready");
    await state("空闲");
    await scene("preview");
    const panel = page.getByRole("region", { name: "预览名单" });
    await panel.getByText("王建国").waitFor();
    await panel.getByText("139 **** 5678").waitFor();
    await panel.getByText("企业宽带 500M").waitFor();
    await panel.getByText("倒计时结束自动拨打。").waitFor();
    await panel.getByText("本小时还可跳过 3 次。").waitFor();
    assert.match(await panel.getByLabel("剩余时间").innerText(), /^0:\d\d$/);
    assert.deepEqual(await asked(() => page.keyboard.press("Control+Shift+D")), { do: "preview_dial" });
    await panel.getByText("正在拨打，请稍候").waitFor();
    assert.ok(await desk("跳过", panel).isDisabled());
  },
  "a lead is skipped with a reason, by keyboard alone": async () => {
    await scene("preview");
    await state("预览");
    await page.getByText("本小时还可跳过 3 次。").waitFor();
    await page.keyboard.press("Control+Shift+K");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("跳过 王建国").waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent === "现在不适合联系");
    await page.keyboard.press("Tab");
    assert.deepEqual(await asked(() => page.keyboard.press("Enter")), { do: "preview_skip", reason: "资料不全，没法谈" });
    await dialog.waitFor({ state: "detached" });
    await page.locator(".fl-empty").getByText("等待下一位客户").waitFor();
  },
  "whoever looks at a lead may take a break; the server takes it back": async () => {
    await scene("preview");
    await desk("示忙").and(page.locator(":enabled")).waitFor();
    assert.equal(await desk("拨号").count(), 0);
    assert.ok(await desk("签出").isEnabled());
  },
  "an own line that stands is no call: the lead stays in sight": async () => {
    await scene("preview-connect");
    await page.getByText("您的电话已接好，拨通后直接说话。").waitFor();
    assert.equal(await page.getByRole("region", { name: "来电信息" }).count(), 0);
    assert.equal(await page.getByText("通话各方").count(), 0);
    await scene("preview-dialing");
    await page.getByText("正在拨打，请稍候。").waitFor();
    assert.equal(await page.getByRole("region", { name: "来电信息" }).count(), 0);
  },
  "with no skips left the button is shut and says so": async () => {
    await scene("preview-long");
    await page.getByText("本小时的跳过次数已用完。").waitFor();
    assert.ok(await desk("跳过").isDisabled());
    const before = commands.length;
    await page.keyboard.press("Control+Shift+K");
    await page.waitForTimeout(300);
    assert.equal(await page.getByRole("dialog").count(), 0);
    assert.equal(commands.length, before);
  },
  "leads of a manual task are taken one by one; an empty task says so": async () => {
    await scene("manual");
    await page.getByText("取一个名单开始").waitFor();
    assert.deepEqual(await asked(() => page.keyboard.press("Control+Shift+L")), { do: "next_lead", campaign: 206 });
    await page.getByText("不倒计时，看完再拨。").waitFor();
    await scene("manual-two");
    await page.keyboard.press("Control+Shift+L");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("从哪个任务取名单").waitFor();
    await desk("取下一个：战略客户季度沟通（总部直管）", dialog).click();
    await page.getByText("暂时没有可拨的名单").first().waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  },
  "a caller comes while a lead is shown: the call goes first, then the lead is there again": async () => {
    await scene("preview");
    await page.getByRole("region", { name: "预览名单" }).waitFor();
    await scene("ringing");
    await state("振铃");
    await page.getByRole("region", { name: "预览名单" }).waitFor({ state: "detached" });
    await scene("preview-wrap");
    await state("话后整理");
    await page.getByRole("region", { name: "预览名单" }).waitFor();
    await page.getByRole("region", { name: "通话小结" }).waitFor();
  },
  "another page shows that a lead waits": async () => {
    await scene("preview");
    await page.getByRole("link", { name: "通话记录" }).click();
    await page.locator(".dk-bar.compact").getByText("王建国").waitFor();
  },
};

await runSteps("tasks-walk", TESTS, { page, errors, close: async () => { await browser.close(); mock.close(); } });
