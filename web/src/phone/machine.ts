/** What the phone is doing, folded from what it reports. Pure. */
import type { AgentState } from "@/api/agents.ts";
import type { PhoneEvent, PhoneFault } from "./softphone.ts";

export interface PhoneState {
  /** Registration. `refused`: another page has the phone now. */
  line: "off" | "connecting" | "up" | "down" | "refused";
  call: "none" | "ringing" | "answering" | "talking";
  /** Who rings. */
  from: { number: string; name: string } | null;
  faults: readonly PhoneFault[];
}

export const silent: PhoneState = { line: "off", call: "none", from: null, faults: [] };

/** The call is over, and what was wrong with its sound. */
const over = ({ faults }: PhoneState) => ({ call: "none", from: null, faults: healed(faults) }) as const;
const healed = (faults: readonly PhoneFault[]) => (faults.includes("media") ? faults.filter((f) => f !== "media") : faults);

export function next(state: PhoneState, event: PhoneEvent): PhoneState {
  switch (event.type) {
    case "connecting":
      return { ...state, line: state.line === "up" ? "up" : "connecting" };
    case "registered":
      return { ...state, line: "up" };
    // What is heard goes on: media do not need the signalling.
    case "lost":
      return state.line === "off" || state.line === "refused" ? state : { ...state, line: "down" };
    case "refused":
      return { ...state, ...over(state), line: "refused" };
    case "incoming":
      return { ...state, faults: healed(state.faults), call: "ringing", from: { number: event.number, name: event.name } };
    case "answering":
      return state.call === "ringing" ? { ...state, call: "answering" } : state;
    case "talking":
      return { ...state, call: "talking" };
    case "ended":
      return { ...state, ...over(state) };
    case "fault":
      return state.faults.includes(event.fault) ? state : { ...state, faults: [...state.faults, event.fault] };
    case "mended":
      return state.faults.includes(event.fault) ? { ...state, faults: state.faults.filter((f) => f !== event.fault) } : state;
    case "stopped":
      return { ...silent, line: state.line === "refused" ? "refused" : "off" };
  }
}

/**
 * Whether a call at this phone is answered without a person, by what the agent is doing: their own dialling, or a call whose phone
 * was lost and is called anew. An offer rings.
 */
export function answersItself(agent: AgentState | undefined): boolean {
  return agent === "dialing" || agent === "talking" || agent === "held";
}

/**
 * Whether an INVITE asks to be answered at once: `Call-Info: <…>;answer-after=0` or `Alert-Info: <…>;info=alert-autoanswer`. The floor
 * writes them where the agent is to be talking without a hand: calls of a task that dials for its agents, and their own dialling.
 */
export function asksToBeAnswered(callInfo: readonly string[], alertInfo: readonly string[]): boolean {
  return callInfo.some((h) => /;\s*answer-after\s*=\s*"?0"?\s*(?:[;,]|$)/i.test(h)) || alertInfo.some((h) => /;\s*info\s*=\s*"?alert-autoanswer"?\s*(?:[;,]|$)/i.test(h));
}

/** It is: nobody may be put through to a page that cannot be heard. */
export const answersAtOnce = ({ line, faults }: PhoneState): boolean => line === "up" && !faults.includes("microphone") && !faults.includes("no_microphone");
