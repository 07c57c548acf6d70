// Fengling's phone bar for other systems: an agent signs in, and calls arrive in the page of a CRM. No dependencies; an ES module.

const LAG_MS = 12_000;
const RETRY_MS_MAX = 20_000;
const SETTLED_MS = 1_200;

/** A refusal of the server in its own words, or no answer at all (`status` 0). */
export class FenglingError extends Error {
  constructor(status, problem = {}) {
    super(problem.detail ?? (status === 0 ? "Fengling cannot be reached" : `Fengling answered ${status}`));
    this.name = "FenglingError";
    this.status = status;
    this.code = problem.code ?? (status === 0 ? "offline" : "unknown");
    this.field = problem.field ?? null;
  }
}

const busy = (state) => state === "dialing" || state === "talking" || state === "held";

export class FenglingDesk {
  #base;
  #language;
  #csrf = "";
  #socket = null;
  #closed = true;
  #tries = 0;
  #seq = 0;
  #heardAt = 0;
  #timers = new Set();
  #watch = null;
  #listeners = new Map();
  #phone;
  #expectedUntil = 0;
  #phoneUp = false;
  #signedInHere = false;
  #seat = null;

  /** The desk as `GET /desk` described it; null before `open`. */
  info = null;
  /** Agent and call as the server last said. */
  view = null;
  /** Whether the stream of events deserves trust. Buttons belong disabled while it is not `live`. */
  link = "down";

