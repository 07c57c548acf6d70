// <fengling-phone-bar>: a phone bar to put on any page. `bar.desk = new FenglingDesk(…)` once the desk is open.

const WORDS = {
  zh: {
    off: "未签入", ready: "空闲", reserved: "预占", ringing: "振铃", dialing: "外拨", talking: "通话", held: "保持", wrap_up: "话后整理", break: "小休",
    sign_in: "签入", sign_out: "签出", be_ready: "示闲", be_busy: "示忙", answer: "接听", decline: "拒接", hang_up: "挂断", hold: "保持", retrieve: "取回", mute: "静音", unmute: "取消静音",
    transfer: "转接", consult: "咨询", complete: "完成转接", conference: "三方通话", cancel: "结束咨询", dial: "拨号", extend: "延长整理", dial_lead: "拨打名单", skip_lead: "跳过", next_lead: "取下一个", number: "号码或工号", seat: "接听方式", browser: "浏览器", outside: "外线号码",
    lost: "与服务器断开，正在重连", taken: "已在别处签入，这里不再响铃",
  },
  en: {
    off: "Signed out", ready: "Ready", reserved: "Reserved", ringing: "Ringing", dialing: "Dialling", talking: "Talking", held: "On hold", wrap_up: "Wrap-up", break: "Break",
    sign_in: "Sign in", sign_out: "Sign out", be_ready: "Ready", be_busy: "Break", answer: "Answer", decline: "Decline", hang_up: "Hang up", hold: "Hold", retrieve: "Retrieve", mute: "Mute", unmute: "Unmute",
    transfer: "Transfer", consult: "Consult", complete: "Complete transfer", conference: "Conference", cancel: "End consultation", dial: "Dial", extend: "More time", dial_lead: "Dial lead", skip_lead: "Skip", next_lead: "Take the next", number: "Number", seat: "Answer on", browser: "Browser", outside: "Outside number",
    lost: "No connection, trying again", taken: "Signed in elsewhere; this page rings no more",
  },
};
const COLOUR = { off: "#66757b", ready: "#2c7a3f", reserved: "#a06a08", ringing: "#a06a08", dialing: "#1f5fa8", talking: "#1f5fa8", held: "#4a5f9e", wrap_up: "#6a4a9c", break: "#b4500c" };
const STYLE = `
:host { display: block; font: 14px/1.4 system-ui, "Microsoft YaHei", sans-serif; color: #1d2b2f; }
.bar { display: flex; align-items: center; gap: 8px; flex-wrap: wrap; background: #fff; border: 1px solid #cfd9db; border-radius: 8px; padding: 6px 10px 6px 6px; }
.state { color: #fff; border-radius: 6px; padding: 6px 12px; min-width: 110px; display: flex; justify-content: space-between; gap: 12px; font-weight: 600; font-variant-numeric: tabular-nums; }
button, select, input { font: inherit; height: 32px; border: 1px solid #cfd9db; border-radius: 6px; background: #fff; color: inherit; padding: 0 10px; box-sizing: border-box; }
button { cursor: pointer; } button:disabled { opacity: .45; cursor: default; }
button:focus-visible, select:focus-visible, input:focus-visible { outline: 2px solid #d09a3d; outline-offset: 1px; }
button.go { background: #2c7a3f; border-color: #2c7a3f; color: #fff; } button.end { background: #b3372f; border-color: #b3372f; color: #fff; }
input { width: 140px; } .note { color: #97302a; } .who { font-weight: 600; }
`;

const pad = (n) => String(n).padStart(2, "0");
export const clock = (seconds) => `${pad(Math.floor(seconds / 60))}:${pad(seconds % 60)}`;

