// Pictures of every page over the invented API: node e2e/screenshots.mjs <directory> [name…]. Fails on any page error.
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { deskSteps } from "./desk-shots.mjs";
import { start } from "./mock-server.mjs";

const [out = "shots", ...only] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const port = 18_311;
const mock = await start(port);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"] });
const page = await browser.newPage({ viewport: { width: 1366, height: 768 }, locale: "zh-CN" });
const problems = [];
page.on("pageerror", (e) => problems.push(`${page.url()}: ${e.message}`));
page.on("console", (m) => { if (m.type() === "error" && !m.text().includes("401") && !m.text().includes("409")) problems.push(`${page.url()}: ${m.text()}`); });

const PAGES = [
  ["home", "/"], ["campaigns", "/campaigns"], ["new", "/campaigns/new"], ["overview", "/campaigns/101/overview"], ["overview-empty", "/campaigns/107/overview"], ["overview-pending", "/campaigns/104/overview"],
  ["pacing", "/campaigns/201/overview"], ["pacing-ratio", "/campaigns/202/overview"], ["pacing-preview", "/campaigns/203/overview"], ["pacing-no-agents", "/campaigns/204/overview"], ["pacing-begins", "/campaigns/205/overview"], ["pacing-manual", "/campaigns/206/overview"], ["pacing-guard", "/campaigns/207/overview"],
  ["mode-ivr", "/campaigns/107/settings"], ["mode-predictive", "/campaigns/207/settings"], ["mode-preview", "/campaigns/203/settings"],
  ["leads", "/campaigns/101/list"], ["lead", "/campaigns/101/list?lead=5005"], ["import", "/campaigns/107/import"], ["pool", "/pool"], ["pool-mine", "/pool?view=mine"], ["settings-tab", "/campaigns/107/settings"], ["calls", "/calls"], ["call", "/calls?call=7004"],
  ["flows", "/flows"], ["flow", "/flows/1"], ["prompts", "/prompts"], ["trunks", "/trunks"], ["routes", "/trunks?tab=routes"], ["numbers", "/trunks?tab=numbers"], ["extensions", "/trunks?tab=extensions"], ["bans", "/trunks?tab=bans"], ["lists", "/lists"], ["sounds", "/ears"], ["messages", "/messages"],
  ["webhooks", "/webhooks"], ["settings", "/settings"], ["settings-sms", "/settings?section=sms"], ["settings-holidays", "/settings?section=holidays"], ["settings-speech", "/settings?section=speech"], ["settings-ears", "/settings?section=ears"], ["org", "/admin/org"], ["users", "/admin/users"], ["keys", "/admin/keys"], ["audit", "/admin/audit"], ["missing", "/nothing/here"],
  ["supervisor", "/supervisor"], ["supervisor-filtered", "/supervisor?queue=2&state=talking"], ["supervisor-queues", "/supervisor/queues"], ["supervisor-queue", "/supervisor/queues?queue=2"], ["wallboard", "/wallboard"],
  ["agents", "/admin/agents"], ["skills", "/admin/agents?tab=skills"], ["queues", "/admin/queues"], ["queue-new", "/admin/queues/new"], ["queue-members", "/admin/queues/2?tab=members"],
  ["customers", "/customers"], ["customer", "/customers/5"], ["settings-desk", "/settings?section=desk"], ["settings-customers", "/settings?section=customers"],
  ["report-lost", "/reports"], ["report-service", "/reports/queue_service"], ["report-workload", "/reports/agent_workload"], ["report-timeline", "/reports/agent_timeline"],
];
const STEPS = {
  ...deskSteps(page, `http://127.0.0.1:${port}`),
  "list-form": async () => {
    await page.goto(`http://127.0.0.1:${port}/campaigns/101/list`);
    await page.getByRole("button", { name: "名单设置" }).first().click();
    await page.getByText("只呼叫符合条件的人").waitFor();
  },
  "list-reuse": async () => {
    await page.goto(`http://127.0.0.1:${port}/campaigns/101/list`);
    await page.getByRole("button", { name: "更多", exact: true }).first().click();
    await page.getByText("从呼叫结果生成名单").click();
    await page.getByText("取自哪个任务").waitFor();
  },
  "list-add": async () => {
    await page.goto(`http://127.0.0.1:${port}/campaigns/101/list`);
    await page.getByRole("button", { name: "添加号码" }).click();
    await page.getByText("多久以后呼叫").waitFor();
  },
  "list-assign": async () => {
    await page.goto(`http://127.0.0.1:${port}/campaigns/101/list`);
    await page.getByRole("button", { name: "全部分配" }).click();
    await page.getByText("选多个坐席时平均分配").waitFor();
  },
  "list-import": async () => {
    await page.goto(`http://127.0.0.1:${port}/campaigns/107/import`);
    await page.setInputFiles("input[type=file]", { name: "专家.xlsx", mimeType: "application/octet-stream", buffer: Buffer.from("x") });
    await page.getByText("导入到").waitFor();
  },
  "pool-moves": async () => {
    await page.goto(`http://127.0.0.1:${port}/pool`);
    await page.getByRole("button", { name: "流转记录" }).first().click();
    await page.getByText("30 天无联系").waitFor();
  },
  "monitor-seat": async () => {
    await page.goto(`http://127.0.0.1:${port}/supervisor?state=talking`);
    await page.getByRole("button", { name: /(^| )监听$/ }).first().click();
    await page.getByText("监听用哪部话机").waitFor();
  },
  "monitor-banner": async () => {
    await page.evaluate(() => window.localStorage.setItem("fengling.monitor-seat", JSON.stringify({ kind: "phone", extension: 1 })));
    await page.goto(`http://127.0.0.1:${port}/supervisor?state=talking`);
    await page.getByRole("button", { name: /(^| )监听$/ }).first().click();
    await page.getByText("双方都听不到您").waitFor();
  },
  "supervisor-menu": async () => {
    await page.keyboard.press("Escape");
    await page.getByText("双方都听不到您").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "更多操作" }).nth(1).click();
    await page.getByText("强制示忙").hover();
  },
  "force-release": async () => {
    await page.goto(`http://127.0.0.1:${port}/supervisor?state=talking`);
    await page.getByRole("button", { name: "更多操作" }).nth(1).click();
    await page.getByText("强拆…").click();
    await page.getByRole("dialog").getByRole("button", { name: "强拆" }).click();
  },
  "customer-new": async () => {
    await page.goto(`http://127.0.0.1:${port}/customers`);
    await page.getByRole("button", { name: "新建客户" }).click();
  },
  "customer-conflict": async () => {
    await page.goto(`http://127.0.0.1:${port}/customers/8`);
    await page.getByLabel("单位").fill("改了单位名称");
    await page.getByRole("button", { name: "保存" }).click();
    await page.getByText("您编辑时有人改过这位客户").waitFor();
  },
  "queue-lower": async () => {
    await page.goto(`http://127.0.0.1:${port}/admin/queues/2`);
    await page.getByText("要求的技能").last().scrollIntoViewIfNeeded();
    await page.mouse.wheel(0, 700);
  },
  "queue-lowest": async () => { await page.mouse.wheel(0, 2500); },
  "assign": async () => {
    await page.goto(`http://127.0.0.1:${port}/supervisor/queues?queue=2`);
    await page.getByRole("button", { name: "指派" }).first().click();
    await page.getByRole("dialog").getByRole("combobox").click();
  },
  "unit-form": async () => {
    await page.goto(`http://127.0.0.1:${port}/admin/org`);
    await page.getByRole("button", { name: "修改" }).nth(1).click();
    await page.getByText("换上级时").waitFor();
  },
  "user-form": async () => {
    await page.goto(`http://127.0.0.1:${port}/admin/users`);
    await page.getByRole("button", { name: "添加用户" }).click();
    await page.getByLabel("数据范围").click();
    await page.getByText("本部门及下级").last().waitFor();
  },
  "agent-form": async () => {
    await page.goto(`http://127.0.0.1:${port}/admin/agents`);
    await page.getByRole("button", { name: "修改" }).nth(1).click();
    await page.getByText("部门的班长能看到和管理这个坐席。").waitFor();
  },
  "import-preview": async () => {
    await page.goto(`http://127.0.0.1:${port}/campaigns/107/import`);
    await page.setInputFiles("input[type=file]", { name: "评标专家.xlsx", mimeType: "application/octet-stream", buffer: Buffer.from("x") });
    await page.getByText("确认导入").waitFor();
  },
  "settings-tab-lower": async () => {
    await page.goto(`http://127.0.0.1:${port}/campaigns/107/settings`);
    await page.getByText("重呼规则").scrollIntoViewIfNeeded();
    await page.mouse.wheel(0, 900);
  },
  "adjust": async () => {
    await page.goto(`http://127.0.0.1:${port}/campaigns/202/overview`);
    await page.getByRole("button", { name: "调整拨打方式" }).click();
    await page.getByRole("dialog").getByText("系统预测谁快说完").click();
    await page.getByRole("button", { name: /换成“预测”/ }).click();
    await page.getByText("任务正在运行，要从").waitFor();
  },
  "new-blank": async () => {
    await page.goto(`http://127.0.0.1:${port}/campaigns/new`);
    await page.getByText("空白任务").first().click();
    await page.getByText("系统预测谁快说完").click();
    await page.getByLabel("任务名称").fill("新任务");
    await page.getByRole("button", { name: "创建并导入名单" }).click();
    await page.getByText("请选择由哪个坐席组来接").scrollIntoViewIfNeeded();
  },
  "trunk-form": async () => {
    await page.goto(`http://127.0.0.1:${port}/trunks`);
    await page.getByRole("button", { name: "添加线路" }).click();
  },
  "trunk-rules": async () => {
    await page.goto(`http://127.0.0.1:${port}/trunks`);
    await page.getByRole("button", { name: "添加线路" }).click();
    await page.getByRole("button", { name: "改号规则" }).first().click();
    await page.getByRole("button", { name: "加一条改号规则" }).first().click();
    await page.getByText("呼出：主叫改号").scrollIntoViewIfNeeded();
  },
  "rate-trial": async () => {
    await page.goto(`http://127.0.0.1:${port}/trunks?tab=routes`);
    await page.getByPlaceholder("输入一个被叫号码").fill("13800138000");
    await page.getByRole("button", { name: "试算" }).click();
    await page.getByText("先用这条").waitFor();
  },
  "rate-import": async () => {
    await page.goto(`http://127.0.0.1:${port}/trunks?tab=routes`);
    await page.getByRole("button", { name: "导入费率" }).click();
    await page.setInputFiles("input[type=file]", { name: "费率.csv", mimeType: "text/csv", buffer: Buffer.from("x") });
    await page.getByText("2 行可以导入").waitFor();
  },
  "sip-ladder": async () => {
    await page.goto(`http://127.0.0.1:${port}/calls?call=7004`);
    await page.getByRole("button", { name: "查看信令" }).click();
    await page.getByText("200 OK").first().click();
  },
  "flow-help": async () => {
    await page.goto(`http://127.0.0.1:${port}/flows/1`);
    await page.getByText("节点说明").click();
  },
  "key-secret": async () => {
    await page.goto(`http://127.0.0.1:${port}/admin/keys`);
    await page.getByRole("button", { name: "新建密钥" }).click();
    await page.getByLabel("名称").fill("业务系统");
    await page.getByRole("button", { name: "创建" }).click();
    await page.getByText("只显示这一次").waitFor();
  },
  "english": async () => {
    await page.evaluate(() => window.localStorage.setItem("fengling.lang", "en"));
    await page.goto(`http://127.0.0.1:${port}/campaigns/101/overview`);
  },
  "english-pacing": async () => { await page.goto(`http://127.0.0.1:${port}/campaigns/201/overview`); await page.getByText("Within ten seconds").waitFor(); },
  "english-mode": async () => {
    await page.goto(`http://127.0.0.1:${port}/campaigns/201/settings`);
    await page.getByText("Dialling mode").first().scrollIntoViewIfNeeded();
    await page.mouse.wheel(0, 420);
  },
  "english-settings": async () => { await page.goto(`http://127.0.0.1:${port}/campaigns/107/settings`); },
  "login": async () => {
    await page.evaluate(() => window.localStorage.removeItem("fengling.lang"));
    await fetch(`http://127.0.0.1:${port}/api/v1/mock/sign-out`);
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.getByLabel("工号").waitFor();
  },
};
const wanted = (name) => only.length === 0 || only.includes(name);
const shot = async (name) => {
  await page.waitForTimeout(900);
  await page.screenshot({ path: `${out}/${name}.png` });
};
for (const [name, path] of PAGES.filter(([n]) => wanted(n))) {
  await page.goto(`http://127.0.0.1:${port}${path}`);
  await shot(name);
}
for (const [name, run] of Object.entries(STEPS).filter(([n]) => wanted(n))) {
  try {
    await run();
  } catch (e) {
    problems.push(`${name}: ${e.message}`);
  }
  await shot(name);
}
await browser.close();
mock.close();
if (problems.length > 0) {
  console.error([...new Set(problems)].join("\n"));
  process.exit(1);
}
console.log(`${PAGES.length + Object.keys(STEPS).length} pages without an error`);
