import { Alert, Input, Modal } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Pad } from "./Pad.tsx";
import { validDigits } from "./state.ts";
import type { Desk } from "./useDesk.ts";

/** Digits into the call, one at a time as they are pressed: for the voice menus of others. */
export function Digits({ desk, onClose }: { desk: Desk; onClose: () => void }) {
  const { t } = useTranslation();
  const [sent, setSent] = useState("");
  const waiting = useRef("");
  // One after the other: two requests at once might change places.
  const going = useRef(false);
  const send = async () => {
    going.current = true;
    while (waiting.current) {
      const digits = waiting.current.slice(0, 32);
      waiting.current = waiting.current.slice(digits.length);
      if (!(await desk.ask({ do: "digits", digits }))) waiting.current = "";
    }
    going.current = false;
  };
  const key = (digits: string) => {
    if (!validDigits(digits) || desk.blocked) return;
    setSent((s) => (s + digits).slice(-40));
    waiting.current += digits;
    if (!going.current) void send();
  };
  return (
    <Modal open width={300} title={t("按键")} footer={null} onCancel={onClose} mask={false} style={{ top: 120 }} focusable={{ trap: false }}>
      <Input
        value={sent} readOnly autoFocus size="large" className="num" aria-label={t("已按的键")} placeholder={t("点按键，或直接敲键盘")} style={{ marginBottom: 12 }}
        onKeyDown={(e) => {
          if (/^[0-9*#]$/.test(e.key) && !e.ctrlKey && !e.metaKey) key(e.key);
        }}
      />
      <Pad onKey={key} disabled={desk.blocked !== null} />
      {desk.blocked ? <Alert style={{ marginTop: 12 }} type="warning" title={t("现在不能按键，请等连接恢复。")} /> : null}
    </Modal>
  );
}
