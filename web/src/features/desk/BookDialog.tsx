/** 预约到任务: the agent books whom they talk with, or a number, into a task that keeps appointments. */
import { CalendarOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input, Modal, Select, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { bookAtDesk, getBookingTasks, type BookingTask, type Medium } from "@/api/bookings.ts";
import type { DeskCall } from "@/api/desk.ts";
import type { Vars } from "@/api/types.ts";
import { MediumField } from "@/features/campaigns/booking/Dialogs.tsx";
import { TimeField } from "@/features/campaigns/booking/TimeField.tsx";
import { useAct } from "@/ui/act.tsx";
import { Phone } from "@/ui/fields.tsx";

const FRESH_MS = 60_000;

interface Fields { campaign_id: number; medium: Medium; phone?: string; mail?: string; name?: string; due_at: string; note?: string; variables?: Vars }

const tasksQuery = { queryKey: ["booking-tasks"], queryFn: getBookingTasks, staleTime: FRESH_MS, retry: false } as const;

/** Nothing where no task takes appointments now. */
export function BookButton({ call, customer, small }: { call?: DeskCall; customer?: number | null; small?: boolean }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const tasks = useQuery(tasksQuery).data?.items ?? [];
  if (tasks.length === 0) return null;
  return (
    <>
      <Button {...(small ? { size: "small" as const } : {})} icon={<CalendarOutlined />} onClick={() => { setOpen(true); }}>{t("预约到任务")}</Button>
      {open ? <BookDialog {...(call ? { call } : {})} customer={customer ?? null} onClose={() => { setOpen(false); }} /> : null}
    </>
  );
}

function BookDialog({ call, customer, onClose }: { call?: DeskCall; customer: number | null; onClose: () => void }) {
  const { t } = useTranslation();
  const query = useQuery(tasksQuery);
  const tasks = query.data?.items ?? [];
  const [form] = Form.useForm<Fields>();
  const [chosen, setChosen] = useState(tasks[0]?.campaign_id);
  const task = tasks.find((x) => x.campaign_id === chosen);
  const book = useAct((f: Fields) => bookAtDesk(wish(f, call, customer)), {
    done: t("已预约"), refresh: ["slots", "bookings"], form, fields: Object.fromEntries(["phone", "mail", "name", "due_at", "note"].map((f) => [`appointments.0.${f}`, f])), onDone: onClose,
  });
  const pick = (id: number) => {
    setChosen(id);
    form.setFieldsValue({ medium: tasks.find((x) => x.campaign_id === id)?.media[0] ?? "phone", due_at: undefined as never, variables: {} });
  };
  return (
    <Modal open width={460} title={t("预约到任务")} okText={t("预约")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={book.isPending}>
      {!task ? <Skeleton active title={false} /> : (
        <Form form={form} layout="vertical" requiredMark={false} initialValues={{ campaign_id: chosen, medium: task.media[0] }} onFinish={(f: Fields) => { book.mutate(f); }} style={{ marginTop: 12 }}>
          <Form.Item name="campaign_id" label={t("任务")}><Select showSearch={{ optionFilterProp: "label" }} onChange={pick} options={tasks.map((x) => ({ value: x.campaign_id, label: x.name }))} /></Form.Item>
          <MediumField offered={task.media} />
          <Whom {...(call ? { call } : {})} />
          <Form.Item name="due_at" label={t("预约时间")} rules={[{ required: true, message: t("请选择时间") }]}><TimeField key={task.campaign_id} campaign={task.campaign_id} /></Form.Item>
          <More task={task} />
        </Form>
      )}
    </Modal>
  );
}

/** The far party of the call, or a number; an address where it goes by mail. */
function Whom({ call }: { call?: DeskCall }) {
  const { t } = useTranslation();
  const medium = Form.useWatch<Medium | undefined>("medium");
  return (
    <>
      {call?.number ? <Form.Item label={t("客户")}><span>{call.name ? `${call.name} ` : ""}<Phone value={call.number} strong /></span></Form.Item> : (
        <>
          <Form.Item name="name" label={t("姓名")}><Input maxLength={60} /></Form.Item>
          {medium === "mail" ? null : <Form.Item name="phone" label={t("号码")} rules={[{ required: true, message: t("请输入号码") }]}><Input inputMode="tel" className="num" /></Form.Item>}
        </>
      )}
      {medium === "mail" ? <Form.Item name="mail" label={t("邮箱")} rules={[{ required: true, message: t("请输入邮箱") }]}><Input placeholder="zhangsan@example.com" /></Form.Item> : null}
    </>
  );
}

function More({ task }: { task: BookingTask }) {
  const { t } = useTranslation();
  return (
    <>
      {task.fields.map((f) => <Form.Item key={f.key} name={["variables", f.key]} label={f.label}><Input /></Form.Item>)}
      <Form.Item name="note" label={t("备注")}><Input.TextArea autoSize={{ minRows: 1, maxRows: 4 }} maxLength={500} /></Form.Item>
    </>
  );
}

function wish(f: Fields, call: DeskCall | undefined, customer: number | null) {
  const variables = Object.fromEntries(Object.entries(f.variables ?? {}).filter(([, v]) => v !== undefined && v !== ""));
  const whom = call?.number ? { call_id: call.call_id, ...(call.name ? {} : customer !== null ? { customer_id: customer } : {}) } : {};
  return { campaign_id: f.campaign_id, ...whom, phone: f.phone ?? "", mail: f.medium === "mail" ? (f.mail ?? "") : "", name: f.name ?? "", medium: f.medium, due_at: f.due_at, variables, note: f.note ?? "" };
}
