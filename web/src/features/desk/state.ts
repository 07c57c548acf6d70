/** What the phone bar shows and allows. Pure: the time is handed in. */
import type { AgentState, BreakReason, Seat } from "@/api/agents.ts";
import type { QueueLive } from "@/api/board.ts";
import type { DeskCall, DeskInfo, DeskView, Party } from "@/api/desk.ts";
import { L, systemBreak } from "@/format/words.ts";
import { newer, type Link, type LiveState } from "@/live/events.ts";
import type { PhoneState } from "@/phone/machine.ts";

/** Ready green, ringing gold, talking blue, wrap-up purple, break orange, off grey; white text stands on each. */
export const STATE_COLOUR: Record<AgentState, string> = {
  off: "#66757b", ready: "#2c7a3f", reserved: "#a06a08", ringing: "#a06a08", dialing: "#1f5fa8", talking: "#1f5fa8", held: "#4a5f9e",
  wrap_up: "#6a4a9c", break: "#b4500c",
};

export const inCall = (s: AgentState): boolean => s === "dialing" || s === "talking" || s === "held";

/** An own group as it was when the desk was asked for, or as it was told since. */
export function ownQueue(info: Pick<DeskInfo, "live" | "askedAt">, id: number, heard: LiveState["queues"]): QueueLive | undefined {
  return newer(info.live?.find((q) => q.queue_id === id), info.askedAt, heard[id]) ?? heard[id]?.value;
}

/** Of a span from `since` to `until`: its length and how much of it has passed, ms. */
export function spent(since: string, until: string, now: number): { whole: number; gone: number } {
  const start = Date.parse(since);
  const whole = Math.max(0, Date.parse(until) - start);
  return { whole, gone: Math.min(whole, Math.max(0, now - start)) };
}

/** A break by name. */
export function breakName(code: string | null | undefined, breaks: readonly BreakReason[], t: (text: string) => string): string {
  if (!code) return "";
  const own = breaks.find((b) => b.code === code);
  if (own) return own.name;
  const word = systemBreak[code];
  return word ? t(word) : code;
}

/** Breaks that the agent has not asked for and may not know of. */
const GIVEN: Record<string, string> = {
  unreachable: L("来电时话机不通，系统为您示忙了"), declined: L("有来电被拒接，系统为您示忙了"), no_answer: L("有来电没有接，系统为您示忙了"), link_lost: L("网络断开过，系统为您示忙了"),
};
export const givenBreak = ({ agent }: DeskView): string | null => (agent.state === "break" ? (GIVEN[agent.reason ?? ""] ?? null) : null);

export interface Standing {
  view: DeskView;
  phone: PhoneState;
  link: Link;
  /** A command is on its way. */
  busy: boolean;
  /** This page signed the agent in; another page's desk only shows. */
  mine: boolean;
}

export type Button =
  | "answer" | "decline" | "hangUp" | "hold" | "retrieve" | "mute" | "unmute" | "digits" | "dial" | "consult" | "transfer" | "swap" | "complete"
  | "cancelConsult" | "conference" | "record" | "ready" | "break" | "extend" | "signIn" | "signOut";

/** Why nothing can be asked now: the page shows what was, not what is. */
export function blocked(s: Standing): "link" | "elsewhere" | null {
  if (s.view.agent.state !== "off" && !s.mine) return "elsewhere";
  if (s.link !== "live") return "link";
  return null;
}
/** The page's phone is on its way back: until then it takes no call and none is made from it. All else is asked of the server. */
export const phoneAway = (s: Pick<Standing, "view" | "phone">): boolean => s.view.agent.state !== "off" && s.view.agent.seat?.kind === "browser" && s.phone.line !== "up";

const isMe = (view: DeskView, p: Party): boolean => p.kind === "agent" && p.agent_id === view.agent.agent_id;
/** A colleague asks this agent for advice, and says what becomes of it. */
export const isConsulted = (view: DeskView): boolean => view.call?.parties.some((p) => isMe(view, p) && p.consulted) ?? false;
export const isMuted = (view: DeskView): boolean => view.call?.parties.find((p) => isMe(view, p))?.muted ?? false;
/** Whoever was consulted or joined: colleagues are agents as oneself is. */
export const guests = (view: DeskView): Party[] => view.call?.parties.filter((p) => p.kind === "guest" || (p.kind === "agent" && !isMe(view, p))) ?? [];
/** The customer hears music; while somebody is consulted that is part of it and no hold of its own. */
export const isHeld = (view: DeskView): boolean => view.agent.state === "held";
/** Somebody is asked for advice. A seat that is changed in a call makes the customer wait too, with nobody asked. */
export const isConsulting = (view: DeskView): boolean => Boolean(view.call?.consulting) && guests(view).length > 0;
export const consultedUp = (view: DeskView): boolean => {
  const all = guests(view);
  const asked = all.some((p) => p.consulted) ? all.filter((p) => p.consulted) : all;
  return asked.some((p) => p.state === "talking" || p.state === "held");
};

