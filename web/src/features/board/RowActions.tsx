/** What a supervisor can do with one seat. */
import { EllipsisOutlined, SoundOutlined } from "@ant-design/icons";
import { App, Button, Dropdown, type MenuProps } from "antd";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { BreakReason, MonitorMode } from "@/api/agents.ts";
import { supervise, type AgentLive, type ForcedState } from "@/api/board.ts";
import { P, useCan } from "@/app/session.ts";
import { monitorMode, word } from "@/format/words.ts";
import { useAct } from "@/ui/act.tsx";
import { inCall } from "./state.ts";

export type Dialog = { kind: "release" | "transfer"; agent: AgentLive };
interface Props { agent: AgentLive; breaks: readonly BreakReason[]; onMonitor: (agent: AgentLive, mode: MonitorMode) => void; onDialog: (dialog: Dialog) => void }

const MODES: MonitorMode[] = ["listen", "whisper", "barge"];

/** 强制示闲、示忙、签出. During a call it is what follows. */
function useForce(agent: AgentLive) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const act = useAct((to: ForcedState) => supervise({ do: "force", agent: agent.agent_id, to }), { done: inCall(agent) ? t("通话结束后生效") : t("已执行") });
  const name = `${agent.number} ${agent.name}`;
  return (to: ForcedState) => {
    if (to.state !== "off") act.mutate(to);
    else void modal.confirm({ title: t("强制签出 {{name}}", { name }), content: inCall(agent) ? t("正在通话，挂断后签出。") : t("签出后不再分配来电，要本人重新签入。"), okText: t("签出"), okButtonProps: { danger: true }, onOk: () => act.mutateAsync(to).catch(() => undefined) });
  };
}

function useItems({ agent, breaks, onMonitor, onDialog }: Props): NonNullable<MenuProps["items"]> {
  const { t } = useTranslation();
  const can = useCan();
  const force = useForce(agent);
  const record = useAct((on: boolean) => supervise({ do: "record", agent: agent.agent_id, on }), { done: t("已执行") });
  const talking = inCall(agent);
  const off = agent.state === "off";
  const items: NonNullable<MenuProps["items"]> = [];
  if (can(P.agentMonitor)) items.push(...MODES.map((mode) => ({ key: mode, label: t(word(monitorMode, mode).text), disabled: !talking, onClick: () => { onMonitor(agent, mode); } })));
  if (!can(P.agentSupervise)) return items;
  items.push(
    { type: "divider" },
    { key: "ready", label: t("强制示闲"), disabled: off || agent.state === "ready", onClick: () => { force({ state: "ready" }); } },
    { key: "break", label: t("强制示忙"), disabled: off, children: breaks.map((b) => ({ key: `b-${b.code}`, label: b.name, onClick: () => { force({ state: "break", reason: b.code }); } })) },
    { key: "off", label: t("强制签出"), disabled: off, onClick: () => { force({ state: "off" }); } },
    { type: "divider" },
    { key: "record", label: t("开始录音"), disabled: !talking, onClick: () => { record.mutate(true); } },
    { key: "unrecord", label: t("停止录音"), disabled: !talking, onClick: () => { record.mutate(false); } },
    { key: "transfer", label: t("强制转接…"), disabled: !talking, onClick: () => { onDialog({ kind: "transfer", agent }); } },
    { key: "release", label: t("强拆…"), danger: true, disabled: !talking, onClick: () => { onDialog({ kind: "release", agent }); } },
  );
  return items;
}

function More(props: Props) {
  const { t } = useTranslation();
  const items = useItems(props);
  return <Dropdown trigger={["click"]} menu={{ items }} placement="bottomRight"><Button size="small" type="text" icon={<EllipsisOutlined />} aria-label={t("更多操作")} disabled={items.length === 0} /></Dropdown>;
}

/** Drawn again only when this seat has changed. */
export const RowActions = memo(function RowActions(props: Props) {
  const { t } = useTranslation();
  const can = useCan();
  const { agent, onMonitor } = props;
  return (
    <span style={{ display: "flex", justifyContent: "flex-end", gap: 2 }}>
      {can(P.agentMonitor) && inCall(agent) ? <Button size="small" type="link" icon={<SoundOutlined />} onClick={() => { onMonitor(agent, "listen"); }}>{t("监听")}</Button> : null}
      <More {...props} />
    </span>
  );
});
