// The desk's states for screenshots.mjs: each opens /agent as the page that signed in, sets a scene of mock-desk.mjs and waits for it.
const SESSION = "900";

export function deskSteps(page, base) {
  const scene = (name) => fetch(`${base}/api/v1/mock/desk/${name}`);
  const open = async (path = "/agent") => {
    await page.evaluate((s) => window.sessionStorage.setItem("fengling.desk.session", s), SESSION).catch(() => undefined);
    await page.goto(`${base}${path}`);
  };
  const at = (name, look, path) => async () => {
    await page.goto(`${base}/lists`);
    await scene(name === "off" ? "off" : "ready");
    await open(path);
    if (name !== "off") await page.locator(".dk-note").waitFor({ state: "detached", timeout: 8_000 }).catch(() => undefined);
    await page.locator(".dk-bar").waitFor();
    await scene(name);
    if (look) await look();
  };
  const button = (name) => page.getByRole("button", { name, exact: true });
  return {
    "desk-off": at("off"), "desk-ready": at("ready"), "desk-break": at("break"), "desk-missed": at("missed"), "desk-reserved": at("reserved"), "desk-ringing": at("ringing"), "desk-ringing-shared": at("ringing-shared"),
    "desk-dialing": at("dialing"), "desk-talking": at("talking"), "desk-customer": at("talking", () => page.getByRole("tab", { name: "客户资料" }).click()), "desk-stranger": at("stranger"), "desk-campaign": at("campaign"), "desk-muted": at("muted"),
    "desk-held": at("held"), "desk-consult-ringing": at("consult-ringing"), "desk-consulting": at("consulting"), "desk-conference": at("conference"), "desk-phone": at("phone"), "desk-wrap-up-manual": at("wrap_up-manual"),
    "desk-wrap-up": at("talking", async () => {
      await page.getByLabel("备注").first().fill("客户问评标费什么时候到账，已查到 11 月 20 日发放，建议核对开户行。");
      await scene("wrap_up");
    }),
    "desk-unsaved": at("ready"),
    "desk-transfer": at("talking", async () => { await button("转接").click(); await page.getByText("孙志强").waitFor(); }),
    "desk-consult-number": at("talking", async () => {
      await button("咨询").click();
      await page.getByPlaceholder("搜索工号").fill("0531 8800 1234");
      await page.getByText("拨打号码").waitFor();
    }),
    "desk-digits": at("talking", async () => { await button("按键").click(); await button("5").click(); }),
    "desk-dial": at("ready", async () => { await button("拨号").first().click(); await page.getByLabel("号码", { exact: true }).fill("13800138000"); }),
    "desk-refused": at("ready", async () => {
      await button("拨号").first().click();
      await page.getByLabel("号码", { exact: true }).fill("110");
      await page.keyboard.press("Enter");
      await page.getByText("这个号码不允许拨打").waitFor();
    }),
    "desk-break-menu": at("ready", () => button("示忙").click()), "desk-after-call": at("talking", () => button("话后状态").click()), "desk-help": at("talking", () => button("快捷键和帮助").click()),
    "desk-sign-in": at("off", async () => { await button("签入").first().click(); await page.getByText("对着麦克风").or(page.getByText("听到您的声音了")).waitFor(); }),
    "desk-sign-in-outside": at("off", async () => {
      await button("签入").first().click();
      await page.getByText("外线电话（手机或固话）").click();
      await page.getByRole("dialog").getByRole("button", { name: "签入" }).click();
    }),
    "desk-elsewhere": async () => {
      await scene("talking");
      await page.goto(`${base}/lists`);
      await page.evaluate(() => window.sessionStorage.removeItem("fengling.desk.session"));
      await page.goto(`${base}/agent`);
      await page.getByText("坐席已在别的页面签入").waitFor();
    },
    "desk-no-queues": async () => { await scene("no-queues"); await at("ready")(); await page.getByText("您还没有加入坐席组").waitFor(); await scene("queues"); },
    "desk-preview": at("preview"), "desk-preview-long": at("preview-long"), "desk-preview-bare": at("preview-bare"), "desk-preview-dialing": at("preview-dialing"), "desk-preview-wrap": at("preview-wrap"), "desk-preview-connect": at("preview-connect"), "desk-preview-compact": at("preview", undefined, "/calls"),
    "desk-skip": at("preview", async () => { await button("跳过").click(); await page.getByText("刚联系过").waitFor(); }), "desk-manual": at("manual-two"), "desk-next": at("manual-two", async () => { await page.keyboard.press("Control+Shift+L"); await page.getByText("从哪个任务取名单").waitFor(); }),
    "desk-predictive": at("predictive"), "desk-predictive-break": at("predictive-break"), "desk-mixed": at("mixed"),
    "desk-compact": at("talking", undefined, "/calls"), "desk-compact-ringing": at("ringing", undefined, "/campaigns/101/overview"),
    "device-check": async () => { await page.goto(`${base}/device-check`); await page.getByText("网页通话").waitFor(); },
    "desk-english": async () => {
      await page.evaluate(() => window.localStorage.setItem("fengling.lang", "en"));
      await at("consulting")();
    },
    "desk-english-sign-in": async () => {
      await at("off")();
      await button("Sign in").first().click();
      await page.waitForTimeout(800);
    },
    "desk-english-wrap-up": at("wrap_up"), "desk-english-preview": at("preview"), "desk-english-predictive": at("predictive"),
    "desk-end": async () => {
      await page.evaluate(() => window.localStorage.removeItem("fengling.lang"));
      await scene("off");
    },
  };
}
