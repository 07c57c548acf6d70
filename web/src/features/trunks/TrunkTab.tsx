import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { deleteTrunk, getTrunks, type TrunkView } from "@/api/lines.ts";
import { P, useCan } from "@/app/session.ts";
import { count, phone } from "@/format/text.ts";
import { useLive } from "@/live/socket.ts";
import { useAct } from "@/ui/act.tsx";
import { Dl } from "@/ui/fields.tsx";
import { Empty, Loaded, Panel } from "@/ui/Page.tsx";
import { Light } from "@/ui/Tag.tsx";
import { codecName, SRTP } from "./codecs.ts";
import { trunkLook } from "./state.ts";
import { TrunkForm } from "./TrunkForm.tsx";

function Card({ trunk, onEdit }: { trunk: TrunkView; onEdit: () => void }) {
  const { t } = useTranslation();
  const can = useCan();
  const { modal } = App.useApp();
  const live = useLive((s) => s.trunks[trunk.id]);
  const state = trunk.enabled ? (live ?? trunk.state) : trunk.state;
  const look = trunkLook(state, t);
  const remove = useAct(() => deleteTrunk(trunk.id), { done: t("线路已删除"), refresh: ["trunks", "routes"] });
  const ask = () => void modal.confirm({
    title: t("删除线路“{{name}}”", { name: trunk.name }), content: t("它的路由会一起删除，正在进行的通话不受影响。"), okText: t("删除"), okButtonProps: { danger: true },
    onOk: () => remove.mutateAsync(undefined).catch(() => undefined),
  });
  return (
    <section className="fl-panel" style={{ opacity: trunk.enabled ? 1 : 0.7 }}>
      <header>
        <span style={{ display: "flex", gap: 10, alignItems: "center", minWidth: 0 }}><Light tone={look.tone} label={look.label} /><span className="fl-ellipsis" title={trunk.name}>{trunk.name}</span></span>
        <span style={{ fontWeight: 400, color: look.tone === "bad" ? "#b3372f" : "#5a6b71", ...(state.state === "resting" ? {} : { flex: "none", whiteSpace: "nowrap" }) }} className="num">{look.tone === "bad" ? look.label : look.detail || look.label}</span>
      </header>
      <div className="body" style={{ display: "grid", gap: 12 }}>
        {state.state === "down" ? (
          <div style={{ background: "#fcecea", color: "#8f2b24", borderRadius: 6, padding: "8px 12px", overflowWrap: "anywhere" }}>{look.detail}{look.detail !== state.reason ? <div className="fl-mono" style={{ opacity: 0.75 }}>{state.reason}</div> : null}</div>
        ) : null}
        <Dl rows={[
          [t("地址"), <span key="a" className="fl-mono">{trunk.address} · {trunk.transport.toUpperCase()}</span>],
          [t("认证"), trunk.register ? t("注册，账号 {{name}}", { name: trunk.username }) : t("按 IP 地址")],
          [t("默认主叫"), trunk.caller_id ? phone(trunk.caller_id) : "—"],
          [t("上限"), `${t("{{n}} 路", { n: count(trunk.calls_max) })} · ${t("每秒 {{n}} 个", { n: trunk.calls_per_second_max })}${trunk.calls_per_day_max > 0 ? ` · ${t("每天 {{n}} 个", { n: count(trunk.calls_per_day_max) })}` : ""}`],
          [t("编码"), trunk.codecs.map(codecName).join(" · ")],
          ...(trunk.srtp && trunk.srtp !== "off" ? [[t("媒体加密"), t(SRTP[trunk.srtp] ?? "")] as [string, React.ReactNode]] : []),
        ]} />
        {can(P.trunkWrite) ? <span style={{ display: "flex", gap: 8 }}><Button size="small" onClick={onEdit}>{t("修改")}</Button><Button size="small" type="text" danger onClick={ask}>{t("删除")}</Button></span> : null}
      </div>
    </section>
  );
}

export function TrunkTab() {
  const { t } = useTranslation();
  const can = useCan();
  const [editing, setEditing] = useState<TrunkView | null>();
  const query = useQuery({ queryKey: ["trunks"], queryFn: getTrunks, refetchInterval: 10_000 });
  const add = can(P.trunkWrite) ? <Button type="primary" icon={<PlusOutlined />} onClick={() => { setEditing(null); }}>{t("添加线路")}</Button> : null;
  return (
    <>
      <Loaded query={query}>
        {({ items }) => items.length === 0
          ? <Panel><Empty title={t("还没有线路")} hint={t("向运营商要 SIP 中继的地址和账号，或填语音网关的地址，保存后马上显示是否连通。")} action={add} /></Panel>
          : (
            <div className="fl-stack">
              <div style={{ display: "flex", justifyContent: "flex-end" }}>{add}</div>
              <div style={{ display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(340px, 1fr))", gap: 12, alignItems: "start" }}>
                {items.map((x) => <Card key={x.id} trunk={x} onEdit={() => { setEditing(x); }} />)}
              </div>
            </div>
          )}
      </Loaded>
      {editing !== undefined ? <TrunkForm trunk={editing} onClose={() => { setEditing(undefined); }} /> : null}
    </>
  );
}