/** What is shown in a state: names of the actions, in their order. Pure. */
export function actions(view) {
  const { state, seat, until, agent_id } = view.agent;
  const call = view.call;
  const me = call?.parties.find((p) => p.kind === "agent" && p.agent_id === agent_id);
  // A colleague who was consulted is an agent, too.
  const up = call?.parties.some((p) => (p.kind === "guest" || p.kind === "agent") && p !== me && p.state !== "ringing");
  switch (state) {
    case "off": return ["sign_in"];
    case "ringing": return seat?.kind === "browser" ? ["answer", "decline"] : ["decline"];
    case "dialing": return ["hang_up"];
    case "talking": case "held":
      if (call?.consulting) return up ? ["hang_up", "complete", "conference", "cancel"] : ["cancel"];
      return ["hang_up", state === "held" ? "retrieve" : "hold", me?.muted ? "unmute" : "mute", "transfer", "consult"];
    case "wrap_up": return until ? ["be_ready", "extend", "be_busy"] : ["be_ready", "be_busy"];
    // Who looks at a lead is kept for it, and may leave it.
    case "reserved": return view.preview && !view.preview.dialing ? [...leads(view), "be_busy", "sign_out"] : [];
    case "ready": return [...leads(view), "be_busy", "dial", "sign_out"];
    case "break": return ["be_ready", "dial", "sign_out"];
    default: return [];
  }
}

/** What may be done about outbound tasks while nobody is on the line. */
function leads({ preview, tasks }) {
  if (preview) return preview.dialing ? [] : preview.skips_left === 0 ? ["dial_lead"] : ["dial_lead", "skip_lead"];
  return tasks?.some((t) => t.mode === "manual") ? ["next_lead"] : [];
}

const Base = globalThis.HTMLElement ?? Object;

export class FenglingPhoneBar extends Base {
  #desk = null;
  #off = [];
  #busy = false;
  #note = "";
  #tick = null;
  #typed = "";

