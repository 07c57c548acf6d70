import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PhoneEvent } from "./softphone.ts";

const account = { extension_id: 61, login: "6001", secret: "s", domain: "fengling", web_path: "/sip" };
const taken = vi.fn(async () => account);
vi.mock("@/api/desk.ts", () => ({ takePhone: () => taken() }));

class Fake {
  static last: Fake;
  audio = document.createElement("audio");
  answered = 0;
  registrations: unknown[] = [];
  refreshed = 0;
  say: (event: PhoneEvent) => void = () => undefined;
  outcome: PhoneEvent[] = [{ type: "registered" }];
  atOpen: PhoneEvent[] = [];
  done: string[] = [];
  constructor() { Fake.last = this; }
  on(listener: (event: PhoneEvent) => void) {
    this.say = listener;
    return () => undefined;
  }
  async open() {
    this.done.push("open");
    for (const event of this.atOpen) this.say(event);
  }
  async register(a: unknown) {
    this.done.push("register");
    if (this.registrations.length > 0) this.say({ type: "stopped" });
    this.registrations.push(a);
    this.say({ type: "connecting" });
    for (const event of this.outcome) this.say(event);
  }
  unregister() {
    this.done.push("unregister");
    this.say({ type: "stopped" });
  }
  refresh() { this.refreshed += 1; }
  woken = 0;
  wake() { this.woken += 1; }
  isOccupied = false;
  occupied(on: boolean) { this.isOccupied = on; }
  answer() { this.answered += 1; }
  hangUp() { return undefined; }
  mute() { return undefined; }
  async useDevices() { return undefined; }
}
const zipped = vi.fn(async (_speaker: string, _failed: () => void) => undefined);
vi.mock("./ring.ts", () => ({ zipTone: (speaker: string, failed: () => void) => zipped(speaker, failed) }));
vi.mock("./jssip.ts", () => ({ JsSipPhone: Fake }));

const incoming: PhoneEvent = { type: "incoming", number: "1", name: "" };
type Module = typeof import("./phone.ts");
let phone: Module;

beforeEach(async () => {
  vi.resetModules();
  phone = await import("./phone.ts");
});
afterEach(() => { vi.useRealTimers(); });

describe("the page's phone", () => {
  it("registers at the page's own origin with the key it was given", async () => {
    expect(await phone.startPhone()).toBe(61);
    expect(Fake.last.registrations).toEqual([{ url: `ws://${location.host}/sip`, login: "6001", secret: "s", domain: "fengling" }]);
    expect(phone.phoneNow().line).toBe("up");
    expect(phone.phoneExtension()).toBe(61);
    phone.stopPhone();
    expect(phone.phoneNow().line).toBe("off");
    expect(phone.phoneExtension()).toBeNull();
  });

  it("fails without a microphone, and starts afresh the next time", async () => {
    await phone.startPhone();
    Fake.last.atOpen = [{ type: "fault", fault: "no_microphone" }];
    await expect(phone.startPhone()).rejects.toMatchObject({ why: "no_microphone" });
    Fake.last.atOpen = [];
    await expect(phone.startPhone()).resolves.toBe(61);
  });

  it("takes nothing from an older page as long as there is no microphone", async () => {
    await phone.startPhone();
    phone.stopPhone();
    taken.mockClear();
    Fake.last.done = [];
    Fake.last.atOpen = [{ type: "fault", fault: "microphone" }];
    await expect(phone.startPhone()).rejects.toMatchObject({ why: "microphone" });
    expect(taken).not.toHaveBeenCalled();
    expect(Fake.last.done).toEqual(["open", "unregister"]);
  });

  it("does not go on with a start that was stopped meanwhile", async () => {
    await phone.startPhone();
    Fake.last.outcome = [];
    const starting = phone.startPhone();
    await vi.waitFor(() => { expect(Fake.last.registrations).toHaveLength(2); });
    phone.stopPhone();
    await expect(starting).rejects.toMatchObject({ why: "signalling" });
    expect(phone.phoneNow().line).toBe("off");
    expect(phone.phoneExtension()).toBeNull();
  });

  it("rings for an offer, even right after a call", async () => {
    await phone.startPhone();
    vi.useFakeTimers();
    phone.setAgentState("talking");
    Fake.last.say(incoming);
    phone.setAgentState("ringing");
    vi.advanceTimersByTime(2_000);
    expect(Fake.last.answered).toBe(0);
    expect(phone.phoneNow().call).toBe("ringing");
  });

  it("answers the call that replaces a lost one", async () => {
    await phone.startPhone();
    vi.useFakeTimers();
    phone.setAgentState("held");
    Fake.last.say(incoming);
    expect(Fake.last.answered).toBe(0);
    vi.advanceTimersByTime(1_100);
    expect(Fake.last.answered).toBe(1);
  });

  it("answers what the page asked for, once", async () => {
    await phone.startPhone();
    phone.setAgentState("ready");
    phone.expectCall();
    Fake.last.say(incoming);
    expect(Fake.last.answered).toBe(1);
    Fake.last.say({ type: "ended" });
    Fake.last.say(incoming);
    expect(Fake.last.answered).toBe(1);
  });

  it("answers a call that was faster than the word of it, but no offer", async () => {
    await phone.startPhone();
    phone.setAgentState("ready");
    Fake.last.say(incoming);
    phone.expectCall();
    expect(Fake.last.answered).toBe(1);
    Fake.last.say({ type: "ended" });
    phone.setAgentState("ringing");
    Fake.last.say(incoming);
    phone.expectCall(0);
    expect(Fake.last.answered).toBe(1);
  });

  it("answers a task's call by itself, with beeps for whoever did not ask for it", async () => {
    zipped.mockClear();
    await phone.startPhone();
    phone.setAgentState("ready");
    Fake.last.say({ ...incoming, auto: true });
    expect(Fake.last.answered).toBe(1);
    expect(zipped).toHaveBeenCalledOnce();
    Fake.last.say({ type: "ended" });
    phone.setAgentState("ringing");
    Fake.last.say({ ...incoming, auto: true });
    expect(Fake.last.answered).toBe(2);
    expect(zipped).toHaveBeenCalledTimes(2);
    Fake.last.say({ type: "ended" });
    phone.setAgentState("dialing");
    Fake.last.say({ ...incoming, auto: true });
    expect(Fake.last.answered).toBe(3);
    expect(zipped).toHaveBeenCalledTimes(2);
  });

  it("rings for a task's call as long as nobody could be heard", async () => {
    zipped.mockClear();
    await phone.startPhone();
    vi.useFakeTimers();
    phone.setAgentState("ringing");
    phone.reportFault("microphone");
    Fake.last.say({ ...incoming, auto: true });
    vi.advanceTimersByTime(2_000);
    expect(Fake.last.answered).toBe(0);
    expect(zipped).not.toHaveBeenCalled();
    expect(phone.phoneNow().call).toBe("ringing");
  });

  it("says that the beeps were not heard until the call is over", async () => {
    await phone.startPhone();
    phone.setAgentState("ready");
    zipped.mockImplementationOnce(async (_, failed) => { failed(); });
    Fake.last.say({ ...incoming, auto: true });
    expect(phone.phoneNow().faults).toEqual(["ringtone"]);
    Fake.last.say({ type: "ended" });
    expect(phone.phoneNow().faults).toEqual([]);
  });
});
