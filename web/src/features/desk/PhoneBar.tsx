/** The phone bar in the root layout: state, what may be pressed, and what is wrong. Whole at the desk, small on other pages. */
import { useLocation } from "@tanstack/react-router";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import type { DeskInfo } from "@/api/desk.ts";
import { phone as number } from "@/format/text.ts";
import { agentState, L, word } from "@/format/words.ts";
import { useMonitoring } from "@/features/board/monitor.ts";
import { resumeSound, usePhone } from "@/phone/phone.ts";
import { useLive } from "@/live/socket.ts";
import { Go } from "@/ui/Go.tsx";
import { Ticker } from "@/ui/Ticker.tsx";
import { BarButtons, BarEnd, press } from "./BarButtons.tsx";
import { Remaining } from "./Clock.tsx";
import "./desk.css";
import { Dialogs } from "./Dialogs.tsx";
import { useDuty } from "./duty.ts";
import { useFailureText } from "./failure.ts";
import { openDialog, resumeNow, useDeskPage } from "./session.ts";
import { breakName, givenBreak, inCall, isConsulted, isConsulting, STATE_COLOUR } from "./state.ts";
import { isLooking, lineOnly, previewOf, workView } from "./tasks.ts";
import { useTold } from "./told.ts";
import { useDesk, useDeskInfo, useView, type Desk } from "./useDesk.ts";

export function PhoneBar() {
  const { info } = useDeskInfo();
  return info ? <Bar info={info} /> : null;
}

function Bar({ info }: { info: DeskInfo }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const view = useView(info);
  const desk = useDesk(view);
  const whole = pathname === "/agent";
  useDuty(desk);
  useTold();
  const signedOut = useDeskPage((p) => p.signedOut);
  const shown = whole || signedOut || view.agent.state !== "off";
  return (
    <>
      <CallWords desk={desk} />
      {shown ? (
        <>
          <div className={whole ? "dk-bar" : "dk-bar compact"} role="group" aria-label={t("电话条")}>
            <StateBlock desk={desk} info={info} />
            {whole ? null : <FarEnd desk={desk} />}
            <BarButtons desk={desk} info={info} compact={!whole} />
            <BarEnd desk={desk} info={info} compact={!whole} />
          </div>
          <Notes desk={desk} />
        </>
      ) : null}
      <Dialogs desk={desk} info={info} />
    </>
  );
}

function StateBlock({ desk, info }: { desk: Desk; info: DeskInfo }) {
  const { t } = useTranslation();
  const { state, since, until, reason } = desk.view.agent;
  const colour = STATE_COLOUR[state];
  const counted = (state === "ringing" || state === "wrap_up") && until;
  return (
    <div className="dk-state" style={{ background: colour }}>
      <b>{isLooking(desk.view) ? t("预览") : t(word(agentState, state).text)}</b>
      {state === "off" ? <span /> : counted ? <Ticker until={until} label={t("剩余时间")} /> : <Ticker since={since} label={t("已持续")} />}
      <StateNote desk={desk} text={state === "break" ? breakName(reason, info.breaks, t) : ""} />
      {counted ? <Remaining since={since} until={until} colour="#fff" /> : null}
    </div>
  );
}

const READY = { shown: L("请看名单"), dialing: L("正在拨打"), service: L("等待来电"), preview: L("等待下一位客户"), predictive: L("等待任务来电") };

/** Below the state: why, till when, and what comes next. */
function StateNote({ desk, text }: { desk: Desk; text: string }) {
  const { t } = useTranslation();
  const { state, until, next, seat } = desk.view.agent;
  const note = () => {
    if (state === "off") return t("签入后开始接听");
    if (next) return t("之后：{{state}}", { state: t(word(agentState, next).text) });
    if (state === "break") return text;
    if (state === "ringing") return seat?.kind === "browser" ? t("请接听") : t("请在话机上接听");
    if (state === "wrap_up") return until ? t("倒计时结束后自动示闲") : t("整理完请示闲");
    if (state === "reserved") return isLooking(desk.view) ? t(desk.view.preview?.dialing ? READY.dialing : READY.shown) : t("正在接入电话");
    if (state === "dialing") return t("正在呼叫对方");
    if (isConsulted(desk.view)) return t("同事在咨询您，客户听不到");
    if (state === "held" && !isConsulting(desk.view)) return t("客户正在听音乐");
    if (state === "ready") return t(READY[workView(desk.view)]);
    return isConsulting(desk.view) ? t("咨询中，客户正在听音乐") : "";
  };
  const said = note();
  return said ? <small>{said}</small> : null;
}

/** Who is on the line, for pages that do not show it. */
function FarEnd({ desk }: { desk: Desk }) {
  const call = lineOnly(desk.view) ? null : desk.view.call;
  if (!call) return <ShownLead desk={desk} />;
  return (
    <div className="dk-who fl-ellipsis">
      <b>{call.name || number(call.number)}</b> {call.name ? <span className="num">{number(call.number)}</span> : null}
    </div>
  );
}

/** A lead waits at the desk while the agent looks at another page. */
function ShownLead({ desk }: { desk: Desk }) {
  const { t } = useTranslation();
  const lead = previewOf(desk.view);
  if (!lead) return null;
  return <div className="dk-who fl-ellipsis">{t("名单")} <b>{lead.name || number(lead.number)}</b> {lead.until && !lead.dialing ? <Ticker until={lead.until} label={t("剩余时间")} /> : null}</div>;
}