  set desk(desk) {
    for (const off of this.#off) off();
    this.#desk = desk;
    this.#off = ["state", "link", "phone"].map((type) => desk.on(type, () => { this.#render(); }));
    this.#off.push(desk.on("taken", () => { this.#note = this.#words().taken; this.#render(); }));
    this.#render();
  }
  get desk() { return this.#desk; }

  connectedCallback() {
    if (!this.shadowRoot) this.attachShadow({ mode: "open" });
    this.#tick = setInterval(() => { this.#time(); }, 500);
    this.#render();
  }
  disconnectedCallback() { clearInterval(this.#tick); }

  #words() { return WORDS[(this.getAttribute("lang") ?? document.documentElement.lang).startsWith("en") ? "en" : "zh"]; }

  async #do(act) {
    if (this.#busy) return;
    this.#busy = true;
    this.#note = "";
    this.#render();
    try {
      await act();
    } catch (error) {
      this.#note = error.message;
    } finally {
      this.#busy = false;
      this.#render();
    }
  }

  #act(name) {
    const desk = this.#desk;
    const number = this.#typed.replace(/[\s-]/g, "");
    const seat = this.shadowRoot.querySelector("select[name=seat]")?.value ?? "browser";
    const run = {
      sign_in: () => desk.signIn({ seat: seat === "browser" ? "browser" : seat === "outside" ? { kind: "outside", number } : { kind: "phone", extension: Number(seat) } }),
      sign_out: () => desk.signOut(), be_ready: () => desk.ready(), answer: () => desk.answer(), decline: () => desk.decline(), hang_up: () => desk.hangUp(), hold: () => desk.hold(true),
      retrieve: () => desk.hold(false), mute: () => desk.mute(true), unmute: () => desk.mute(false), complete: () => desk.completeTransfer(), conference: () => desk.conference(),
      cancel: () => desk.cancelConsult(), extend: () => desk.extendWrapUp(), dial_lead: () => desk.dialPreview(), skip_lead: () => desk.skipPreview(), dial: () => number && desk.dial(number), transfer: () => number && desk.transfer(number), consult: () => number && desk.consult(number),
    }[name];
    return this.#do(async () => { await run(); });
  }

  #render() {
    const root = this.shadowRoot;
    const view = this.#desk?.view;
    if (!root || !view) return;
    const words = this.#words();
    const typing = root.activeElement?.name === "number";
    const shown = actions(view);
    const bar = document.createElement("div");
    bar.className = "bar";
    bar.append(this.#state(view, words), ...who(view.preview ?? view.call));
    if (shown.includes("sign_in")) bar.append(this.#seats(words));
    if (shown.some((n) => ["dial", "transfer", "consult", "sign_in"].includes(n))) bar.append(this.#number(words));
    for (const name of shown) bar.append(name === "be_busy" ? this.#reasons(words) : name === "next_lead" ? this.#tasks(view, words) : this.#button(name, words));
    const note = this.#note || (this.#desk.link === "live" ? "" : words.lost);
    bar.append(made("span", { className: "note", textContent: note, role: "status" }));
    root.replaceChildren(made("style", { textContent: STYLE }), bar);
    if (typing) root.querySelector("input[name=number]")?.focus();
    this.#time();
  }

  #state(view, words) {
    const block = made("div", { className: "state", role: "status" });
    block.style.background = COLOUR[view.agent.state];
    block.append(made("span", { textContent: words[view.agent.state] }), made("time", {}));
    return block;
  }

  #time() {
    const agent = this.#desk?.view?.agent;
    const at = this.shadowRoot?.querySelector("time");
    if (!agent || !at || agent.state === "off") return;
    const ends = agent.until && (agent.state === "ringing" || agent.state === "wrap_up");
    const ms = ends ? Date.parse(agent.until) - Date.now() : Date.now() - Date.parse(agent.since);
    at.textContent = clock(Math.max(0, Math.round(ms / 1000)));
  }

  #button(name, words) {
    const button = made("button", { type: "button", textContent: words[name], disabled: this.#busy || this.#desk.link !== "live" });
    if (name === "answer" || name === "be_ready" || name === "dial_lead") button.className = "go";
    if (name === "hang_up" || name === "decline") button.className = "end";
    button.addEventListener("click", () => void this.#act(name));
    return button;
  }

  #reasons(words) {
    const select = made("select", { ariaLabel: words.be_busy, disabled: this.#busy || this.#desk.link !== "live" });
    select.append(made("option", { value: "", textContent: words.be_busy }), ...(this.#desk.info?.breaks ?? []).map((b) => made("option", { value: b.code, textContent: b.name })));
    select.addEventListener("change", () => { if (select.value) void this.#do(() => this.#desk.break(select.value)); });
    return select;
  }

  /** One manual task is a button, several are a choice. */
  #tasks(view, words) {
    const manual = view.tasks.filter((t) => t.mode === "manual");
    const disabled = this.#busy || this.#desk.link !== "live";
    const take = (id) => void this.#do(() => this.#desk.nextLead(id));
    if (manual.length === 1) {
      const button = made("button", { type: "button", textContent: words.next_lead, title: manual[0].name, disabled });
      button.addEventListener("click", () => { take(manual[0].campaign_id); });
      return button;
    }
    const select = made("select", { ariaLabel: words.next_lead, disabled });
    select.append(made("option", { value: "", textContent: words.next_lead }), ...manual.map((t) => made("option", { value: String(t.campaign_id), textContent: t.name })));
    select.addEventListener("change", () => { if (select.value) take(Number(select.value)); });
    return select;
  }

  #seats(words) {
    const select = made("select", { name: "seat", ariaLabel: words.seat });
    select.append(made("option", { value: "browser", textContent: words.browser }), ...(this.#desk.info?.extensions ?? []).map((e) => made("option", { value: String(e.id), textContent: `${e.number} ${e.name}` })), made("option", { value: "outside", textContent: words.outside }));
    return select;
  }

  #number(words) {
    const input = made("input", { name: "number", value: this.#typed, placeholder: words.number, ariaLabel: words.number, inputMode: "tel" });
    input.addEventListener("input", () => { this.#typed = input.value; });
    return input;
  }
}

const who = (far) => (far ? [made("span", { className: "who", textContent: `${far.name} ${far.number}`.trim() })] : []);

function made(tag, props) {
  return Object.assign(document.createElement(tag), props);
}

if (globalThis.customElements && !customElements.get("fengling-phone-bar")) customElements.define("fengling-phone-bar", FenglingPhoneBar);
