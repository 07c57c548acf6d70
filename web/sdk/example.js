// A CRM with Fengling's phone bar. Served by Fengling itself at /sdk/example.html; elsewhere set `base` to where Fengling is reached.
import { FenglingDesk, FenglingError, jsSipPhone } from "./fengling-sdk.js";
import "./fengling-phone-bar.js";
import JsSIP from "./jssip.js";

const $ = (selector) => document.querySelector(selector);
const desk = new FenglingDesk({ base: new URLSearchParams(location.search).get("base") ?? "", phone: jsSipPhone(JsSIP) });

function log(text) {
  $("#events").prepend(Object.assign(document.createElement("li"), { textContent: `${new Date().toLocaleTimeString()} ${text}` }));
}

desk.on("state", (view, before) => { if (view.agent.state !== before?.agent.state) log(`state: ${view.agent.state}`); });
desk.on("ringing", (call) => {
  if (!call) return;
  log(`ringing: ${call.name} ${call.number}`);
  const who = call.customers.map((c) => [c.name, c.company].filter(Boolean).join(" · ")).join("\n");
  Object.assign($("#pop"), { hidden: false, textContent: `来电 ${call.number}\n${who || call.name || "未知客户"}${call.service ? `\n所选服务：${call.service}` : ""}` });
});
desk.on("answered", (call) => { log(`answered: ${call.call_id}`); });
desk.on("ended", async (call) => {
  $("#pop").hidden = true;
  if (!call) return;
  log(`ended: ${call.call_id}`);
  await desk.saveSummary(call.call_id, { note: "由客户管理系统记录" }).catch((error) => { log(error.message); });
});
desk.on("link", (link) => { log(`link: ${link}`); });
desk.on("phone", (event) => { log(`phone: ${event.type}`); });
desk.on("taken", () => { log("signed in elsewhere"); });

for (const button of document.querySelectorAll(".dial")) {
  button.addEventListener("click", () => void desk.dial(button.dataset.number).catch((error) => { log(error.message); }));
}

async function begin() {
  await desk.open();
  $("#log-in").hidden = true;
  $("fengling-phone-bar").desk = desk;
}

$("#log-in").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  desk.logIn(form.get("login"), form.get("password")).then(begin).catch((error) => { $("#fault").textContent = error.message; });
});

desk.resume().then((session) => (session ? begin() : void ($("#log-in").hidden = false))).catch((error) => {
  $("#log-in").hidden = false;
  $("#fault").textContent = error instanceof FenglingError ? error.message : String(error);
});
