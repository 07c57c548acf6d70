/** Listening, whispering and barging: asks for a phone where none is chosen yet, then has it called. */
import { App } from "antd";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { MonitorMode, Seat } from "@/api/agents.ts";
import { supervise, type AgentLive } from "@/api/board.ts";
import { expectCall } from "@/phone/phone.ts";
import { useAct } from "@/ui/act.tsx";
import { setMonitoring, useMonitoring } from "./monitor.ts";
import { MonitorSeatDialog, useMonitorSeat } from "./MonitorSeat.tsx";

type Whom = Pick<AgentLive, "agent_id" | "number" | "name">;

export function useMonitor(): { start: (agent: Whom, mode: MonitorMode) => void; leave: () => void; busy: boolean; dialog: ReactNode } {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const seat = useMonitorSeat();
  const now = useMonitoring();
  const [asking, setAsking] = useState<{ agent: Whom; mode: MonitorMode }>();
  const begin = useAct(async ({ agent, mode, by }: { agent: Whom; mode: MonitorMode; by: Seat }) => {
    if (by.kind === "browser" && !now?.joined) expectCall();
    await supervise({ do: "monitor", agent: agent.agent_id, mode, seat: by });
    const same = now?.agent === agent.agent_id && now.joined;
    setMonitoring({ browser: by.kind === "browser", agent: agent.agent_id, number: agent.number, name: agent.name, mode, since: same ? now.since : new Date().toISOString(), joined: same });
    if (!now && by.kind !== "browser") void message.info(t("正在呼叫您的话机，接起后就能听到"));
  });
  const stop = useAct(async () => {
    await supervise({ do: "stop_monitor" }).finally(() => { setMonitoring(null); });
  });
  const start = (agent: Whom, mode: MonitorMode) => {
    const by = seat();
    if (by) begin.mutate({ agent, mode, by });
    else setAsking({ agent, mode });
  };
  const dialog = asking ? (
    <MonitorSeatDialog onClose={() => { setAsking(undefined); }} onChosen={(by) => { setAsking(undefined); begin.mutate({ ...asking, by }); }} />
  ) : null;
  return { start, leave: () => { stop.mutate(undefined); }, busy: begin.isPending || stop.isPending, dialog };
}
