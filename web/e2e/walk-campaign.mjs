// Signing in, the running campaign, and a new one from a sheet to its first results.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { until } from "./screen.mjs";

const SEEDED = "智慧园区项目评标专家抽取";
const OWN = "医院项目专家抽取";

async function arrive({ page, see, demo, experts, shot, kept }) {
  await page.goto(demo.open);
  await page.getByRole("heading", { name: SEEDED }).waitFor();
  await see.status("运行中").waitFor();
  assert.equal(await see.figureOf("名单"), experts);
  kept.seeded = page.url();
  await page.evaluate(() => { window.sameDocument = true; });
  const first = await see.figureOf("呼叫次数");
  await until("the attempts' figure grows by itself", 60, async () => {
    const attempts = await see.figureOf("呼叫次数");
    return { holds: attempts > first, attempts };
  });
  await until("somebody is talking", 60, async () => ({ holds: (await see.figureOf("正在通话")) > 0 }));
  await page.getByText("实时", { exact: true }).waitFor();
  assert.ok(await page.evaluate(() => window.sameDocument), "the page was loaded again");
  await shot("overview-early");
}
arrive.needed = true;

async function signIn({ page, see, demo, errors, shot }) {
  await see.button("我的菜单").click();
  // The menu slides in; a click on a moving target may miss.
  await until("signed out", 20, async () => {
    await page.getByRole("menuitem", { name: "退出登录" }).click({ timeout: 2_000 }).catch(() => undefined);
    return { holds: page.url().includes("/login") };
  });
  await page.getByLabel("工号").fill(demo.login);
  await shot("login");
  await page.getByLabel("密码", { exact: true }).fill("guessed-wrong");
  await see.button("登录").click();
  const refusal = page.getByRole("alert");
  await refusal.waitFor();
  assert.match(await refusal.innerText(), /密码|工号/);
  assert.doesNotMatch(await refusal.innerText(), /Error|undefined|\{|401/);
  await shot("login-refused");
  // The browser itself notes the 401.
  errors.splice(0, errors.length, ...errors.filter((e) => !e.includes("401")));
  await page.getByLabel("密码", { exact: true }).fill(demo.password);
  await see.button("登录").click();
  await page.getByRole("navigation", { name: "主菜单" }).waitFor();
  await page.getByText("演示管理员").first().waitFor();
  await see.menu("首页");
  await page.getByText("今日呼叫", { exact: true }).waitFor();
  await page.getByRole("link", { name: SEEDED }).first().waitFor();
  await shot("home");
}
signIn.needed = true;

async function create({ page, see, kept, shot }) {
  await see.menu("外呼任务");
  await page.getByRole("link", { name: SEEDED }).waitFor();
  await shot("campaigns");
  await see.button("新建任务").or(page.getByRole("link", { name: "新建任务" })).first().click();
  await page.locator("button.fl-panel").filter({ hasText: "专家抽取" }).click();
  await page.getByLabel("任务名称").fill(OWN);
  await shot("new-campaign");
  await see.button("创建并导入名单").click();
  await page.waitForURL(/campaigns\/\d+\/import/);
  await page.getByRole("heading", { name: OWN }).waitFor();
  kept.own = page.url().replace(/import.*/, "overview");
}
create.needed = true;

async function importSheet({ page, see, demo, experts, shot, kept }) {
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByText("把文件拖到这里").click()]);
  await chooser.setFiles(demo.sheet);
  await page.getByText("预览：专家名单.xlsx").waitFor();
  for (const [column, target] of [["姓名", "姓名"], ["手机号码", "号码"], ["评审专业", "评审专业"], ["职称", "职称"]]) {
    const head = page.locator("th").filter({ has: page.getByText(column, { exact: true }) });
    assert.ok((await head.first().innerText()).includes(target), `column ${column} goes to ${target}, seen ${await head.first().innerText()}`);
  }
  await page.getByText(`共 ${Math.floor(experts / 4) + 23} 行`).waitFor();
  await see.rows.filter({ hasText: "可导入" }).first().waitFor();
  await shot("import-preview");
  await see.button("确认导入").click();
  const good = Math.floor(experts / 4) + 20;
  await page.getByText(new RegExp(`导入 ${good} · 重复 1 · 不合格 2`)).waitFor();
  kept.imported = good;
  await page.getByRole("link", { name: "查看名单" }).or(see.button("查看名单")).first().waitFor();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "下载不合格的行" }).click()]);
  const left = readFileSync(await file.path(), "utf8");
  for (const [name, why] of [["（少一位）", /位/], ["（科学计数法）", /科学计数/]]) {
    const line = left.split("\n").find((l) => l.includes(name));
    assert.match(line ?? "", why, `the row ${name} says why it was left out:\n${left}`);
  }
  await shot("import-done");
}
importSheet.needed = true;

