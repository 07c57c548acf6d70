import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Seat } from "@/api/agents.ts";
import type { DeskCommand, DeskView } from "@/api/desk.ts";

const did: string[] = [];
const line = { now: "off" as string, call: "none", extension: null as number | null };
const starts: (Error | null)[] = [];
let answer: (c: DeskCommand) => Promise<DeskView>;
let desk: DeskView | null = null;

vi.mock("@/api/desk.ts", () => ({
  command: (c: DeskCommand) => {
    did.push(c.do);
    return answer(c);
  },
}));
vi.mock("@/live/socket.ts", () => ({ liveNow: () => ({ desk }), setDesk: (view: DeskView) => { desk = view; } }));
vi.mock("@/phone/claim.ts", () => ({
  claim: async (steal: boolean) => void did.push(steal ? "steal" : "claim"), unclaim: () => void did.push("unclaim"),
  keepSession: (id: number | null) => { sessionStorage.setItem("s", String(id ?? 0)); }, ownSession: () => Number(sessionStorage.getItem("s") ?? "0"),
}));
vi.mock("@/phone/phone.ts", () => ({
  expectCall: () => void did.push("expect"), expectNoCall: () => void did.push("expect none"), onPhone: () => () => undefined, phoneNow: () => ({ line: line.now, call: line.call }), phoneExtension: () => line.extension,
  startPhone: async () => {
    did.push("start");
    const failure = starts.shift();
    if (failure) throw failure;
    line.now = "up";
    line.extension = 61;
    return 61;
  },
  stopPhone: () => {
    did.push("stop");
    line.now = "off";
    line.extension = null;
  },
}));

const browser: Seat = { kind: "browser", extension: 61 };
const view = (state: DeskView["agent"]["state"], seat: Seat | null = browser, session_id: number | null = 900): DeskView => ({
  agent: { agent_id: 1, number: "6001", name: "", state, since: "", link_up: true, session_id, seat, queues: [], monitors: [], calls: 0, talk_ms: 0 }, call: null,
});
type Session = typeof import("./session.ts");
let session: Session;
let page: Session["deskPageNow"];

beforeEach(async () => {
  vi.resetModules();
  vi.useRealTimers();
  sessionStorage.clear();
  did.length = 0;
  starts.length = 0;
  desk = null;
  Object.assign(line, { now: "off", call: "none", extension: null });
  answer = async (c) => view("talking", c.do === "sign_in" ? c.seat : browser);
  session = await import("./session.ts");
  page = session.deskPageNow;
});

async function seated() {
  await session.signIn({ kind: "browser" }, true);
  did.length = 0;
}

describe("signing in", () => {
  it("takes the place of another page last of all", async () => {
    await session.signIn({ kind: "browser" }, true);
    expect(did).toEqual(["start", "sign_in", "steal"]);
    expect(page()).toMatchObject({ mine: true, taken: false });
  });

  it("takes nothing when it fails", async () => {
    answer = async () => { throw new Error("409"); };
    await expect(session.signIn({ kind: "browser" }, true)).rejects.toThrow();
    expect(did).toEqual(["start", "sign_in", "stop", "unclaim"]);
    expect(page()).toMatchObject({ mine: false, busy: false });
  });

  it("gives the old seat up only once the new one is had", async () => {
    await seated();
    await session.signIn({ kind: "phone", extension: 2 }, true);
    expect(did).toEqual(["sign_in", "steal", "stop"]);
    expect(page().mine).toBe(true);
  });

  it("keeps the old seat when the new one cannot be had", async () => {
    await seated();
    answer = async () => { throw new Error("409"); };
    await expect(session.signIn({ kind: "phone", extension: 2 }, true)).rejects.toThrow();
    expect(did).toEqual(["sign_in"]);
    session.follow(view("talking"));
    expect(page()).toMatchObject({ mine: true, taken: false });
  });

  it("leaves a phone that works alone", async () => {
    await seated();
    await session.signIn({ kind: "browser" }, true);
    expect(did).toEqual([]);
    line.now = "down";
    await session.signIn({ kind: "browser" }, true);
    expect(did).toEqual(["start", "sign_in", "steal"]);
  });
});