/** The buttons of a state, in their order. What is not among them is not shown. */
export function buttons(view: DeskView): Button[] {
  const { state, seat } = view.agent;
  const call = view.call;
  switch (state) {
    case "off":
      return ["signIn"];
    case "ringing":
      return seat?.kind === "browser" ? ["answer", "decline"] : ["decline"];
    // Who looks at a lead may leave it; the server gives it back.
    case "reserved":
      return view.preview && !view.preview.dialing ? ["break", "signOut"] : [];
    case "dialing":
      return ["hangUp", "digits"];
    case "talking":
    case "held":
      return call ? ["hangUp", ...talking(view, call)] : ["hangUp"];
    case "wrap_up":
      return view.agent.until ? ["ready", "break", "extend", "dial", "signOut"] : ["ready", "break", "dial", "signOut"];
    case "ready":
      return ["break", "dial", "signOut"];
    case "break":
      return ["ready", "break", "dial", "signOut"];
  }
}

function talking(view: DeskView, call: DeskCall): Button[] {
  const mute: Button = isMuted(view) ? "unmute" : "mute";
  if (isConsulted(view)) return [mute, "digits"];
  if (call.consulting) {
    return consultedUp(view) ? ["swap", "complete", "conference", "cancelConsult", mute, "digits"] : ["cancelConsult", mute, "digits"];
  }
  const hold: Button = isHeld(view) ? "retrieve" : "hold";
  return [hold, mute, "digits", "consult", "transfer"];
}

/** Of those, the ones that may be pressed. Server state alone decides; nothing is shown before it has happened. */
export function allowed(s: Standing, button: Button): boolean {
  if (s.busy) return false;
  if (button === "signIn") return s.link === "live";
  if (blocked(s)) return false;
  if ((button === "answer" || button === "dial") && phoneAway(s)) return false;
  if (button === "answer") return s.phone.call === "ringing";
  return buttons(s.view).includes(button) || ((button === "break" || button === "ready" || button === "signOut" || button === "record") && inCall(s.view.agent.state));
}

export function sameSeat(a: Seat | null | undefined, b: Seat | null | undefined): boolean {
  if (!a || !b) return a === b;
  if (a.kind !== b.kind) return false;
  return a.kind === "outside" || b.kind === "outside" ? (a as { number?: string }).number === (b as { number?: string }).number : a.extension === b.extension;
}

/** Digits for the other parties: what the server takes. */
export const validDigits = (text: string): boolean => /^[0-9*#A-Da-d,]{1,32}$/.test(text);
/** A number as people type it, without the blanks and strokes. */
export const plainNumber = (text: string): string => text.replace(/[\s()\-–—（）]/g, "");

const DIGITS_MIN = 3;
const DIGITS_MAX = 20;

/** What the server would not dial: a colleague's 工号 or extension goes first, everything else is a number outside. */
export type NumberFault = "keys" | "letters" | "short" | "long" | "mobile";
/** As long as a 工号. */
export const likeColleague = (plain: string): boolean => /^[0-9]{2,6}$/.test(plain);
/** Short numbers of public services: 110, 12345, 10086, 95588, 116114. */
const SERVICE = /^(1[12][0-9]|1[012][0-9]{3}|116114|118114|9[56][0-9]{3,4})$/;
/** Nobody here has this number, and it looks as if somebody should. */
export const asksFirst = (plain: string): boolean => likeColleague(plain) && !SERVICE.test(plain);
const MOBILE_DIGITS = 11;
export function numberFault(text: string, known: readonly string[] = []): NumberFault | null {
  const plain = plainNumber(text);
  if (known.includes(plain)) return null;
  if (/[*#]/.test(plain)) return "keys";
  if (!/^\+?[0-9]*$/.test(plain)) return "letters";
  const digits = plain.replace("+", "").length;
  if (digits < DIGITS_MIN) return "short";
  if (digits > DIGITS_MAX) return "long";
  const home = plain.replace(/^(\+|00)86/, "");
  return /^1[3-9]/.test(home) && home.length !== MOBILE_DIGITS && !likeColleague(plain) ? "mobile" : null;
}

/** A phone outside as a seat: what the server takes. */
export const validOutside = (text: string): boolean => /^\+?[0-9]{5,20}$/.test(plainNumber(text));
