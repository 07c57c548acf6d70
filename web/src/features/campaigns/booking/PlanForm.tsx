import { Alert, App, Button, Checkbox, Form, Input, InputNumber, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AskedField, BookingPlan, Medium } from "@/api/bookings.ts";
import { inputOf, updateCampaign, type CampaignView } from "@/api/campaigns.ts";
import type { FieldDef } from "@/api/types.ts";
import { P, useCan } from "@/app/session.ts";
import { useAct } from "@/ui/act.tsx";
import { useLeaveGuard } from "@/ui/guard.ts";
import { Go } from "@/ui/Go.tsx";
import { Panel } from "@/ui/Page.tsx";
import { LinkPanel } from "./LinkPanel.tsx";
import { medium } from "./words.ts";

const grid = { display: "grid", gridTemplateColumns: "repeat(3, 1fr)", columnGap: 20 } as const;
const plan = (...path: string[]) => ["booking", ...path];

function Values() {
  const { t } = useTranslation();
  const code = (s: string) => <code className="fl-mono">{`{{ ${s} }}`}</code>;
  return <>{t("可以写")} {code("lead.name")} {code("appointment.time")} {code("campaign.name")} {t("等，发送时换成对应的内容。")}</>;
}

function Texts({ media }: { media: Medium[] }) {
  const { t } = useTranslation();
  const must = [{ required: true, message: t("不能为空") }];
  return (
    <>
      {media.includes("sms") ? <Form.Item name={plan("sms_text")} label={t("短信内容")} rules={must} extra={<Values />}><Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={1000} showCount /></Form.Item> : null}
      {media.includes("mail") ? (
        <>
          <Form.Item name={plan("mail_subject")} label={t("邮件主题")} rules={must}><Input maxLength={200} /></Form.Item>
          <Form.Item name={plan("mail_text")} label={t("邮件内容")} rules={must} extra={<Values />}><Input.TextArea autoSize={{ minRows: 4, maxRows: 14 }} maxLength={20_000} /></Form.Item>
        </>
      ) : null}
      {media.includes("phone") ? <p style={{ color: "#5a6b71", margin: "0 0 16px" }}>{t("电话：到时间拨通后走任务的流程，流程在“设置”的拨打方式里选；没打通按重呼规则再拨。")}</p> : null}
    </>
  );
}

/** Of the task's fields those that the page asks for, and which must be given. */
function Asked({ value = [], onChange, fields, disabled, id }: { value?: AskedField[]; onChange?: (v: AskedField[]) => void; fields: FieldDef[]; disabled?: boolean; id?: string }) {
  const { t } = useTranslation();
  const off = disabled ?? false;
  const of = (key: string) => value.find((a) => a.key === key);
  const ask = (key: string, on: boolean) => onChange?.(on ? [...value, { key, required: false }] : value.filter((a) => a.key !== key));
  const need = (key: string, required: boolean) => onChange?.(value.map((a) => (a.key === key ? { ...a, required } : a)));
  return (
    <div {...(id ? { id } : {})} style={{ display: "grid", gap: 6 }}>
      {fields.map((f) => (
        <span key={f.key} style={{ display: "flex", gap: 20 }}>
          <Checkbox style={{ minWidth: 180 }} disabled={off} checked={of(f.key) !== undefined} onChange={(e) => { ask(f.key, e.target.checked); }}>{f.label}</Checkbox>
          {of(f.key) ? <Checkbox disabled={off} checked={of(f.key)?.required ?? false} onChange={(e) => { need(f.key, e.target.checked); }}>{t("必填")}</Checkbox> : null}
        </span>
      ))}
    </div>
  );
}

function WebForm({ campaign, locked }: { campaign: CampaignView; locked: boolean }) {
  const { t } = useTranslation();
  const on = Form.useWatch<boolean | undefined>(plan("form", "enabled")) ?? campaign.booking.form.enabled;
  return (
    <Panel title={t("网上预约")} extra={<span style={{ display: "flex", gap: 8, alignItems: "center", color: "#5a6b71" }}>{on ? t("已打开") : t("没有打开")}<Form.Item name={plan("form", "enabled")} valuePropName="checked" noStyle><Switch aria-label={t("网上预约")} /></Form.Item></span>}>
      <div style={{ display: "grid", gridTemplateColumns: "2fr 1fr 1fr", columnGap: 20 }}>
        <Form.Item name={plan("form", "title")} label={t("页面标题")} rules={on ? [{ required: true, message: t("请填写页面标题") }] : []}><Input maxLength={80} placeholder={t("例如：开户咨询预约")} /></Form.Item>
        <Form.Item name={plan("form", "days_ahead")} label={t("开放最近")} extra={t("1–90 天内的时段可以预约")}><InputNumber min={1} max={90} precision={0} suffix={t("天")} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name={plan("form", "name_required")} label={t("姓名必填")} valuePropName="checked"><Switch /></Form.Item>
      </div>
      <Form.Item name={plan("form", "text")} label={t("页面说明")}><Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} maxLength={2000} placeholder={t("告诉客户预约什么、会由谁联系、需要准备什么。")} /></Form.Item>
      {campaign.fields.length > 0 ? <Form.Item name={plan("form", "fields")} label={t("另外要填的")}><Asked fields={campaign.fields} disabled={locked} /></Form.Item>
        : <Form.Item label={t("另外要填的")}><Go to={`/campaigns/${campaign.id}/settings`}>{t("任务还没有名单字段，到“设置”里添加后可以在这里选")}</Go></Form.Item>}
      <Form.Item name={plan("form", "consent_text")} label={t("同意条款")} rules={on ? [{ required: true, message: t("请填写客户要同意的内容") }] : []} extra={t("客户勾选后才能提交，并记入同意记录。")}><Input.TextArea autoSize={{ minRows: 1, maxRows: 4 }} maxLength={500} /></Form.Item>
    </Panel>
  );
}

