/** Over every page while a supervisor takes part in a call: whose, how, and the way out, which is one key. */
import { AudioMutedOutlined, AudioOutlined, CustomerServiceOutlined } from "@ant-design/icons";
import { App, Button, Segmented } from "antd";
import { useEffect, useEffectEvent } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "@tanstack/react-query";
import type { MonitorMode } from "@/api/agents.ts";
import { supervise, type AgentLive } from "@/api/board.ts";
import { sessionQuery } from "@/app/session.ts";
import { L, monitorMode, word } from "@/format/words.ts";
import { mutePhone, onPhone, phoneNow, usePhone } from "@/phone/phone.ts";
import { Ticker } from "@/ui/Ticker.tsx";
import { followed, monitoringNow, setMonitoring, useMonitoring, type Monitoring } from "./monitor.ts";
import { useBoard } from "./useBoard.ts";
import { useMonitor } from "./useMonitor.tsx";

const MEANS: Record<MonitorMode, string> = {
  listen: L("双方都听不到您"), whisper: L("只有坐席听得到您，客户听不到"), barge: L("坐席和客户都听得到您"),
};
const COLOR: Record<MonitorMode, string> = { listen: "#1f5fa8", whisper: "#6a4a9c", barge: "#b3372f" };
const CHECK_MS = 1_000;

/** A key that a dialog, a menu or a field wants is not ours. */
function taken(e: KeyboardEvent): boolean {
  const at = e.target as HTMLElement | null;
  if (e.isComposing || e.defaultPrevented || at?.closest("input,textarea,[contenteditable=true]")) return true;
  return document.querySelector(".ant-modal-wrap:not([style*='display: none']),.ant-drawer-open,.ant-dropdown:not(.ant-dropdown-hidden),.ant-select-dropdown:not(.ant-select-dropdown-hidden)") !== null;
}

/** Heard again in another mode; when it is over not before the phone is out of the call. */
function unmute(): void {
  if (monitoringNow() !== null || phoneNow().call === "none") {
    mutePhone(false);
    return;
  }
  const off = onPhone(() => {
    if (phoneNow().call !== "none") return;
    off();
    mutePhone(false);
  });
}

/** Who only listens opens no microphone. */
function useSilence({ browser, mode }: Monitoring): void {
  const silent = browser === true && mode === "listen";
  useEffect(() => {
    if (!silent) return;
    mutePhone(true);
    return unmute;
  }, [silent]);
}

const NOBODY: AgentLive[] = [];

/** Looks every second and at every change whether it goes on, and with whom. What is over is left for certain. */
function useFollowing(m: Monitoring): void {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { data } = useQuery(sessionQuery);
  const agents = useBoard().data?.agents ?? NOBODY;
  const call = usePhone((p) => p.call);
  const look = useEffectEvent(() => {
    const phoneUp = m.browser ? call !== "none" : undefined;
    const next = followed(m, agents, data?.user.id, phoneUp, Date.now());
    if (next === null) {
      void message.info(m.joined ? t("通话已结束，已退出监听") : t("您的话机没有接听，已取消监听"));
      // Its phone may still ring, or be in the call. Refused when it is not.
      if (phoneUp !== false) void supervise({ do: "stop_monitor" }).catch(() => undefined);
    }
    setMonitoring(next);
  });
  useEffect(() => { look(); }, [agents, call]);
  useEffect(() => {
    const timer = setInterval(() => { look(); }, CHECK_MS);
    return () => { clearInterval(timer); };
  }, []);
}

function Shown({ m }: { m: Monitoring }) {
  const { t } = useTranslation();
  const { start, leave, busy, dialog } = useMonitor();
  useFollowing(m);
  useSilence(m);
  const key = useEffectEvent((e: KeyboardEvent) => {
    if (e.key === "Escape" && !taken(e)) leave();
  });
  useEffect(() => {
    const on = (e: KeyboardEvent) => { key(e); };
    window.addEventListener("keydown", on, true);
    return () => { window.removeEventListener("keydown", on, true); };
  }, []);
  const icon = m.mode === "listen" ? <AudioMutedOutlined /> : m.mode === "whisper" ? <CustomerServiceOutlined /> : <AudioOutlined />;
  return (
    <div role="status" className="fl-monitor" style={{ background: COLOR[m.mode] }}>
      <span style={{ fontSize: 18 }}>{icon}</span>
      <span className="fl-ellipsis"><b>{m.joined ? t(word(monitorMode, m.mode).text) : t("正在呼叫您的话机…")}</b> {m.number} {m.name} {m.joined ? <Ticker since={m.since} /> : null}</span>
      <span className="fl-ellipsis fl-hide-narrow" style={{ opacity: 0.85 }}>{t(MEANS[m.mode])}</span>
      <span style={{ flex: 1 }} />
      <Segmented size="small" value={m.mode} disabled={busy || !m.joined} onChange={(mode) => { start({ agent_id: m.agent, number: m.number, name: m.name }, mode); }}
        options={(Object.keys(MEANS) as MonitorMode[]).map((mode) => ({ value: mode, label: t(word(monitorMode, mode).text) }))} />
      <Button size="small" danger type="primary" loading={busy} onClick={leave}>{t("退出（Esc）")}</Button>
      {dialog}
    </div>
  );
}

export function MonitorBanner() {
  const m = useMonitoring();
  return m ? <Shown m={m} /> : null;
}
