// Two agents at their desks, on the real product, by the buttons of the page: a caller is consulted about, swapped, joined and handed
// over, and one dials out. Needs `fengling` and the web UI built: node e2e/desk-talks.mjs
import { request } from "playwright-core";
import { startCaller } from "./baresip.mjs";
import { browser, button, DID, furnish, hears, logIn, signIn, state, walk } from "./desk-house.mjs";
import { newUser } from "./serve.mjs";

const take = (page) => button(page, "接听").and(page.locator(":enabled")).click();

async function agentAt({ server, dir, opened }, { login, name, number, hz }) {
  const user = await newUser(server, request, { login, name, role: "agent" });
  const agent = await server.api.post("/agents", { number, name, user_id: user.user.id, enabled: true, skills: {} });
  const at = await browser(dir, login, hz);
  opened.push(at);
  await logIn(server, at.page, user);
  await button(at.page, "签入").first().click();
  await signIn(at.page);
  return { ...at, agent };
}

await walk("desk-talks", async (house) => {
  const { server, dir, done } = house;
  const queue = await furnish(server);
  const wang = await agentAt(house, { login: "wang", name: "王小明", number: "1001", hz: 1_450 });
  const li = await agentAt(house, { login: "li", name: "李晓红", number: "1002", hz: 1_900 });
  await server.api.put(`/queues/${queue.id}/members`, [wang].map((p, place) => ({ agent_id: p.agent.id, place, vip_only: false, outbound: true, schedule: null })));
  const [a, b] = [wang.page, li.page];
  await a.keyboard.press("Control+Shift+R");
  await b.keyboard.press("Control+Shift+R");
  await state(a, "空闲");
  await state(b, "空闲");

  const phone = house.phone = startCaller({ dir, name: "caller", hz: 1_150, sip: server.sip, login: "13800138000", dials: DID });
  await state(a, "振铃");
  await take(a);
  await state(a, "通话");
  await hears(a);
  await a.keyboard.press("Control+Shift+C");
  const found = a.waitForResponse((r) => /colleagues\?q=1002/.test(r.url()));
  await a.getByPlaceholder("搜索工号").fill("1002");
  await found;
  await a.getByRole("button", { name: /李晓红/ }).waitFor();
  await a.keyboard.press("Enter");
  await state(b, "振铃");
  await button(a, "结束咨询").waitFor();
  await take(b);
  await button(a, "完成转接").and(a.locator(":enabled")).waitFor();
  await Promise.all([hears(a), hears(b)]);
  done("a colleague is consulted while the caller hears music");

  await button(a, "切换").click();
  await hears(a);
  await button(a, "三方通话").and(a.locator(":enabled")).click();
  await a.locator(".dk-party").nth(2).waitFor();
  await Promise.all([hears(a), hears(b)]);
  done("swapped to the caller and joined into a conference");

  await a.keyboard.press("Control+Shift+H");
  await state(a, "话后整理");
  await state(b, "通话");
  await hears(b);
  done("the agent leaves, caller and colleague talk on");
  await phone.hangUp();
  await state(b, /空闲|话后整理/);
  if (await button(b, "示闲").first().isVisible()) await b.keyboard.press("Control+Shift+R");
  await state(b, "空闲");
  // Wang, busy with the call, is not offered it: the hotline's next agent is.
  await a.keyboard.press("Control+Shift+R");
  await state(a, "空闲");
  await server.api.put(`/queues/${queue.id}/members`, [wang, li].map((p, place) => ({ agent_id: p.agent.id, place, vip_only: false, outbound: true, schedule: null })));
  await a.keyboard.press("Control+Shift+D");
  await a.getByLabel("号码", { exact: true }).fill(DID);
  await a.keyboard.press("Enter");
  await state(b, "振铃");
  await take(b);
  await state(a, "通话");
  await state(b, "通话");
  await Promise.all([hears(a), hears(b)]);
  await a.keyboard.press("Control+Shift+H");
  await state(b, "话后整理");
  done("an agent dials: the own phone answers itself, and whoever answers is heard");
});
