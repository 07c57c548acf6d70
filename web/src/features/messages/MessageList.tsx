import { Button, DatePicker, Drawer, Form, Input, Modal, type TableColumnsType } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { getSms, retrySms, sendSms } from "@/api/messages.ts";
import type { Sms } from "@/api/types.ts";
import { P, useCan } from "@/app/session.ts";
import { dateTime, phone, splitNumbers } from "@/format/text.ts";
import { direction, smsState } from "@/format/words.ts";
import { useAct } from "@/ui/act.tsx";
import { CursorTable } from "@/ui/CursorTable.tsx";
import { CodeSelect, Dl, Phone, SearchBox, Time } from "@/ui/fields.tsx";
import { useFilters } from "@/ui/filters.ts";
import { Go, GoButton } from "@/ui/Go.tsx";
import { Empty } from "@/ui/Page.tsx";
import { CodeTag } from "@/ui/Tag.tsx";

export function SendDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ phones: string; text: string; at?: Dayjs }>();
  const send = useAct((f: { phones: string; text: string; at?: Dayjs }) => sendSms({ phones: splitNumbers(f.phones), text: f.text, send_at: f.at ? f.at.toISOString() : null }), {
    done: t("已放入发送队列"), refresh: ["sms"], form, onDone: onClose,
  });
  const text = Form.useWatch("text", form) ?? "";
  const parts = text.length <= 70 ? 1 : Math.ceil(text.length / 67);
  return (
    <Modal open width={500} title={t("发短信")} okText={t("发送")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={send.isPending}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(f: { phones: string; text: string }) => { send.mutate(f); }} style={{ marginTop: 12 }}>
        <Form.Item name="phones" label={t("手机号")} rules={[{ required: true, message: t("请输入手机号") }]} extra={t("多个号码用逗号或换行分开。")}><Input.TextArea autoFocus autoSize={{ minRows: 1, maxRows: 5 }} className="num" /></Form.Item>
        <Form.Item name="text" label={t("内容")} rules={[{ required: true, message: t("请输入内容") }]} extra={t("{{n}} 个字，按 {{parts}} 条计费（签名另计）", { n: text.length, parts })}><Input.TextArea autoSize={{ minRows: 3, maxRows: 8 }} maxLength={1000} /></Form.Item>
        <Form.Item name="at" label={t("发送时间")} extra={t("不填则马上发送。")}><DatePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" /></Form.Item>
      </Form>
    </Modal>
  );
}

function Detail({ sms, onClose }: { sms: Sms; onClose: () => void }) {
  const { t } = useTranslation();
  const can = useCan();
  const retry = useAct(() => retrySms(sms.id), { done: t("已重新放入发送队列"), refresh: ["sms"], onDone: onClose });
  const rows: [string, React.ReactNode][] = [
    [t("号码"), <Phone key="p" value={sms.phone} strong />], [t("状态"), <CodeTag key="s" words={smsState} code={sms.state} />],
    [t("创建时间"), dateTime(sms.created_at, true)], [t("提交时间"), dateTime(sms.sent_at, true)], [t("尝试次数"), sms.tries],
    [t("网关编号"), sms.provider_ref ? <span key="r" className="fl-mono">{sms.provider_ref}</span> : "—"],
  ];
  if (sms.state === "queued") rows.push([t("下次发送"), dateTime(sms.next_at, true)]);
  if (sms.error) rows.push([t("失败原因"), <span key="e" style={{ color: "#b3372f" }}>{sms.error}</span>]);
  if (sms.campaign_id != null) rows.push([t("任务"), <Go key="c" to={`/campaigns/${sms.campaign_id}/overview`}>{t("查看任务")}</Go>]);
  if (sms.call_id != null) rows.push([t("通话"), <Go key="k" to={`/calls?call=${sms.call_id}`}>{t("查看通话")}</Go>]);
  return (
    <Drawer open size={440} title={t("短信 {{n}}", { n: phone(sms.phone) })} onClose={onClose}
      extra={sms.state === "failed" && can(P.messageSend) ? <Button loading={retry.isPending} onClick={() => { retry.mutate(undefined); }}>{t("重新发送")}</Button> : null}>
      <p style={{ whiteSpace: "pre-wrap", background: "#f1f8f7", borderRadius: 8, padding: "10px 14px", margin: "0 0 18px" }}>{sms.text}</p>
      <Dl rows={rows} />
    </Drawer>
  );
}

export function MessageList() {
  const { t } = useTranslation();
  const can = useCan();
  const [f, set] = useFilters();
  const [open, setOpen] = useState<Sms>();
  const columns: TableColumnsType<Sms> = [
    { title: t("时间"), key: "at", width: 110, render: (_, m) => <Time at={m.created_at} /> },
    { title: t("方向"), key: "dir", width: 76, render: (_, m) => <CodeTag words={{ outbound: { ...direction.outbound, text: t("发出"), tone: "info" }, inbound: { text: t("收到"), tone: "accent" } }} code={m.direction} /> },
    { title: t("号码"), key: "phone", width: 140, render: (_, m) => <Phone value={m.phone} strong /> },
    { title: t("内容"), key: "text", width: 460, render: (_, m) => <span className="fl-clamp2" style={{ maxWidth: 460, whiteSpace: "normal" }} title={m.text}>{m.text}</span> },
    { title: t("状态"), key: "state", width: 100, render: (_, m) => <span title={m.error ?? undefined}><CodeTag words={smsState} code={m.state} dot={m.state === "sending"} /></span> },
    { title: t("次数"), key: "tries", width: 60, align: "right", dataIndex: "tries" },
    { title: t("提交时间"), key: "sent", width: 110, render: (_, m) => <Time at={m.sent_at} /> },
  ];
  const filtered = Boolean(f.q ?? f.state ?? f.direction);
  return (
    <>
      <div className="fl-filters">
        <SearchBox value={f.q} onChange={(q) => { set({ q }); }} placeholder={t("搜索号码")} />
        <CodeSelect words={smsState} value={f.state} onChange={(state) => { set({ state }); }} placeholder={t("全部状态")} />
        <CodeSelect words={{ outbound: { text: t("发出"), tone: "info" }, inbound: { text: t("收到"), tone: "accent" } }} value={f.direction} onChange={(d) => { set({ direction: d }); }} placeholder={t("方向")} width={90} />
      </div>
      <CursorTable<Sms> name={["sms"]} params={{ q: f.q, state: f.state, direction: f.direction }} load={getSms} columns={columns} onOpen={setOpen} current={open?.id}
        empty={filtered ? <Empty title={t("没有符合条件的短信")} hint={t("换个条件试试，或清空筛选。")} />
          : <Empty title={t("还没有短信")} hint={t("流程里的“发短信”节点会写到这里。发送前请先在系统设置里填好短信网关。")} action={can(P.settingsWrite) ? <GoButton to="/settings?section=sms">{t("设置短信网关")}</GoButton> : null} />} />
      {open ? <Detail sms={open} onClose={() => { setOpen(undefined); }} /> : null}
    </>
  );
}
