// What stays of the calls: records and sound, messages, webhooks at the business system, exported files.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { until } from "./screen.mjs";

async function openCall({ page, see, shot, kept }) {
  await see.menu("通话记录");
  await see.rows.first().waitFor();
  await page.getByRole("combobox", { name: "录音" }).click();
  await see.option("有录音");
  await page.waitForURL(/has_recording=true/);
  const row = see.rows.filter({ hasText: "真人接听" }).filter({ has: page.getByText("参加", { exact: true }) }).first();
  await row.waitFor({ timeout: 90_000 });
  await shot("calls");
  await row.locator("td").first().click();
  kept.call = page.locator(".ant-drawer").filter({ hasText: "线路明细" });
  await kept.call.getByText("流程经过").waitFor();
  await see.button("播放", kept.call).waitFor();
  const text = await kept.call.innerText();
  for (const part of ["播报\\s+greet", "收键\\s+ask 1", "记结果\\s+attend", "发短信\\s+attend_sms", "挂机\\s+attend_thanks", "PCMA|PCMU"]) assert.match(text, new RegExp(part), `the drawer shows ${part}`);
  await kept.call.locator("section", { hasText: "线路明细" }).locator("tbody tr.ant-table-row").first().waitFor();
  await kept.call.getByText("我方", { exact: true }).waitFor();
  await shot("call");
}

/** Loudness of each channel of a recording, as the browser decodes it. */
function decode(url) {
  return fetch(url).then((r) => r.arrayBuffer()).then((bytes) => new OfflineAudioContext(2, 8000, 48_000).decodeAudioData(bytes)).then((sound) => ({
    seconds: sound.duration,
    channels: Array.from({ length: sound.numberOfChannels }, (_, c) => {
      const data = sound.getChannelData(c);
      let peak = 0;
      let energy = 0;
      for (const x of data) {
        peak = Math.max(peak, Math.abs(x));
        energy += x * x;
      }
      return { peak, rms: Math.sqrt(energy / data.length) };
    }),
  }));
}

async function listen({ page, see, kept, shot }) {
  await see.button("播放", kept.call).click();
  const media = () => page.evaluate(() => {
    const a = window.heard.at(-1);
    return a ? { at: a.currentTime, paused: a.paused, src: a.src, error: a.error?.message ?? null } : null;
  });
  await until("the recording plays", 20, async () => {
    const now = await media();
    return { holds: (now?.at ?? 0) > 1 && !now.paused, ...now };
  });
  await kept.call.getByText(/0:0[1-9] \/ \d+:\d\d/).last().waitFor();
  await shot("call-playing");
  await see.button("暂停", kept.call).click();
  const { src } = await media();
  const sound = await page.evaluate(decode, src);
  assert.equal(sound.channels.length, 2, "both sides stand apart");
  assert.ok(sound.seconds > 3, `the recording lasts ${sound.seconds} s`);
  for (const [i, c] of sound.channels.entries()) assert.ok(c.peak > 0.02 && c.rms > 0.0005, `channel ${i} is not silent: ${JSON.stringify(c)}`);
  const part = await page.evaluate((url) => fetch(url, { headers: { range: "bytes=0-99" } }).then(async (r) => ({ status: r.status, bytes: (await r.arrayBuffer()).byteLength })), src);
  assert.deepEqual(part, { status: 206, bytes: 100 });
  await page.keyboard.press("Escape");
}

async function messages({ page, see, shot }) {
  await see.menu("消息");
  const sent = see.rows.filter({ hasText: /已提交|已送达/ });
  await sent.first().waitFor();
  assert.match(await sent.first().innerText(), /您已确认参加/);
  await shot("messages");
  await sent.first().click();
  await page.locator(".ant-drawer").getByText(/请携带身份证准时到场/).waitFor();
  await shot("message");
  await page.keyboard.press("Escape");
}

async function webhooks({ page, see, demo, shot }) {
  await see.menu("事件推送");
  await page.getByText("业务系统").first().waitFor();
  await see.rows.filter({ hasText: "已送达" }).first().waitFor();
  await shot("webhooks");
  const received = await until("the business system has verified events", 30, async () => {
    const r = await (await fetch(`${demo.business}received`)).json();
    const types = new Set(r.events.map((e) => e.type));
    return { holds: types.has("lead.result") && types.has("attempt.ended") && r.messages.length > 0, events: r.events.length, messages: r.messages.length, refused: r.refused, types: [...types] };
  });
  assert.equal(received.refused, 0, "every signature holds");
}

/** Size and first bytes of the first sheet are enough to tell a real workbook from an empty one. */
function isWorkbook(bytes) {
  return bytes.subarray(0, 4).equals(Buffer.from("PK\u0003\u0004", "latin1")) && bytes.includes("xl/worksheets/sheet1.xml") && bytes.length > 4000;
}

async function download(page, see, label) {
  await see.button("导出结果").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("radio", { name: label }).check();
  const [file] = await Promise.all([page.waitForEvent("download"), dialog.getByRole("link", { name: /导\s*出/ }).click()]);
  await dialog.waitFor({ state: "hidden" });
  return { bytes: readFileSync(await file.path()), name: file.suggestedFilename() };
}

async function exported({ page, see, kept }) {
  await page.goto(kept.own);
  const csv = await download(page, see, "CSV 文件");
  const text = csv.bytes.toString("utf8");
  assert.ok(text.startsWith("\uFEFF"), "Excel reads the file as UTF-8");
  const lines = text.trim().split(/\r?\n/);
  assert.equal(lines.length, kept.imported + 1, "a line for each lead");
  assert.match(lines[0], /姓名.*号码|号码.*姓名/);
  assert.ok(lines.some((l) => l.includes(kept.attending) && /(^|,)"?参加"?(,|$)/.test(l)), `${kept.attending} attends in the file:\n${lines.slice(0, 4).join("\n")}`);
  const xlsx = await download(page, see, "Excel");
  assert.match(xlsx.name, /\.xlsx$/);
  assert.ok(isWorkbook(xlsx.bytes), `a workbook of ${xlsx.bytes.length} bytes`);
}

export const calls = {
  "a call shows its way through the flow and its legs": openCall,
  "its recording plays, with sound on both sides": listen,
  "messages are in the journal": messages,
  "webhooks arrive with a signature that holds": webhooks,
};

export const files = {
  "results are exported as CSV and Excel": exported,
};
