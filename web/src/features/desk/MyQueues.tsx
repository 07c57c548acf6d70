import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { QueueLive, WaitingLive } from "@/api/board.ts";
import type { DeskInfo } from "@/api/desk.ts";
import { count, phone } from "@/format/text.ts";
import { useLive } from "@/live/socket.ts";
import { Ticker } from "@/ui/Ticker.tsx";
import { ownQueue } from "./state.ts";
import type { Desk } from "./useDesk.ts";

/** The groups the agent serves, and who waits there. */
export function MyQueues({ info, desk, grow }: { info: DeskInfo; desk: Desk; grow: boolean }) {
  const { t } = useTranslation();
  const heard = useLive((s) => s.queues);
  const figures = (id: number): QueueLive | undefined => ownQueue(info, id, heard);
  return (
    <section className={grow ? "fl-panel grow" : "fl-panel"} style={grow ? undefined : { maxHeight: 190 }}>
      <header><span>{t("我的坐席组")}</span></header>
      <div className="dk-scroll" style={{ paddingBlock: 4 }}>
        {info.queues.length === 0 ? <p style={{ color: "#5a6b71", margin: "8px 0" }}>{t("您还没有加入坐席组，请班长把您加进来，才会有来电。")}</p> : null}
        {info.queues.map((q) => <One key={q.id} name={q.name} live={figures(q.id)} desk={desk} />)}
      </div>
    </section>
  );
}

function One({ name, live, desk }: { name: string; live: QueueLive | undefined; desk: Desk }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const waiting = live?.waiting ?? 0;
  return (
    <div>
      <div className="dk-queue">
        <span className="fl-ellipsis" title={name}>{name}</span>
        {live ? <b className="num" style={{ color: waiting > 0 ? "#b4500c" : "#5a6b71" }}>{t("等待 {{n}}", { n: count(waiting) })}</b> : <span />}
        {live?.first_came_at && waiting > 0 ? <Ticker since={live.first_came_at} label={t("最长等待")} /> : <span style={{ width: 34 }} />}
        {live ? <small style={{ color: "#819096", gridColumn: "1 / 3" }}>{t("空闲 {{ready}}，通话 {{busy}}", { ready: live.ready, busy: live.busy })}</small> : null}
        {live && live.callers.length > 0 ? <Button type="link" size="small" style={{ height: 18, padding: 0 }} aria-expanded={open} onClick={() => { setOpen(!open); }}>{open ? t("收起") : t("看看")}</Button> : null}
      </div>
      {open ? live?.callers.slice(0, 20).map((c) => <Caller key={c.entry_id} caller={c} desk={desk} />) : null}
    </div>
  );
}

function Caller({ caller, desk }: { caller: WaitingLive; desk: Desk }) {
  const { t } = useTranslation();
  const { state } = desk.view.agent;
  const free = state === "ready" || state === "break" || state === "wrap_up";
  return (
    <div className="dk-queue" style={{ paddingInlineStart: 10 }}>
      <span className="fl-ellipsis"><span className="num">{caller.position}</span> {caller.name || phone(caller.caller)}</span>
      <Ticker since={caller.came_at} />
      <Button size="small" disabled={!free || desk.blocked !== null || desk.phoneAway || desk.busy || caller.callback} onClick={() => void desk.ask({ do: "pick_up", entry: caller.entry_id })}>{t("抢接")}</Button>
    </div>
  );
}
