import {
  AudioMutedOutlined, AudioOutlined, AuditOutlined, CoffeeOutlined, CustomerServiceOutlined, DesktopOutlined, FieldTimeOutlined, LoginOutlined, LogoutOutlined, MobileOutlined, NumberOutlined,
  PauseOutlined, PhoneOutlined, PlayCircleOutlined, QuestionCircleOutlined, SmileOutlined, SwapOutlined, TeamOutlined, UserAddOutlined, UserSwitchOutlined,
} from "@ant-design/icons";
import { App, Button, Dropdown, Popover, Tooltip } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { DeskCommand, DeskInfo } from "@/api/desk.ts";
import { answer } from "@/phone/phone.ts";
import { Go, GoButton } from "@/ui/Go.tsx";
import { deskPageNow, openDialog } from "./session.ts";
import { SHORTCUTS } from "./shortcuts.ts";
import { buttons, inCall, type Button as Name } from "./state.ts";
import type { Desk } from "./useDesk.ts";

const HANG = <PhoneOutlined style={{ transform: "rotate(135deg)" }} />;

interface Look { text: string; icon: ReactNode; kind?: "answer" | "hang" | "primary" }

function looks(t: (text: string) => string): Record<Name, Look> {
  return {
    answer: { text: t("接听"), icon: <PhoneOutlined />, kind: "answer" }, decline: { text: t("拒接"), icon: HANG, kind: "hang" },
    hangUp: { text: t("挂断"), icon: HANG, kind: "hang" }, hold: { text: t("保持"), icon: <PauseOutlined /> },
    retrieve: { text: t("取回"), icon: <PlayCircleOutlined />, kind: "primary" }, mute: { text: t("静音"), icon: <AudioOutlined /> },
    unmute: { text: t("取消静音"), icon: <AudioMutedOutlined />, kind: "primary" }, digits: { text: t("按键"), icon: <NumberOutlined /> },
    dial: { text: t("拨号"), icon: <PhoneOutlined /> }, consult: { text: t("咨询"), icon: <CustomerServiceOutlined /> },
    transfer: { text: t("转接"), icon: <UserSwitchOutlined /> }, swap: { text: t("切换"), icon: <SwapOutlined /> },
    complete: { text: t("完成转接"), icon: <UserSwitchOutlined />, kind: "primary" }, cancelConsult: { text: t("结束咨询"), icon: HANG },
    conference: { text: t("三方通话"), icon: <UserAddOutlined /> }, record: { text: t("录音"), icon: <AudioOutlined /> },
    ready: { text: t("示闲"), icon: <SmileOutlined />, kind: "answer" }, break: { text: t("示忙"), icon: <CoffeeOutlined /> },
    extend: { text: t("延长整理"), icon: <FieldTimeOutlined /> }, signIn: { text: t("签入"), icon: <LoginOutlined />, kind: "primary" },
    signOut: { text: t("签出"), icon: <LogoutOutlined /> },
  };
}

const COMMANDS: Partial<Record<Name, DeskCommand>> = {
  decline: { do: "decline" }, hangUp: { do: "hang_up" }, hold: { do: "hold", on: true }, retrieve: { do: "hold", on: false }, mute: { do: "mute", on: true },
  unmute: { do: "mute", on: false }, swap: { do: "swap" }, complete: { do: "complete_transfer" }, cancelConsult: { do: "cancel_consult" }, conference: { do: "conference" },
  ready: { do: "ready" }, extend: { do: "extend_wrap_up" }, signOut: { do: "sign_out" },
};

/** Does what a button says. Shortcuts come here too. */
export function press(desk: Desk, name: Name): void {
  // What is on its way now, not when the button was drawn: a double click is one.
  if (!desk.may(name) || deskPageNow().busy) return;
  const command = COMMANDS[name];
  if (command) void desk.ask(command);
  else if (name === "answer") answer();
  else if (name === "signIn") openDialog({ kind: "sign_in" });
  else if (name === "dial" || name === "digits" || name === "transfer" || name === "consult") openDialog({ kind: name });
}

/** On other pages: what cannot wait until the agent is back at the desk. */
const COMPACT: Name[] = ["answer", "decline", "hangUp", "hold", "retrieve", "mute", "unmute", "ready"];

