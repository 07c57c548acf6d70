import { describe, expect, it } from "vitest";
import { answersAtOnce, answersItself, asksToBeAnswered, next, silent, type PhoneState } from "./machine.ts";
import type { PhoneEvent } from "./softphone.ts";

const run = (...events: PhoneEvent[]): PhoneState => events.reduce(next, silent);
const rings: PhoneEvent = { type: "incoming", number: "8001", name: "前台" };

describe("the phone in the page", () => {
  it("registers, rings, is answered and hung up", () => {
    expect(run({ type: "connecting" }).line).toBe("connecting");
    const ringing = run({ type: "connecting" }, { type: "registered" }, rings);
    expect(ringing).toMatchObject({ line: "up", call: "ringing", from: { number: "8001", name: "前台" } });
    const talking = next(next(ringing, { type: "answering" }), { type: "talking" });
    expect(talking.call).toBe("talking");
    expect(next(talking, { type: "ended" })).toMatchObject({ line: "up", call: "none", from: null });
  });

  it("keeps the call while signalling is gone", () => {
    const lost = run({ type: "registered" }, rings, { type: "answering" }, { type: "talking" }, { type: "lost" });
    expect(lost).toMatchObject({ line: "down", call: "talking" });
    expect(next(lost, { type: "registered" })).toMatchObject({ line: "up", call: "talking" });
  });

  it("says that another page has taken it until it is registered anew", () => {
    const taken = run({ type: "registered" }, rings, { type: "refused" });
    expect(taken).toMatchObject({ line: "refused", call: "none" });
    expect(next(taken, { type: "lost" }).line).toBe("refused");
    expect(next(taken, { type: "stopped" }).line).toBe("refused");
    expect(next(taken, { type: "connecting" }).line).toBe("connecting");
  });

  it("does not answer what does not ring", () => {
    expect(run({ type: "registered" }, { type: "answering" }).call).toBe("none");
  });

  it("remembers each fault once, until it is mended", () => {
    const faulty = run({ type: "fault", fault: "sound" }, { type: "fault", fault: "sound" }, { type: "fault", fault: "media" });
    expect(faulty.faults).toEqual(["sound", "media"]);
    expect(next(faulty, { type: "mended", fault: "sound" }).faults).toEqual(["media"]);
    expect(next(faulty, { type: "mended", fault: "ringtone" })).toBe(faulty);
  });

  it("has no lost sound without a call", () => {
    const broken = run({ type: "registered" }, rings, { type: "talking" }, { type: "fault", fault: "sound" }, { type: "fault", fault: "media" });
    expect(next(broken, { type: "ended" }).faults).toEqual(["sound"]);
    expect(next(broken, rings).faults).toEqual(["sound"]);
    expect(next(broken, { type: "refused" }).faults).toEqual(["sound"]);
  });

  it("loses signalling only when there was some", () => {
    expect(run({ type: "lost" }).line).toBe("off");
  });
});

describe("answering by itself", () => {
  it("is for the agent's own calls, never for an offer", () => {
    expect(["dialing", "talking", "held"].map((s) => answersItself(s as never))).toEqual([true, true, true]);
    expect(["off", "ready", "reserved", "ringing", "wrap_up", "break"].some((s) => answersItself(s as never))).toBe(false);
    expect(answersItself(undefined)).toBe(false);
  });
});

describe("an INVITE that asks to be answered at once", () => {
  it("says so in either header", () => {
    expect(asksToBeAnswered(["<sip:fengling>;answer-after=0"], [])).toBe(true);
    expect(asksToBeAnswered(["<http://x/icon.png>;purpose=icon", "<sip:f>; Answer-After = 0 ;x=1"], [])).toBe(true);
    expect(asksToBeAnswered([], ['<http://www.notused.invalid>;info="alert-autoanswer";delay=0'])).toBe(true);
    expect(asksToBeAnswered([], ["<http://www.notused.invalid>;info=alert-autoanswer"])).toBe(true);
  });

  it("and in nothing else", () => {
    expect(asksToBeAnswered([], [])).toBe(false);
    expect(asksToBeAnswered(["<sip:f>;answer-after=05", "<sip:f>;answer-after=10", "answer-after=0"], ["<http://x>;info=alert-internal", "<alert-autoanswer>"])).toBe(false);
  });

  it("is answered only where somebody can be heard", () => {
    const up: PhoneState = { ...silent, line: "up" };
    expect(answersAtOnce(up)).toBe(true);
    expect(answersAtOnce({ ...up, faults: ["sound", "ringtone"] })).toBe(true);
    expect(answersAtOnce({ ...up, faults: ["microphone"] })).toBe(false);
    expect(answersAtOnce({ ...up, faults: ["no_microphone"] })).toBe(false);
    expect(answersAtOnce({ ...up, line: "down" })).toBe(false);
  });
});
