import { describe, expect, it } from "vitest";
import { followed, GAP_MS, JOIN_MS_MAX, type Monitoring } from "./monitor.ts";

const asked: Monitoring = { agent: 7, number: "1007", name: "李静", mode: "listen", since: "2026-11-26T08:00:00Z", joined: false };
const at = Date.parse(asked.since);
const ME = 4;
type Agents = Parameters<typeof followed>[1];
type Watched = Agents[number];
const agent = (agent_id: number, more: Partial<Watched> = {}): Watched => ({ agent_id, number: `10${agent_id}`, name: "", state: "talking", call_id: 70, monitored: null, monitors: [], ...more });
const by = (user_id: number, mode: "listen" | "whisper" | "barge" = "listen"): Partial<Watched> => ({ monitored: mode, monitors: [{ user_id, mode }] });
const look = (m: Monitoring, agents: Agents, ms: number, phoneUp?: boolean) => followed(m, agents, ME, phoneUp, at + ms);

describe("monitoring", () => {
  it("waits for the supervisor's phone, not for ever", () => {
    expect(look(asked, [agent(7)], 5_000)).toBe(asked);
    expect(look(asked, [], 5_000)).toBe(asked);
    expect(look(asked, [agent(7)], JOIN_MS_MAX + 1)).toBeNull();
  });

  it("shows the mode that the server shows", () => {
    const joined = look(asked, [agent(7, by(ME))], 9_000);
    expect(joined).toMatchObject({ joined: true, mode: "listen", call: 70 });
    expect(look(joined!, [agent(7, by(ME, "whisper"))], 9_000)).toMatchObject({ mode: "whisper" });
    expect(look(joined!, [agent(7, by(ME))], 9e9)).toBe(joined);
    expect(look(asked, [agent(7, by(ME, "barge"))], 9_000)).toMatchObject({ joined: true, mode: "barge" });
  });

  it("tells one's own part from that of another supervisor", () => {
    expect(look(asked, [agent(7, by(5))], 9_000)).toBe(asked);
    const both: Partial<Watched> = { monitored: "barge", monitors: [{ user_id: 5, mode: "barge" }, { user_id: ME, mode: "whisper" }] };
    expect(look(asked, [agent(7, both)], 9_000)).toMatchObject({ joined: true, mode: "whisper" });
  });

  const joined: Monitoring = { ...asked, joined: true, call: 70 };
  it("goes on with the next agent of the call", () => {
    const left = agent(7, { state: "wrap_up", monitors: [] });
    expect(look(joined, [left, agent(8, by(ME))], 9_000)).toMatchObject({ agent: 8, number: "108", joined: true });
  });

  it("stays while the call is passed on, and no longer", () => {
    const left = agent(7, { state: "wrap_up", monitors: [] });
    const rings = [left, agent(8, { state: "ringing", monitors: [] })];
    expect(look(joined, rings, 20_000, true)).toBe(joined);
    const missing = look(joined, [left, agent(8, { monitors: [] })], 21_000, true);
    expect(missing).toMatchObject({ missing: at + 21_000 });
    expect(look(missing!, rings, 22_000, true)).toMatchObject({ missing: at + 22_000 });
    expect(look(missing!, [left, agent(8, by(ME))], 22_000, true)).not.toHaveProperty("missing");
    expect(look(missing!, [left, agent(8, { monitors: [] })], 21_001 + GAP_MS, true)).toBeNull();
  });

  it("is over as soon as the phone of the page is out of the call and nobody is shown", () => {
    expect(look(joined, [agent(7, { state: "wrap_up" })], 9_000, false)).toBeNull();
    expect(look(joined, [agent(7, by(ME))], 9_000, false)).toBe(joined);
  });

  it("stays while nothing is known", () => {
    expect(look(joined, [], 9e9)).toBe(joined);
  });
});