export function BarButtons({ desk, info, compact }: { desk: Desk; info: DeskInfo; compact: boolean }) {
  const { t } = useTranslation();
  const names = buttons(desk.view).filter((n) => !compact || COMPACT.includes(n));
  const words = looks(t);
  return (
    <div className="dk-keys">
      {names.map((name) => (name === "break" ? <BreakButton key={name} desk={desk} info={info} /> : <Key key={name} desk={desk} name={name} look={words[name]} compact={compact} />))}
      {!compact && desk.may("transfer") ? <ConfirmButton desk={desk} info={info} /> : null}
      {!compact && inCall(desk.view.agent.state) ? <AfterCall desk={desk} info={info} /> : null}
    </div>
  );
}

function Key({ desk, name, look, compact }: { desk: Desk; name: Name; look: Look; compact: boolean }) {
  const shortcut = SHORTCUTS.find((s) => s.name === name || (s.name === "hold" && name === "retrieve") || (s.name === "mute" && name === "unmute"));
  const kind = look.kind === "primary" ? { type: "primary" as const } : look.kind ? { className: `dk-${look.kind}` } : {};
  const small = compact && !["answer", "decline", "hangUp"].includes(name);
  return (
    <Tooltip title={shortcut ? `${small ? `${look.text} ` : ""}Ctrl+Shift+${shortcut.keys[0] ?? ""}` : small ? look.text : ""} mouseEnterDelay={0.6}>
      <Button
        {...kind} size={compact ? "small" : "middle"} icon={look.icon} disabled={!desk.may(name)} aria-label={look.text}
        {...(shortcut ? { "aria-keyshortcuts": `Control+Shift+${shortcut.keys[0] ?? ""}` } : {})} onClick={() => { press(desk, name); }}
      >
        {small ? null : look.text}
      </Button>
    </Tooltip>
  );
}

/** A break is asked with its reason. */
function BreakButton({ desk, info }: { desk: Desk; info: DeskInfo }) {
  const { t } = useTranslation();
  const { state, reason } = desk.view.agent;
  const items = info.breaks.filter((b) => state !== "break" || b.code !== reason).map((b) => ({ key: b.code, label: b.name }));
  if (items.length === 0) return null;
  return (
    <Dropdown trigger={["click"]} disabled={!desk.may("break")} menu={{ items, onClick: ({ key }) => void desk.ask({ do: "break", reason: key }) }}>
      <Button icon={<CoffeeOutlined />} aria-label={state === "break" ? t("换个原因") : t("示忙")} aria-haspopup="menu">{state === "break" ? t("换个原因") : t("示忙")}</Button>
    </Dropdown>
  );
}

/** 二次确认: the customer goes through a flow that is recorded, and comes back or not. */
function ConfirmButton({ desk, info }: { desk: Desk; info: DeskInfo }) {
  const { t } = useTranslation();
  const flows = info.flows;
  if (flows.length === 0) return null;
  const back = (id: number, returns: boolean) => ({ key: `${id}:${returns ? 1 : 0}`, label: returns ? t("确认后回到我这里") : t("确认后结束通话") });
  const items = flows.map((f) => ({ key: String(f.id), label: f.name, children: [back(f.id, true), back(f.id, false)] }));
  const choose = (key: string) => {
    const [flow, returns] = key.split(":").map(Number);
    void desk.ask({ do: "confirm", flow: flow ?? 0, back: returns === 1 });
  };
  return (
    <Dropdown trigger={["click"]} menu={{ items, onClick: ({ key }) => { choose(key); }, style: { maxHeight: 320, overflowY: "auto" } }}>
      <Button icon={<AuditOutlined />} aria-label={t("请客户确认")} aria-haspopup="menu">{t("请客户确认")}</Button>
    </Dropdown>
  );
}

