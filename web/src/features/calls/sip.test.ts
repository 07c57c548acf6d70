import { describe, expect, it } from "vitest";
import type { SipMessage } from "@/api/types.ts";
import { asText, isRepeat, label, since, tone } from "./sip.ts";

const message = (text: string, sent = true, at_us = 0): SipMessage => ({ at_us, sent, transport: "UDP", local: "10.0.0.1:5060", remote: "10.0.0.2:5060", text: text.replaceAll("\n", "\r\n") });

describe("SIP messages in a ladder", () => {
  const invite = message("INVITE sip:1@x SIP/2.0\nVia: a\nCSeq: 1 INVITE\nContent-Type: application/sdp\n\nv=0");
  const ringing = message("SIP/2.0 180 Ringing\nv: a\nCSeq: 1 INVITE\n\n", false);
  const ok = message("SIP/2.0 200 OK\nVia: b\nCSeq: 2 BYE\n\n", false);
  const busy = message("SIP/2.0 486 Busy Here\nVia: a\nCSeq: 1 INVITE\n\n", false);

  it("are named by what they say", () => {
    expect([invite, ringing, ok, busy].map(label)).toEqual(["INVITE (SDP)", "180 Ringing", "200 OK · BYE", "486 Busy Here"]);
    expect([invite, ringing, ok, busy].map(tone)).toEqual(["request", "progress", "ok", "refused"]);
  });

  it("are retransmissions when they were sent before", () => {
    const all = [invite, ringing, invite, { ...ringing, sent: true }];
    expect(all.map((_, i) => isRepeat(all, i))).toEqual([false, false, true, false]);
  });

  it("tell the time as it is read", () => {
    expect([since(0), since(450), since(120_000), since(3_200_000)]).toEqual(["+0.0 ms", "+0.5 ms", "+120 ms", "+3.20 s"]);
  });

  it("go to the carrier as one text", () => {
    expect(asText([invite, busy])).toContain("10.0.0.2:5060 -> 10.0.0.1:5060 UDP\nSIP/2.0 486 Busy Here\n");
  });
});
