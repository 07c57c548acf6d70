// A task dials for an agent, on the real product: one by one, and shown first. Whom it calls is a number of the house itself, over the
// only line. Needs `fengling` and the web UI built: node e2e/desk-tasks.mjs
import assert from "node:assert/strict";
import { request } from "playwright-core";
import { browser, button, furnish, hears, logIn, signIn, state, walk } from "./desk-house.mjs";
import { newUser } from "./serve.mjs";
import { tone } from "./tones.mjs";

const CALLEES = ["057188002001", "057188002002"];

/** Numbers that answer, say a tone for some seconds and hang up. */
async function callees(server) {
  await server.api.upload("/prompts", { name: "callee", kind: "recording" }, tone(700, 8_000, 8));
  const nodes = { say: { type: "play", parts: [{ prompt: "callee" }], next: "bye" }, bye: { type: "hangup" } };
  const flow = await server.api.post("/flows", { name: "被叫", doc: { schema: "fengling.flow/1", name: "callee", entry: "say", nodes } });
  await server.api.post(`/flows/${flow.id}/publish`, { revision: flow.revision });
  for (const number of CALLEES) await server.api.post("/numbers", { number, inbound_flow_id: flow.id });
}

async function task(server, queue) {
  const { compliance } = await server.api.get("/settings");
  await server.api.put("/settings/compliance", { ...compliance, approval_required: false });
  const schedule = { windows: [{ from: "00:00", to: "24:00" }] };
  const made = await server.api.post("/campaigns", { name: "回访", mode: "progressive", queue_id: queue.id, schedule, record: false });
  for (const [phone, name] of [[CALLEES[0], "王建国"], [CALLEES[1], "李秀英"]]) await server.api.post(`/campaigns/${made.id}/leads`, { phone, name });
  await server.api.post(`/campaigns/${made.id}/submit`, {});
  await server.api.post(`/campaigns/${made.id}/start`, {});
  return made.id;
}

await walk("desk-tasks", async (house) => {
  const { server, dir, opened, done } = house;
  const queue = await furnish(server);
  await callees(server);
  const user = await newUser(server, request, { login: "wang", name: "王小明", role: "agent" });
  const agent = await server.api.post("/agents", { number: "1001", name: "王小明", user_id: user.user.id, enabled: true, skills: {} });
  await server.api.put(`/queues/${queue.id}/members`, [{ agent_id: agent.id, place: 0, vip_only: false, outbound: true, schedule: null }]);
  const at = await browser(dir, "wang", 1_450);
  opened.push(at);
  const page = at.page;
  await logIn(server, page, user);
  await button(page, "签入").first().click();
  await signIn(page);

  const id = await task(server, queue);
  const waits = await server.api.until(`/campaigns/${id}`, 20_000, (c) => c.progress.waiting_for);
  assert.equal(waits, "no_agents", "nobody is ready: nobody is called");
  await page.keyboard.press("Control+Shift+R");
  await state(page, "通话");
  await page.getByText("王建国").first().waitFor();
  await hears(page);
  done("an answer is with the agent by itself, and both are heard");
  await state(page, "话后整理");
  const figures = await server.api.until(`/campaigns/${id}`, 20_000, (c) => c.progress.by_disposition.human && c);
  assert.equal(figures.progress.attempts, 1);
  done("the callee hangs up: the agent writes it up");

  const stored = await server.api.get(`/campaigns/${id}`);
  const { schedule, queue_id, name } = stored;
  await server.api.put(`/campaigns/${id}`, { name, schedule, queue_id, record: false, mode: "preview", revision: stored.revision });
  await page.keyboard.press("Control+Shift+R");
  await page.getByText("李秀英").first().waitFor();
  assert.equal((await server.api.get(`/campaigns/${id}`)).progress.attempts, 1, "nothing is dialled before the agent says so");
  await button(page, "拨打").click();
  await state(page, "通话");
  await hears(page);
  done("the mode is changed while it runs; a lead is seen first, dialled and talked to");
});
