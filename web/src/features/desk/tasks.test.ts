import { describe, expect, it } from "vitest";
import type { AgentState } from "@/api/agents.ts";
import type { DeskCall, DeskView, Party, Preview, TaskBrief } from "@/api/desk.ts";
import { silent } from "@/phone/machine.ts";
import { shortcutOf } from "./shortcuts.ts";
import { buttons, type Standing } from "./state.ts";
import { dataRows, isLooking, isPacedOffer, lineOnly, mayAct, modeOfPreview, previewOf, refusedText, workView } from "./tasks.ts";

const task = (campaign_id: number, mode: TaskBrief["mode"]): TaskBrief => ({ campaign_id, name: "任务", mode });
const lead = (more: Partial<Preview> = {}): Preview => ({ campaign_id: 1, campaign_name: "任务", lead_id: 5, number: "+8613", name: "王建国", region: "", data: {}, attempts: 0, shown_at: "", until: null, then: "wait", skips_left: null, dialing: false, ...more });
const party = (kind: Party["kind"]): Party => ({ leg_id: 1, kind, state: "talking", number: "", name: "", agent_id: kind === "agent" ? 1 : null, muted: false, consulted: false, since: "" });
const call = (parties: Party[], more: Partial<DeskCall> = {}): DeskCall => ({ call_id: 7, direction: "outbound", number: "", name: "", called: "", data: {}, digits: "", said: [], classes: [], customers: [], started_at: "", parties, consulting: false, recording: false, survey: false, ...more });
const view = (state: AgentState, more: Partial<DeskView> = {}): DeskView => ({
  agent: { agent_id: 1, number: "6001", name: "李晓梅", state, since: "", link_up: true, seat: { kind: "browser", extension: 61 }, queues: [], monitors: [], calls: 0, talk_ms: 0 }, call: null, ...more,
});
const at = (v: DeskView, more: Partial<Standing> = {}): Standing => ({ view: v, phone: { ...silent, line: "up" }, link: "live", busy: false, mine: true, ...more });

describe("the three views of the desk", () => {
  it("follow what the agent's tasks are", () => {
    expect(workView(view("ready"))).toBe("service");
    expect(workView(view("ready", { tasks: [] }))).toBe("service");
    expect(workView(view("ready", { tasks: [task(1, "preview")] }))).toBe("preview");
    expect(workView(view("ready", { tasks: [task(1, "manual")] }))).toBe("preview");
    for (const mode of ["predictive", "power", "progressive", "play_agent"] as const) expect(workView(view("ready", { tasks: [task(1, "manual"), task(2, mode)] }))).toBe("predictive");
    expect(workView(view("ready", { tasks: [task(2, "predictive")], preview: lead() }))).toBe("preview");
  });
});

