// A working day on the real product: an agent at the desk, by keyboard alone, and a supervisor at the boards, each in a browser of their own, with a
// baresip phone that calls the hotline: node e2e/day.mjs [directory for pictures]. Needs `fengling` and the web UI built.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { request } from "playwright-core";
import { startCaller } from "./baresip.mjs";
import { browser, button, DID, logIn, state, walk } from "./desk-house.mjs";
import { newUser } from "./serve.mjs";

const CALLER = "13800138000";
const SAYS = { caller: 1_150, wang: 1_450, li: 1_900 };
const shots = process.argv[2];
if (shots) mkdirSync(shots, { recursive: true });

async function furnish(server) {
  const { api } = server;
  const queue = await api.post("/queues", { name: "咨询组", wrap_up_ms: 60_000, ring_ms: 15_000, no_answer: { then: "break" } });
  const doc = {
    schema: "fengling.flow/1", name: "hotline", entry: "wait",
    nodes: {
      wait: { type: "queue", queue: queue.id, service: "业务咨询", on_done: "rate", on_failed: "bye" },
      rate: { type: "rate", timeout_ms: 2000, next: "bye" }, bye: { type: "hangup" },
    },
  };
  const flow = await api.post("/flows", { name: "热线", doc });
  await api.post(`/flows/${flow.id}/publish`, { revision: flow.revision });
  await api.post("/numbers", { number: DID, inbound_flow_id: flow.id });
  await api.post("/trunks", { name: "线路一", enabled: true, address: "127.0.0.1:9", transport: "udp", options_interval_s: 0, codecs: ["pcma"], calls_max: 10,
    calls_per_second_max: 10, caller_id: DID, dial_format: "national", inbound_from: ["127.0.0.1"] });
  await api.post("/customers", { name: "陈立新", company: "恒通物流", numbers: [{ number: CALLER, label: "手机", main: true }] });
  return queue;
}

async function person({ server, dir, opened }, { login, name, number, role }) {
  const made = await newUser(server, request, { login, name, role });
  const agent = await server.api.post("/agents", { number, name, user_id: made.user.id, enabled: true, skills: {} });
  const at = await browser(dir, login, SAYS[login]);
  opened.push(at);
  return { ...made, agent, page: at.page };
}

let picture = 0;
async function shot(page, name) {
  if (!shots) return;
  picture += 1;
  await page.screenshot({ path: join(shots, `${String(picture).padStart(2, "0")}-${name}.png`) });
}

/** Reaches a control by Tab alone. */
async function tabTo(page, name) {
  for (let n = 0; n < 80; n += 1) {
    const at = await page.evaluate(() => { const e = document.activeElement; return (e?.getAttribute("aria-label") ?? e?.textContent ?? "").trim(); });
    if (at === name) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`no way to ${name} by keyboard`);
}

