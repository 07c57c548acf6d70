import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { actions, clock } from "./fengling-phone-bar.js";
import { FenglingDesk, FenglingError, jsSipPhone, type DeskView, type Phone, type PhoneEvent } from "./fengling-sdk.js";

type State = DeskView["agent"]["state"];
const call = (more: object = {}) => ({ call_id: 7, name: "王建国", number: "+8613", answered_at: null, consulting: false, customers: [], parties: [], ...more });
const view = (state: State, of: object | null = null, agent: object = {}): DeskView => ({ agent: { state, seat: state === "off" ? null : { kind: "browser", extension: 61 }, until: null, since: "2026-11-21T10:00:00Z", ...agent }, call: of }) as unknown as DeskView;

let asked: { method: string; path: string; body: unknown; headers: Record<string, string> }[] = [];
let answers: Record<string, unknown> = {};
class Socket {
  static last: Socket;
  onopen: (() => void) | null = null;
  onmessage: ((m: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly url: string;
  constructor(url: string) {
    this.url = url;
    Socket.last = this;
  }
  close() { this.onclose?.(); }
  says(event: object) { this.onmessage?.({ data: JSON.stringify({ seq: 0, ts: "", ...event }) }); }
}

beforeEach(() => {
  asked = [];
  answers = {
    "POST /session": { csrf: "t1", user: {} }, "GET /desk": { view: view("off"), breaks: [], extensions: [] },
    "POST /desk/phone": { extension_id: 61, login: "6001", secret: "s", domain: "fengling", web_path: "/sip" }, "POST /desk/commands": view("ready"),
  };
  vi.stubGlobal("WebSocket", Socket);
  vi.stubGlobal("fetch", async (url: string, init: { method: string; headers: Record<string, string>; body?: string }) => {
    const path = url.replace(/^.*\/api\/v1/, "");
    asked.push({ method: init.method, path, body: init.body ? JSON.parse(init.body) : undefined, headers: init.headers });
    const answer = answers[`${init.method} ${path}`];
    if (answer instanceof FenglingError) return new Response(JSON.stringify({ code: answer.code, detail: answer.message }), { status: answer.status, headers: { "content-type": "application/problem+json" } });
    if (answer === undefined) throw new TypeError("offline");
    return new Response(JSON.stringify(answer), { headers: { "content-type": "application/json" } });
  });
});
afterEach(() => { vi.unstubAllGlobals(); vi.useRealTimers(); });

function fakePhone() {
  const phone = { told: (() => undefined) as (event: PhoneEvent) => void, answered: 0, zipped: 0, gone: 0, accounts: [] as unknown[] };
  const made: Phone = {
    on: (listener) => { phone.told = listener; return () => undefined; },
    register: async (account) => { phone.accounts.push(account); },
    unregister: () => { phone.gone += 1; },
    answer: () => { phone.answered += 1; },
    zip: () => { phone.zipped += 1; },
  };
  return { phone, made };
}
async function opened(phone: Phone | null = null) {
  const desk = new FenglingDesk({ base: "https://call.example.com/", phone });
  await desk.logIn("6001", "x");
  await desk.open();
  Socket.last.onopen?.();
  await vi.waitFor(() => { expect(asked.filter((a) => a.path === "/desk")).toHaveLength(2); });
  return desk;
}

describe("the SDK", () => {
  it("logs in, opens the desk and the stream, and sends the CSRF token with every change", async () => {
    const desk = await opened();
    expect(Socket.last.url).toBe("wss://call.example.com/api/v1/ws");
    expect(desk.link).toBe("live");
    await desk.ready();
    const last = asked.at(-1);
    expect(last).toMatchObject({ method: "POST", path: "/desk/commands", body: { do: "ready" } });
    expect(last?.headers["x-csrf-token"]).toBe("t1");
    desk.close();
  });

  it("signs in with the browser's phone, which is registered first", async () => {
    const { phone, made } = fakePhone();
    const desk = await opened(made);
    await desk.signIn({ seat: "browser", ready: true });
    expect(phone.accounts).toEqual([{ url: "wss://call.example.com/sip", login: "6001", secret: "s", domain: "fengling" }]);
    expect(asked.at(-1)?.body).toEqual({ do: "sign_in", seat: { kind: "browser", extension: 61 }, ready: true });
    desk.close();
  });

  it("needs a phone to answer in the browser", async () => {
    const desk = await opened();
    await expect(desk.signIn({ seat: "browser" })).rejects.toMatchObject({ code: "no_phone" });
    expect(() => { desk.answer(); }).toThrow(FenglingError);
    desk.close();
  });

  it("tells of a call that rings, is answered and ends", async () => {
    const desk = await opened();
    const heard: string[] = [];
    desk.on("ringing", () => heard.push("ringing"));
    desk.on("answered", (c) => heard.push(`answered ${c.call_id}`));
    const off = desk.on("ended", (c) => heard.push(`ended ${c?.call_id ?? ""}`));
    const say = (v: DeskView) => { Socket.last.says({ type: "desk.changed", data: { view: v } }); };
    say(view("ringing", call()));
    say(view("ringing", call()));
    say(view("talking", call({ answered_at: "2026-11-21T10:00:05Z" })));
    say(view("held", call({ answered_at: "2026-11-21T10:00:05Z" })));
    say(view("wrap_up", call({ answered_at: "2026-11-21T10:00:05Z" })));
    expect(heard).toEqual(["ringing", "answered 7", "ended 7"]);
    off();
    say(view("talking", call({ answered_at: "x" })));
    say(view("ready"));
    expect(heard).toHaveLength(4);
    desk.close();
  });

  it("answers the agent's own dialling by itself, an offer never", async () => {
    const { phone, made } = fakePhone();
    const desk = await opened(made);
    await desk.signIn({ seat: "browser" });
    vi.useFakeTimers();
    phone.told({ type: "incoming", number: "1" });
    vi.advanceTimersByTime(1_000);
    expect(phone.answered).toBe(0);
    answers["POST /desk/commands"] = view("dialing");
    await desk.dial("13800138000");
    phone.told({ type: "incoming", number: "1" });
    expect(phone.answered).toBe(1);
    desk.close();
  });

  it("expects no call when dialling was refused, or on a line that stands", async () => {
    const { phone, made } = fakePhone();
    const desk = await opened(made);
    await desk.signIn({ seat: "browser" });
    vi.useFakeTimers();
    answers["POST /desk/commands"] = new FenglingError(409, { code: "forbidden", detail: "不允许" });
    await expect(desk.dial("110")).rejects.toThrow();
    phone.told({ type: "incoming", number: "1" });
    vi.advanceTimersByTime(1_000);
    expect(phone.answered).toBe(0);
    phone.told({ type: "talking" });
    answers["POST /desk/commands"] = view("ready");
    await desk.dialPreview();
    phone.told({ type: "incoming", number: "2" });
    expect(phone.answered).toBe(0);
    desk.close();
  });

  it("answers a call of a task by itself, with beeps", async () => {
    const { phone, made } = fakePhone();
    const desk = await opened(made);
    await desk.signIn({ seat: "browser" });
    phone.told({ type: "incoming", number: "1", auto: true });
    expect([phone.answered, phone.zipped]).toEqual([1, 1]);
    desk.close();
  });

  it("takes, dials and skips leads, and tells of the one that is shown", async () => {
    const { phone, made } = fakePhone();
    const desk = await opened(made);
    await desk.signIn({ seat: "browser" });
    const shown: unknown[] = [];
    desk.on("preview", (lead) => shown.push(lead && `${lead.lead_id}${lead.dialing ? " dialing" : ""}`));
    const lead = (dialing: boolean) => ({ ...view(dialing ? "dialing" : "ready"), preview: { lead_id: 5, dialing } });
    answers["POST /desk/commands"] = lead(false);
    await desk.nextLead(206);
    expect(asked.at(-1)?.body).toEqual({ do: "next_lead", campaign: 206 });
    expect(desk.view?.preview?.lead_id).toBe(5);
    Socket.last.says({ type: "desk.changed", data: { view: lead(false) } });
    answers["POST /desk/commands"] = lead(true);
    await desk.dialPreview();
    expect(asked.at(-1)?.body).toEqual({ do: "preview_dial" });
    phone.told({ type: "incoming", number: "1" });
    expect(phone.answered).toBe(1);
    answers["POST /desk/commands"] = { ...view("ready"), preview: null };
    await desk.skipPreview("刚联系过");
    expect(asked.at(-1)?.body).toEqual({ do: "preview_skip", reason: "刚联系过" });
    expect(shown).toEqual(["5", "5 dialing", null]);
    desk.close();
  });

  it("gives the phone up when the agent signs in elsewhere", async () => {
    const { phone, made } = fakePhone();
    const desk = await opened(made);
    const taken = vi.fn();
    desk.on("taken", taken);
    await desk.signIn({ seat: "browser" });
    const before = phone.gone;
    Socket.last.says({ type: "desk.changed", data: { view: view("ready", null, { seat: { kind: "outside", number: "+8613" } }) } });
    expect(taken).toHaveBeenCalledOnce();
    expect(phone.gone).toBe(before + 1);
    desk.close();
  });

  it("carries refusals in the server's words, and says when nobody answers", async () => {
    const desk = await opened();
    answers["POST /desk/commands"] = new FenglingError(409, { code: "bad_number", detail: "号码有误" });
    await expect(desk.dial("1")).rejects.toMatchObject({ status: 409, code: "bad_number", message: "号码有误" });
    delete answers["POST /desk/commands"];
    await expect(desk.ready()).rejects.toMatchObject({ status: 0, code: "offline" });
    desk.close();
  });

  it("comes back after the stream breaks, from where it was", async () => {
    const desk = await opened();
    const links: string[] = [];
    desk.on("link", (l) => links.push(l));
    Socket.last.says({ seq: 41, type: "call.ended" });
    vi.useFakeTimers();
    const first = Socket.last;
    first.close();
    vi.advanceTimersByTime(2_000);
    expect(Socket.last).not.toBe(first);
    expect(Socket.last.url).toContain("?after=41");
    Socket.last.onopen?.();
    expect(links).toEqual(["down", "live"]);
    desk.close();
  });
});

describe("the phone bar", () => {
  it("offers what the state allows", () => {
    expect(actions(view("off"))).toEqual(["sign_in"]);
    expect(actions(view("ringing"))).toEqual(["answer", "decline"]);
    expect(actions(view("ringing", null, { seat: { kind: "phone", extension: 1 } }))).toEqual(["decline"]);
    expect(actions(view("held", call()))).toContain("retrieve");
    expect(actions(view("talking", call({ consulting: true, parties: [{ kind: "guest", state: "ringing" }] })))).toEqual(["cancel"]);
    expect(actions(view("talking", call({ consulting: true, parties: [{ kind: "guest", state: "talking" }] })))).toContain("complete");
    expect(clock(75)).toBe("01:15");
    const of = (more: object) => actions({ ...view("ready"), ...more } as unknown as DeskView);
    expect(of({ tasks: [{ mode: "manual" }] })).toEqual(["next_lead", "be_busy", "dial", "sign_out"]);
    expect(of({ tasks: [{ mode: "predictive" }] })).toEqual(["be_busy", "dial", "sign_out"]);
    const looking = (preview: object) => actions({ ...view("reserved"), preview } as unknown as DeskView);
    expect(looking({ dialing: false, skips_left: 1 })).toEqual(["dial_lead", "skip_lead", "be_busy", "sign_out"]);
    expect(looking({ dialing: false, skips_left: 0 })).toEqual(["dial_lead", "be_busy", "sign_out"]);
    expect(looking({ dialing: true, skips_left: 1 })).toEqual([]);
    expect(actions(view("reserved"))).toEqual([]);
  });

  it("takes leads of the agent's manual tasks and dials them", async () => {
    const desk = await opened();
    const bar = document.createElement("fengling-phone-bar");
    document.body.append(bar);
    bar.desk = desk;
    const press = (text: string) => { [...(bar.shadowRoot?.querySelectorAll("button") ?? [])].find((b) => b.textContent === text)?.click(); };
    Socket.last.says({ type: "desk.changed", data: { view: { ...view("ready"), tasks: [{ campaign_id: 206, name: "回访", mode: "manual" }] } } });
    answers["POST /desk/commands"] = { ...view("reserved"), tasks: [], preview: { lead_id: 5, name: "王建国", number: "+8613", dialing: false, skips_left: null } };
    press("取下一个");
    await vi.waitFor(() => { expect(bar.shadowRoot?.querySelector(".who")?.textContent).toBe("王建国 +8613"); });
    expect(asked.at(-1)?.body).toEqual({ do: "next_lead", campaign: 206 });
    press("拨打名单");
    await vi.waitFor(() => { expect(asked.at(-1)?.body).toEqual({ do: "preview_dial" }); });
    bar.remove();
    desk.close();
  });

  it("is an element that shows the desk and works it", async () => {
    const desk = await opened();
    const bar = document.createElement("fengling-phone-bar");
    document.body.append(bar);
    bar.desk = desk;
    Socket.last.says({ type: "desk.changed", data: { view: view("ready") } });
    const button = [...(bar.shadowRoot?.querySelectorAll("button") ?? [])].find((b) => b.textContent === "签出");
    button?.click();
    await vi.waitFor(() => { expect(asked.at(-1)?.body).toEqual({ do: "sign_out" }); });
    bar.remove();
    desk.close();
  });
});

describe("the browser's phone over JsSIP", () => {
  const account = { url: "wss://call.example.com/sip", login: "6001", secret: "s", domain: "fengling" };
  async function registered(established: boolean) {
    const did: string[] = [];
    const on = new Map<string, (e: object) => void>();
    class UA {
      on(name: string, listener: (e: object) => void) { on.set(name, listener); }
      start() { on.get("registered")?.({}); }
      stop() { did.push("stop"); }
    }
    class WebSocketInterface {
      readonly url: string;
      constructor(url: string) { this.url = url; }
      disconnect() { did.push("disconnect"); }
    }
    const stream = { getTracks: () => [], getAudioTracks: () => [] };
    Object.defineProperty(navigator, "mediaDevices", { configurable: true, value: { getUserMedia: async () => stream } });
    const phone = jsSipPhone({ UA, WebSocketInterface });
    await phone.register(account);
    const heard: PhoneEvent[] = [];
    phone.on((e) => heard.push(e));
    const session = { on: () => undefined, isEnded: () => false, isEstablished: () => established, remote_identity: { uri: { user: "1" } } };
    const getHeaders = (name: string) => (name === "call-info" ? ["<sip:fengling>;answer-after=0"] : []);
    on.get("newRTCSession")?.({ originator: "remote", session, request: { getHeaders } });
    expect(heard).toContainEqual({ type: "incoming", number: "1", auto: true });
    phone.unregister();
    return did;
  }
  it("loses a call that is up instead of hanging up on it", async () => {
    expect(await registered(true)).toEqual(["disconnect", "stop"]);
    expect(await registered(false)).toEqual(["stop"]);
  });
});
