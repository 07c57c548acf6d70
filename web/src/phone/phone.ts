/** The page's one phone: made at sign-in, kept across pages, given up when another page takes it. */
import { useSyncExternalStore } from "react";
import type { AgentState } from "@/api/agents.ts";
import { takePhone } from "@/api/desk.ts";
import { liveNow, onLive } from "@/live/socket.ts";
import { answersAtOnce, answersItself, next, silent, type PhoneState } from "./machine.ts";
import { zipTone } from "./ring.ts";
import { storedDevices, type Devices, type PhoneEvent, type PhoneFault, type Softphone } from "./softphone.ts";

let state: PhoneState = silent;
let phone: Softphone | null = null;
let extension: number | null = null;
let agent: AgentState | undefined;
let expectedUntil = 0;
const listeners = new Set<() => void>();

function hear(event: PhoneEvent): void {
  const before = state;
  state = next(state, event);
  if (state !== before) for (const listener of listeners) listener();
  if (event.type === "incoming") considerAnswering(event.auto ?? false);
  // Said of one call, and not of the next.
  if (event.type === "ended" && zipFailed) {
    zipFailed = false;
    clearFault("ringtone");
  }
}

let zipFailed = false;
/** Nobody has pressed anything: the agent hears that somebody is on the line now. */
function zip(): void {
  void zipTone(storedDevices().speaker, () => {
    zipFailed = true;
    reportFault("ringtone");
  });
}

/** The INVITE may be faster than the word of the agent's new state: an offer right after a call must not answer itself. */
const STATE_MS = 1_000;
let considering: ReturnType<typeof setTimeout> | undefined;

function considerAnswering(auto = false): void {
  clearTimeout(considering);
  if (Date.now() < expectedUntil) {
    expectedUntil = 0;
    phone?.answer();
    return;
  }
  if (auto && answersAtOnce(state)) {
    // Whoever dialled by hand, or is called anew in a call, knows of it.
    if (!answersItself(agent)) zip();
    phone?.answer();
    return;
  }
  considering = setTimeout(() => {
    if (state.call === "ringing" && answersItself(agent)) phone?.answer();
  }, STATE_MS);
}

/** A page whose phone was taken over learns it at the latest then. */
const REFRESH_MS = 20_000;
let refreshedAt = 0;
let linked = false;

// Browsers slow the timers of pages in the background, not their sockets: the stream's heartbeat keeps the registration.
onLive(() => {
  const back = !linked && liveNow().link === "live";
  linked = liveNow().link === "live";
  if (back && (state.line === "up" || state.line === "down")) {
    refreshedAt = Date.now();
    phone?.wake();
    return;
  }
  if (!phone || state.line === "off" || state.line === "refused" || Date.now() - refreshedAt < REFRESH_MS) return;
  refreshedAt = Date.now();
  phone.refresh();
});

export const onPhone = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};
export const phoneNow = (): PhoneState => state;
export const phoneExtension = (): number | null => extension;

export function usePhone<T>(pick: (s: PhoneState) => T): T {
  return useSyncExternalStore(onPhone, () => pick(state));
}

/** Counts the starts and stops: only the last one counts. */
let turn = 0;
/** Ends the start that is on its way. */
let abandon: (() => void) | null = null;

/**
 * Registers this page's phone under a new key, so that an older page can no more; resolves once it may be rung. Without a microphone
 * nothing is taken from the older page.
 */
export async function startPhone(): Promise<number> {
  abandon?.();
  turn += 1;
  const own = turn;
  const { JsSipPhone } = await import("./jssip.ts");
  if (!phone) {
    phone = new JsSipPhone();
    phone.on(hear);
    phone.occupied(answersItself(agent));
  }
  try {
    const account = await openAndTake(phone, own);
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    extension = account.extension_id;
    refreshedAt = Date.now();
    const { login, secret, domain } = account;
    await Promise.all([settled(), phone.register({ url: `${scheme}://${location.host}${account.web_path}`, login, secret, domain })]);
    await phone.useDevices(storedDevices());
    return account.extension_id;
  } catch (failure) {
    // No microphone stays open for a phone that is not there.
    if (own === turn && state.line === "off") phone.unregister();
    throw failure;
  }
}

async function openAndTake(of: Softphone, own: number): ReturnType<typeof takePhone> {
  clearFault("microphone");
  clearFault("no_microphone");
  await of.open();
  const fault = microphoneFault();
  if (fault) throw new PhoneFailure(fault);
  if (own !== turn) throw new PhoneFailure("signalling");
  const account = await takePhone();
  if (own !== turn) throw new PhoneFailure("signalling");
  return account;
}

const microphoneFault = () => state.faults.find((f) => f === "microphone" || f === "no_microphone");

const REGISTER_MS = 12_000;

export class PhoneFailure extends Error {
  readonly why: "microphone" | "no_microphone" | "signalling";
  constructor(why: PhoneFailure["why"]) {
    super(why);
    this.why = why;
  }
}

/** Until the phone is registered; fails when it will not be. */
function settled(): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => { finish(new PhoneFailure("signalling")); }, REGISTER_MS);
    const finish = (failure?: PhoneFailure) => {
      clearTimeout(timer);
      off();
      abandon = null;
      if (failure) reject(failure);
      else resolve();
    };
    abandon = () => { finish(new PhoneFailure("signalling")); };
    const off = onPhone(() => {
      const fault = microphoneFault();
      if (fault) finish(new PhoneFailure(fault));
      else if (state.line === "up") finish();
      else if (state.line === "refused") finish(new PhoneFailure("signalling"));
    });
  });
}

/** A call that is up stays with the server: it rings the seat the agent has then. */
export function stopPhone(): void {
  abandon?.();
  turn += 1;
  phone?.unregister();
  extension = null;
  expectedUntil = 0;
}

/** The next call at this phone was asked for on this page: it is answered by itself, even when it was faster than the word of it. */
export function expectCall(ms = 20_000): void {
  expectedUntil = Date.now() + ms;
  if (state.call === "ringing" && agent !== "ringing" && agent !== "reserved") considerAnswering();
}

/** Nothing comes of what was asked for. */
export const expectNoCall = (): void => { expectedUntil = 0; };

/** The agent's state as the server tells it decides whether a call rings. */
export function setAgentState(to: AgentState | undefined): void {
  if (agent === to) return;
  agent = to;
  phone?.occupied(answersItself(to));
  if (state.call === "ringing" && answersItself(to)) considerAnswering();
}

export const answer = (): void => { phone?.answer(); };
export const hangUpPhone = (): void => { phone?.hangUp(); };
export const mutePhone = (on: boolean): void => { phone?.mute(on); };
export const switchDevices = async (devices: Devices): Promise<void> => { await phone?.useDevices(devices); };
export const reportFault = (fault: PhoneFault): void => { hear({ type: "fault", fault }); };
export const clearFault = (fault: PhoneFault): void => { hear({ type: "mended", fault }); };

/** Plays again what the browser held back; called from a click. */
export function resumeSound(): void {
  void phone?.audio.play().then(() => { clearFault("sound"); }, () => undefined);
}
