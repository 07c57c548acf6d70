// 话术与表单 over the invented API: written by a leader, worked with by an agent, by mouse and by keyboard: node e2e/work.mjs [directory for pictures]. Needs a build.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { start } from "./mock-server.mjs";
import { runSteps } from "./steps.mjs";

const port = 18_315;
const base = `http://127.0.0.1:${port}`;
const pictures = process.argv[2];
if (pictures) mkdirSync(pictures, { recursive: true });
const mock = await start(port);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"] });
const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "zh-CN", permissions: ["microphone"] });
const page = await context.newPage();
page.setDefaultTimeout(10_000);
const errors = [];
page.on("pageerror", (e) => errors.push(e.message));
const button = (name, on = page) => on.getByRole("button", { name: new RegExp(`(^| )${name}( |$)`) });
const ask = (path) => fetch(`${base}/api/v1/mock/${path}`);
const shot = async (name) => { if (pictures) { await page.waitForTimeout(400); await page.screenshot({ path: `${pictures}/${name}.png` }); } };
/** Does something and returns the body of the request that it sends. */
async function sent(method, path, act, fits = () => true) {
  const [request] = await Promise.all([page.waitForRequest((r) => r.method() === method && path.test(new URL(r.url()).pathname) && fits(r.postDataJSON()), { timeout: 10_000 }), act()]);
  return request.postDataJSON();
}
const summary = page.getByRole("region", { name: "通话小结" });
const WORK = /calls\/7004\/work$/;

