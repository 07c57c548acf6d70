/** 转接 and 咨询: a colleague, a queue (transfers only) or any number. */
import { PhoneOutlined, SearchOutlined, TeamOutlined, UserOutlined } from "@ant-design/icons";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Input, Modal, Skeleton } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Destination } from "@/api/board.ts";
import { getColleagues, type Colleagues } from "@/api/desk.ts";
import { agentState } from "@/format/words.ts";
import { Failure } from "@/ui/Page.tsx";
import { CodeTag, Tag } from "@/ui/Tag.tsx";
import { plainNumber, validNumber } from "./state.ts";
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

export function ToWhom({ desk, kind, onClose }: { desk: Desk; kind: "transfer" | "consult"; onClose: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const q = useRested(text.trim());
  const query = useQuery({ queryKey: ["colleagues", q], queryFn: () => getColleagues(q), placeholderData: keepPreviousData, refetchInterval: 3_000 });
  const choose = async (to: Destination) => {
    if (await desk.ask({ do: kind, to })) onClose();
  };
  const hint = kind === "transfer" ? t("转出后您退出通话，客户等待对方接听；没人接时客户会回到您这里。") : t("客户先听音乐，您和对方商量后再转接、开三方或取回客户。");
  return (
    <Modal open width={520} title={kind === "transfer" ? t("转接给") : t("咨询谁")} footer={null} onCancel={onClose} style={{ top: 96 }}>
      <p style={{ margin: "0 0 10px", color: "#5a6b71" }}>{hint}</p>
      <Input autoFocus allowClear prefix={<SearchOutlined />} value={text} maxLength={40} placeholder={t("搜索工号、姓名、坐席组，或输入号码")} aria-label={t("搜索工号、姓名、坐席组，或输入号码")} onChange={(e) => { setText(e.target.value); }} style={{ marginBottom: 10 }} />
      {query.data ? <Choices found={query.data} kind={kind} text={text} self={desk.view.agent.agent_id} disabled={!desk.may(kind)} onChoose={(to) => void choose(to)} /> : query.error ? <Failure error={query.error} retry={() => void query.refetch()} /> : <Skeleton active title={false} />}
    </Modal>
  );
}

function Choices({ found, kind, text, self, disabled, onChoose }: {
  found: Colleagues; kind: "transfer" | "consult"; text: string; self: number; disabled: boolean; onChoose: (to: Destination) => void;
}) {
  const { t } = useTranslation();
  const plain = plainNumber(text);
  const agents = found.agents.filter((a) => a.agent_id !== self);
  const queues = kind === "transfer" ? found.queues : [];
  const dialable = validNumber(plain);
  return (
    <div className="dk-choices">
      {dialable ? (
        <button type="button" className="dk-choice" disabled={disabled} onClick={() => { onChoose({ kind: "number", number: plain }); }}>
          <PhoneOutlined /><span style={{ flex: 1 }}>{t("拨打号码")} <b className="num">{plain}</b></span>
        </button>
      ) : null}
      {queues.map((q) => (
        <button key={`q${q.id}`} type="button" className="dk-choice" disabled={disabled} onClick={() => { onChoose({ kind: "queue", queue: q.id }); }}>
          <TeamOutlined /><span className="fl-ellipsis" style={{ flex: 1 }}>{q.name}</span><Tag tone={q.ready > 0 ? "ok" : "muted"}>{t("空闲 {{n}} 人", { n: q.ready })}</Tag>
        </button>
      ))}
      {agents.map((a) => (
        <button key={a.agent_id} type="button" className="dk-choice" disabled={disabled || a.state === "off"} onClick={() => { onChoose({ kind: "agent", agent: a.agent_id }); }}>
          <UserOutlined /><span className="fl-ellipsis" style={{ flex: 1 }}><b className="num">{a.number}</b> {a.name}</span><CodeTag words={agentState} code={a.state} />
        </button>
      ))}
      {agents.length + queues.length === 0 && !dialable ? <p style={{ color: "#5a6b71", textAlign: "center", padding: 16, margin: 0 }}>{text.trim() ? t("没有找到“{{text}}”；输入完整号码可以直接拨打。", { text: text.trim() }) : t("现在没有别的同事，可以输入号码直接拨打。")}</p> : null}
    </div>
  );
}
