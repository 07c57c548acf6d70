import { AudioMutedOutlined, CloseOutlined } from "@ant-design/icons";
import { App, Button, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import type { DeskCall, Party } from "@/api/desk.ts";
import { phone } from "@/format/text.ts";
import { L, monitorMode, type Word } from "@/format/words.ts";
import { Panel } from "@/ui/Page.tsx";
import { CodeTag } from "@/ui/Tag.tsx";
import { Ticker } from "@/ui/Ticker.tsx";
import { inCall, isConsulted } from "./state.ts";
import type { Desk } from "./useDesk.ts";

const PARTY_STATE: Record<string, Word> = {
  ringing: { text: L("振铃中"), tone: "warn" }, talking: { text: L("通话中"), tone: "info" }, held: { text: L("保持中"), tone: "accent" }, flow: { text: L("听语音"), tone: "neutral" },
};
const KIND: Record<Party["kind"], string> = { customer: L("客户"), agent: L("我"), guest: L("第三方"), supervisor: L("班长") };

/** Everybody in the call, and letting one go. */
export function Parties({ call, desk }: { call: DeskCall; desk: Desk }) {
  const { t } = useTranslation();
  // Whoever only listens is no part of the talk.
  const shown = call.parties.filter((p) => p.mode !== "listen");
  if (desk.view.agent.state === "wrap_up" || shown.length === 0) return null;
  return (
    <Panel title={t("通话各方")} flush>
      <div className="dk-scroll" style={{ paddingBlock: 4, maxHeight: 210 }}>{shown.map((p) => <One key={p.leg_id} party={p} desk={desk} />)}</div>
    </Panel>
  );
}

function One({ party, desk }: { party: Party; desk: Desk }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const me = party.kind === "agent" && party.agent_id === desk.view.agent.agent_id;
  const who = party.name || phone(party.number);
  const droppable = !me && party.kind !== "supervisor" && !isConsulted(desk.view) && inCall(desk.view.agent.state);
  const let_go = () => {
    void modal.confirm({ title: t("让 {{who}} 退出通话？", { who }), okText: t("退出通话"), okButtonProps: { danger: true }, onOk: async () => { await desk.ask({ do: "drop", leg: party.leg_id }); } });
  };
  const kind = party.kind === "agent" && !me ? t("同事") : t(KIND[party.kind]);
  return (
    <div className="dk-party">
      <span style={{ color: "#5a6b71", minWidth: 38 }}>{kind}</span>
      <span className="fl-ellipsis" title={who}>{who} {party.muted ? <Tooltip title={t("已静音")}><AudioMutedOutlined style={{ color: "#b3372f" }} aria-label={t("已静音")} /></Tooltip> : null}</span>
      <span style={{ display: "flex", gap: 6, alignItems: "center" }}>
        {party.mode ? <CodeTag words={monitorMode} code={party.mode} /> : <CodeTag words={PARTY_STATE} code={party.state} />}
        <Ticker since={party.since} />
        {droppable ? <Button type="text" size="small" icon={<CloseOutlined />} disabled={desk.busy || desk.blocked !== null} aria-label={t("让 {{who}} 退出通话", { who })} onClick={let_go} /> : <span style={{ width: 24 }} />}
      </span>
    </div>
  );
}