await walk("day", async (house) => {
  const { server, dir, done } = house;
  const queue = await furnish(server);
  const wang = await person(house, { login: "wang", name: "王小明", number: "1001", role: "agent" });
  const li = await person(house, { login: "li", name: "李晓红", number: "1002", role: "supervisor" });
  const members = [wang].map((p, place) => ({ agent_id: p.agent.id, place, vip_only: false, outbound: true, schedule: null }));
  await server.api.put(`/queues/${queue.id}/members`, members);
  const calls = (name) => startCaller({ dir, name, hz: SAYS.caller, sip: server.sip, login: CALLER, dials: DID });

  await logIn(server, wang.page, wang);
  await shot(wang.page, "agent-off");
  await tabTo(wang.page, "签入");
  await wang.page.keyboard.press("Enter");
  const dialog = wang.page.getByRole("dialog");
  await dialog.waitFor();
  await shot(wang.page, "agent-sign-in");
  await tabTo(wang.page, "签入");
  await wang.page.keyboard.press("Enter");
  await state(wang.page, "小休");
  await dialog.waitFor({ state: "detached" });
  await wang.page.keyboard.press("Control+Shift+R");
  await state(wang.page, "空闲");
  await shot(wang.page, "agent-ready");
  done("an agent signs in by keyboard and is ready");

  await logIn(server, li.page, li);
  await button(li.page, "签入").first().click();
  await li.page.getByRole("dialog").getByRole("button", { name: "签入" }).click();
  await state(li.page, "小休");
  await li.page.goto(`${server.base}/supervisor`);
  await li.page.getByText("王小明").first().waitFor();
  await shot(li.page, "supervisor-board");
  done("a supervisor sees the seats");

  house.phone = calls("first");
  await state(wang.page, "振铃");
  await wang.page.getByText("陈立新").first().waitFor();
  await shot(wang.page, "agent-ringing");
  await wang.page.keyboard.press("Control+Shift+A");
  await state(wang.page, "通话");
  await shot(wang.page, "agent-talking");
  done("a call rings with who calls, and is answered by keyboard");

  await wang.page.keyboard.press("Control+Shift+O");
  await button(wang.page, "取回").waitFor();
  await wang.page.keyboard.press("Control+Shift+O");
  await button(wang.page, "保持").waitFor();
  done("held and retrieved by keyboard");

  const row = li.page.locator("tr,.ant-table-row").filter({ hasText: "王小明" }).first();
  await row.getByRole("button", { name: "监听" }).click();
  const seat = li.page.getByRole("dialog");
  await seat.waitFor();
  await shot(li.page, "supervisor-seat");
  await seat.getByRole("button", { name: "确 定" }).or(seat.getByRole("button", { name: "确定" })).click();
  const banner = li.page.locator(".fl-monitor");
  await banner.getByText("监听", { exact: true }).first().waitFor();
  await banner.getByText("退出（Esc）").waitFor();
  await shot(li.page, "supervisor-listens");
  await banner.getByText("密语").click();
  await banner.getByText("只有坐席听得到您，客户听不到").waitFor();
  await banner.getByText("强插").click();
  await banner.getByText("坐席和客户都听得到您").waitFor();
  await li.page.keyboard.press("Escape");
  await banner.waitFor({ state: "detached" });
  done("the supervisor listens, whispers, barges in and leaves by one key");

  await wang.page.getByLabel("备注").first().fill("客户问货到付款，已答复。");
  await wang.page.keyboard.press("Control+Shift+H");
  await state(wang.page, "话后整理");
  await shot(wang.page, "agent-wrap-up");
  await tabTo(wang.page, "保存并示闲");
  await wang.page.keyboard.press("Enter");
  await state(wang.page, "空闲");
  await house.phone.hangUp();
  done("the summary is written in the wrap-up and saved");

  await wang.page.keyboard.press("Control+Shift+R");
  house.phone = calls("second");
  await state(wang.page, "振铃");
  await button(wang.page, "拒接").click();
  await state(wang.page, "小休");
  await li.page.goto(`${server.base}/supervisor/queues`);
  await li.page.getByText("138 0013 8000").first().waitFor();
  await shot(li.page, "supervisor-queues");
  await house.phone.hangUp();
  await server.api.until("/reports/lost_calls", 20_000, (r) => (r.rows?.length > 0 ? r : null));
  done("a caller who was not answered waits on the board and is a lost call");

  await li.page.goto(`${server.base}/reports/lost_calls`);
  await li.page.getByText("138 0013 8000").first().waitFor();
  await shot(li.page, "lost-calls");
  await li.page.goto(`${server.base}/reports/agent_timeline`);
  await li.page.getByText("王小明").first().waitFor();
  await shot(li.page, "timeline");
  await li.page.goto(`${server.base}/wallboard`);
  await li.page.getByText("咨询组").first().waitFor();
  await shot(li.page, "wallboard");
  done("lost calls, the timeline and the wall");

  await Promise.all([wang, li].map((p) => p.dispose()));
});
