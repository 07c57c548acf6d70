// A leader's whole walk on the real product, by clicking and typing alone: a predictive task is built, refused and mended, approved, started,
// changed, paused, read, exported, used again and stopped, while an agent of another browser talks. Whom it calls are numbers of the house
// itself, over the only line. Needs `fengling` and the web UI built: node e2e/leader.mjs [directory for pictures]
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { request } from "playwright-core";
import { browser, button, furnish, hears, logIn, signIn, state, walk } from "./desk-house.mjs";
import { callees } from "./callees.mjs";
import { screen, until } from "./screen.mjs";
import { newUser } from "./serve.mjs";

const EXEMPT = ["赵不打", "057188002003", "专线"];
const PEOPLE = [EXEMPT, ["王建国", "057188002001", "企业宽带"], ["李秀英", "057188002002", "云主机"], ["钱明", "057188002004", "企业宽带"]];
const TASK = "秋季套餐邀约";
const shots = process.argv[2];
if (shots) mkdirSync(shots, { recursive: true });

let picture = 0;
async function shot(page, name) {
  if (!shots) return;
  picture += 1;
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(shots, `${String(picture).padStart(2, "0")}-${name}.png`) });
}

/** Somebody of the office, in a browser of their own. */
async function person({ server, dir, opened }, { login, name, role }) {
  const user = await newUser(server, request, { login, name, role });
  const at = await browser(dir, login, 1_000);
  opened.push(at);
  return { ...user, page: at.page, see: screen(at.page) };
}

async function enter(server, { page, login, password }, path) {
  await page.goto(`${server.base}/login`);
  await page.getByLabel("工号").fill(login);
  await page.getByLabel("密码", { exact: true }).fill(password);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
  await page.goto(`${server.base}${path}`);
}

/** The agent of the task's group, signed in. */
async function seat({ server, dir, opened }, queue) {
  const user = await newUser(server, request, { login: "wang", name: "王小明", role: "agent" });
  const agent = await server.api.post("/agents", { number: "1001", name: "王小明", user_id: user.user.id, enabled: true, skills: {} });
  await server.api.put(`/queues/${queue.id}/members`, [{ agent_id: agent.id, place: 0, vip_only: false, outbound: true, schedule: null }]);
  const at = await browser(dir, "wang", 1_450);
  opened.push(at);
  await logIn(server, at.page, user);
  await button(at.page, "签入").first().click();
  await signIn(at.page);
  return at.page;
}

async function build(leader, server) {
  const { page, see } = leader;
  await enter(server, leader, "/campaigns");
  await shot(page, "no-tasks");
  await see.button("新建任务").or(page.getByRole("link", { name: "新建任务" })).first().click();
  await page.getByText("空白任务").first().click();
  await page.getByLabel("任务名称").fill(TASK);
  await page.locator(".cm-mode", { has: page.getByText("预测", { exact: true }) }).click();
  await page.getByLabel("坐席组").click();
  await see.option("咨询组");
  await shot(page, "new-task");
  await see.button("创建并导入名单").click();
  await page.waitForURL(/campaigns\/\d+\/import/);
}

async function importSheet({ page, see }) {
  const rows = [["客户", "联系电话", "意向产品"], ...PEOPLE, ["孙少位", "0571880020", "专线"]].map((r) => r.join(","));
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByText("把文件拖到这里").click()]);
  await chooser.setFiles({ name: "秋季名单.csv", mimeType: "text/csv", buffer: Buffer.from(rows.join("\r\n")) });
  await page.getByText("预览：秋季名单.csv").waitFor();
  for (const [column, target] of [["客户", "姓名"], ["联系电话", "号码"], ["意向产品", "新字段"]]) {
    const head = page.getByRole("combobox", { name: `“${column}”导入为` });
    const cell = page.locator("th").filter({ has: head });
    if (!(await cell.innerText()).includes(target)) {
      await head.click();
      await see.option(target);
    }
  }
  await shot(page, "mapping");
  await see.button("确认导入").click();
  await page.getByText("导入 4 · 重复 0 · 不合格 1").waitFor();
  await shot(page, "imported");
}

