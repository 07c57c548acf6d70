/** This page's part in the agent's day: whether the desk is here, what is being asked, which dialog is open. */
import { useSyncExternalStore } from "react";
import type { Seat } from "@/api/agents.ts";
import { command, type DeskCommand, type DeskView } from "@/api/desk.ts";
import { ApiError } from "@/api/http.ts";
import { backoffMs } from "@/live/events.ts";
import { liveNow, setDesk } from "@/live/socket.ts";
import { claim, keepSession, ownSession, unclaim } from "@/phone/claim.ts";
import { expectCall, expectNoCall, onPhone, phoneExtension, phoneNow, startPhone, stopPhone } from "@/phone/phone.ts";
import { sameSeat } from "./state.ts";

export type Dialog = { kind: "sign_in" } | { kind: "transfer" } | { kind: "consult" } | { kind: "dial"; number?: string } | { kind: "digits" } | { kind: "skip" } | { kind: "next" };
export interface DeskPage {
  /** The desk is on this page. */
  mine: boolean;
  /** It was, until the agent signed in elsewhere. */
  taken: boolean;
  /** Somebody else has signed the agent out. */
  signedOut: boolean;
  /** Why the phone of this reloaded page is not there again; it is tried anew until then. */
  failure: unknown;
  busy: boolean;
  dialog: Dialog | null;
}

let page: DeskPage = { mine: false, taken: false, signedOut: false, failure: null, busy: false, dialog: null };
let seat: Seat | null = null;
/** The agent has asked on this page to be signed out, now or after the call. */
let goes = false;
const listeners = new Set<() => void>();
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};

function set(change: Partial<DeskPage>): void {
  page = { ...page, ...change };
  for (const listener of listeners) listener();
}

export function useDeskPage<T>(pick: (p: DeskPage) => T): T {
  return useSyncExternalStore(subscribe, () => pick(page));
}

export const deskPageNow = (): DeskPage => page;

export const openDialog = (dialog: Dialog | null): void => { set({ dialog }); };

function giveUp(change: Partial<DeskPage>): void {
  seat = null;
  stopResuming();
  set({ mine: false, failure: null, dialog: null, ...change });
  stopPhone();
  unclaim();
}

/** Another page has the desk: this one falls silent, and the call goes on there. */
function lose(): void {
  if (!page.mine && resuming === null) return;
  keepSession(null);
  giveUp({ taken: true });
}

onPhone(() => {
  if (page.mine && phoneNow().line === "refused") lose();
});

/** Asks the server and shows what it says; an event that came meanwhile is newer than the answer. */
export async function send(c: DeskCommand): Promise<DeskView> {
  // A line that stands already is not called again: what rings then is somebody else.
  const calls = (c.do === "dial" || c.do === "preview_dial") && seat?.kind === "browser" && phoneNow().call === "none";
  if (calls) expectCall();
  const before = liveNow().desk;
  set({ busy: true });
  try {
    const view = await command(c);
    if (c.do === "sign_out") goes = true;
    else if (c.do === "ready" || c.do === "break" || c.do === "sign_in") goes = false;
    if (liveNow().desk === before) setDesk(view);
    return view;
  } catch (failure) {
    if (calls && failure instanceof ApiError && failure.status > 0) expectNoCall();
    throw failure;
  } finally {
    set({ busy: false });
  }
}

export type SeatChoice = { kind: "browser" } | { kind: "phone"; extension: number } | { kind: "outside"; number: string };

/** Whether the agent has this very seat here already, in working order. */
const sits = (choice: SeatChoice): boolean =>
  page.mine && choice.kind === "browser" && seat?.kind === "browser" && seat.extension === phoneExtension() && phoneNow().line === "up";

/**
 * Signs in, or changes the seat. A call that is up goes along: the new seat is there before the old one is given up, so nothing is
 * lost where it cannot be had; the server rings the new one.
 */
export async function signIn(choice: SeatChoice, ready: boolean): Promise<void> {
  if (sits(choice)) {
    set({ dialog: null });
    return;
  }
  stopResuming();
  const before = page.mine ? seat : null;
  set({ busy: true });
  try {
    const chosen: Seat = choice.kind === "browser" ? { kind: "browser", extension: await startPhone() } : choice;
    seat = chosen;
    const view = await send({ do: "sign_in", seat: chosen, ready });
    await claim(true, lose);
    keepSession(view.agent.session_id ?? null);
    set({ mine: true, taken: false, signedOut: false, failure: null, dialog: null });
    if (chosen.kind !== "browser") stopPhone();
  } catch (failure) {
    seat = before;
    if (choice.kind === "browser" && before?.kind !== "browser") stopPhone();
    if (!page.mine) unclaim();
    throw failure;
  } finally {
    set({ busy: false });
  }
}

/** The user has signed out of the product, or the session is over: the phone goes, the agent's state stays with the server. */
export function leave(): void {
  if (page.mine || resuming !== null) giveUp({ taken: false, signedOut: false });
}

/** The page that takes its desk up again, until it has it or has no more right to it. */
let resuming: symbol | null = null;
let wake: () => void = () => undefined;

function stopResuming(): void {
  resuming = null;
  wake();
}

/** Not only when the pause is over. */
export const resumeNow = (): void => { wake(); };

const pause = (ms: number): Promise<void> =>
  new Promise((done) => {
    const timer = setTimeout(done, ms);
    wake = () => {
      clearTimeout(timer);
      done();
    };
  });

const isOwn = ({ agent }: DeskView): boolean => agent.state !== "off" && Boolean(agent.session_id) && agent.session_id === ownSession();

/** A page that was reloaded takes its desk up again, with its call. What stands in the way is shown, and tried again. */
export async function resume(view: DeskView): Promise<void> {
  if (resuming !== null || page.mine || page.taken || page.busy || !isOwn(view)) return;
  const own = Symbol("resuming");
  resuming = own;
  await claim(false, lose);
  for (let tries = 0; resuming === own; tries += 1) {
    const now = liveNow().desk ?? view;
    if (!isOwn(now)) break;
    const was = now.agent.seat ?? null;
    try {
      if (was?.kind === "browser") await startPhone();
      if (resuming !== own) return;
      seat = was;
      resuming = null;
      set({ mine: true, failure: null });
      return;
    } catch (failure) {
      if (resuming !== own) return;
      stopPhone();
      set({ failure });
      await pause(backoffMs(tries + 1, Math.random()));
    }
  }
  if (resuming === own) {
    resuming = null;
    set({ failure: null });
  }
  // The claim may have been granted when nobody here waited for it any more.
  if (!page.mine && resuming === null) unclaim();
}

/** What the server says of the agent may end this page's part. */
export function follow(view: DeskView): void {
  if (!page.mine || page.busy) return;
  const { state, session_id } = view.agent;
  if (state === "off" || session_id === null) {
    const signedOut = !goes;
    goes = false;
    keepSession(null);
    giveUp({ signedOut });
  } else if (seat && view.agent.seat && !sameSeat(seat, view.agent.seat)) lose();
}
