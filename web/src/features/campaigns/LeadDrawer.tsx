import { useQuery } from "@tanstack/react-query";
import { Button, Drawer, Timeline } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { getCall } from "@/api/calls.ts";
import { getLead, type CampaignView, type LeadDetail } from "@/api/campaigns.ts";
import type { Attempt } from "@/api/types.ts";
import { P, useCan } from "@/app/session.ts";
import { CauseText, CallRecordings } from "@/features/calls/CallParts.tsx";
import { between, duration, phone } from "@/format/text.ts";
import { attemptState, carrier, disposition, leadNote, leadState, refusal, smsState, TONE, word } from "@/format/words.ts";
import { Dl, Phone, Time } from "@/ui/fields.tsx";
import { Go } from "@/ui/Go.tsx";
import { Loaded } from "@/ui/Page.tsx";
import { CodeTag, Tag } from "@/ui/Tag.tsx";
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

function Body({ lead, campaign }: { lead: LeadDetail; campaign: CampaignView }) {
  const { t } = useTranslation();
  const labels = new Map([["key", t("按键")], ...campaign.fields.map((f): [string, string] => [f.key, f.label])]);
  const rows = Object.entries(lead.variables).map(([k, v]): [string, string] => [labels.get(k) ?? k, typeof v === "object" ? JSON.stringify(v) : String(v)]);
  const attempts = [...lead.history].sort((a, b) => b.ordinal - a.ordinal);
  return (
    <div style={{ display: "grid", gap: 20 }}>
      <Dl rows={[
        [t("号码"), <Phone key="p" value={lead.phone} strong />],
        [t("归属地"), `${lead.region || t("未知")} · ${t(word(carrier, lead.carrier).text)}`],
        [t("状态"), <span key="s" style={{ display: "inline-flex", gap: 8 }}><CodeTag words={leadState} code={lead.state} />{lead.note ? <span style={{ color: "#9a6408" }}>{t(word(leadNote, lead.note).text)}</span> : null}</span>],
        [t("结果"), resultLabel(campaign.results, lead.result) ?? t("还没有")],
        ...(lead.state === "retry" ? [[t("下次呼叫"), <Time key="n" at={lead.next_at} />] as [string, React.ReactNode]] : []),
        ...rows,
      ]} />
      <section>
        <h3 style={{ fontSize: 14, margin: "0 0 12px" }}>{t("呼叫经过")}</h3>
        {attempts.length === 0 ? <span style={{ color: "#819096" }}>{t("还没有呼叫过。")}</span> : (
          <Timeline items={attempts.map((a) => ({ key: a.id, color: TONE[word(disposition, a.disposition ?? "").tone].fg, content: <AttemptItem attempt={a} campaign={campaign} /> }))} />
        )}
      </section>
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