/** Words, form and outcomes from a template; hours all round; one of the numbers is on the task's own exempt list. */
async function furnishTask({ page, see }) {
  await see.tab("话术与表单");
  await page.locator(".wk-templates button", { hasText: "营销邀约" }).click();
  await shot(page, "work");
  await see.button("保存话术与表单").click();
  await see.done("话术与表单已保存");
  await see.tab("设置");
  const from = page.getByLabel("开始", { exact: true });
  await from.first().waitFor();
  while ((await from.count()) > 1) await see.button("删除这个时段").last().click();
  await from.fill("00:00");
  await page.getByLabel("结束", { exact: true }).fill("24:00");
  for (const day of ["周六", "周日"]) {
    const toggle = page.getByRole("button", { name: day, exact: true });
    if ((await toggle.getAttribute("aria-pressed")) === "false") await toggle.click();
  }
  const holidays = page.getByRole("switch", { name: "节假日不呼叫" });
  if ((await holidays.getAttribute("aria-checked")) === "true") await holidays.click();
  await page.getByLabel("用途").click();
  await see.option("营销");
  await see.button("保存设置").click();
  await see.done("设置已保存");
  await shot(page, "settings");
  await see.tab("规则");
  await page.getByRole("textbox", { name: "本任务免呼" }).fill(EXEMPT[1]);
  await see.button("加入").click();
  await see.done("已加入名单");
  await shot(page, "rules");
}

async function submit({ see }) {
  await see.button("提交审批").click();
  await see.status("待审批").waitFor();
}

async function refuse(approver, server) {
  const { page, see } = approver;
  await enter(server, approver, "/campaigns");
  await page.getByRole("link", { name: TASK }).click();
  await see.button("驳回").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill("呼损上限请降到 2%");
  await shot(page, "refusal");
  await see.button("驳回", dialog).click();
  await see.status("草稿").waitFor();
}

async function mend({ page, see }) {
  await page.getByText("上次审批未通过：呼损上限请降到 2%").waitFor();
  await shot(page, "refused");
  await see.tab("设置");
  await page.getByLabel("呼损上限").fill("2");
  await see.button("保存设置").click();
  await see.done("设置已保存");
}

async function approve({ page, see }) {
  await see.status("待审批").waitFor();
  await see.tab("设置");
  assert.equal(await page.getByLabel("呼损上限").inputValue(), "2.0");
  await see.button("审批通过").click();
  await see.confirm("审批通过");
  await see.status("已审批").waitFor();
  await shot(page, "approved");
}

async function start({ page, see }) {
  await see.tab("概览");
  await see.status("已审批").waitFor();
  await see.button("开始拨打").click();
  await see.confirm("开始拨打");
  await see.status("运行中").waitFor();
  await page.getByRole("region", { name: "拨打节奏" }).getByText("坐席组里没有人签入").or(page.getByText("没有空闲坐席")).first().waitFor();
  await shot(page, "running-nobody");
}

/** The agent is put through by the task, and writes the call up as `outcome`; says whom they talked with. */
async function talk(page, outcome, mode) {
  await state(page, "通话");
  const name = page.locator("section, .fl-panel").filter({ hasText: "业务数据" }).first();
  await name.waitFor();
  const told = await name.innerText();
  const [who] = PEOPLE.find(([n]) => told.includes(n)) ?? [];
  assert.ok(who, `a person of the task: ${told}`);
  await hears(page);
  await page.locator(".dk-outcomes label", { hasText: outcome }).click();
  await shot(page, `agent-${mode}`);
  await state(page, "话后整理");
  await button(page, "保存小结").click();
  await page.locator(".ant-message").getByText("小结已保存").waitFor();
  return who;
}

async function sees({ page }) {
  const pace = page.getByRole("region", { name: "拨打节奏" });
  await pace.getByText("还在学习").first().waitFor();
  await page.getByText("没有拨出的呼叫").scrollIntoViewIfNeeded();
  await page.locator("tr", { hasText: "免呼名单" }).filter({ hasText: "1" }).first().waitFor();
  await shot(page, "refused-by-rule");
}

