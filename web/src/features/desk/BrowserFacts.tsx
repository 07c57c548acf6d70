import { CheckCircleFilled, CloseCircleFilled, ExclamationCircleFilled } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLive } from "@/live/socket.ts";

type Verdict = "ok" | "warn" | "bad";
const ICON: Record<Verdict, React.ReactNode> = {
  ok: <CheckCircleFilled style={{ color: "#2c7a3f" }} />, warn: <ExclamationCircleFilled style={{ color: "#c47f10" }} />, bad: <CloseCircleFilled style={{ color: "#b3372f" }} />,
};

/** What the phone needs of the browser, and what to do where it is missing. */
export function BrowserFacts() {
  const { t } = useTranslation();
  const link = useLive((s) => s.link);
  const [allowed, setAllowed] = useState(() => ("Notification" in globalThis ? Notification.permission : "denied"));
  const ask = async () => { setAllowed(await Notification.requestPermission()); };
  const rows: [string, Verdict, string, React.ReactNode?][] = [
    [t("安全连接"), globalThis.isSecureContext ? "ok" : "bad", globalThis.isSecureContext ? t("正常") : t("请用 https 打开本页，否则不能用浏览器接听")],
    [t("网页通话"), "RTCPeerConnection" in globalThis ? "ok" : "bad", "RTCPeerConnection" in globalThis ? t("支持") : t("浏览器太旧，请换新版 Chrome、Edge 或 Firefox")],
    [t("与服务器的连接"), link === "live" ? "ok" : "bad", link === "live" ? t("正常") : t("断开了，请检查网络")],
    [
      t("来电通知"), allowed === "granted" ? "ok" : "warn", allowed === "granted" ? t("已允许，页面在后台时也会提醒") : allowed === "denied" ? t("被禁止了，请在地址栏左侧的网站设置里允许通知") : t("还没有允许"),
      allowed === "default" ? <Button key="ask" size="small" onClick={() => void ask()}>{t("允许通知")}</Button> : null,
    ],
  ];
  return (
    <div style={{ display: "grid", gap: 10 }}>
      {rows.map(([name, verdict, text, more]) => (
        <div key={name} style={{ display: "grid", gridTemplateColumns: "18px 110px minmax(0, 1fr) auto", gap: 6, alignItems: "baseline" }}>
          {ICON[verdict]}<b>{name}</b><span>{text}</span>{more}
        </div>
      ))}
    </div>
  );
}
