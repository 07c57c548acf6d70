import { describe, expect, it } from "vitest";
import type { AgentLive } from "@/api/board.ts";
import { backoffMs, boarded, heard, initial, LAG_MS, overlaid, parse, staleKeys, ticked, type LiveEvent } from "./events.ts";

const event = (seq: number, type: string, data: Record<string, unknown> = {}): LiveEvent => ({ seq, type, ts: "2026-11-21T10:00:00Z", data });

const stored = { leads: 9, by_state: {}, by_disposition: {}, by_result: {}, attempts: 4, answered: 2, talk_ms: 1, dialing: 0, talking: 0, waiting_for: null };

describe("the live store", () => {
  it("lays the floor's gauges over the stored figures", () => {
    const s = heard(initial, event(0, "campaign.progress", { campaign_id: 7, dialing: 2, ringing: 3, talking: 4, waiting_for: "no_trunk" }), 1);
    expect(overlaid(stored, s.progress[7])).toEqual({ ...stored, dialing: 5, talking: 4, waiting_for: "no_trunk" });
    expect(overlaid(stored, undefined)).toBe(stored);
  });

  it("remembers the last stored event, to resume after it", () => {
    let s = heard(initial, event(41, "call.ended"), 1000);
    s = heard(s, event(0, "campaign.progress", { campaign_id: 7, leads: 3 }), 1100);
    expect(s.seq).toBe(41);
    expect(s.link).toBe("live");
    expect(s.progress[7]).toMatchObject({ leads: 3 });
  });

  it("learns the position from heartbeats", () => {
    expect(heard(initial, event(99, "heartbeat"), 1).seq).toBe(99);
  });

  it("ignores an event it has seen before", () => {
    const once = heard(initial, event(5, "alarm", { code: "disk", text: "x" }), 1);
    const twice = heard(once, event(5, "alarm", { code: "disk", text: "x" }), 2);
    expect(twice.alarms).toHaveLength(1);
    expect(twice.heardAt).toBe(2);
  });

  it("starts anew on reset, even backwards", () => {
    const s = heard(heard(initial, event(900, "call.ended"), 1), event(12, "reset"), 2);
    expect(s.seq).toBe(12);
    expect(staleKeys("reset")).toEqual(["*"]);
  });

  it("takes a trunk's state flat or nested", () => {
    const nested = heard(initial, event(0, "trunk.state", { trunk_id: 3, state: { state: "down", reason: "403" } }), 1);
    const flat = heard(initial, event(0, "trunk.state", { trunk_id: 3, state: "up", latency_ms: 9 }), 1);
    expect(nested.trunks[3]).toMatchObject({ state: "down", reason: "403" });
    expect(flat.trunks[3]).toMatchObject({ state: "up", latency_ms: 9 });
  });

  it("lays what was heard since over a fetched board", () => {
    const agent = (agent_id: number, state: string) => ({ agent_id, state }) as unknown as AgentLive;
    let s = heard(initial, event(0, "agent.state", { agent_id: 1, state: "talking" }), 5_000);
    s = heard(s, event(0, "agent.state", { agent_id: 2, state: "ready" }), 9_000);
    s = heard(s, event(0, "agent.state", { agent_id: 3, state: "ready" }), 9_000);
    const { agents } = boarded({ agents: [agent(1, "wrap_up"), agent(2, "ringing")], queues: [] }, 9_200, s);
    expect(agents.map((a) => a.state)).toEqual(["wrap_up", "ready"]);
  });

  it("admits that it lags, and recovers", () => {
    const live = heard(initial, event(1, "heartbeat"), 1000);
    expect(ticked(live, 1000 + LAG_MS).link).toBe("live");
    const late = ticked(live, 1001 + LAG_MS);
    expect(late.link).toBe("lagging");
    expect(heard(late, event(2, "heartbeat"), 40_000).link).toBe("live");
  });

  it("holds the desk as it was last seen, and knows a clock that runs ahead", () => {
    const view = { agent: { agent_id: 3, state: "ready" }, call: null };
    const now = Date.parse("2026-11-21T10:05:00Z");
    const s = heard(initial, event(0, "desk.changed", { agent_id: 3, user_id: 1, view }), now);
    expect(s.desk).toEqual(view);
    expect(s.skew).toBe(300_000);
    expect(heard(s, event(7, "call.ended"), now).skew).toBe(300_000);
    expect(heard(s, event(8, "heartbeat"), now - 299_000).skew).toBe(0);
  });

  it("holds what a desk was told beside its view until the agent is back", () => {
    const desk = (s: typeof initial, state: string, note?: object | null) => heard(s, event(0, "desk.changed", { view: { agent: { agent_id: 3, state }, call: null }, ...(note === undefined ? {} : { note }) }), 1);
    const out = desk(initial, "off", { kind: "signed_out" });
    expect(out.note).toEqual({ kind: "signed_out" });
    expect(desk(out, "off", null).note).toBe(out.note);
    expect(desk(out, "ready").note).toBeNull();
  });

  it("refuses what is no event", () => {
    expect(parse("not json")).toBeNull();
    expect(parse("{}")).toBeNull();
    expect(parse("null")).toBeNull();
    expect(parse('{"type":"alarm","seq":3}')).toMatchObject({ type: "alarm", seq: 3 });
  });

  it("waits longer after each failure, never more than about half a minute", () => {
    expect(backoffMs(0, 0.5)).toBe(500);
    expect(backoffMs(3, 0.5)).toBe(4000);
    expect(backoffMs(50, 1)).toBeLessThanOrEqual(42_000);
  });
});
