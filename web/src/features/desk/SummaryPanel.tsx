/** 通话小结. Typed during the call and in the wrap-up; kept until it is saved. */
import { CheckOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, DatePicker, Form, Input, Select } from "antd";
import dayjs from "dayjs";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { getSummaries, putSummary, type DeskCall, type DeskInfo } from "@/api/desk.ts";
import { useAct } from "@/ui/act.tsx";
import { Tag } from "@/ui/Tag.tsx";
import { change, draftOf, drop, saved, useDrafts, type Draft } from "./drafts.ts";
import type { Desk } from "./useDesk.ts";

const NOTE_MAX = 2000;

export function SummaryPanel({ call, info, desk }: { call: DeskCall; info: DeskInfo; desk: Desk }) {
  const { t } = useTranslation();
  const drafts = useDrafts();
  const entry = drafts.find((n) => n.call_id === call.call_id);
  const draft = draftOf(drafts, call);
  const kept = useKept(call, info, entry !== undefined);
  const save = useAct((d: Draft) => putSummary(call.call_id, d), { done: t("小结已保存"), refresh: ["customer-history", "summaries"], onDone: () => { saved(call); } });
  const { state, agent_id } = desk.view.agent;
  const current = desk.view.call?.call_id === call.call_id;
  const finish = async () => {
    await save.mutateAsync(draft).then(() => desk.ask({ do: "ready" }), () => undefined);
  };
  const mine = kept?.agent_id === agent_id || kept === undefined;
  return (
    <section className="fl-panel grow" aria-label={t("通话小结")}>
      <header>
        <span>{t("通话小结")}</span>
        {entry?.dirty ? <Tag tone="warn">{t("未保存")}</Tag> : kept && mine ? <Tag tone="ok"><CheckOutlined /> {t("已保存")}</Tag> : null}
      </header>
      <div className="dk-scroll" style={{ flex: 1 }}>
        <SummaryFields draft={draft} info={info} onChange={(part) => { change(call, part); }} />
      </div>
      <div style={{ display: "flex", gap: 8, padding: "10px 14px", borderTop: "1px solid #edf1f2" }}>
        <Button type={current && state === "wrap_up" ? "default" : "primary"} disabled={!entry?.dirty} loading={save.isPending} onClick={() => { save.mutate(draft); }}>{t("保存小结")}</Button>
        {current && state === "wrap_up" ? <Button className="dk-answer" disabled={!desk.may("ready")} loading={desk.busy} onClick={() => void (entry?.dirty ? finish() : desk.ask({ do: "ready" }))}>{entry?.dirty ? t("保存并示闲") : t("示闲")}</Button> : null}
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

function SummaryFields({ draft, info, onChange }: { draft: Draft; info: DeskInfo; onChange: (part: Partial<Draft>) => void }) {
  const { t } = useTranslation();
  return (
    <Form layout="vertical" component="div">
      <Form.Item label={t("处理结果")} htmlFor="dk-disposition" style={{ marginBottom: 10 }}>
        <Select
          id="dk-disposition" allowClear showSearch={{ optionFilterProp: "label" }} value={draft.disposition || null} placeholder={t("请选择")} notFoundContent={t("还没有可选的结果，可请管理员在系统设置里添加")}
          options={info.dispositions.map((d) => ({ value: d.code, label: d.name }))} onChange={(v: string | null | undefined) => { onChange({ disposition: v ?? "" }); }}
        />
      </Form.Item>
      <Form.Item label={t("备注")} htmlFor="dk-note" style={{ marginBottom: 10 }}>
        <Input.TextArea id="dk-note" value={draft.note} maxLength={NOTE_MAX} autoSize={{ minRows: 5, maxRows: 12 }} placeholder={t("客户说了什么，怎么处理的")} onChange={(e) => { onChange({ note: e.target.value }); }} />
      </Form.Item>
      <Form.Item label={t("下次联系")} htmlFor="dk-next" style={{ marginBottom: 0 }}>
        <DatePicker
          id="dk-next" style={{ width: "100%" }} showTime={{ format: "HH:mm", minuteStep: 5 }} format="YYYY-MM-DD HH:mm" value={draft.next_contact_at ? dayjs(draft.next_contact_at) : null}
          disabledDate={(d) => d.isBefore(dayjs(), "day")} placeholder={t("不预约")} onChange={(d: dayjs.Dayjs | null) => { onChange({ next_contact_at: d ? d.toISOString() : null }); }}
        />
      </Form.Item>
    </Form>
  );
}