function useSave(campaign: CampaignView, onDone: () => void) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ booking: BookingPlan }>();
  const [conflict, setConflict] = useState(false);
  const save = useAct((booking: BookingPlan) => updateCampaign(campaign.id, { ...inputOf(campaign), booking, revision: campaign.revision }), {
    done: t("预约设置已保存"), refresh: ["campaign", "campaigns", "booking-link", "slots"], form, onDone,
    onFail: (error) => {
      if (error.status !== 409 || !error.code.includes("revision")) return false;
      setConflict(true);
      return true;
    },
  });
  return { form, save, conflict };
}

export function PlanForm({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const write = useCan()(P.campaignWrite);
  const [dirty, setDirty] = useState(false);
  const { form, save, conflict } = useSave(campaign, () => { setDirty(false); });
  useLeaveGuard(dirty);
  const locked = !write || campaign.status === "finished" || campaign.status === "stopped";
  const media = Form.useWatch<Medium[] | undefined>(plan("media"), form) ?? campaign.booking.media;
  return (
    <div className="fl-stack">
      <Form form={form} layout="vertical" requiredMark={false} disabled={locked} initialValues={{ booking: campaign.booking }} scrollToFirstError onValuesChange={() => { setDirty(true); }}
        onFinishFailed={() => void message.warning(t("有几处需要修改，已标红"))} onFinish={() => { save.mutate((form.getFieldsValue(true) as { booking: BookingPlan }).booking); }}>
        <div className="fl-stack">
          {conflict ? <Alert type="warning" showIcon title={t("刚刚有人改过这个任务")} action={<Button size="small" disabled={false} onClick={() => { location.reload(); }}>{t("刷新")}</Button>} /> : null}
          <Panel title={t("方式与时段")}>
            <Form.Item name={plan("media")} label={t("怎么联系客户")} rules={[{ required: true, type: "array", min: 1, message: t("至少选一种") }]}><Checkbox.Group options={Object.entries(medium).map(([value, w]) => ({ value, label: t(w.text) }))} /></Form.Item>
            <Texts media={media} />
            <div style={grid}>
              <Form.Item name={plan("slot_min")} label={t("每个时段")} extra={t("5–240 分钟")}><InputNumber min={5} max={240} step={5} precision={0} suffix={t("分钟")} style={{ width: "100%" }} /></Form.Item>
              <Form.Item name={plan("slot_capacity")} label={t("每个时段最多")} extra={t("约满后网上和来电按键不再提供")}><InputNumber min={1} max={10_000} precision={0} suffix={t("人")} style={{ width: "100%" }} /></Form.Item>
              <Form.Item name={plan("late_max_min")} label={t("最多晚")} extra={t("超过就记为“已错过”，不再联系")}><InputNumber min={1} max={10_080} precision={0} suffix={t("分钟")} style={{ width: "100%" }} /></Form.Item>
            </div>
          </Panel>
          <WebForm campaign={campaign} locked={locked} />
        </div>
        {locked ? null : (
          <div style={{ position: dirty ? "sticky" : "static", bottom: 0, background: "rgba(243,246,246,.95)", padding: "12px 0", display: "flex", gap: 8, alignItems: "center", zIndex: 5 }}>
            <Button type="primary" htmlType="submit" loading={save.isPending} disabled={!dirty}>{t("保存预约设置")}</Button>
            {dirty ? <><Button onClick={() => { form.resetFields(); setDirty(false); }}>{t("放弃修改")}</Button><span style={{ color: "#9a6408" }}>{t("有未保存的修改")}</span></> : null}
          </div>
        )}
      </Form>
      {write ? <LinkPanel campaign={campaign.id} enabled={campaign.booking.form.enabled} /> : null}
    </div>
  );
}
