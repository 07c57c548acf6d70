// A task dials for an agent, on the real product: one by one, by prediction, and shown first. Whom it calls is a number of the house itself,
// over the only line. Needs `fengling` and the web UI built: node e2e/desk-tasks.mjs
import assert from "node:assert/strict";
import { request } from "playwright-core";
import { callees } from "./callees.mjs";
import { browser, button, furnish, hears, logIn, signIn, state, walk } from "./desk-house.mjs";
import { newUser } from "./serve.mjs";

const PEOPLE = [["057188002001", "王建国"], ["057188002002", "李秀英"], ["057188002003", "张伟民"]];

async function task(server, queue) {
  const { compliance } = await server.api.get("/settings");
  await server.api.put("/settings/compliance", { ...compliance, approval_required: false });
  const schedule = { windows: [{ from: "00:00", to: "24:00" }] };
  const made = await server.api.post("/campaigns", { name: "回访", mode: "progressive", queue_id: queue.id, schedule, record: false });
  for (const [phone, name] of PEOPLE) await server.api.post(`/campaigns/${made.id}/leads`, { phone, name });
  await server.api.post(`/campaigns/${made.id}/submit`, {});
  await server.api.post(`/campaigns/${made.id}/start`, {});
  return made.id;
}

/** As a leader does while it runs. */
async function changeTo(server, id, mode) {
  const { name, schedule, queue_id, revision } = await server.api.get(`/campaigns/${id}`);
  await server.api.put(`/campaigns/${id}`, { name, schedule, queue_id, record: false, mode, revision });
}

await walk("desk-tasks", async (house) => {
  const { server, dir, opened, done } = house;
  const queue = await furnish(server);
  await callees(server, PEOPLE.map(([phone]) => phone));
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

  await changeTo(server, id, "predictive");
  await page.keyboard.press("Control+Shift+R");
  await state(page, "通话");
  await page.getByText("李秀英").first().waitFor();
  await hears(page);
  const pacing = await server.api.until(`/campaigns/${id}`, 20_000, (c) => c.progress.pacing);
  assert.equal(pacing.limit, "learning", "what has learnt nothing yet dials one to one");
  await state(page, "话后整理");
  done("predictive: whoever answers is with the agent by themselves");

  await changeTo(server, id, "preview");
  await page.keyboard.press("Control+Shift+R");
  await page.getByText("张伟民").first().waitFor();
  assert.equal((await server.api.get(`/campaigns/${id}`)).progress.attempts, 2, "nothing is dialled before the agent says so");
  await button(page, "拨打").click();
  await state(page, "通话");
  await hears(page);
  done("the mode is changed while it runs; a lead is seen first, dialled and talked to");
});