/** What a screen reader says of the call. */
function CallWords({ desk }: { desk: Desk }) {
  const { t } = useTranslation();
  const { state } = desk.view.agent;
  const call = desk.view.call;
  const who = call ? call.name || number(call.number) : "";
  const lead = isLooking(desk.view) ? desk.view.preview : null;
  const text = lead ? t("新的名单：{{who}}", { who: lead.name || number(lead.number) }) : state === "ringing" ? t("来电：{{who}}", { who }) : `${t(word(agentState, state).text)}${who && state !== "ready" ? ` ${who}` : ""}`;
  return <div className="dk-silent" role="status" aria-live={state === "ringing" ? "assertive" : "polite"}>{text}</div>;
}

function Notes({ desk }: { desk: Desk }) {
  const { t } = useTranslation();
  const told = usePhone((s) => s.faults);
  const monitoring = useMonitoring() !== null;
  // A call that is over for the server has no sound to lose.
  const faults = inCall(desk.view.agent.state) || monitoring ? told : told.filter((f) => f !== "media");
  const taken = useDeskPage((p) => p.taken);
  const signedOut = useDeskPage((p) => p.signedOut);
  const failure = useDeskPage((p) => p.failure);
  const note = useLive((s) => s.note?.kind);
  const byOthers = note === "signed_out" || note === "signed_out_next";
  const failureText = useFailureText();
  if (desk.view.agent.state === "off") {
    return signedOut ? (
      <Note bad>
        <b>{t("您已被签出")}</b>
        <span>{byOthers ? t("是班长签出的。现在没有来电，麦克风已关闭。") : t("可能是班长强制签出，也可能是话机接通后没有声音，由系统签出。现在没有来电，麦克风已关闭。")}</span>
        <Button size="small" disabled={!desk.may("signIn")} onClick={() => { openDialog({ kind: "sign_in" }); }}>{t("重新签入")}</Button>
      </Note>
    ) : <Faults faults={faults} />;
  }
  if (desk.blocked === "elsewhere" && failure !== null) {
    return (
      <Note bad>
        <b>{t("刷新后浏览器话机没有恢复，正在重试")}</b>
        <span>{failureText(failure)}</span>
        <Button size="small" onClick={resumeNow}>{t("马上重试")}</Button>
        <Button size="small" onClick={() => { openDialog({ kind: "sign_in" }); }}>{t("换一种接听方式")}</Button>
      </Note>
    );
  }
  if (desk.blocked === "elsewhere") {
    return (
      <Note bad={taken}>
        <b>{taken ? t("已在别处签入") : t("坐席已在别的页面签入")}</b>
        <span>{t("这个页面不再响铃，也不能操作电话。")}</span>
        <Button size="small" onClick={() => { openDialog({ kind: "sign_in" }); }}>{t("改到这里签入")}</Button>
      </Note>
    );
  }
  if (desk.blocked === "link") {
    return <Note bad={desk.link === "down"}><b>{desk.link === "lagging" ? t("数据可能已过时") : t("与服务器断开，正在重连")}</b><span>{t("恢复之前不能操作电话；正在进行的通话不受影响。")}</span></Note>;
  }
  if (desk.phoneAway && faults.length === 0) {
    return <Note><b>{t("浏览器话机正在连接")}</b><span>{t("连上之前不能接听和拨号，其他按钮可以用。")}</span></Note>;
  }
  const given = givenBreak(desk.view);
  if (given && faults.length === 0) {
    return (
      <Note>
        <b>{t(given)}</b>
        <span>{t("现在没有来电。准备好了请示闲。")}</span>
        <Button size="small" className="dk-answer" disabled={!desk.may("ready")} onClick={() => { press(desk, "ready"); }}>{t("示闲")}</Button>
      </Note>
    );
  }
  return <Faults faults={faults} />;
}

function Note({ bad, children }: { bad?: boolean; children: React.ReactNode }) {
  return <div className={bad ? "dk-note bad" : "dk-note"} role="alert">{children}</div>;
}

function Faults({ faults }: { faults: readonly string[] }) {
  const { t } = useTranslation();
  const check = <Go to="/device-check">{t("检测设备")}</Go>;
  if (faults.includes("no_microphone")) return <Note bad><b>{t("没有找到麦克风")}</b><span>{t("请插好耳机后再试，对方现在听不到您。")}</span>{check}</Note>;
  if (faults.includes("microphone")) return <Note bad><b>{t("浏览器不让使用麦克风")}</b><span>{t("请在地址栏左侧的网站设置里允许麦克风，然后刷新页面；页面须用 https 打开。")}</span>{check}</Note>;
  if (faults.includes("sound")) return <Note bad><b>{t("浏览器没有播放声音")}</b><Button size="small" onClick={resumeSound}>{t("播放声音")}</Button></Note>;
  if (faults.includes("media")) return <Note bad><b>{t("通话的声音断了")}</b><span>{t("正在恢复，请不要关闭页面。")}</span></Note>;
  if (faults.includes("ringtone")) return <Note><b>{t("铃声没有响")}</b><span>{t("请在页面上点一下，浏览器才允许响铃；也请检查音量和输出设备。")}</span>{check}</Note>;
  return null;
}
