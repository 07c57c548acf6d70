/** 通话小结. Typed during the call and in the wrap-up; kept until it is saved. In a task's call its own outcomes are chosen. */
import { CheckOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, DatePicker, Form, Input, Select } from "antd";
import dayjs from "dayjs";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { getSummaries, type DeskCall, type DeskInfo } from "@/api/desk.ts";
import type { WorkView } from "@/api/work.ts";
import { useAct } from "@/ui/act.tsx";
import { Tag } from "@/ui/Tag.tsx";
import { BookButton } from "./BookDialog.tsx";
import { change, draftOf, drop, saved, useDrafts, type Draft } from "./drafts.ts";
import { Lacking, OutcomeFields } from "./OutcomeFields.tsx";
import { write } from "./save.ts";
import type { Desk } from "./useDesk.ts";
import { blankWork, confirmationOf, lacks, type Lack } from "./work.ts";

const NOTE_MAX = 2000;

interface Props { call: DeskCall; info: DeskInfo; desk: Desk; work: WorkView | null; onLack: (lack: Lack | null, all: Lack[]) => void }

export function SummaryPanel({ call, info, desk, work, onLack }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const drafts = useDrafts();
  const entry = drafts.find((n) => n.call_id === call.call_id);
  const draft = draftOf(drafts, call);
  const kept = useKept(call, info, entry !== undefined);
  const [tried, setTried] = useState(false);
  const missing = work ? lacks(work, work.outcomes.find((o) => o.code === draft.disposition), draft, confirmationOf(call, work)) : [];
  const save = useAct((d: Draft) => write(call.call_id, d, work !== null), {
    done: t("小结已保存"), refresh: ["customer-history", "summaries", "appointments", "leads", "lead"],
    onDone: () => {
      saved(call);
      setTried(false);
    },
  });
  const { state, agent_id } = desk.view.agent;
  const current = desk.view.call?.call_id === call.call_id;
  /** What is missing is named instead. */
  const ready = (): boolean => {
    setTried(true);
    if (missing.length === 0) return true;
    void message.warning(t("还有 {{n}} 项没有完成", { n: missing.length }));
    onLack(missing[0] ?? null, missing);
    return false;
  };
  const finish = async () => {
    if (ready()) await save.mutateAsync(draft).then(() => desk.ask({ do: "ready" }), () => undefined);
  };
  const mine = kept?.agent_id === agent_id || kept === undefined;
  const outcomes = work !== null && work.outcomes.length > 0 ? work : null;
  return (
    <section className="fl-panel grow" aria-label={t("通话小结")}>
      <header>
        <span>{t("通话小结")}</span>
        {entry?.dirty ? <Tag tone="warn">{t("未保存")}</Tag> : kept && mine ? <Tag tone="ok"><CheckOutlined /> {t("已保存")}</Tag> : null}
      </header>
      <div className="dk-scroll" style={{ flex: 1 }}>
        {outcomes ? <OutcomeFields call={call} work={outcomes} draft={draft.work ?? blankWork} chosen={draft.disposition} desk={desk} /> : null}
        <SummaryFields draft={draft} info={info} own={outcomes === null} next={outcomes?.outcomes.find((o) => o.code === draft.disposition)?.then.do !== "callback"} onChange={(part) => { change(call, part); }} />
      </div>
      {tried ? <Lacking items={missing} onGo={(l) => { onLack(l, missing); }} /> : null}
      <div style={{ display: "flex", gap: 8, padding: "10px 14px", borderTop: "1px solid #edf1f2" }}>
        <Button type={current && state === "wrap_up" ? "default" : "primary"} disabled={!entry?.dirty} loading={save.isPending} onClick={() => { if (ready()) save.mutate(draft); }}>{t("保存小结")}</Button>
        {current && state === "wrap_up" ? <Button className="dk-answer" disabled={!desk.may("ready")} loading={desk.busy} onClick={() => void (entry?.dirty ? finish() : desk.ask({ do: "ready" }))}>{entry?.dirty ? t("保存并示闲") : t("示闲")}</Button> : null}
        <span style={{ flex: 1 }} />
        <BookButton call={call} customer={draft.customer_id} />
        {current ? null : <Button type="text" onClick={() => { drop(call.call_id); }}>{t("丢弃")}</Button>}
      </div>
    </section>
  );
}

/** What was saved about the call before, on another page or before a reload: it is the start of the draft. */
function useKept(call: DeskCall, info: DeskInfo, known: boolean) {
  const query = useQuery({ queryKey: ["summaries", call.call_id], queryFn: () => getSummaries(call.call_id), staleTime: 60_000, retry: false });
  const own = query.data?.find((s) => s.agent_id === info.agent.id);
  useEffect(() => {
    if (!own || known) return;
    change(call, { disposition: own.disposition, note: own.note, next_contact_at: own.next_contact_at ?? null, ...(own.customer_id ? { customer_id: own.customer_id } : {}) });
    saved(call);
  }, [own, known, call]);
  return own;
}

function SummaryFields({ draft, info, own, next, onChange }: { draft: Draft; info: DeskInfo; own: boolean; next: boolean; onChange: (part: Partial<Draft>) => void }) {
  const { t } = useTranslation();
  return (
    <Form layout="vertical" component="div">
      {own ? (
        <Form.Item label={t("处理结果")} htmlFor="dk-disposition" style={{ marginBottom: 10 }}>
          <Select
            id="dk-disposition" allowClear showSearch={{ optionFilterProp: "label" }} value={draft.disposition || null} placeholder={t("请选择")} notFoundContent={t("还没有可选的结果，可请管理员在系统设置里添加")}
            options={info.dispositions.map((d) => ({ value: d.code, label: d.name }))} onChange={(v: string | null | undefined) => { onChange({ disposition: v ?? "" }); }}
          />
        </Form.Item>
      ) : null}
      <Form.Item label={t("备注")} htmlFor="dk-note" style={{ marginBottom: 10 }}>
        <Input.TextArea id="dk-note" value={draft.note} maxLength={NOTE_MAX} autoSize={{ minRows: own ? 5 : 3, maxRows: 12 }} placeholder={t("客户说了什么，怎么处理的")} onChange={(e) => { onChange({ note: e.target.value }); }} />
      </Form.Item>
      {next ? (
        <Form.Item label={t("下次联系")} htmlFor="dk-next" style={{ marginBottom: 0 }}>
          <DatePicker
            id="dk-next" style={{ width: "100%" }} showTime={{ format: "HH:mm", minuteStep: 5 }} format="YYYY-MM-DD HH:mm" value={draft.next_contact_at ? dayjs(draft.next_contact_at) : null}
            disabledDate={(d) => d.isBefore(dayjs(), "day")} placeholder={t("不预约")} onChange={(d: dayjs.Dayjs | null) => { onChange({ next_contact_at: d ? d.toISOString() : null }); }}
          />
        </Form.Item>
      ) : null}
    </Form>
  );
}
