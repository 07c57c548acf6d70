// What goes wrong at a desk, on the real product: a page reloaded in a call, a second browser that takes the agent over, a network that is gone.
// A baresip phone calls all the while. Needs `fengling` and the web UI built: node e2e/desk-faults.mjs
import assert from "node:assert/strict";
import { request } from "playwright-core";
import { startCaller } from "./baresip.mjs";
import { browser, button, DID, furnish, hears, logIn, signIn, state, walk } from "./desk-house.mjs";
import { newUser } from "./serve.mjs";

await walk("desk-faults", async (house) => {
  const { server, dir, opened, done } = house;
  const queue = await furnish(server);
  const wang = await newUser(server, request, { login: "wang", name: "王小明", role: "agent" });
  const agent = await server.api.post("/agents", { number: "1001", name: "王小明", user_id: wang.user.id, enabled: true, skills: {} });
  await server.api.put(`/queues/${queue.id}/members`, [{ agent_id: agent.id, place: 0, vip_only: false, outbound: true, schedule: null }]);
  const first = await browser(dir, "first", 1_450);
  opened.push(first);
  await logIn(server, first.page, wang);
  await button(first.page, "签入").first().click();
  await signIn(first.page);
  await first.page.keyboard.press("Control+Shift+R");
  await state(first.page, "空闲");

  const phone = house.phone = startCaller({ dir, name: "caller", hz: 1_150, sip: server.sip, login: "13800138000", dials: DID });
  await state(first.page, "振铃");
  await button(first.page, "接听").and(first.page.locator(":enabled")).click();
  await state(first.page, "通话");
  await hears(first.page);
  done("a call is answered and heard");

  await first.page.reload();
  await state(first.page, "通话");
  await hears(first.page);
  done("a page reloaded in a call hears its caller again");

  const second = await browser(dir, "second", 1_900);
  opened.push(second);
  await logIn(server, second.page, wang);
  await second.page.getByText("坐席已在别的页面签入").waitFor();
  await button(second.page, "改到这里签入").click();
  await signIn(second.page);
  await state(second.page, "通话");
  await hears(second.page);
  await first.page.getByText("已在别处签入").waitFor({ timeout: 40_000 });
  assert.ok(await button(first.page, "挂断").isDisabled());
  done("a second browser takes the agent over with the call, and the first one stops");

  await second.context.setOffline(true);
  await second.page.getByText(/数据可能已过时|与服务器断开/).first().waitFor({ timeout: 30_000 });
  assert.ok(await button(second.page, "挂断").isDisabled());
  await second.context.setOffline(false);
  await second.page.locator(".dk-note").waitFor({ state: "detached", timeout: 40_000 });
  await state(second.page, "通话");
  await hears(second.page);
  done("a network that was gone disables the buttons and comes back to the call");

  await second.page.keyboard.press("Control+Shift+H");
  await state(second.page, "话后整理");
  await phone.hangUp();
});