/** What follows the call, reserved while it goes on. */
function AfterCall({ desk, info }: { desk: Desk; info: DeskInfo }) {
  const { t } = useTranslation();
  const { next } = desk.view.agent;
  const items = [
    { key: "ready", label: t("照常（整理后示闲）"), disabled: !next },
    ...info.breaks.map((b) => ({ key: `break:${b.code}`, label: t("示忙：{{reason}}", { reason: b.name }) })),
    { key: "sign_out", label: t("签出") },
  ];
  const choose = (key: string) => {
    if (key === "ready") void desk.ask({ do: "ready" });
    else if (key === "sign_out") void desk.ask({ do: "sign_out" });
    else void desk.ask({ do: "break", reason: key.slice(6) });
  };
  return (
    <Dropdown trigger={["click"]} disabled={!desk.may("break")} menu={{ items, onClick: ({ key }) => { choose(key); } }}>
      <Button type={next ? "primary" : "default"} ghost={Boolean(next)} icon={<FieldTimeOutlined />} aria-label={t("话后状态")} aria-haspopup="menu">
        {next === "break" ? t("话后示忙") : next === "off" ? t("话后签出") : t("话后状态")}
      </Button>
    </Dropdown>
  );
}

const SEAT_ICON = { browser: <DesktopOutlined />, phone: <PhoneOutlined />, outside: <MobileOutlined /> };

export function BarEnd({ desk, info, compact }: { desk: Desk; info: DeskInfo; compact: boolean }) {
  const { t } = useTranslation();
  const { seat, state } = desk.view.agent;
  const seatText = seat?.kind === "browser" ? t("浏览器话机") : seat?.kind === "phone" ? t("SIP 话机") : seat ? seat.number : "";
  return (
    <div className="dk-end">
      {compact ? <GoButton to="/agent" size="small" type="link">{t("去坐席台")}</GoButton> : (
        <>
          {seat && state !== "off" ? <Tooltip title={t("接听方式：{{seat}}，点击更换", { seat: seatText })}><Button type="text" size="small" icon={SEAT_ICON[seat.kind]} disabled={desk.busy || desk.link !== "live"} aria-label={t("接听方式：{{seat}}，点击更换", { seat: seatText })} onClick={() => { openDialog({ kind: "sign_in" }); }} /></Tooltip> : null}
          <span className="fl-ellipsis" style={{ maxWidth: 130 }}><b className="num">{info.agent.number}</b> {info.agent.name}</span>
          {desk.may("record") && inCall(state) ? <RecordButton desk={desk} /> : null}
          <Help />
        </>
      )}
    </div>
  );
}

function RecordButton({ desk }: { desk: Desk }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const on = desk.view.call?.recording ?? false;
  const ask = async () => {
    if (await desk.ask({ do: "record", on: !on })) void message.success(on ? t("已停止录音") : t("开始录音"));
  };
  return (
    <Tooltip title={on ? t("正在录音，点击停止") : t("开始录音")}>
      <Button size="small" type="text" danger={on} aria-pressed={on} aria-label={on ? t("停止录音") : t("开始录音")} icon={<span className={on ? "fl-light fl-pulse" : "fl-light"} style={{ color: on ? "#b3372f" : "#a3b0b4" }} />} onClick={() => void ask()} />
    </Tooltip>
  );
}

function Help() {
  const { t } = useTranslation();
  const content = (
    <div style={{ width: 310 }}>
      <table style={{ width: "100%", borderSpacing: "0 4px" }}>
        <tbody>
          {SHORTCUTS.map((s) => (
            <tr key={s.name}><td>{t(s.text)}</td><td style={{ textAlign: "end" }}>{s.keys.map((k, i) => <span key={k}>{i > 0 ? ` ${t("或")} ` : ""}<kbd className="fl-mono">Ctrl+Shift+{k}</kbd></span>)}</td></tr>
          ))}
        </tbody>
      </table>
      <p style={{ color: "#5a6b71", margin: "6px 0" }}>{t("用输入法打字时快捷键不起作用。有的浏览器把 Ctrl+Shift+T 留给自己，请用 X。")}</p>
      <Go to="/device-check"><TeamOutlined /> {t("检测设备")}</Go>
    </div>
  );
  return (
    <Popover trigger="click" placement="bottomRight" title={t("快捷键")} content={content}>
      <Button type="text" size="small" icon={<QuestionCircleOutlined />} aria-label={t("快捷键和帮助")} />
    </Popover>
  );
}
