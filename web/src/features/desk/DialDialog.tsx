import { PhoneOutlined } from "@ant-design/icons";
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { getColleagues, type DeskInfo } from "@/api/desk.ts";
import { own } from "@/app/own.ts";
import { L } from "@/format/words.ts";
import { Pad } from "./Pad.tsx";
import { asksFirst, likeColleague, numberFault, plainNumber, type NumberFault } from "./state.ts";
import type { Desk } from "./useDesk.ts";

const RECENT_MAX = 6;
const EMPTY: readonly string[] = [];
const recent = own("dialed", EMPTY);

const FAULTS: Record<NumberFault, string> = {
  keys: L("这里拨的是电话号码，不能有 * 和 #；接通后要按键请用“按键”"), letters: L("号码只能有数字，开头可以是 +，中间可以有空格、横线和括号"),
  mobile: L("手机号码应是 11 位，请检查是不是少输或多输了"), short: L("外线号码至少 3 位；没有这个工号或分机"), long: L("号码最多 20 位，请检查是不是多输了"),
};

const colleagues = (short: string) => queryOptions({ queryKey: ["colleagues", short], queryFn: () => getColleagues(short), staleTime: 10_000 });

/** 工号 and extensions by what was typed, with the name where it is known: they are dialled before any number outside. */
function useColleague(plain: string, info: DeskInfo): { number: string; name: string } | undefined {
  const short = likeColleague(plain) ? plain : "";
  const found = useQuery({ ...colleagues(short), enabled: short !== "" });
  return [...(short ? (found.data?.agents ?? []) : []), ...info.extensions].find((c) => c.number === plain);
}

/** 拨号: the agent's phone first, then the number. */
export function DialDialog({ desk, info, number, onClose }: { desk: Desk; info: DeskInfo; number: string; onClose: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(number);
  const [tried, setTried] = useState(false);
  const [asking, setAsking] = useState(false);
  const { modal } = App.useApp();
  const queries = useQueryClient();
  const past = recent.use();
  const plain = plainNumber(text);
  const colleague = useColleague(plain, info);
  const fault = numberFault(plain, colleague ? [colleague.number] : []);
  // What can never be dialled is said at once; the rest may still become a number.
  const bad = fault !== null && plain !== "" && (tried || fault === "keys");
  const type = (typed: string) => {
    setText(typed);
    setTried(false);
  };
  /** Whether somebody in the house has the number; what cannot be looked up is the server's to say. */
  const known = async (): Promise<boolean> => {
    if (colleague || plain === info.agent.number) return true;
    return queries.fetchQuery(colleagues(plain)).then((found) => found.agents.some((a) => a.number === plain), () => true);
  };
  const outside = async (): Promise<boolean> => {
    if (!asksFirst(plain) || (await known())) return true;
    return modal.confirm({ title: t("没有这个工号，按外线号码拨出？"), content: <b className="num">{plain}</b>, okText: t("按外线拨出"), autoFocusButton: "cancel" });
  };
  const dial = async () => {
    setTried(true);
    if (fault !== null || !plain || asking) return;
    setAsking(true);
    const goes = await outside().finally(() => { setAsking(false); });
    if (!goes || !(await desk.ask({ do: "dial", number: plain }))) return;
    recent.set([plain, ...past.filter((n) => n !== plain)].slice(0, RECENT_MAX));
    onClose();
  };
  return (
    <Modal open width={340} title={t("拨号")} footer={null} onCancel={onClose} style={{ top: 120 }}>
      <Input
        autoFocus allowClear size="large" className="num" inputMode="tel" value={text} maxLength={40} aria-label={t("号码")} placeholder={t("工号、分机或外线号码")}
        status={bad ? "error" : ""} onChange={(e) => { type(e.target.value); }}
        onPressEnter={(e) => {
          if (e.nativeEvent.isComposing) return;
          // The same key does not answer what it brings up.
          e.preventDefault();
          if (!e.nativeEvent.repeat) void dial();
        }}
      />
      <p style={{ margin: "4px 0 10px", color: bad ? "#b3372f" : "#5a6b71" }} role={bad ? "alert" : undefined}>
        {bad ? t(FAULTS[fault]) : colleague ? t("拨给同事 {{number}} {{name}}", colleague) : t("外线直接拨区号加号码，不用加拨 9。")}
      </p>
      <Pad dials onKey={(k) => { type(text + k); }} />
      <Button block size="large" className="dk-answer" style={{ marginTop: 12 }} icon={<PhoneOutlined />} disabled={!desk.may("dial") || !text.trim()} loading={desk.busy || asking} onClick={() => void dial()}>{t("呼叫")}</Button>
      {past.length > 0 ? (
        <div style={{ marginTop: 12, display: "flex", flexWrap: "wrap", gap: 6, alignItems: "center" }}>
          <span style={{ color: "#5a6b71" }}>{t("最近拨打")}</span>
          {past.map((n) => <Button key={n} size="small" className="num" onClick={() => { type(n); }}>{n}</Button>)}
        </div>
      ) : null}
    </Modal>
  );
}
