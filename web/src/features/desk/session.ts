/** This page's part in the agent's day: whether the desk is here, what is being asked, which dialog is open. */
import { useSyncExternalStore } from "react";
import type { Seat } from "@/api/agents.ts";
import { command, type DeskCommand, type DeskView } from "@/api/desk.ts";
import { liveNow, setDesk } from "@/live/socket.ts";
import { claim, keepSession, ownSession, unclaim } from "@/phone/claim.ts";
import { expectCall, onPhone, phoneNow, startPhone, stopPhone } from "@/phone/phone.ts";
import { sameSeat } from "./state.ts";

export type Dialog = { kind: "sign_in" } | { kind: "transfer" } | { kind: "consult" } | { kind: "dial"; number?: string } | { kind: "digits" };
export interface DeskPage {
  /** The desk is on this page. */
  mine: boolean;
  /** It was, until the agent signed in elsewhere. */
  taken: boolean;
  busy: boolean;
  dialog: Dialog | null;
}

let page: DeskPage = { mine: false, taken: false, busy: false, dialog: null };
let seat: Seat | null = null;
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

export const openDialog = (dialog: Dialog | null): void => { set({ dialog }); };

/** Another page has the desk: this one falls silent. */
function lose(): void {
  if (!page.mine) return;
  seat = null;
  keepSession(null);
  set({ mine: false, taken: true, dialog: null });
  stopPhone();
  unclaim();
}

onPhone(() => {
  if (phoneNow().line === "refused") lose();
});

/** Asks the server and shows what it says; an event that came meanwhile is newer than the answer. */
export async function send(c: DeskCommand): Promise<DeskView> {
  if (c.do === "dial" && seat?.kind === "browser") expectCall();
  const before = liveNow().desk;
  set({ busy: true });
  try {
    const view = await command(c);
    if (liveNow().desk === before) setDesk(view);
    return view;
  } finally {
    set({ busy: false });
  }
}

export type SeatChoice = { kind: "browser" } | { kind: "phone"; extension: number } | { kind: "outside"; number: string };

export async function signIn(choice: SeatChoice, ready: boolean): Promise<void> {
  set({ busy: true });
  try {
    await claim(true, lose);
    if (choice.kind !== "browser") stopPhone();
    const chosen: Seat = choice.kind === "browser" ? { kind: "browser", extension: await startPhone() } : choice;
    seat = chosen;
    const view = await send({ do: "sign_in", seat: chosen, ready });
    keepSession(view.agent.session_id ?? null);
    set({ mine: true, taken: false, dialog: null });
  } catch (failure) {
    if (!page.mine) {
      seat = null;
      stopPhone();
      unclaim();
    }
    throw failure;
  } finally {
    set({ busy: false });
  }
}

/** The user has signed out of the product, or the session is over: the phone goes, the agent's state stays with the server. */
export function leave(): void {
  if (!page.mine) return;
  seat = null;
  set({ mine: false, taken: false, dialog: null });
  stopPhone();
  unclaim();
}

let resuming = false;

/** A page that was reloaded takes its desk up again, with its call. */
export async function resume(view: DeskView): Promise<void> {
  const { session_id, seat: was, state } = view.agent;
  if (resuming || page.mine || page.taken || state === "off" || !session_id || session_id !== ownSession()) return;
  resuming = true;
  try {
    await claim(false, lose);
    seat = was ?? null;
    set({ mine: true });
    if (was?.kind === "browser") await startPhone();
  } finally {
    resuming = false;
  }
}

/** What the server says of the agent may end this page's part. */
export function follow(view: DeskView): void {
  if (!page.mine || page.busy) return;
  if (view.agent.state === "off") {
    seat = null;
    keepSession(null);
    set({ mine: false, dialog: null });
    stopPhone();
    unclaim();
  } else if (seat && view.agent.seat && !sameSeat(seat, view.agent.seat)) lose();
}