async function change({ page, see }) {
  await page.getByRole("region", { name: "拨打节奏" }).scrollIntoViewIfNeeded();
  await see.button("调整拨打方式").click();
  const dialog = page.getByRole("dialog");
  await dialog.locator(".cm-mode", { has: page.getByText("倍率", { exact: true }) }).click();
  await dialog.getByLabel("每坐席最多在拨").fill("2");
  await see.button("换成“倍率”", dialog).click();
  await shot(page, "change-mode");
  await see.button("确定换成“倍率”", dialog).click();
  await dialog.waitFor({ state: "detached" });
  await page.locator("h1").getByText("倍率").waitFor();
  await page.getByRole("button", { name: "调高倍率" }).click();
  await page.getByRole("button", { name: /^改为/ }).click();
  await see.done("倍率已改，马上生效");
  await shot(page, "changed");
  await see.button("暂停").click();
  await see.status("已暂停").waitFor();
  await see.tab("设置");
  await page.getByLabel("同时呼叫上限").fill("3");
  await see.button("保存设置").click();
  await see.done("设置已保存");
  await see.tab("概览");
}

async function resume({ see }) {
  await see.button("继续拨打").click();
  await see.status("运行中").waitFor();
}

async function read({ page, see }) {
  await until("both are written up", 20, async () => {
    const seen = { booked: await see.chipOf("已约定").catch(() => 0), none: await see.chipOf("没有需要").catch(() => 0) };
    return { holds: seen.none === 2, ...seen };
  });
  const step = async (name) => Number((await page.locator(".fl-funnel").first().locator("tr", { has: page.locator("th", { hasText: name }) }).locator("td.n").innerText()).replaceAll(",", ""));
  await until("the funnel", 10, async () => {
    const seen = [await step(/^名单/), await step(/^已呼/), await step(/^接通/), await step(/^真人接听/), await step(/坐席/), await step(/^成功/)];
    return { holds: seen.join() === "4,2,2,2,2,0", seen };
  });
  await page.locator(".fl-funnel").first().scrollIntoViewIfNeeded();
  await shot(page, "funnel");
  const row = page.locator("tr", { hasText: "王小明" });
  await row.scrollIntoViewIfNeeded();
  assert.match(await row.innerText(), /1001[\s\S]*王小明[\s\S]*\b2\b/);
  await shot(page, "by-agent");
}

async function leads({ page, see }) {
  await see.tab("名单");
  const row = see.rows.filter({ hasText: EXEMPT[0] });
  await row.getByText("已排除").waitFor();
  await shot(page, "leads");
  await row.locator("td").nth(1).click();
  await page.locator(".ant-drawer").getByText("号码在本任务的免呼名单中").waitFor();
  await shot(page, "lead-refused");
  await page.keyboard.press("Escape");
}

