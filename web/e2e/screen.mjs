// What a person sees and does, in words of the screen: figures, chips, rows, buttons.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

export async function openBrowser(scale = 1) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"],
  });
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, deviceScaleFactor: scale, locale: "zh-CN", timezoneId: "Asia/Shanghai", acceptDownloads: true });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const errors = [];
  page.on("pageerror", (e) => errors.push(`${page.url()}: ${e.message}`));
  page.on("console", (m) => { if (m.type() === "error") errors.push(`${page.url()}: ${m.text()}`); });
  // The player's sound comes from a media element outside the document; it is kept where the walk can ask it.
  await page.addInitScript(() => {
    const Native = window.Audio;
    window.heard = [];
    window.Audio = function Audio(...args) {
      const made = new Native(...args);
      window.heard.push(made);
      return made;
    };
    window.Audio.prototype = Native.prototype;
  });
  return { browser, page, errors };
}

export function screen(page) {
  // Icons have names of their own, which stand before or after the text.
  const button = (name, within = page) => within.getByRole("button", { name: new RegExp(`(^| )${[...name].join("\\s?")}( |$)`) });
  const number = async (locator) => Number((await locator.innerText()).replaceAll(/[^\d.]/g, "") || "0");
  const figure = (label) => page.locator(".fl-figure").filter({ has: page.locator(".label", { hasText: new RegExp(`^${label}$`) }) }).locator(".value");
  const chip = (label) => page.locator(".fl-chip").filter({ has: page.getByText(label, { exact: true }) }).locator("b");
  return {
    button, figure, chip,
    figureOf: (label) => number(figure(label)),
    chipOf: (label) => number(chip(label)),
    menu: (name) => page.getByRole("navigation", { name: "主菜单" }).getByRole("link", { name }).click(),
    tab: (name) => page.getByRole("tab", { name, exact: true }).click(),
    status: (text) => page.locator("h1").getByText(text, { exact: true }),
    rows: page.locator("tbody tr.ant-table-row"),
    /** A dialog's button, after the dialog itself is seen. */
    confirm: async (name) => {
      const dialog = page.getByRole("dialog").last();
      await dialog.waitFor();
      await button(name, dialog).click();
    },
    done: (text) => page.locator(".ant-message").getByText(text).first().waitFor(),
    /** Takes the option of an open list. */
    option: (text) => page.locator(".ant-select-dropdown:visible .ant-select-item-option").filter({ hasText: text }).first().click(),
  };
}

/** Asks again until it holds, or says what was seen last. */
export async function until(what, seconds, ask) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await ask();
    if (seen.holds) return seen;
    assert.ok(Date.now() < end, `${what}: not within ${seconds} s, last seen ${JSON.stringify(seen)}`);
    await new Promise((next) => { setTimeout(next, 250); });
  }
}
