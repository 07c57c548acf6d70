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
    assert.deepEqual(body.dedupe, {}, "nobody is left out unasked");
    assert.ok(!("list_id" in body) && !("new_list" in body));
  },
  "an import goes onto a list of its own, without repeats": async () => {
    await page.goto(`${base}/campaigns/107/import`);
    await page.setInputFiles("input[type=file]", { name: "专家.xlsx", mimeType: "application/octet-stream", buffer: Buffer.from("x") });
    await page.getByLabel("导入到").click();
    await page.getByTitle("新建一个名单").click();
    assert.equal(await page.getByLabel("名单名称").inputValue(), "评标专家抽取结果_20261120", "named after the file");
    await page.getByText("跳过正在其他任务中等待呼叫的号码").click();
    await page.getByText("跳过最近呼叫过的号码").click();
    const body = await sent("POST", /imports\/9\/commit$/, () => button("确认导入").click());
    assert.equal(body.new_list, "评标专家抽取结果_20261120");
    assert.deepEqual(body.dedupe, { in_other_tasks: true, called_within_days: 7 });
  },
  "a list's weight is changed in its place, and its filter as it is shown": async () => {
    await page.goto(`${base}/campaigns/101/list`);
    await page.getByLabel("权重").first().fill("75");
    const weight = await sent("PUT", /lead-lists\/901$/, () => page.keyboard.press("Enter"));
    assert.equal(weight.weight, 75);
    assert.equal(weight.revision, 2);
    assert.deepEqual(weight.filter.regions, ["山东省"]);
    await button("名单设置").first().click();
    await page.getByLabel("最多呼过").fill("1");
    const filter = await sent("PUT", /lead-lists\/901$/, () => page.getByRole("dialog").getByRole("button", { name: /保 ?存/ }).click());
    assert.equal(filter.filter.attempts_max, 1);
    assert.deepEqual(filter.filter.fields, [{ key: "专业", op: "in", values: ["土建工程", "机电设备", "园林绿化"] }]);
  },
  "leads are given to agents as they are filtered": async () => {
    await page.goto(`${base}/campaigns/101/list?state=ready&list=901`);
    await button("分配筛选结果").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("坐席", { exact: true }).click();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    const body = await sent("POST", /campaigns\/101\/leads\/assign$/, () => dialog.getByRole("button", { name: /分 ?配/ }).click());
    assert.deepEqual(body.filter, { list_id: 901, states: ["ready"] });
    assert.equal(body.agents.length, 1);
    assert.equal(body.again, false);
  },
  "an agent takes a customer from the pool": async () => {
    await page.goto(`${base}/pool`);
    await sent("POST", /pool\/\d+\/claim$/, () => button("领取").first().click());
    await page.getByText("已领取，现在归您跟进").waitFor();
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
  "an agent is sent with skills and user": async () => {
    await page.goto(`${base}/admin/agents`);
    await button("添加坐席").click();
    await page.getByLabel("工号").last().fill("8001");
    await page.getByLabel("姓名").last().fill("新坐席");
    await button("加一项技能").click();
    const body = await sent("POST", /agents$/, () => button("保存").click());
    assert.deepEqual(body, { number: "8001", name: "新坐席", mobile: "", user_id: null, unit_id: null, enabled: true, skills: { 1: 5 } });
  },
  "an agent's change carries the revision": async () => {
    await page.goto(`${base}/admin/agents`);
    await button("修改").nth(1).click();
    await page.getByLabel("姓名").last().fill("改了姓名");
    const body = await sent("PUT", /agents\/2$/, () => button("保存").click());
    assert.equal(body.name, "改了姓名");
    assert.equal(body.revision, 2);
    assert.ok(!("groups" in body) && !("id" in body));
  },
  "a unit below another is sent with its parent": async () => {
    await page.goto(`${base}/admin/org`);
    await button("添加下级").first().click();
    await page.getByLabel("部门名称").fill("夜班");
    assert.deepEqual(await sent("POST", /org-units$/, () => button("保存").click()), { name: "夜班", parent_id: 1 });
  },
  "a unit does not move below itself": async () => {
    await page.goto(`${base}/admin/org`);
    await button("修改").first().click();
    await page.getByLabel("上级部门").click();
    await page.getByText("外呼中心 / 企业客户外呼组").waitFor();
    assert.equal(await page.getByText("客服中心 / 客服一部").count(), 0);
    await page.getByText("外呼中心 / 企业客户外呼组").click();
    const body = await sent("PUT", /org-units\/1$/, () => button("保存").click());
    assert.deepEqual(body, { name: "客服中心", parent_id: 7, revision: 1 });
  },
  "a user's scope is sent when it was chosen, and follows the role otherwise": async () => {
    await page.goto(`${base}/admin/users`);
    await button("修改").nth(2).click();
    await page.getByLabel("姓名").fill("赵建国");
    assert.deepEqual(await sent("PATCH", /users\/3$/, () => button("保存").click()), { name: "赵建国", role: "approver", unit_id: 2 });
    await page.goto(`${base}/admin/users`);
    await button("修改").nth(2).click();
    await page.getByLabel("数据范围").click();
    await page.getByTitle("本部门", { exact: true }).last().click();
    assert.equal((await sent("PATCH", /users\/3$/, () => button("保存").click())).scope, "unit");
  },
  "a new group is sent with the defaults of the server": async () => {
    await page.goto(`${base}/admin/queues/new`);
    await page.getByLabel("名称", { exact: true }).fill("夜间投诉");
    const body = await sent("POST", /queues$/, () => button("新建坐席组").click());
    assert.equal(body.name, "夜间投诉");
    assert.equal(body.ring_ms, 20_000);
    assert.equal(body.hours, null);
    assert.deepEqual(body.head_start_ms, { vip: 86_400_000, important: 600_000, elderly: 600_000, long_distance: 120_000 });
  },
  "a group's rules come back whole": async () => {
    await page.goto(`${base}/admin/queues/2`);
    await page.getByLabel("名称", { exact: true }).fill("投诉受理组");
    const body = await sent("PUT", /queues\/2$/, () => button("保存").click());
    assert.equal(body.revision, 3);
    assert.deepEqual(body.last_agent, { mode: "wait", ms_max: 60_000 });
    assert.deepEqual(body.choices[3], { choice: "go", target: { to: "voicemail" } });
    assert.deepEqual(body.overflow[1], { when: "waited", ms: 60_000, target: { to: "queue", queue: 1 } });
    assert.deepEqual(body.needs, [{ skill: 4, level_min: 5 }]);
    assert.equal(body.hours.windows[1].to, "18:00");
    assert.ok(!("always_open" in body) && !("ring_s" in body));
  },
  "a target that names no place is not sent": async () => {
    await page.goto(`${base}/admin/queues/1`);
    await button("加一条溢出").click();
    await page.locator("#q-overflow").getByText("留言").click();
    await page.getByTitle("拨打外线号码").last().click();
    await button("保存").click();
    await page.getByText("请填号码").waitFor();
  },
  "members are sent in their order": async () => {
    await page.goto(`${base}/admin/queues/2?tab=members`);
    await button("下移").first().click();
    const body = await sent("PUT", /queues\/2\/members$/, () => button("保存").click());
    assert.deepEqual(body.slice(0, 3).map((m) => [m.agent_id, m.place, m.vip_only]), [[2, 1, false], [1, 2, false], [3, 3, true]]);
  },
  "breaks are sent in milliseconds": async () => {
    await page.goto(`${base}/settings?section=desk`);
    await page.locator("#breaks_0_min").fill("20");
    const body = await sent("PUT", /settings\/desk$/, () => button("保存").click());
    assert.deepEqual(body.breaks[0], { code: "rest", name: "小休", ms_max: 1_200_000 });
    assert.equal(body.link_grace_ms, 20_000);
    assert.equal(body.music, "");
  },
  "customers' fields keep their choices": async () => {
    await page.goto(`${base}/settings?section=customers`);
    await page.locator("#fields_0_name").fill("城市");
    const body = await sent("PUT", /settings\/customers$/, () => button("保存").click());
    assert.equal(body.fields[0].name, "城市");
    assert.deepEqual(body.fields[1].choices, ["A 级", "B 级", "C 级"]);
    assert.equal(body.dispositions.length, 4);
  },
  "a customer is changed with numbers and own fields": async () => {
    await page.goto(`${base}/customers/5`);
    await page.getByLabel("单位").fill("新单位");
    await button("加一个号码").click();
    await page.getByLabel("号码", { exact: true }).last().fill("13900001111");
    await button("设为主").last().click();
    const body = await sent("PUT", /customers\/5$/, () => button("保存").click());
    assert.equal(body.company, "新单位");
    assert.equal(body.revision, 4);
    assert.deepEqual(body.classes, ["important", "elderly"]);
    assert.deepEqual(body.numbers.map((n) => n.main), [false, true]);
    assert.equal(body.fields.since, "2024-05-11");
  },
  "a group is chosen in the address, and a call is ended with a reason": async () => {
    await page.goto(`${base}/supervisor?state=talking`);
    await button("投诉受理").first().click();
    await page.waitForURL(/queue=2/);
    await button("更多操作").first().click();
    await page.getByText("强拆…").click();
    await page.getByRole("dialog").getByRole("textbox").fill("误操作");
    const body = await sent("POST", /board\/commands$/, () => page.getByRole("dialog").getByRole("button", { name: "强拆" }).click());
    assert.deepEqual({ ...body, agent: 0 }, { do: "release", agent: 0, reason: "误操作" });
  },
  "a supervisor listens, whispers and leaves by one key": async () => {
    await page.evaluate(() => window.localStorage.setItem("fengling.monitor-seat", JSON.stringify({ kind: "outside", number: "+8613900002222" })));
    await page.goto(`${base}/supervisor?state=talking`);
    const first = await sent("POST", /board\/commands$/, () => button("监听").first().click());
    assert.deepEqual({ ...first, agent: 0 }, { do: "monitor", agent: 0, mode: "listen", seat: { kind: "outside", number: "+8613900002222" } });
    await page.getByText("双方都听不到您").waitFor();
    const banner = page.locator(".fl-monitor");
    const second = await sent("POST", /board\/commands$/, () => banner.getByText("密语").click());
    assert.equal(second.mode, "whisper");
    await page.getByText("只有坐席听得到您").waitFor();
    const last = await sent("POST", /board\/commands$/, () => page.keyboard.press("Escape"));
    assert.deepEqual(last, { do: "stop_monitor" });
    await banner.waitFor({ state: "detached" });
  },
  "a caller is moved up": async () => {
    await page.goto(`${base}/supervisor/queues?queue=2`);
    const body = await sent("POST", /board\/commands$/, () => page.getByRole("button", { name: "提前", disabled: false }).first().click());
    assert.equal(body.do, "move_up");
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