const TESTS = {
  "a leader begins with a template, which brings its results": async () => {
    await page.goto(`${base}/campaigns/107/work`);
    await page.getByText("从模板开始").waitFor();
    await shot("leader-empty");
    await button("满意度调查").click();
    await page.getByLabel("页面标题").waitFor();
    await shot("leader-script");
    await page.locator(".ant-segmented-item", { hasText: "处理结果" }).click();
    await shot("leader-outcomes");
    const body = await sent("PUT", /campaigns\/107\/agent-work$/, () => button("保存话术与表单").click());
    assert.equal(body.revision, 3);
    assert.equal(body.agent_work.script.length, 7);
    assert.deepEqual(body.results.map((r) => r.code), ["answered", "partial", "refused"]);
    assert.deepEqual(body.agent_work.outcomes[4].then, { do: "refuse" });
  },
  "a leader writes a script of their own, and sees it as agents will": async () => {
    await page.goto(`${base}/campaigns/107/work`);
    await button("写第一页").click();
    await page.getByLabel("页面标题").fill("开场");
    await page.getByLabel("坐席怎么说").fill("您好，");
    await button("客户姓名").click();
    const preview = page.getByRole("complementary", { name: "坐席看到的样子" });
    await preview.locator("mark", { hasText: "姓名" }).waitFor();
    await button("加分支").click();
    await page.getByLabel("客户的回答").fill("愿意");
    await page.getByRole("combobox", { name: "到哪一页" }).click();
    await page.locator(".ant-select-item-option", { hasText: "新的一页" }).click();
    await button("加问题").click();
    await page.getByLabel("问题", { exact: true }).fill("方便吗");
    await page.getByRole("combobox", { name: "选项" }).fill("方便，不方便，");
    await preview.getByText("方便 / 不方便").waitFor();
    await shot("leader-own");
    await button("愿意 →", preview).click();
    assert.equal(await page.getByLabel("页面标题").inputValue(), "愿意");
    const body = await sent("PUT", /agent-work$/, () => button("保存话术与表单").click());
    assert.deepEqual(body.agent_work.script.map((p) => [p.id, p.text, p.choices.map((c) => c.to)]), [["p1", "您好，{{ lead.name }}", ["p2"]], ["p2", "", []]]);
    assert.deepEqual(body.agent_work.script[0].questions[0].options, ["方便", "不方便"]);
  },
  "what the server refuses is named, with the way to it": async () => {
    await page.goto(`${base}/campaigns/107/work`);
    await button("通知回访").click();
    await page.getByLabel("页面标题").fill("拒收");
    await button("保存话术与表单").click();
    await page.getByText("认不出来").waitFor();
    await shot("leader-faults");
    await button("话术 · 核实通知").click();
    assert.equal(await page.getByLabel("页面标题").inputValue(), "核实通知");
    await page.getByRole("link", { name: "通话记录" }).click();
    await page.getByText("离开后修改会丢失。").waitFor();
    await button("不保存，离开").click();
  },
  "somebody else was faster: what was written stays, and may go over theirs": async () => {
    await page.goto(`${base}/campaigns/107/work`);
    await button("写第一页").click();
    await page.getByLabel("页面标题").fill("撞车");
    await button("保存话术与表单").click();
    await page.getByText("刚刚有人改过这个任务").waitFor();
    await shot("leader-conflict");
    assert.equal(await page.getByLabel("页面标题").inputValue(), "撞车");
    const body = await sent("PUT", /agent-work$/, () => button("用我的覆盖").click());
    assert.equal(body.revision, 9);
    await page.getByText("刚刚有人改过这个任务").waitFor({ state: "detached" });
  },
  "a form's fields and what an outcome brings about are set by hand": async () => {
    await page.goto(`${base}/campaigns/107/work`);
    await page.locator(".ant-segmented-item", { hasText: "表单" }).click();
    await button("加字段").click();
    await page.getByLabel("字段名称").fill("金额");
    await page.getByRole("combobox", { name: "类型" }).click();
    await page.locator(".ant-select-item-option", { hasText: "金额" }).click();
    await page.getByLabel("最小").fill("1");
    await shot("leader-form");
    await page.locator(".ant-segmented-item", { hasText: "处理结果" }).click();
    await button("加处理结果").click();
    await page.getByRole("textbox", { name: "处理结果" }).fill("稍后");
    await page.getByRole("combobox", { name: "接下来怎么办" }).click();
    await page.locator(".ant-select-item-option", { hasText: "过一段时间再呼" }).click();
    await page.getByLabel("多少分钟后再呼").fill("45");
    const body = await sent("PUT", /agent-work$/, () => button("保存话术与表单").click());
    assert.deepEqual([body.agent_work.form[0].kind, body.agent_work.form[0].min], ["money", 1]);
    assert.deepEqual(body.agent_work.outcomes[0].then, { do: "retry", minutes: 45 });
  },
  "an agent goes through the script by keyboard, and back": async () => {
    await ask("work/on");
    await ask("desk/off");
    await page.goto(`${base}/agent`);
    await button("签入").first().click();
    await button("签入", page.getByRole("dialog")).click();
    await page.getByText("刚签入").waitFor();
    await ask("desk/campaign");
    await page.getByText("请问是王建国老师吗").waitFor();
    await page.getByText("上次结果").waitFor();
    await shot("agent-script");
    await page.locator(".dk-script").focus();
    await page.keyboard.press("1");
    await page.getByText("请问您能按时参加吗").waitFor();
    await page.keyboard.press("Backspace");
    await page.getByText("请问是王建国老师吗").waitFor();
    await page.keyboard.press("1");
    const draft = await sent("PUT", WORK, () => page.getByRole("radio", { name: "不能参加" }).check(), (b) => b.answers.attending);
    assert.deepEqual([draft.done, draft.path, draft.answers, draft.outcome], [false, ["open", "notice"], { attending: "不能参加" }, ""]);
  },
  "what an outcome asks for is named before it is sent, each a way to it": async () => {
    await summary.getByRole("radio", { name: "参加", exact: true }).check();
    await summary.getByText("记为“参加”，不再呼叫").waitFor();
    let closed = 0;
    const count = (r) => { if (r.method() === "PUT" && WORK.test(r.url()) && r.postDataJSON().done) closed += 1; };
    page.on("request", count);
    await button("保存小结").click();
    await summary.getByText("还差 2 项").waitFor();
    await page.getByText("还没有问").waitFor();
    await shot("agent-missing");
    await button("预计到达时间", summary).click();
    await page.getByText("本人不接时打这个").waitFor();
    await page.getByLabel("备用联系电话").fill("12");
    await page.getByText("不是有效的电话号码").waitFor();
    await shot("agent-form");
    await button("保存小结").click();
    await summary.getByText("还差 3 项").waitFor();
    assert.equal(closed, 0);
    page.off("request", count);
    await button("备用联系电话", summary).click();
    await page.getByLabel("备用联系电话").fill("");
    await page.getByLabel("预计到达时间").fill("2026-12-25 09:00");
    await page.keyboard.press("Enter");
    await summary.getByRole("button", { name: /通知够不够清楚/ }).click();
    await page.locator(".dk-ask", { hasText: "打几分" }).getByText("4", { exact: true }).click();
    await summary.getByText("还差").waitFor({ state: "detached" });
    const body = await sent("PUT", WORK, () => button("保存小结").click(), (b) => b.done);
    assert.deepEqual([body.outcome, body.answers, body.form], ["attend", { attending: "不能参加", score: 4 }, { arrive: "2026-12-25T09:00:00", second_phone: "" }]);
    await summary.getByText("未保存").waitFor({ state: "detached" });
  },
  "a callback is agreed with one click, to oneself or to anyone": async () => {
    await summary.getByRole("radio", { name: "约时间再打" }).check();
    await button("明天上午", summary).click();
    await summary.getByText("由我回呼").waitFor();
    await summary.getByRole("radio", { name: "任何人" }).check();
    await summary.getByText("由空闲的坐席回呼").waitFor();
    await shot("agent-callback");
    const body = await sent("PUT", WORK, () => button("保存小结").click(), (b) => b.done);
    assert.deepEqual([body.outcome, body.callback.mine, new Date(body.callback.at).getHours()], ["later", false, 10]);
  },
  "a refusal says how far it goes; a confirmation comes before it is saved": async () => {
    await summary.getByRole("radio", { name: "要求不再打来" }).check();
    await button("保存小结").click();
    await button("不再呼叫的范围", summary).waitFor();
    await summary.getByRole("radio", { name: /列入免呼名单/ }).check();
    const body = await sent("PUT", WORK, () => button("保存小结").click(), (b) => b.done);
    assert.deepEqual([body.outcome, body.refusal], ["never", "all"]);
    await summary.getByRole("radio", { name: "需二次确认" }).check();
    assert.deepEqual(await sent("POST", /desk\/commands$/, () => button("转客户做二次确认").click()), { do: "confirm", flow: 31, back: true });
    await summary.getByText("客户已按键确认").waitFor();
    const sure = await sent("PUT", WORK, () => button("保存小结").click(), (b) => b.done);
    assert.equal(sure.outcome, "sure");
  },
  "whom one promised to call stands on the desk, and is dialled from there": async () => {
    await ask("desk/ready");
    const mine = page.getByRole("region", { name: "我的回呼" });
    await mine.getByText("赵德胜").waitFor();
    await mine.getByText("已过时间").waitFor();
    await shot("agent-appointments");
    assert.deepEqual(await sent("POST", /desk\/commands$/, () => button("拨打", mine).first().click()), { do: "dial", number: "appointment:1" });
    await ask("desk/ready");
    await mine.getByRole("button", { name: "更多操作" }).first().click();
    assert.deepEqual(await sent("PATCH", /appointments\/1$/, () => page.getByRole("menuitem", { name: "已联系过" }).click()), { state: "done" });
  },
};

await runSteps("work-walk", TESTS, { page, errors, close: async () => { await browser.close(); mock.close(); } });
