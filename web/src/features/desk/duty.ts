/** What the page does by itself while the agent is on duty: rings, answers its own calls, mutes, listens to shortcuts, warns before it is closed. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { phone as number } from "@/format/text.ts";
import { useMonitoring } from "@/features/board/monitor.ts";
import { clearFault, expectCall, mutePhone, phoneExtension, reportFault, setAgentState } from "@/phone/phone.ts";
import { answersItself } from "@/phone/machine.ts";
import { flashTitle, notify, ringBell } from "@/phone/ring.ts";
import { storedDevices } from "@/phone/softphone.ts";
import { press } from "./BarButtons.tsx";
import { follow, leave, resume } from "./session.ts";
import { shortcutOf, type ShortcutName } from "./shortcuts.ts";
import { taskShortcut, usePreviewNotice, type TaskShortcut } from "./taskDuty.ts";
import { buttons, inCall, isMuted, type Button } from "./state.ts";
import { isPacedOffer } from "./tasks.ts";
import type { Desk } from "./useDesk.ts";

export function useDuty(desk: Desk): void {
  const { view, busy } = desk;
  useFresh(desk.link);
  useMonitorCall(phoneExtension());
  useGroups(view.agent.queues);
  useEffect(() => leave, []);
  useEffect(() => {
    // What was said while a command was on its way counts when it is answered.
    if (!busy) {
      follow(view);
      void resume(view).catch(() => undefined);
    }
    setAgentState(view.agent.state);
  }, [view, busy]);
  const muted = isMuted(view);
  useEffect(() => { mutePhone(muted); }, [muted]);
  useRing(desk);
  usePreviewNotice(desk);
  useShortcuts(desk);
  useLeaveWarning(desk.mine && inCall(view.agent.state));
}

/** An answer may be so much older than the event that came just before the stream was open. */
const SETTLED_MS = 1_200;

/** Live events are not kept: whenever the stream begins, the desk is asked for anew. */
function useFresh(link: Desk["link"]): void {
  const queries = useQueryClient();
  const live = link === "live" || link === "lagging";
  useEffect(() => {
    if (!live) return;
    const ask = () => void queries.invalidateQueries({ queryKey: ["desk"] });
    ask();
    const again = setTimeout(ask, SETTLED_MS);
    return () => { clearTimeout(again); };
  }, [live, queries]);
}

/** Somebody has put the agent into a group or taken them out: the names are asked for anew. */
function useGroups(groups: number[]): void {
  const queries = useQueryClient();
  const key = groups.toSorted((a, b) => a - b).join();
  const before = useRef(key);
  useEffect(() => {
    if (before.current === key) return;
    before.current = key;
    void queries.invalidateQueries({ queryKey: ["desk"] });
  }, [key, queries]);
}

/** A supervisor's phone is called because this page asked for it. */
function useMonitorCall(extension: number | null): void {
  const monitoring = useMonitoring();
  const asked = monitoring !== null && !monitoring.joined && extension !== null;
  useEffect(() => {
    if (asked) expectCall();
  }, [asked]);
}

/** A call of a task answers itself in less; when it does not, it rings like any other. */
const SELF_MS = 1_500;

/** Whether something holds, for `ms` already. */
function useLasting(holds: boolean, ms: number): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!holds || ms === 0) return;
    const timer = setTimeout(() => { setLate(true); }, ms);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [holds, ms]);
  return holds && (ms === 0 || late);
}

function useRing({ view, phone, mine }: Desk): void {
  const { t } = useTranslation();
  const { state, seat } = view.agent;
  const atPhone = phone.call === "ringing" && !answersItself(state);
  const taken = seat?.kind === "browser" && (phone.call === "answering" || phone.call === "talking");
  const rings = useLasting(mine && ((state === "ringing" && !taken) || atPhone), isPacedOffer(view) ? SELF_MS : 0);
  const audible = rings && seat?.kind === "browser";
  const who = view.call?.name || number(view.call?.number ?? phone.from?.number) || t("来电");
  useEffect(() => {
    if (!rings) return;
    const title = t("来电：{{who}}", { who });
    const dim = flashTitle(`● ${title}`);
    const unsay = notify(title, t("点这里回到坐席台"));
    return () => {
      dim();
      unsay();
    };
  }, [rings, who, t]);
  useEffect(() => {
    if (!audible) return;
    const bell = ringBell(storedDevices().speaker, () => { reportFault("ringtone"); });
    return () => {
      bell.stop();
      clearFault("ringtone");
    };
  }, [audible]);
}

const TARGETS: Record<Exclude<ShortcutName, TaskShortcut>, Button[]> = {
  answer: ["answer"], hangUp: ["hangUp", "decline", "cancelConsult"], hold: ["hold", "retrieve"], mute: ["mute", "unmute"], ready: ["ready"], dial: ["dial"],
  transfer: ["transfer", "complete"], consult: ["consult"],
};

function useShortcuts(desk: Desk): void {
  const latest = useRef(desk);
  useEffect(() => { latest.current = desk; });
  useEffect(() => {
    const listen = (e: KeyboardEvent) => {
      const name = shortcutOf(e);
      if (!name || latest.current.view.agent.state === "off") return;
      e.preventDefault();
      if (taskShortcut(latest.current, name) || name === "skip" || name === "next") return;
      const shown = buttons(latest.current.view);
      const button = TARGETS[name].find((b) => shown.includes(b));
      if (button) press(latest.current, button);
    };
    window.addEventListener("keydown", listen);
    return () => { window.removeEventListener("keydown", listen); };
  }, []);
}

function useLeaveWarning(on: boolean): void {
  useEffect(() => {
    if (!on) return;
    const warn = (e: BeforeUnloadEvent) => { e.preventDefault(); };
    window.addEventListener("beforeunload", warn);
    return () => { window.removeEventListener("beforeunload", warn); };
  }, [on]);
}
