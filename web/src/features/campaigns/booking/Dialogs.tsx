import { App, Form, Input, Modal, Radio } from "antd";
import { useTranslation } from "react-i18next";
import { changeBooking, createBooking, type Booking, type Medium } from "@/api/bookings.ts";
import type { CampaignView } from "@/api/campaigns.ts";
import type { Vars } from "@/api/types.ts";
import { dateTime } from "@/format/text.ts";
import { useAct } from "@/ui/act.tsx";
import { TimeField } from "./TimeField.tsx";
import { medium as media, refusedText } from "./words.ts";

const REFRESH = ["bookings", "slots", "campaign", "leads"];
/** What the server calls a field of the first appointment. */
const NAMES = Object.fromEntries(["name", "phone", "mail", "medium", "due_at", "note"].map((f) => [`appointments.0.${f}`, f]));

interface Fields { medium: Medium; name?: string; phone?: string; mail?: string; due_at: string; note?: string; variables?: Vars }

export function MediumField({ offered }: { offered: readonly Medium[] }) {
  const { t } = useTranslation();
  return <Form.Item name="medium" label={t("联系方式")}><Radio.Group options={offered.map((m) => ({ value: m, label: t(media[m].text) }))} /></Form.Item>;
}

export function AddBooking({ campaign, onClose }: { campaign: CampaignView; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const chosen = Form.useWatch("medium", form) ?? campaign.booking.media[0] ?? "phone";
  const add = useAct((f: Fields) => createBooking(campaign.id, { name: f.name ?? "", phone: f.phone ?? "", mail: f.mail ?? "", medium: f.medium, due_at: f.due_at, variables: f.variables ?? {}, note: f.note ?? "" }), {
    refresh: REFRESH, form, fields: NAMES,
    onDone: (made) => {
      if (made.outcome === "refused") void message.error(t("没有预约：{{why}}", { why: t(refusedText(made.why)) }), 6);
      else if (made.outcome === "twice") void message.warning(t("这个人在这个时间已经有预约了"));
      else { void message.success(t("已预约")); onClose(); }
    },
  });
  const must = (text: string) => [{ required: true, message: text }];
  return (
    <Modal open width={460} title={t("新增预约")} okText={t("预约")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={add.isPending}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ medium: campaign.booking.media[0] }} onFinish={(f: Fields) => { add.mutate(f); }} style={{ marginTop: 12 }}>
        <MediumField offered={campaign.booking.media} />
        <Form.Item name="name" label={t("姓名")}><Input autoFocus maxLength={60} /></Form.Item>
        {chosen === "mail" ? <Form.Item name="mail" label={t("邮箱")} rules={must(t("请输入邮箱"))}><Input placeholder="zhangsan@example.com" /></Form.Item>
          : <Form.Item name="phone" label={t("号码")} rules={must(t("请输入号码"))}><Input inputMode="tel" className="num" /></Form.Item>}
        <Form.Item name="due_at" label={t("预约时间")} rules={must(t("请选择时间"))}><TimeField campaign={campaign.id} /></Form.Item>
        {campaign.fields.map((f) => <Form.Item key={f.key} name={["variables", f.key]} label={f.label}><Input /></Form.Item>)}
        <Form.Item name="note" label={t("备注")}><Input.TextArea autoSize={{ minRows: 1, maxRows: 4 }} maxLength={500} /></Form.Item>
      </Form>
    </Modal>
  );
}

export function MoveBooking({ booking, onClose }: { booking: Booking; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ due_at: string }>();
  const move = useAct((f: { due_at: string }) => changeBooking(booking.id, { due_at: f.due_at }), { done: t("时间已改"), refresh: REFRESH, form, fields: NAMES, onDone: onClose });
  return (
    <Modal open width={400} title={t("改预约时间")} okText={t("改时间")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={move.isPending}>
      <p style={{ color: "#5a6b71" }}>{t("现在约在 {{at}}。", { at: dateTime(booking.due_at) })}</p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(f) => { move.mutate(f); }}>
        <Form.Item name="due_at" label={t("改到")} rules={[{ required: true, message: t("请选择时间") }]}><TimeField campaign={booking.campaign_id} /></Form.Item>
      </Form>
    </Modal>
  );
}
