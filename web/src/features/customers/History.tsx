/** 往来: calls, messages and what was noted, newest first. */
import { CommentOutlined, FileTextOutlined, PhoneOutlined } from "@ant-design/icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { getHistory, type Summary, type SummaryChoice } from "@/api/customers.ts";
import { P, useCan } from "@/app/session.ts";
import { merged, type Past } from "@/features/desk/history.ts";
import { between, dateTime, duration } from "@/format/text.ts";
import { direction, disposition, smsState, word } from "@/format/words.ts";
import { Phone, Time } from "@/ui/fields.tsx";
import { Go } from "@/ui/Go.tsx";
import { Empty, Loaded, Panel } from "@/ui/Page.tsx";
import { CodeTag, Tag } from "@/ui/Tag.tsx";

interface Words { dispositions: readonly SummaryChoice[]; agent: (id: number) => string }

function Note({ note, words }: { note: Summary; words: Words }) {
  const { t } = useTranslation();
  const name = words.dispositions.find((d) => d.code === note.disposition)?.name ?? note.disposition;
  return (
    <div style={{ overflowWrap: "anywhere", background: "#f7f9f9", borderRadius: 6, padding: "4px 8px" }}>
      {name ? <Tag tone="accent">{name}</Tag> : null} <span style={{ whiteSpace: "pre-wrap" }}>{note.note}</span>
      <div style={{ color: "#819096", fontSize: 12 }}>{words.agent(note.agent_id)}{note.next_contact_at ? ` · ${t("下次联系 {{at}}", { at: dateTime(note.next_contact_at) })}` : ""}</div>
    </div>
  );
}

function What({ past, words }: { past: Past; words: Words }) {
  const { t } = useTranslation();
  const may = useCan()(P.callRead);
  if (past.kind === "note") return <Note note={past.note} words={words} />;
  if (past.kind === "message") return <><span><CodeTag words={smsState} code={past.message.state} /></span><span style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{past.message.text}</span></>;
  const { call, notes } = past;
  const head = `${t(word(direction, call.direction).text)} · ${call.answered_at ? t("通话 {{time}}", { time: duration(between(call.answered_at, call.ended_at)) }) : t(word(disposition, call.disposition).text)}`;
  return (
    <>
      <span>{may ? <Go to={`/calls?call=${call.id}`}>{head}</Go> : head} <span style={{ color: "#819096" }}><Phone value={call.direction === "outbound" ? call.called : call.caller} /></span></span>
      {notes.map((n) => <Note key={n.id} note={n} words={words} />)}
    </>
  );
}

const ICONS = { call: <PhoneOutlined />, message: <CommentOutlined />, note: <FileTextOutlined /> };

export function History({ customer, words }: { customer: number; words: Words }) {
  const { t } = useTranslation();
  const query = useInfiniteQuery({
    queryKey: ["customer-history", customer, "pages"], queryFn: ({ pageParam }) => getHistory(customer, pageParam), initialPageParam: null as string | null, getNextPageParam: (last) => last.next_before ?? undefined,
  });
  return (
    <Panel title={t("往来记录")}>
      <Loaded query={query}>
        {({ pages }) => {
          const past = merged({ calls: pages.flatMap((p) => p.calls), messages: pages.flatMap((p) => p.messages), summaries: pages.flatMap((p) => p.summaries) });
          if (past.length === 0) return <Empty title={t("还没有往来")} hint={t("和这位客户的通话、短信和小结都会记在这里。")} />;
          return (
            <div style={{ display: "grid", gap: 12 }}>
              {past.map((p) => (
                <div key={p.id} style={{ display: "grid", gridTemplateColumns: "20px minmax(0, 1fr) auto", gap: 8, alignItems: "start" }}>
                  <span style={{ color: "#819096", paddingTop: 1 }}>{ICONS[p.kind]}</span>
                  <div style={{ minWidth: 0, display: "grid", gap: 4 }}><What past={p} words={words} /></div>
                  <span style={{ color: "#819096" }}><Time at={p.at} /></span>
                </div>
              ))}
              {query.hasNextPage ? <Button block loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t("更早的往来")}</Button> : null}
            </div>
          );
        }}
      </Loaded>
    </Panel>
  );
}
