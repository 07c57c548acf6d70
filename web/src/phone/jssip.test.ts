/** JsSIP as it is, over a socket that remembers what was sent. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PhoneEvent } from "./softphone.ts";

const SDP = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=rtpmap:111 opus/48000/2", "a=mid:0", "a=sendrecv", ""].join("\r\n");
const header = (text: string, name: string) => new RegExp(`^${name}:\\s*(.*)$`, "im").exec(text)?.[1] ?? "";

class Line {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static all: Line[] = [];
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readyState = 0;
  sent: string[] = [];
  onopen: () => void = () => undefined;
  onclose: (e: object) => void = () => undefined;
  onmessage: (e: { data: string }) => void = () => undefined;
  constructor() {
    Line.all.push(this);
    queueMicrotask(() => {
      this.readyState = 1;
      this.onopen();
    });
  }
  send(text: string) {
    this.sent.push(text);
    if (text.startsWith("REGISTER")) queueMicrotask(() => { this.answerRegister(text); });
  }
  answerRegister(text: string) {
    const copy = ["Via", "From", "To", "Call-ID", "CSeq"].map((n) => `${n}: ${header(text, n)}${n === "To" ? ";tag=s" : ""}`);
    this.onmessage({ data: ["SIP/2.0 200 OK", ...copy, `Contact: ${header(text, "Contact").replace(/;expires=\d+/, "")};expires=90`, "Content-Length: 0", "", ""].join("\r\n") });
  }
  close() { this.readyState = 3; }
  get contact() { return /<([^>;]+)/.exec(header(this.sent[0] ?? "", "Contact"))?.[1] ?? ""; }
  ask(method: string, cseq: string, tag: string, body = "", callId = "call-1", more: string[] = []) {
    const head = [`${method} ${this.contact} SIP/2.0`, `Via: SIP/2.0/WS s.invalid;branch=z9hG4bK${callId}${cseq}${method}`, "Max-Forwards: 70", "From: <sip:13912345678@fengling>;tag=c", `To: <sip:6001@fengling>${tag}`, `Call-ID: ${callId}`, `CSeq: ${cseq} ${method}`, "Contact: <sip:s@s.invalid;transport=ws>"];
    this.onmessage({ data: [...head, ...more, ...(body ? ["Content-Type: application/sdp"] : []), `Content-Length: ${body.length}`, "", body].join("\r\n") });
  }
  methods() { return this.sent.map((m) => m.split(" ")[0]); }
}

class Peer extends EventTarget {
  static closed = 0;
  iceConnectionState = "connected";
  iceGatheringState = "complete";
  signalingState = "stable";
  connectionState = "connected";
  localDescription: { type: string; sdp: string } | null = null;
  addTrack() { return undefined; }
  getSenders() { return []; }
  async createAnswer() { return { type: "answer", sdp: SDP }; }
  async setLocalDescription(d: { type: string; sdp: string }) { this.localDescription = d; }
  async setRemoteDescription() { return undefined; }
  close() {
    Peer.closed += 1;
    this.signalingState = "closed";
  }
}

const track = () => Object.assign(new EventTarget(), { enabled: true, stopped: false, stop() { this.stopped = true; }, kind: "audio", getSettings: () => ({}) });
let microphone: ReturnType<typeof track>;
const account = { url: "ws://127.0.0.1/sip", login: "6001", secret: "s", domain: "fengling" };
const settle = async () => {
  for (let i = 0; i < 40; i += 1) await Promise.resolve();
};

async function registered() {
  const { JsSipPhone } = await import("./jssip.ts");
  const phone = new JsSipPhone();
  const heard: PhoneEvent[] = [];
  phone.on((e) => heard.push(e));
  await phone.open();
  await phone.register(account);
  await settle();
  expect(heard.at(-1)).toEqual({ type: "registered" });
  return { phone, heard, line: Line.all.at(-1)! };
}

async function talking() {
  const at = await registered();
  at.line.ask("INVITE", "1", "", SDP);
  await settle();
  at.phone.answer();
  await settle();
  const ok = at.line.sent.findLast((m) => m.startsWith("SIP/2.0 200"))!;
  at.line.ask("ACK", "1", `;tag=${/tag=([^;\s]+)/.exec(header(ok, "To"))?.[1] ?? ""}`);
  await settle();
  expect(at.heard.at(-1)).toEqual({ type: "talking" });
  return at;
}

beforeEach(() => {
  Line.all = [];
  Peer.closed = 0;
  microphone = track();
  const stream = { getTracks: () => [microphone], getAudioTracks: () => [microphone], getVideoTracks: () => [] };
  vi.stubGlobal("WebSocket", Line);
  vi.stubGlobal("RTCPeerConnection", Peer);
  vi.stubGlobal("RTCSessionDescription", function described(this: object, d: object) { Object.assign(this, d); });
  Object.defineProperty(navigator, "mediaDevices", { configurable: true, value: { getUserMedia: async () => stream } });
});
afterEach(() => { vi.unstubAllGlobals(); });

describe("a phone that goes", () => {
  it("says goodbye in order without a call", async () => {
    const { phone, heard, line } = await registered();
    phone.unregister();
    expect(line.sent.at(-1)).toMatch(/^REGISTER[\s\S]*expires=0/i);
    expect(microphone.stopped).toBe(true);
    expect(heard.at(-1)).toEqual({ type: "stopped" });
  });

  it("hangs up when the agent does", async () => {
    const { phone, line } = await talking();
    phone.hangUp();
    expect(line.methods().at(-1)).toBe("BYE");
  });

  it("never hangs up on a call that is up: it is lost, media and all", async () => {
    const { phone, heard, line } = await talking();
    phone.unregister();
    expect(line.methods()).not.toContain("BYE");
    expect(line.readyState).toBe(3);
    expect(Peer.closed).toBe(1);
    expect(microphone.stopped).toBe(true);
    expect(heard.at(-1)).toEqual({ type: "stopped" });
  });

  it("says no BYE either when it registers anew", async () => {
    const { phone, line } = await talking();
    await phone.register(account);
    await settle();
    expect(line.methods()).not.toContain("BYE");
    expect(line.readyState).toBe(3);
    expect(Line.all).toHaveLength(2);
    expect(microphone.stopped).toBe(false);
  });

  it("connects at once when the network is back, and again when nobody answers", async () => {
    const { phone, heard, line } = await registered();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    line.readyState = 3;
    line.onclose({ wasClean: false, code: 1006, reason: "" });
    expect(heard.at(-1)).toEqual({ type: "lost" });
    phone.wake();
    await settle();
    expect(Line.all).toHaveLength(2);
    expect(heard.at(-1)).toEqual({ type: "registered" });
    const second = Line.all.at(-1)!;
    second.answerRegister = () => undefined;
    phone.wake();
    vi.advanceTimersByTime(4_100);
    await settle();
    expect(Line.all).toHaveLength(3);
    expect(heard.at(-1)).toEqual({ type: "registered" });
    phone.wake();
    await settle();
    vi.advanceTimersByTime(4_100);
    expect(Line.all).toHaveLength(3);
    vi.useRealTimers();
  });

  it("refuses a call that only rings", async () => {
    const { phone, line } = await registered();
    line.ask("INVITE", "1", "", SDP);
    await settle();
    phone.unregister();
    expect(line.sent.some((m) => m.startsWith("SIP/2.0 480"))).toBe(true);
  });

  it("does not begin what was ended while the microphone was asked for", async () => {
    const { JsSipPhone } = await import("./jssip.ts");
    const phone = new JsSipPhone();
    const registering = phone.register(account);
    phone.unregister();
    await registering;
    await settle();
    expect(Line.all).toHaveLength(0);
    expect(microphone.stopped).toBe(true);
  });
});

describe("a call that asks to be answered", () => {
  it("is told apart by its headers", async () => {
    const { heard, line } = await registered();
    line.ask("INVITE", "1", "", SDP, "call-a", ["Call-Info: <sip:fengling>;answer-after=0"]);
    await settle();
    expect(heard.at(-1)).toMatchObject({ type: "incoming", auto: true });
    line.ask("INVITE", "1", "", SDP, "call-b", ["Alert-Info: <http://x.invalid>;info=alert-internal", "Alert-Info: <http://x.invalid>;info=alert-autoanswer"]);
    await settle();
    expect(heard.at(-1)).toMatchObject({ type: "incoming", auto: true });
    line.ask("INVITE", "1", "", SDP, "call-c", ["Call-Info: <http://x.invalid/a.png>;purpose=icon"]);
    await settle();
    expect(heard.at(-1)).toMatchObject({ type: "incoming", number: "13912345678" });
    expect(heard.at(-1)).not.toHaveProperty("auto");
  });
});

describe("a second call", () => {
  const busy = (line: Line) => line.sent.some((m) => m.startsWith("SIP/2.0 486"));
  const incoming = (heard: PhoneEvent[]) => heard.filter((e) => e.type === "incoming").length;
  afterEach(() => { vi.useRealTimers(); });

  it("is refused in the middle of a call", async () => {
    const { phone, heard, line } = await talking();
    phone.occupied(true);
    vi.useFakeTimers();
    line.ask("INVITE", "1", "", SDP, "call-2");
    vi.advanceTimersByTime(1_100);
    expect(busy(line)).toBe(true);
    expect(incoming(heard)).toBe(1);
  });

  it("rings when the first is over for the server, known before or right after", async () => {
    const { phone, heard, line } = await talking();
    line.ask("INVITE", "1", "", SDP, "call-2");
    await settle();
    expect(incoming(heard)).toBe(2);
    phone.answer();
    await settle();
    const ok = line.sent.findLast((m) => m.startsWith("SIP/2.0 200"))!;
    expect(header(ok, "Call-ID")).toBe("call-2");
    line.ask("ACK", "1", `;tag=${/tag=([^;\s]+)/.exec(header(ok, "To"))?.[1] ?? ""}`, "", "call-2");
    await settle();
    phone.occupied(true);
    vi.useFakeTimers();
    line.ask("INVITE", "1", "", SDP, "call-3");
    phone.occupied(false);
    vi.advanceTimersByTime(1_100);
    expect(incoming(heard)).toBe(3);
    expect(busy(line)).toBe(false);
  });
});
