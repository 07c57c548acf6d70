import { PhoneOutlined } from "@ant-design/icons";
import { Button, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Pad } from "./Pad.tsx";
import { plainNumber, validNumber } from "./state.ts";
import type { Desk } from "./useDesk.ts";

const RECENT_KEY = "fengling.dialed";
const RECENT_MAX = 6;

function recent(): string[] {
  try {
    return (JSON.parse(sessionStorage.getItem(RECENT_KEY) ?? "[]") as string[]).slice(0, RECENT_MAX);
  } catch {
    return [];
  }
}

/** 拨号: the agent's phone first, then the number. */
export function DialDialog({ desk, number, onClose }: { desk: Desk; number: string; onClose: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(number);
  const [bad, setBad] = useState(false);
  const dial = async (typed: string) => {
    const plain = plainNumber(typed);
    if (!validNumber(plain)) {
      setBad(true);
      return;
    }
    if (!(await desk.ask({ do: "dial", number: plain }))) return;
    sessionStorage.setItem(RECENT_KEY, JSON.stringify([plain, ...recent().filter((n) => n !== plain)].slice(0, RECENT_MAX)));
    onClose();
  };
  return (
    <Modal open width={340} title={t("拨号")} footer={null} onCancel={onClose} style={{ top: 120 }}>
      <Input
        autoFocus allowClear size="large" className="num" inputMode="tel" value={text} maxLength={40} aria-label={t("号码")} placeholder={t("工号、分机或外线号码")}
        status={bad ? "error" : ""} onChange={(e) => { setText(e.target.value); setBad(false); }}
        onPressEnter={(e) => { if (!e.nativeEvent.isComposing) void dial(text); }}
      />
      <p style={{ margin: "4px 0 10px", color: bad ? "#b3372f" : "#5a6b71" }} role={bad ? "alert" : undefined}>
        {bad ? t("号码只能有数字、*、#，开头可以是 +，至少 2 位") : t("外线直接拨区号加号码，不用加拨 9。")}
      </p>
      <Pad onKey={(k) => { setText((s) => s + k); setBad(false); }} />
      <Button block size="large" className="dk-answer" style={{ marginTop: 12 }} icon={<PhoneOutlined />} disabled={!desk.may("dial") || !text.trim()} loading={desk.busy} onClick={() => void dial(text)}>{t("呼叫")}</Button>
      {recent().length > 0 ? (
        <div style={{ marginTop: 12, display: "flex", flexWrap: "wrap", gap: 6, alignItems: "center" }}>
          <span style={{ color: "#5a6b71" }}>{t("最近拨打")}</span>
          {recent().map((n) => <Button key={n} size="small" className="num" onClick={() => { setText(n); setBad(false); }}>{n}</Button>)}
        </div>
      ) : null}
    </Modal>
  );
}