async function exportRows({ page, see }, called) {
  await see.tab("概览");
  await page.getByRole("button", { name: /导出/ }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("CSV 文件").click();
  await shot(page, "export");
  const [file] = await Promise.all([page.waitForEvent("download"), dialog.getByRole("link", { name: "导出" }).click()]);
  const lines = readFileSync(await file.path(), "utf8").replace(/^\uFEFF/, "").trim().split(/\r?\n/);
  assert.equal(lines.length, PEOPLE.length + 1, lines.join("\n"));
  for (const [name, phone, wants] of PEOPLE) {
    const line = lines.find((l) => l.includes(name)) ?? "";
    assert.ok(line.includes(phone) || line.includes(phone.slice(1)), line);
    assert.ok(line.includes(wants), line);
    assert.equal(line.includes("没有需要"), called.includes(name), line);
  }
}

/** Numbers by their result become the list of another task. */
async function again({ page, see }) {
  await see.button("更多").click();
  await page.getByRole("menuitem", { name: "复制任务" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill("冬季再邀");
  await see.button("复制", dialog).click();
  await page.getByRole("heading", { name: "冬季再邀" }).waitFor();
  await see.tab("名单");
  await page.locator(".fl-panel header").getByRole("button", { name: "更多" }).hover();
  await page.getByRole("menuitem", { name: "从呼叫结果生成名单" }).click();
  await dialog.getByLabel("取自哪个任务").click();
  await see.option(TASK);
  await dialog.getByLabel("结果", { exact: true }).click();
  await see.option("没有需要");
  await page.keyboard.press("Escape");
  await shot(page, "list-of-a-result");
  await see.button("生成", page.getByRole("dialog")).click();
  await see.done("已生成名单：2 个号码");
  await see.rows.filter({ hasText: "李秀英" }).waitFor();
  await shot(page, "new-list");
}

async function stop({ page, see }, server, path) {
  await page.goto(`${server.base}${path}`);
  await see.button("更多").click();
  await page.getByRole("menuitem", { name: "停止任务" }).click();
  await see.confirm("停止");
  await see.status("已停止").waitFor();
  await shot(page, "stopped");
  await see.menu("外呼任务");
  await see.rows.filter({ hasText: TASK }).waitFor();
  await shot(page, "tasks");
}

await walk("leader", async (house) => {
  const { server, done } = house;
  // The agent writes up for as long as the leader looks.
  const queue = await furnish(server, 300_000);
  await callees(server, PEOPLE.map((p) => p[1]));
  const leader = await person(house, { login: "chen", name: "陈班长", role: "manager" });
  const approver = await person(house, { login: "zhou", name: "周经理", role: "approver" });
  const agent = await seat(house, queue);

  await build(leader, server);
  await importSheet(leader);
  const path = new URL(leader.page.url()).pathname.replace(/import$/, "overview");
  const api = `/campaigns/${/\d+/.exec(path)[0]}`;
  await furnishTask(leader);
  await submit(leader);
  done("a task is built: sheet, words, hours, rules");
  await refuse(approver, server);
  await leader.page.reload();
  await mend(leader);
  await submit(leader);
  await approver.page.reload();
  await approve(approver);
  done("refused with a reason, mended, and approved by another");

  await leader.page.reload();
  await start(leader);
  await agent.keyboard.press("Control+Shift+R");
  const first = await talk(agent, "没有需要", "predictive");
  done(`predictive: ${first} is put through to whoever is ready`);
  await sees(leader);
  await change(leader);
  done("mode, ratio and limits are changed while it runs; paused");
  await agent.keyboard.press("Control+Shift+R");
  await state(agent, "空闲");
  assert.equal((await server.api.get(api)).progress.attempts, 1, "whoever is ready gets nobody of a paused task");
  await resume(leader);
  const second = await talk(agent, "没有需要", "power");
  assert.notEqual(first, second);
  done(`resumed: ${second} is put through`);

  await read(leader);
  await leads(leader);
  await exportRows(leader, [first, second]);
  done("funnel, agents and leads are read, and exported as they are");
  const calls = await server.api.get("/calls?limit=100");
  assert.ok(!JSON.stringify(calls.items.map((c) => c.called)).includes(EXEMPT[1].slice(1)), "who is exempt was never dialled");
  await again(leader);
  await stop(leader, server, path);
  done("a result became another task's list; the task is stopped");

  const log = (await server.api.get("/audit?limit=200")).items;
  const did = (login, action) => {
    const entry = log.find((e) => e.action === action && e.actor === `user:${login}`);
    assert.ok(entry, `${action} by ${login} is not in the log: ${log.map((e) => `${e.actor} ${e.action}`).join(", ")}`);
  };
  for (const action of ["campaign.create", "campaign.update", "campaign.submit", "campaign.start", "campaign.pause", "campaign.resume", "campaign.stop", "list.add"]) did("chen", action);
  for (const action of ["campaign.reject", "campaign.approve"]) did("zhou", action);
  did("wang", "work.save");
  done("the log tells who did what");
  await Promise.all([leader, approver].map((p) => p.dispose()));
});