describe("a reloaded page", () => {
  it("has its desk only once its phone is there, and tries again until then", async () => {
    vi.useFakeTimers();
    sessionStorage.setItem("s", "900");
    const failure = new Error("no microphone");
    starts.push(failure, failure);
    const resuming = session.resume(view("talking"));
    await vi.advanceTimersByTimeAsync(0);
    expect(page()).toMatchObject({ mine: false, failure });
    expect(did).toEqual(["claim", "start", "stop"]);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(did.filter((d) => d === "start")).toHaveLength(2);
    expect(page().mine).toBe(false);
    session.resumeNow();
    await vi.advanceTimersByTimeAsync(0);
    await resuming;
    expect(page()).toMatchObject({ mine: true, failure: null });
  });

  it("gives up when the agent signs in another way, or is signed out", async () => {
    vi.useFakeTimers();
    sessionStorage.setItem("s", "900");
    starts.push(new Error("x"));
    const resuming = session.resume(view("ready"));
    await vi.advanceTimersByTimeAsync(0);
    await session.signIn({ kind: "outside", number: "+8613" }, true);
    await resuming;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(did.filter((d) => d === "start")).toHaveLength(1);
    expect(page()).toMatchObject({ mine: true, failure: null });
  });

  it("stops trying for a session that is over", async () => {
    vi.useFakeTimers();
    sessionStorage.setItem("s", "900");
    starts.push(new Error("x"));
    const resuming = session.resume(view("ready"));
    await vi.advanceTimersByTimeAsync(0);
    desk = view("off", null, null);
    await vi.advanceTimersByTimeAsync(2_000);
    await resuming;
    expect(page()).toMatchObject({ mine: false, failure: null });
    expect(did.filter((d) => d === "start")).toHaveLength(1);
    expect(did.at(-1)).toBe("unclaim");
  });
});

describe("being signed out", () => {
  it("stops the phone and says so when somebody else did it", async () => {
    await seated();
    session.follow(view("off", null, null));
    expect(page()).toMatchObject({ mine: false, signedOut: true, taken: false });
    expect(did).toEqual(["stop", "unclaim"]);
    await session.signIn({ kind: "browser" }, true);
    expect(page().signedOut).toBe(false);
  });

  it("is no surprise when the agent asked for it, at once or after the call", async () => {
    await seated();
    await session.send({ do: "sign_out" });
    session.follow(view("talking"));
    expect(page().mine).toBe(true);
    session.follow(view("off", null, null));
    expect(page()).toMatchObject({ mine: false, signedOut: false });
  });

  it("is one when they had thought better of it", async () => {
    await seated();
    await session.send({ do: "sign_out" });
    await session.send({ do: "ready" });
    session.follow(view("off", null, null));
    expect(page().signedOut).toBe(true);
  });
});

describe("dialling from the page", () => {
  it("expects the agent's own phone to be called, once it was not refused", async () => {
    await seated();
    await session.send({ do: "preview_dial" });
    expect(did).toEqual(["expect", "preview_dial"]);
    did.length = 0;
    const { ApiError } = await import("@/api/http.ts");
    answer = () => Promise.reject(new ApiError(409, { code: "forbidden" }));
    await expect(session.send({ do: "dial", number: "110" })).rejects.toThrow();
    expect(did).toEqual(["expect", "dial", "expect none"]);
    // Not heard of: it may have been done all the same.
    did.length = 0;
    answer = () => Promise.reject(new ApiError(0, {}));
    await expect(session.send({ do: "dial", number: "110" })).rejects.toThrow();
    expect(did).toEqual(["expect", "dial"]);
  });

  it("expects nothing on a line that stands already", async () => {
    await seated();
    line.call = "talking";
    await session.send({ do: "preview_dial" });
    expect(did).toEqual(["preview_dial"]);
  });
});
