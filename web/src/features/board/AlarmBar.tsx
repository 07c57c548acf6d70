/** What the floor wants a supervisor to look at, as it is raised; the newest first. */
import { AlertOutlined, CloseOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { alarmText } from "@/format/words.ts";
import { useLive } from "@/live/socket.ts";
import { Time } from "@/ui/fields.tsx";
import { fresh } from "./state.ts";
import { useNow } from "./useNow.ts";

const SHOWN_MAX = 3;
const LOOK_MS = 15_000;

export function AlarmBar() {
  const { t } = useTranslation();
  const alarms = useLive((s) => s.alarms);
  const now = useNow(LOOK_MS);
  const [seen, setSeen] = useState(0);
  const shown = fresh(alarms, seen, now).slice(0, SHOWN_MAX);
  if (shown.length === 0) return null;
  return (
    <div className="fl-alarms" role="status">
      {shown.map((a) => (
        <span key={a.seq} className="fl-ellipsis" title={a.text}><AlertOutlined /> <b>{t(alarmText[a.code] ?? a.code)}</b> {a.text} <small><Time at={a.ts} /></small></span>
      ))}
      <Button size="small" type="text" icon={<CloseOutlined />} aria-label={t("知道了")} title={t("知道了")} onClick={() => { setSeen(Math.max(...shown.map((a) => a.seq))); }} />
    </div>
  );
}