  /** `base`: where Fengling is reached, without a slash at the end; empty: the page's own origin. */
  constructor({ base = "", language = "zh-CN", phone = null } = {}) {
    this.#base = base.replace(/\/+$/, "");
    this.#language = language;
    this.#phone = phone;
    phone?.on((event) => { this.#phoneSays(event); });
  }

  /** Listens to `state`, `ringing`, `answered`, `ended`, `preview`, `link`, `phone` or `taken`; returns what stops it. */
  on(type, listener) {
    const all = this.#listeners.get(type) ?? new Set();
    all.add(listener);
    this.#listeners.set(type, all);
    return () => { all.delete(listener); };
  }

  #emit(type, ...values) {
    for (const listener of this.#listeners.get(type) ?? []) listener(...values);
  }

  // The person

  /** Opens a session with login and password. */
  async logIn(login, password, tenant = null) {
    const session = await this.#ask("POST", "/session", { login, password, ...(tenant ? { tenant } : {}) });
    this.#csrf = session.csrf;
    return session;
  }

  /** Takes up the session that this browser has; null when there is none. */
  async resume() {
    try {
      const session = await this.#ask("GET", "/session");
      this.#csrf = session.csrf;
      return session;
    } catch (error) {
      if (error instanceof FenglingError && error.status === 401) return null;
      throw error;
    }
  }

  async logOut() {
    this.close();
    await this.#ask("DELETE", "/session");
    this.#csrf = "";
  }

  // The desk

  /** Reads the desk and follows it from now on. Refused with `no_agent` when nobody made the person an agent. */
  async open() {
    await this.#freshen();
    if (!this.#closed) return this.info;
    this.#closed = false;
    this.#connect();
    this.#watch = setInterval(() => { this.#lagging(); }, 2_000);
    return this.info;
  }

  /** Leaves the desk alone: the agent's state stays as it is until the server misses the page. */
  close() {
    this.#closed = true;
    clearInterval(this.#watch);
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#socket?.close();
    this.#socket = null;
    this.#phone?.unregister();
    this.#setLink("down");
  }

  /** `seat`: `"browser"` with a phone given to the constructor, `{ kind: "phone", extension }` or `{ kind: "outside", number }`. */
  async signIn({ seat, ready = false }) {
    const chosen = seat === "browser" ? { kind: "browser", extension: await this.#takePhone() } : seat;
    this.#seat = chosen;
    const view = await this.command({ do: "sign_in", seat: chosen, ready });
    this.#signedInHere = true;
    return view;
  }

  async #takePhone() {
    if (!this.#phone) throw new FenglingError(0, { code: "no_phone", detail: "Give the constructor a phone to answer in the browser" });
    const account = await this.#ask("POST", "/desk/phone");
    this.#phoneUp = false;
    const at = new URL(`${this.#base}${account.web_path}`, globalThis.location?.href);
    at.protocol = at.protocol === "https:" ? "wss:" : "ws:";
    await this.#phone.register({ url: at.href, login: account.login, secret: account.secret, domain: account.domain });
    return account.extension_id;
  }

  signOut() { return this.command({ do: "sign_out" }); }
  ready() { return this.command({ do: "ready" }); }
  break(reason) { return this.command({ do: "break", reason }); }
  extendWrapUp() { return this.command({ do: "extend_wrap_up" }); }

  /** Takes the call that rings at the browser's phone; other phones are answered where they stand. */
  answer() {
    if (!this.#phone || this.view?.agent.seat?.kind !== "browser") throw new FenglingError(0, { code: "no_phone", detail: "Answer on the phone of this seat" });
    this.#phone.answer();
  }
  decline() { return this.command({ do: "decline" }); }
  hangUp() { return this.command({ do: "hang_up" }); }
  hold(on) { return this.command({ do: "hold", on }); }
  mute(on) { return this.command({ do: "mute", on }); }
  record(on) { return this.command({ do: "record", on }); }
  digits(digits) { return this.command({ do: "digits", digits }); }

  /** Click to dial. The agent's phone is called first and, in the browser, answers by itself. */
  dial(number) { return this.#dialling({ do: "dial", number }); }
  async #dialling(command) {
    // A line that stands already is not called again: what rings then is somebody else.
    if (this.view?.agent.seat?.kind === "browser" && !this.#phoneUp) this.#expectedUntil = Date.now() + 20_000;
    try {
      return await this.command(command);
    } catch (error) {
      if (error instanceof FenglingError && error.status > 0) this.#expectedUntil = 0;
      throw error;
    }
  }

  // Outbound tasks: `view.tasks` are the agent's, `view.preview` is the lead that is shown, or null.

  /** Takes the next lead of a manual task; it is shown and not dialled yet. */
  nextLead(campaign) { return this.command({ do: "next_lead", campaign }); }
  /** Dials the lead that is shown. */
  dialPreview() { return this.#dialling({ do: "preview_dial" }); }
  /** Puts it back, with why. */
  skipPreview(reason = "") { return this.command({ do: "preview_skip", reason }); }

  /** `to`: a number as it is typed, `{ kind: "agent", agent }` or, for transfers, `{ kind: "queue", queue }`. */
  transfer(to) { return this.command({ do: "transfer", to: destination(to) }); }
  consult(to) { return this.command({ do: "consult", to: destination(to) }); }
  swap() { return this.command({ do: "swap" }); }
  cancelConsult() { return this.command({ do: "cancel_consult" }); }
  completeTransfer() { return this.command({ do: "complete_transfer" }); }
  conference() { return this.command({ do: "conference" }); }
  drop(leg) { return this.command({ do: "drop", leg }); }
  pickUp(entry) { return this.command({ do: "pick_up", entry }); }
  confirm(flow, back = true) { return this.command({ do: "confirm", flow, back }); }

  /** Sends any command of the desk; resolves with the desk after it. */
  async command(command) {
    const before = this.view;
    const view = await this.#ask("POST", "/desk/commands", command);
    // An event that came meanwhile is newer than the answer.
    if (this.view === before) this.#setView(view);
    return this.view;
  }

  /** Whom a call may go to: `{ agents, queues }`. */
  colleagues(text = "") { return this.#ask("GET", `/desk/colleagues?q=${encodeURIComponent(text)}`); }
  /** Customers with this number. */
  customers(number) { return this.#ask("GET", `/customers/match?number=${encodeURIComponent(number)}`); }
  /** `{ disposition, note, customer_id, next_contact_at }` of a call of one's own. */
  saveSummary(call, summary) { return this.#ask("PUT", `/calls/${Number(call)}/summary`, { disposition: "", note: "", ...summary }); }

  // What the server says

  async #freshen() {
    const before = this.view;
    const info = await this.#ask("GET", "/desk");
    this.info = info;
    if (this.view === before) this.#setView(info.view);
  }

  #setView(view) {
    const before = this.view;
    this.view = view;
    const [was, is] = [before?.agent.state, view.agent.state];
    this.#phone?.mute?.(view.call?.parties.find((p) => p.kind === "agent" && p.agent_id === view.agent.agent_id)?.muted ?? false);
    this.#emit("state", view, before);
    const [lead, old] = [view.preview ?? null, before?.preview ?? null];
    if (lead?.lead_id !== old?.lead_id || lead?.dialing !== old?.dialing) this.#emit("preview", lead);
    if (is === "ringing" && was !== "ringing") this.#emit("ringing", view.call);
    if (busy(is) && !busy(was) && view.call?.answered_at) this.#emit("answered", view.call);
    else if (busy(is) && view.call?.answered_at && !before?.call?.answered_at) this.#emit("answered", view.call);
    if (busy(was) && !busy(is)) this.#emit("ended", before.call);
    this.#followSeat(view.agent);
  }

  #followSeat({ state, seat }) {
    if (!this.#signedInHere) return;
    if (state === "off") {
      this.#signedInHere = false;
      this.#phone?.unregister();
    } else if (seat && JSON.stringify(sorted(seat)) !== JSON.stringify(sorted(this.#seat))) this.#taken();
  }

  /** Another page has signed the agent in. */
  #taken() {
    this.#signedInHere = false;
    this.#phone?.unregister();
    this.#emit("taken");
  }

  #phoneSays(event) {
    if (event.type === "incoming") this.#rings(event.auto ?? false);
    if (event.type === "talking") this.#phoneUp = true;
    if (event.type === "ended" || event.type === "refused") this.#phoneUp = false;
    if (event.type === "refused" && this.#signedInHere) this.#taken();
    this.#emit("phone", event);
  }

  /** Calls of the agent's own answer themselves; an offer may be faster than the word of it, so the state is looked at a moment later. */
  #rings(auto) {
    if (Date.now() < this.#expectedUntil) {
      this.#expectedUntil = 0;
      this.#phone.answer();
    } else if (auto) {
      // A task dials for its agents: whoever answered there is heard at once.
      if (!busy(this.view?.agent.state)) this.#phone.zip?.();
      this.#phone.answer();
    } else this.#later(() => { if (busy(this.view?.agent.state)) this.#phone.answer(); }, 1_000);
  }

  #setLink(link) {
    if (link === this.link) return;
    this.link = link;
    this.#emit("link", link);
  }

  #lagging() {
    if (this.link === "live" && Date.now() - this.#heardAt > LAG_MS) this.#setLink("lagging");
    if (this.link === "lagging" && Date.now() - this.#heardAt > 3 * LAG_MS) this.#socket?.close();
  }

  #later(act, ms) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }

  #connect() {
    if (this.#closed) return;
    const at = new URL(`${this.#base}/api/v1/ws${this.#seq ? `?after=${this.#seq}` : ""}`, globalThis.location?.href);
    at.protocol = at.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(at.href);
    this.#socket = socket;
    socket.onopen = () => {
      this.#tries = 0;
      this.#heardAt = Date.now();
      this.#setLink("live");
      // Events of the desk are not kept: what happened before the stream was open is asked for.
      const ask = () => void this.#freshen().catch(() => undefined);
      ask();
      this.#later(ask, SETTLED_MS);
    };
    socket.onmessage = (message) => { this.#heard(String(message.data)); };
    socket.onclose = () => {
      if (this.#closed || this.#socket !== socket) return;
      this.#setLink("down");
      this.#later(() => { this.#connect(); }, Math.min(RETRY_MS_MAX, 500 * 2 ** this.#tries++) * (0.7 + 0.6 * Math.random()));
    };
  }

  #heard(text) {
    let event;
    try {
      event = JSON.parse(text);
    } catch {
      return;
    }
    this.#heardAt = Date.now();
    this.#setLink("live");
    if (event.seq > this.#seq || event.type === "reset") this.#seq = event.seq;
    if (event.type === "desk.changed" && event.data?.view) this.#setView(event.data.view);
  }

  async #ask(method, path, body) {
    let response;
    try {
      response = await fetch(`${this.#base}/api/v1${path}`, {
        method, credentials: "include",
        headers: { "accept-language": this.#language, ...(body === undefined ? {} : { "content-type": "application/json" }), ...(method === "GET" ? {} : { "x-csrf-token": this.#csrf }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch {
      throw new FenglingError(0);
    }
    const answer = (response.headers.get("content-type") ?? "").includes("json") ? await response.json() : undefined;
    if (!response.ok) throw new FenglingError(response.status, answer);
    return answer;
  }
}

const destination = (to) => (typeof to === "string" ? { kind: "number", number: to } : to);
/** Whether an INVITE asks to be answered at once, as those of tasks do that dial for their agents. */
const asksToBeAnswered = (request) =>
  (request?.getHeaders("call-info") ?? []).some((h) => /;\s*answer-after\s*=\s*"?0"?\s*(?:[;,]|$)/i.test(h))
  || (request?.getHeaders("alert-info") ?? []).some((h) => /;\s*info\s*=\s*"?alert-autoanswer"?\s*(?:[;,]|$)/i.test(h));
const sorted = (seat) => Object.entries(seat ?? {}).sort(([a], [b]) => a.localeCompare(b));

/**
 * The browser's phone over JsSIP 3.13 or later, which the page brings along: `new FenglingDesk({ phone: jsSipPhone(JsSIP) })`.
 * The page must be opened over https (or from this computer), or the browser gives no microphone.
 */
export function jsSipPhone(JsSIP, { audio = Object.assign(document.createElement("audio"), { autoplay: true }) } = {}) {
  const listeners = new Set();
  let ua = null;
  let socket = null;
  let session = null;
  let microphone = null;
  let muted = false;
  const say = (event) => { for (const listener of listeners) listener(event); };
  const speak = () => { for (const track of microphone?.getAudioTracks() ?? []) track.enabled = session !== null && !muted; };
  const take = (next, auto) => {
    if (session && !session.isEnded()) return void next.terminate({ status_code: 486 });
    session = next;
    const done = () => {
      if (session !== next) return;
      session = null;
      audio.srcObject = null;
      speak();
      say({ type: "ended" });
    };
    next.on("peerconnection", ({ peerconnection }) => {
      peerconnection.addEventListener("track", (e) => {
        audio.srcObject = e.streams[0] ?? new MediaStream([e.track]);
        void audio.play().catch(() => { say({ type: "sound_blocked" }); });
      });
    });
    next.on("icecandidate", ({ ready }) => { setTimeout(ready, 200); });
    next.on("confirmed", () => { say({ type: "talking" }); });
    next.on("ended", done);
    next.on("failed", done);
    say({ type: "incoming", number: next.remote_identity.uri.user ?? "", ...(auto ? { auto } : {}) });
  };
  const phone = {
    on: (listener) => {
      listeners.add(listener);
      return () => { listeners.delete(listener); };
    },
    register: async ({ url, login, secret, domain }) => {
      phone.unregister();
      microphone = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
      speak();
      socket = new JsSIP.WebSocketInterface(url);
      const mine = new JsSIP.UA({ sockets: [socket], uri: `sip:${login}@${domain}`, password: secret, register_expires: 60, connection_recovery_max_interval: 8 });
      ua = mine;
      mine.on("newRTCSession", ({ originator, session: next, request }) => { if (originator === "remote") take(next, asksToBeAnswered(request)); });
      mine.on("disconnected", () => { if (ua === mine) say({ type: "lost" }); });
      await new Promise((up, failed) => {
        const late = setTimeout(() => { failed(new FenglingError(0, { code: "no_phone", detail: "The phone could not register" })); }, 12_000);
        mine.on("registered", () => { clearTimeout(late); say({ type: "registered" }); up(); });
        mine.on("registrationFailed", ({ response }) => {
          if (ua !== mine) return;
          const refused = [401, 403, 407].includes(response?.status_code);
          if (refused) phone.unregister();
          else setTimeout(() => { if (ua === mine) mine.register(); }, 4_000);
          say({ type: refused ? "refused" : "lost" });
          if (refused) { clearTimeout(late); failed(new FenglingError(0, { code: "no_phone", detail: "The phone was refused" })); }
        });
        mine.start();
      });
    },
    unregister: () => {
      const old = ua;
      // JsSIP hangs up when it stops, and the server takes that for the agent's own will: a call that is up is lost instead, and goes
      // on at the agent's next phone.
      if (session?.isEstablished()) socket?.disconnect();
      ua = null;
      session = null;
      old?.stop();
      for (const track of microphone?.getTracks() ?? []) track.stop();
      microphone = null;
    },
    answer: () => {
      if (!session || session.isEstablished()) return;
      speak();
      session.answer({ ...(microphone ? { mediaStream: microphone } : {}), mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } });
    },
    mute: (on) => {
      muted = on;
      speak();
    },
    /** Two short beeps: a call has been answered by itself. */
    zip: () => {
      if (!globalThis.AudioContext) return;
      const context = new globalThis.AudioContext();
      const gain = context.createGain();
      const tone = context.createOscillator();
      tone.frequency.value = 1_400;
      gain.gain.value = 0;
      for (const at of [0.02, 0.17]) {
        gain.gain.setTargetAtTime(0.18, context.currentTime + at, 0.004);
        gain.gain.setTargetAtTime(0, context.currentTime + at + 0.09, 0.006);
      }
      tone.connect(gain).connect(context.destination);
      tone.start();
      setTimeout(() => void context.close().catch(() => undefined), 500);
    },
  };
  return phone;
}
