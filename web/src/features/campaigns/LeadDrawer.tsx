import { useQuery } from "@tanstack/react-query";
import { Button, Drawer, Timeline } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { getCall } from "@/api/calls.ts";
import { getLead, type CampaignView, type LeadDetail } from "@/api/campaigns.ts";
import { getPast } from "@/api/lists.ts";
import type { Attempt } from "@/api/types.ts";
import { P, useCan } from "@/app/session.ts";
import { CauseText, CallRecordings } from "@/features/calls/CallParts.tsx";
import { useAgentNames } from "@/features/customers/around.ts";
import { between, duration, phone } from "@/format/text.ts";
import { attemptState, carrier, disposition, leadHold, leadNote, leadState, refusal, smsState, TONE, word } from "@/format/words.ts";
import { Dl, Phone, Time } from "@/ui/fields.tsx";
import { Go } from "@/ui/Go.tsx";
import { Loaded } from "@/ui/Page.tsx";
import { CodeTag, Tag } from "@/ui/Tag.tsx";
import { useLists } from "./ListPanel.tsx";
import { resultLabel, resultTone } from "./words.ts";

function AttemptCall({ id }: { id: number }) {
  const query = useQuery({ queryKey: ["call", id], queryFn: () => getCall(id) });
  return <Loaded query={query} rows={2}>{(call) => <CallRecordings call={call} />}</Loaded>;
}

function AttemptItem({ attempt, campaign }: { attempt: Attempt; campaign: CampaignView }) {
  const { t } = useTranslation();
  const can = useCan();
  const [open, setOpen] = useState(false);
  const talked = between(attempt.answered_at, attempt.ended_at);
  const rang = between(attempt.ringing_at, attempt.answered_at ?? attempt.ended_at);
  const result = resultLabel(campaign.results, attempt.result);
  return (
    <div style={{ display: "grid", gap: 4 }}>
      <span style={{ display: "flex", gap: 8, alignItems: "center", flexWrap: "wrap" }}>
        <b>{t("第 {{n}} 次", { n: attempt.ordinal })}</b>
        <Time at={attempt.dialing_at} />
        {attempt.disposition ? <CodeTag words={disposition} code={attempt.disposition} /> : <CodeTag words={attemptState} code={attempt.state} dot />}
        {result ? <Tag tone={resultTone(campaign.results, attempt.result)}>{result}</Tag> : null}
      </span>
      <span style={{ color: "#5a6b71" }} className="num">
        {t("主叫 {{n}}", { n: phone(attempt.caller_id) })}
        {rang != null ? ` · ${t("振铃 {{n}}", { n: duration(rang) })}` : ""}
        {talked != null ? ` · ${t("通话 {{n}}", { n: duration(talked) })}` : ""}
        {attempt.failovers > 0 ? ` · ${t("换线 {{n}} 次", { n: attempt.failovers })}` : ""}
      </span>
      {attempt.refusal ? <span style={{ color: "#9a6408" }}>{t(word(refusal, attempt.refusal).text)}</span> : attempt.disposition ? <CauseText cause={attempt.cause} /> : null}
      {attempt.answered_at && can(P.callRead) ? (
        open ? <AttemptCall id={attempt.call_id} /> : (
          <span style={{ display: "flex", gap: 12, alignItems: "baseline" }}>
            <Button type="link" size="small" style={{ padding: 0 }} onClick={() => { setOpen(true); }}>{t("听录音")}</Button>
            <Go to={`/calls?call=${attempt.call_id}`}>{t("通话详情")}</Go>
          </span>
        )
      ) : null}
    </div>
  );
}

/** All numbers in the order they are tried; the one at hand is marked, those given up are struck out. */
function Numbers({ lead }: { lead: LeadDetail }) {
  const { t } = useTranslation();
  if (lead.phones.length === 0) return <Phone value={lead.phone} strong />;
  return (
    <span style={{ display: "grid", gap: 2 }}>
      {[lead.phone, ...lead.phones].map((number, i) => (
        <span key={number} style={{ display: "flex", gap: 8, alignItems: "center", ...((lead.phones_spent >> i) & 1 ? { textDecoration: "line-through", color: "#819096" } : {}) }}>
          <Phone value={number} strong={i === lead.phone_at} />
          {i === lead.phone_at ? <Tag tone="info">{t("下一个呼这个")}</Tag> : null}
        </span>
      ))}
    </span>
  );
}