async function launch({ page, see, shot, kept }) {
  await page.goto(kept.own);
  await see.tab("设置");
  await page.getByRole("combobox", { name: "主叫号码" }).click();
  await see.option("1000");
  await page.keyboard.press("Escape");
  const from = page.getByLabel("开始", { exact: true });
  while ((await from.count()) > 1) await see.button("删除这个时段").last().click();
  await from.fill("00:00");
  await page.getByLabel("结束", { exact: true }).fill("24:00");
  for (const day of ["周六", "周日"]) {
    const toggle = page.getByRole("button", { name: day, exact: true });
    if ((await toggle.getAttribute("aria-pressed")) === "false") await toggle.click();
  }
  const holidays = page.getByRole("switch", { name: "节假日不呼叫" });
  if ((await holidays.getAttribute("aria-checked")) === "true") await holidays.click();
  await see.button("保存设置").click();
  await see.done("设置已保存");
  await shot("campaign-settings");
  await see.button("提交审批").click();
  await see.status("待审批").waitFor();
  await see.button("审批通过").click();
  await see.confirm("审批通过");
  await see.status("已审批").waitFor();
  await see.button("开始拨打").click();
  await see.confirm("开始拨打");
  await see.status("运行中").waitFor();
  await see.tab("概览");
  await until("every imported lead is counted", 10, async () => {
    const leads = await see.figureOf("名单");
    return { holds: leads === kept.imported, leads };
  });
}
launch.needed = true;

async function results({ page, see, shot, kept }) {
  await page.evaluate(() => { window.sameDocument = true; });
  await until("the new campaign has 参加 and 不参加 on the screen", 90, async () => {
    const seen = { attend: await see.chipOf("参加"), decline: await see.chipOf("不参加") };
    return { holds: seen.attend > 0 && seen.decline > 0, ...seen };
  });
  assert.ok(await page.evaluate(() => window.sameDocument), "the page was loaded again");
  await shot("overview");
  await see.tab("名单");
  const row = see.rows.filter({ has: page.getByText("参加", { exact: true }) }).first();
  await row.waitFor();
  kept.attending = (await row.locator("td").nth(1).innerText()).trim();
  await shot("leads");
  await row.locator("td").nth(1).click();
  const drawer = page.locator(".ant-drawer").filter({ hasText: "呼叫经过" });
  await drawer.getByText("第 1 次").waitFor();
  // The answer is known while the person is still listening to the thanks; the outcome once the call has ended.
  await drawer.getByText("真人接听").waitFor({ timeout: 60_000 });
  await shot("lead");
  await page.keyboard.press("Escape");
}

async function finished({ page, see, kept, shot }) {
  await page.goto(kept.seeded);
  await see.status("已完成").waitFor({ timeout: 120_000 });
  const waiting = await page.locator(".fl-figure .note").first().innerText();
  assert.match(waiting, /待呼 0/);
  assert.ok((await see.chipOf("参加")) > 0 && (await see.chipOf("不参加")) > 0);
  await shot("finished");
}

export const arriving = {
  "the demo's link signs in on the running campaign, whose figures move by themselves": arrive,
  "a wrong password is refused in clear words, the right one opens": signIn,
  "a campaign is made from the template": create,
  "a sheet is previewed, its bad rows named, and imported": importSheet,
};

// The sheet holds the same people: they are called again once nobody else is talking to them.
export const calling = {
  "the demo's own campaign finishes": finished,
  "settings, approval and start": launch,
  "results arrive while one looks": results,
};
