// Flows and the pages of the system: each opens, shows what it is for, and does its one thing.
import assert from "node:assert/strict";

async function flow({ page, see, shot }) {
  await see.menu("流程");
  await page.getByRole("link", { name: /专家/ }).first().waitFor();
  await shot("flows");
  await page.getByRole("link", { name: /专家/ }).first().click();
  await page.getByText(/检查通过|可以发布/).first().waitFor();
  await shot("flow");
  // A double click takes the word: the edge then leads to a node that is not there.
  await page.locator(".cm-line").filter({ hasText: '"next": "ask"' }).first().getByText("ask").last().dblclick();
  await page.keyboard.type("nowhere");
  await page.getByText(/\d+ 处错误，改正后才能发布/).waitFor();
  const fault = page.locator("button").filter({ hasText: /nodes\.\w+\.next/ }).filter({ hasText: "nowhere" });
  assert.match(await fault.first().innerText(), /没有|不存在|找不到/);
  await fault.first().click();
  await page.locator(".cm-lintRange-error").first().waitFor();
  assert.ok(await see.button("发布").isDisabled(), "a broken flow cannot be published");
  await shot("flow-broken");
  await see.menu("语音");
  await see.button("不保存，离开").or(see.button("离开")).first().click();
}

async function speech({ page, see, shot }) {
  await page.goto(new URL("/prompts", page.url()).href);
  await see.button("新建语音").first().click();
  await page.getByRole("dialog").getByLabel("名称").fill("试听一下");
  await page.getByLabel("要念的话").fill("您好，这里是专家抽取中心。");
  await see.button("试听", page.getByRole("dialog")).click();
  const audio = page.getByRole("dialog").locator("audio");
  await audio.waitFor();
  await page.waitForFunction(() => (document.querySelector("[role=dialog] audio")?.currentTime ?? 0) > 0.3);
  await shot("prompt-new");
  await see.confirm("保存");
  await see.rows.filter({ hasText: "试听一下" }).waitFor();
  await shot("prompts");
}

async function pages({ page, see, shot }) {
  const visits = [
    ["中继线路", /模拟运营商/, "trunks"], ["黑名单与免呼", /黑名单/, "lists"], ["系统设置", /合规限制/, "settings"], ["用户", /演示管理员/, "users"],
    ["接口密钥", /密钥/, "keys"], ["操作日志", /审批通过/, "audit"],
  ];
  for (const [name, text, picture] of visits) {
    await see.menu(name);
    await page.locator("main").getByText(text).first().waitFor();
    await shot(picture);
  }
  await see.menu("中继线路");
  await page.locator("section", { hasText: "模拟运营商" }).getByLabel(/正常|已连通|可用/).first().waitFor();
  for (const section of ["speech", "sms", "holidays", "recording"]) {
    await page.goto(new URL(`/settings?section=${section}`, page.url()).href);
    await page.locator("main form, main table").first().waitFor();
    await shot(`settings-${section}`);
  }
}

export const places = {
  "a broken flow shows the server's fault at its node": flow,
  "a line of text is spoken, heard and kept": speech,
  "every page of the system opens": pages,
};
