import { FileTextOutlined, MessageOutlined, PhoneOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { getHistory, type Summary } from "@/api/customers.ts";
import { between, duration } from "@/format/text.ts";
import { direction, disposition, smsState, word } from "@/format/words.ts";
import { Time } from "@/ui/fields.tsx";
import { Empty, Loaded } from "@/ui/Page.tsx";
import { CodeTag } from "@/ui/Tag.tsx";
import { merged, type Past } from "./history.ts";
import { deskQuery } from "./useDesk.ts";

const SHOWN_MAX = 60;

/** 往来记录: calls, messages and what was noted. */
export function HistoryTab({ customer }: { customer: number | null }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ["customer-history", customer], queryFn: () => getHistory(customer ?? 0), enabled: customer !== null });
  if (customer === null) return <Empty title={t("还不知道是哪位客户")} hint={t("在左边选好是哪一位，或新建客户，就能看到以前的往来。")} />;
  return (
    <Loaded query={query}>
      {(data) => {
        const past = merged(data);
        if (past.length === 0) return <Empty title={t("第一次联系")} hint={t("和这位客户还没有通话、短信或小结。")} />;
        return <div>{past.slice(0, SHOWN_MAX).map((p) => <One key={p.id} past={p} />)}</div>;
      }}
    </Loaded>
  );
}

function One({ past }: { past: Past }) {
  const { t } = useTranslation();
  if (past.kind === "note") return <div className="dk-hist"><FileTextOutlined /><Note note={past.note} /><Time at={past.at} /></div>;
  if (past.kind === "message") {
    return (
      <div className="dk-hist">
        <MessageOutlined />
        <div style={{ minWidth: 0 }}>
          <CodeTag words={smsState} code={past.message.state} /> <span className="fl-clamp2" style={{ marginTop: 3 }} title={past.message.text}>{past.message.text}</span>
        </div>
        <Time at={past.at} />
      </div>
    );
  }
  const { call, notes } = past;
  const talked = duration(between(call.answered_at, call.ended_at));
  return (
    <div className="dk-hist">
      <PhoneOutlined />
      <div style={{ minWidth: 0, display: "grid", gap: 3 }}>
        <span>{t(word(direction, call.direction).text)} · {call.answered_at ? t("通话 {{time}}", { time: talked }) : t(word(disposition, call.disposition).text)}{call.result ? ` · ${call.result}` : ""}</span>
        {notes.map((n) => <Note key={n.id} note={n} />)}
      </div>
      <Time at={past.at} />
    </div>
  );
}

function Note({ note }: { note: Summary }) {
  const info = useQuery({ ...deskQuery, enabled: false });
  const name = note.label || (info.data?.dispositions.find((d) => d.code === note.disposition)?.name ?? note.disposition);
  return (
    <div style={{ minWidth: 0, overflowWrap: "anywhere" }}>
      {name ? <b>{name} </b> : null}<span style={{ whiteSpace: "pre-wrap" }}>{note.note}</span>
    </div>
  );
}