describe("a lead that is shown", () => {
  it("stands aside for whoever is on the line or rings", () => {
    expect(previewOf(view("ready", { preview: lead() }))?.lead_id).toBe(5);
    expect(previewOf(view("wrap_up", { preview: lead(), call: call([]) }))?.lead_id).toBe(5);
    expect(previewOf(view("talking", { preview: lead(), call: call([party("customer"), party("agent")]) }))).toBeNull();
    expect(previewOf(view("ringing", { preview: lead() }))).toBeNull();
    expect(previewOf(view("ready"))).toBeNull();
  });

  it("is shown on a line of the agent's that stands, which is no call yet", () => {
    for (const state of ["reserved", "dialing"] as const) {
      const connected = view(state, { preview: lead(), call: call([party("agent")]) });
      expect(previewOf(connected)?.lead_id).toBe(5);
      expect(lineOnly(connected)).toBe(true);
    }
    expect(lineOnly(view("wrap_up", { preview: lead(), call: call([]) }))).toBe(false);
    expect(lineOnly(view("talking", { call: call([party("customer"), party("agent")]) }))).toBe(false);
  });

  it("knows its task's mode while the task runs", () => {
    expect(modeOfPreview(view("ready", { preview: lead(), tasks: [task(1, "preview_connect")] }))).toBe("preview_connect");
    expect(modeOfPreview(view("ready", { preview: lead(), tasks: [] }))).toBeNull();
  });

  it("may be dialled and skipped, not while it is dialled, blocked or without skips", () => {
    const shown = view("ready", { preview: lead({ skips_left: 1 }) });
    expect([mayAct(at(shown), "previewDial"), mayAct(at(shown), "skip")]).toEqual([true, true]);
    const none = view("ready", { preview: lead({ skips_left: 0 }) });
    expect([mayAct(at(none), "previewDial"), mayAct(at(none), "skip")]).toEqual([true, false]);
    for (const s of [at(view("dialing", { preview: lead({ dialing: true }) })), at(shown, { busy: true }), at(shown, { mine: false }), at(shown, { link: "lagging" }), at(view("ready"))]) expect([mayAct(s, "previewDial"), mayAct(s, "skip")]).toEqual([false, false]);
    // Skipping needs no phone.
    const away = at(shown, { phone: { ...silent, line: "down" } });
    expect([mayAct(away, "previewDial"), mayAct(away, "skip")]).toEqual([false, true]);
  });

  it("waits for the agent's line where that comes first", () => {
    const on = (state: Party["state"] | null) => mayAct(at(view("reserved", { preview: lead(), tasks: [task(1, "preview_connect")], call: state ? call([{ ...party("agent"), state }]) : null })), "previewDial");
    expect([on(null), on("ringing"), on("talking")]).toEqual([false, false, true]);
    expect(mayAct(at(view("reserved", { preview: lead(), tasks: [task(1, "preview")] })), "previewDial")).toBe(true);
  });

  it("keeps its agent, who may still leave it", () => {
    const looking = view("reserved", { preview: lead() });
    expect(isLooking(looking)).toBe(true);
    expect(buttons(looking)).toEqual(["break", "signOut"]);
    expect(buttons(view("reserved", { preview: lead({ dialing: true }) }))).toEqual([]);
    expect(isLooking(view("reserved"))).toBe(false);
    expect(buttons(view("reserved"))).toEqual([]);
  });

  it("shows what its columns say, and no empty ones", () => {
    expect(dataRows({ a: "x", b: "", c: null, d: 0, e: false, f: ["1"] })).toEqual([["a", "x"], ["d", "0"], ["e", "false"], ["f", '["1"]']]);
  });
});

describe("the next lead", () => {
  it("is taken when ready, for manual tasks alone", () => {
    const tasks = [task(1, "manual")];
    expect(mayAct(at(view("ready", { tasks })), "next")).toBe(true);
    expect(mayAct(at(view("break", { tasks })), "next")).toBe(false);
    expect(mayAct(at(view("ready", { tasks, preview: lead() })), "next")).toBe(false);
    expect(mayAct(at(view("ready", { tasks: [task(1, "preview")] })), "next")).toBe(false);
  });
});

describe("an offer of a task", () => {
  it("is one that answers itself, unlike a caller's", () => {
    const tasks = [task(1, "predictive"), task(2, "preview")];
    expect(isPacedOffer(view("ringing", { tasks, call: call([], { campaign_id: 1 }) }))).toBe(true);
    expect(isPacedOffer(view("ringing", { tasks, call: call([], { campaign_id: 2 }) }))).toBe(false);
    expect(isPacedOffer(view("ringing", { tasks, call: call([], { campaign_id: null }) }))).toBe(false);
    // After a flow it is offered like a caller, and rings.
    expect(isPacedOffer(view("ringing", { tasks: [task(1, "play_agent")], call: call([], { campaign_id: 1 }) }))).toBe(false);
    expect(isPacedOffer(view("talking", { tasks, call: call([], { campaign_id: 1 }) }))).toBe(false);
  });
});

describe("words and keys", () => {
  it("say a refusal in terms of what was asked", () => {
    expect(refusedText("next_lead", "not_now")).toContain("没有可拨的名单");
    expect(refusedText("preview_skip", "limit")).toContain("跳过次数已用完");
    expect(refusedText("preview_dial", "something_new")).toBeNull();
    expect(refusedText("dial", "limit")).toBeNull();
  });

  it("have a key for skipping and for the next one", () => {
    const key = (code: string) => shortcutOf({ code, ctrlKey: true, shiftKey: true, altKey: false, metaKey: false, isComposing: false, repeat: false });
    expect([key("KeyK"), key("KeyL"), key("KeyD")]).toEqual(["skip", "next", "dial"]);
  });
});