/** What other campaigns tried with the same numbers. */
function Elsewhere({ lead }: { lead: LeadDetail }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ["lead", lead.id, "past"], queryFn: () => getPast(lead.id) });
  const others = (query.data?.items ?? []).filter((a) => a.lead_id !== lead.id);
  if (others.length === 0) return null;
  return (
    <section>
      <h3 style={{ fontSize: 14, margin: "0 0 8px" }}>{t("其他任务里的呼叫")}</h3>
      <div style={{ display: "grid", gap: 6, gridTemplateColumns: "minmax(0, 1fr)" }}>
        {others.map((a) => (
          <span key={a.id} style={{ display: "flex", gap: 8, alignItems: "center" }}>
            <Time at={a.dialing_at} />
            <span className="fl-ellipsis" style={{ flex: 1 }} title={a.campaign_name}>{a.campaign_name || t("已删除的任务")}</span>
            {a.disposition ? <CodeTag words={disposition} code={a.disposition} /> : null}
            {a.result_label ? <Tag tone="accent">{a.result_label}</Tag> : null}
          </span>
        ))}
      </div>
    </section>
  );
}

function Body({ lead, campaign }: { lead: LeadDetail; campaign: CampaignView }) {
  const { t } = useTranslation();
  const agents = useAgentNames();
  const lists = useLists(campaign).data?.items ?? [];
  const labels = new Map([["key", t("按键")], ...campaign.fields.map((f): [string, string] => [f.key, f.label])]);
  const rows = Object.entries(lead.variables).map(([k, v]): [string, string] => [labels.get(k) ?? k, typeof v === "object" ? JSON.stringify(v) : String(v)]);
  const attempts = [...lead.history].sort((a, b) => b.ordinal - a.ordinal);
  return (
    <div style={{ display: "grid", gap: 20, gridTemplateColumns: "minmax(0, 1fr)" }}>
      <Dl rows={[
        [t("号码"), <Numbers key="p" lead={lead} />],
        [t("归属地"), `${lead.region || t("未知")} · ${t(word(carrier, lead.carrier).text)}`],
        [t("状态"), <span key="s" style={{ display: "inline-flex", gap: 8 }}><CodeTag words={leadState} code={lead.state} />{lead.note ? <span style={{ color: "#9a6408" }}>{t(word(leadNote, lead.note).text)}</span> : lead.hold in leadHold && ["ready", "retry"].includes(lead.state) ? <span style={{ color: "#5a6b71" }}>{t(word(leadHold, lead.hold).text)}</span> : null}</span>],
        [t("结果"), resultLabel(campaign.results, lead.result) ?? t("还没有")],
        ...(lead.state === "retry" || lead.hold === "time" ? [[t("下次呼叫"), <Time key="n" at={lead.next_at} />] as [string, React.ReactNode]] : []),
        ...(lead.expires_at ? [[t("限时呼叫"), <span key="e">{t("最晚")} <Time at={lead.expires_at} /></span>] as [string, React.ReactNode]] : []),
        ...(lists.length > 1 ? [[t("名单"), lists.find((l) => l.id === lead.list_id)?.name ?? "—"] as [string, React.ReactNode]] : []),
        ...(lead.agent_id != null ? [[t("专属坐席"), agents.name(lead.agent_id)] as [string, React.ReactNode]] : []),
        ...(lead.source_id ? [[t("来源编号"), lead.source_id] as [string, React.ReactNode]] : []),
        ...rows,
      ]} />
      <section>
        <h3 style={{ fontSize: 14, margin: "0 0 12px" }}>{t("呼叫经过")}</h3>
        {attempts.length === 0 ? <span style={{ color: "#819096" }}>{t("还没有呼叫过。")}</span> : (
          <Timeline items={attempts.map((a) => ({ key: a.id, color: TONE[word(disposition, a.disposition ?? "").tone].fg, content: <AttemptItem attempt={a} campaign={campaign} /> }))} />
        )}
      </section>
      <Elsewhere lead={lead} />
      {lead.sms.length > 0 ? (
        <section>
          <h3 style={{ fontSize: 14, margin: "0 0 8px" }}>{t("短信")}</h3>
          {lead.sms.map((m) => (
            <div key={m.id} style={{ display: "grid", gap: 2, padding: "8px 10px", background: "#f7f9f9", borderRadius: 6, marginBottom: 6 }}>
              <span style={{ display: "flex", gap: 8 }}><Time at={m.created_at} /><CodeTag words={smsState} code={m.state} /></span>
              <span style={{ whiteSpace: "pre-wrap" }}>{m.text}</span>
            </div>
          ))}
        </section>
      ) : null}
    </div>
  );
}

export function LeadDrawer({ id, campaign, onClose }: { id: number; campaign: CampaignView; onClose: () => void }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ["lead", id], queryFn: () => getLead(id) });
  return (
    <Drawer open size={520} title={query.data?.name || t("名单详情")} onClose={onClose}>
      <Loaded query={query}>{(lead) => <Body lead={lead} campaign={campaign} />}</Loaded>
    </Drawer>
  );
}
