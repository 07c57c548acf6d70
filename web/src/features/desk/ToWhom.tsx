/** 转接 and 咨询: a colleague, a queue (transfers only) or any number. */
import { PhoneOutlined, SearchOutlined, TeamOutlined, UserOutlined } from "@ant-design/icons";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Input, Modal, Skeleton } from "antd";
import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Destination } from "@/api/board.ts";
import { getColleagues, type Colleagues, type DeskExtension, type DeskInfo } from "@/api/desk.ts";
import { agentState } from "@/format/words.ts";
import { Failure } from "@/ui/Page.tsx";
import { CodeTag, Tag } from "@/ui/Tag.tsx";
import { numberFault, plainNumber } from "./state.ts";
import type { Desk } from "./useDesk.ts";

const REST_MS = 250;

/** What was typed, once typing rests. */
function useRested(text: string): string {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => { setRested(text); }, REST_MS);
    return () => { clearTimeout(timer); };
  }, [text]);
  return rested;
}

interface Choice { key: string; to: Destination; icon: ReactNode; text: ReactNode; note: ReactNode; off: boolean }

/** What fits the search: the number itself, queues, colleagues. */
function useChoices(found: Colleagues | undefined, kind: "transfer" | "consult", text: string, self: number, extensions: readonly DeskExtension[]): Choice[] {
  const { t } = useTranslation();
  if (!found) return [];
  const plain = plainNumber(text);
  const number: Choice = { key: "n", to: { kind: "number", number: plain }, icon: <PhoneOutlined />, text: <>{t("拨打号码")} <b className="num">{plain}</b></>, note: null, off: false };
  const queues = (kind === "transfer" ? found.queues : []).map((q): Choice => ({
    key: `q${q.id}`, to: { kind: "queue", queue: q.id }, icon: <TeamOutlined />, text: q.name, off: false, note: <Tag tone={q.ready > 0 ? "ok" : "muted"}>{t("空闲 {{n}} 人", { n: q.ready })}</Tag>,
  }));
  const agents = found.agents.filter((a) => a.agent_id !== self).map((a): Choice => ({
    key: `a${a.agent_id}`, to: { kind: "agent", agent: a.agent_id }, icon: <UserOutlined />, text: <><b className="num">{a.number}</b> {a.name}</>, off: a.state === "off", note: <CodeTag words={agentState} code={a.state} />,
  }));
  // A colleague's number is meant for the colleague.
  const own = found.agents.some((a) => a.number === plain);
  const may = plain !== "" && numberFault(plain, extensions.map((e) => e.number)) === null;
  return [...(may && !own ? [number] : []), ...queues, ...agents];
}

export function ToWhom({ desk, info, kind, onClose }: { desk: Desk; info: DeskInfo; kind: "transfer" | "consult"; onClose: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const q = useRested(text.trim());
  const query = useQuery({ queryKey: ["colleagues", q], queryFn: () => getColleagues(q), placeholderData: keepPreviousData, refetchInterval: 3_000 });
  const choices = useChoices(query.data, kind, text, desk.view.agent.agent_id, info.extensions);
  const may = desk.may(kind);
  const choose = async (to: Destination) => {
    if (may && (await desk.ask({ do: kind, to }))) onClose();
  };
  const enter = () => {
    const [only, more] = choices.filter((c) => !c.off);
    if (only && !more && q === text.trim() && !query.isPlaceholderData) void choose(only.to);
  };
  const hint = kind === "transfer" ? t("转出后您退出通话，客户等待对方接听；没人接时客户会回到您这里。") : t("客户先听音乐，您和对方商量后再转接、开三方或取回客户。");
  const label = t("搜索工号、姓名、坐席组，或输入号码");
  return (
    <Modal open width={520} title={kind === "transfer" ? t("转接给") : t("咨询谁")} footer={null} onCancel={onClose} style={{ top: 96 }}>
      <p style={{ margin: "0 0 10px", color: "#5a6b71" }}>{hint}</p>
      <Input
        autoFocus allowClear prefix={<SearchOutlined />} value={text} maxLength={40} placeholder={label} aria-label={label} style={{ marginBottom: 10 }} onChange={(e) => { setText(e.target.value); }}
        onPressEnter={(e) => { if (!e.nativeEvent.isComposing) enter(); }}
      />
      {query.data ? <Choices choices={choices} text={text} disabled={!may} onChoose={(to) => void choose(to)} /> : query.error ? <Failure error={query.error} retry={() => void query.refetch()} /> : <Skeleton active title={false} />}
    </Modal>
  );
}

function Choices({ choices, text, disabled, onChoose }: { choices: Choice[]; text: string; disabled: boolean; onChoose: (to: Destination) => void }) {
  const { t } = useTranslation();
  return (
    <div className="dk-choices">
      {choices.map((c) => (
        <button key={c.key} type="button" className="dk-choice" disabled={disabled || c.off} onClick={() => { onChoose(c.to); }}>
          {c.icon}<span className="fl-ellipsis" style={{ flex: 1 }}>{c.text}</span>{c.note}
        </button>
      ))}
      {choices.length === 0 ? <p style={{ color: "#5a6b71", textAlign: "center", padding: 16, margin: 0 }}>{text.trim() ? t("没有找到“{{text}}”；输入完整号码可以直接拨打。", { text: text.trim() }) : t("现在没有别的同事，可以输入号码直接拨打。")}</p> : null}
    </div>
  );
}
