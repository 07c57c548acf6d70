import { Button, DatePicker, Drawer, Form, Input, Modal, type TableColumnsType } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { getMails, retryMail, sendMail } from "@/api/mails.ts";
import type { Mail } from "@/api/mails.ts";
import { P, useCan } from "@/app/session.ts";
import { dateTime } from "@/format/text.ts";
import { mailState } from "@/format/words.ts";
import { useAct } from "@/ui/act.tsx";
import { CursorTable } from "@/ui/CursorTable.tsx";
import { CodeSelect, Dl, SearchBox, Time } from "@/ui/fields.tsx";
import { useFilters } from "@/ui/filters.ts";
import { Go, GoButton } from "@/ui/Go.tsx";
import { Empty } from "@/ui/Page.tsx";
import { CodeTag } from "@/ui/Tag.tsx";

interface Draft { to: string; subject: string; text: string; at?: Dayjs | null }

export function MailDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Draft>();
  const send = useAct((f: Draft) => sendMail({ to: f.to, subject: f.subject, text: f.text, send_at: f.at ? f.at.toISOString() : null }), {
    done: t("已放入发送队列"), refresh: ["mails"], form, onDone: onClose,
  });
  return (
    <Modal open width={560} title={t("发邮件")} okText={t("发送")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={send.isPending}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(f: Draft) => { send.mutate(f); }} style={{ marginTop: 12 }}>
        <Form.Item name="to" label={t("收件人邮箱")} rules={[{ required: true, message: t("请输入邮箱") }]}><Input autoFocus placeholder="zhangsan@example.com" /></Form.Item>
        <Form.Item name="subject" label={t("主题")} rules={[{ required: true, message: t("请输入主题") }]}><Input maxLength={200} /></Form.Item>
        <Form.Item name="text" label={t("内容")} rules={[{ required: true, message: t("请输入内容") }]}><Input.TextArea autoSize={{ minRows: 5, maxRows: 14 }} maxLength={20_000} /></Form.Item>
        <Form.Item name="at" label={t("发送时间")} extra={t("不填则马上发送。")}><DatePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" /></Form.Item>
      </Form>
    </Modal>
  );
}

function Detail({ mail, onClose }: { mail: Mail; onClose: () => void }) {
  const { t } = useTranslation();
  const can = useCan();
  const retry = useAct(() => retryMail(mail.id), { done: t("已重新放入发送队列"), refresh: ["mails"], onDone: onClose });
  const rows: [string, React.ReactNode][] = [
    [t("收件人邮箱"), <b key="t">{mail.to}</b>], [t("状态"), <CodeTag key="s" words={mailState} code={mail.state} />],
    [t("创建时间"), dateTime(mail.created_at, true)], [t("提交时间"), dateTime(mail.sent_at, true)], [t("尝试次数"), mail.tries],
  ];
  if (mail.state === "queued") rows.push([t("下次发送"), dateTime(mail.next_at, true)]);
  if (mail.error) rows.push([t("失败原因"), <span key="e" style={{ color: "#b3372f", overflowWrap: "anywhere" }}>{mail.error}</span>]);
  if (mail.campaign_id != null) rows.push([t("任务"), <Go key="c" to={`/campaigns/${mail.campaign_id}/overview`}>{t("查看任务")}</Go>]);
  return (
    <Drawer open size={520} title={<span style={{ overflowWrap: "anywhere" }}>{mail.subject}</span>} onClose={onClose}
      extra={mail.state === "failed" && can(P.messageSend) ? <Button loading={retry.isPending} onClick={() => { retry.mutate(undefined); }}>{t("重新发送")}</Button> : null}>
      <p style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere", background: "#f1f8f7", borderRadius: 8, padding: "10px 14px", margin: "0 0 18px" }}>{mail.text}</p>
      <Dl rows={rows} />
    </Drawer>
  );
}

export function MailList() {
  const { t } = useTranslation();
  const can = useCan();
  const [f, set] = useFilters();
  const [open, setOpen] = useState<Mail>();
  const columns: TableColumnsType<Mail> = [
    { title: t("时间"), key: "at", width: 110, render: (_, m) => <Time at={m.created_at} /> },
    { title: t("收件人邮箱"), key: "to", width: 220, render: (_, m) => <span style={{ fontWeight: 600, overflowWrap: "anywhere" }}>{m.to}</span> },
    { title: t("主题"), key: "subject", width: 420, render: (_, m) => <span className="fl-clamp2" style={{ maxWidth: 420, whiteSpace: "normal" }} title={m.subject}>{m.subject}</span> },
    { title: t("状态"), key: "state", width: 100, render: (_, m) => <span title={m.error ?? undefined}><CodeTag words={mailState} code={m.state} dot={m.state === "sending"} /></span> },
    { title: t("次数"), key: "tries", width: 60, align: "right", dataIndex: "tries" },
    { title: t("提交时间"), key: "sent", width: 110, render: (_, m) => <Time at={m.sent_at} /> },
  ];
  const filtered = Boolean(f.q ?? f.state);
  return (
    <>
      <div className="fl-filters">
        <SearchBox value={f.q} onChange={(q) => { set({ q }); }} placeholder={t("搜索邮箱或主题")} />
        <CodeSelect words={mailState} value={f.state} onChange={(state) => { set({ state }); }} placeholder={t("全部状态")} />
      </div>
      <CursorTable<Mail> name={["mails"]} params={{ q: f.q, state: f.state }} load={getMails} columns={columns} onOpen={setOpen} current={open?.id}
        empty={filtered ? <Empty title={t("没有符合条件的邮件")} hint={t("换个条件试试，或清空筛选。")} />
          : <Empty title={t("还没有邮件")} hint={t("预约外呼的邮件提醒会写到这里。发送前请先在系统设置里填好邮件服务器。")} action={can(P.settingsWrite) ? <GoButton to="/settings?section=mail">{t("设置邮件服务器")}</GoButton> : null} />} />
      {open ? <Detail mail={open} onClose={() => { setOpen(undefined); }} /> : null}
    </>
  );
}
