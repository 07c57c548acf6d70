import { useQuery } from "@tanstack/react-query";
import { Alert, App, Button, Form, Input, InputNumber, Select, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { inputOf, updateCampaign, type CampaignInput, type CampaignView } from "@/api/campaigns.ts";
import { getFlows } from "@/api/flows.ts";
import { getNumbers, getTrunks } from "@/api/lines.ts";
import type { DialMode } from "@/api/types.ts";
import { P, useCan } from "@/app/session.ts";
import { phone } from "@/format/text.ts";
import { purpose } from "@/format/words.ts";
import { useAct } from "@/ui/act.tsx";
import { useLeaveGuard } from "@/ui/guard.ts";
import { Panel } from "@/ui/Page.tsx";
import { recordingFormats } from "@/format/recording.ts";
import { ModeFields } from "./ModeSection.tsx";
import { FieldEditor, ResultEditor, VariableEditor } from "./DefEditors.tsx";
import { RetryEditor } from "./RetryEditor.tsx";
import { ScheduleEditor } from "./ScheduleEditor.tsx";

type Draft = Omit<CampaignInput, "ring_ms_max"> & { ring_s: number };

function toDraft(c: CampaignView): Draft {
  const { ring_ms_max, ...rest } = inputOf(c);
  return { ...rest, ring_s: ring_ms_max / 1000 };
}

/** What an unchosen field leaves undefined is none for the server; a flow that is not needed stays as it was approved. */
function toInput({ ring_s, ...d }: Draft): CampaignInput {
  return { ...d, flow_id: d.flow_id ?? 0, queue_id: d.queue_id ?? null, callback_flow_id: d.callback_flow_id ?? null, recording_format: d.recording_format ?? null, ring_ms_max: Math.round(ring_s * 1000) };
}

const two = { display: "grid", gridTemplateColumns: "1fr 1fr", columnGap: 20 } as const;

function Basics() {
  const { t } = useTranslation();
  const flows = useQuery({ queryKey: ["flows"], queryFn: getFlows });
  const options = (flows.data?.items ?? []).map((f) => ({ value: f.id, label: f.published_version == null ? `${f.name}（${t("未发布")}）` : f.name }));
  return (
    <Panel title={t("基本")}>
      <div style={two}>
        <Form.Item name="name" label={t("任务名称")} rules={[{ required: true, message: t("请输入任务名称") }]}><Input maxLength={100} /></Form.Item>
        <Form.Item name="purpose" label={t("用途")} extra={t("免呼名单对营销和催收生效。")}><Select options={Object.entries(purpose).map(([k, w]) => ({ value: k, label: t(w.text) }))} /></Form.Item>
      </div>
      <div style={two}>
        <Form.Item name="description" label={t("说明")}><Input.TextArea autoSize={{ minRows: 1, maxRows: 4 }} maxLength={1000} /></Form.Item>
        <Form.Item name="callback_flow_id" label={t("回电时的流程")} extra={t("名单里的人打回来时听到什么；不选则按号码自己的流程。")}>
          <Select allowClear options={options} showSearch={{ optionFilterProp: "label" }} placeholder={t("按号码的流程")} />
        </Form.Item>
      </div>
    </Panel>
  );
}

function Mode({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const mode = Form.useWatch<DialMode | undefined>("mode") ?? campaign.mode;
  return (
    <Panel title={t("拨打方式")} extra={<span style={{ color: "#819096" }}>{t("运行中也可以换，马上生效")}</span>}>
      <ModeFields mode={mode} {...(campaign.status === "draft" ? {} : { fixedFlow: campaign.flow_id })} />
    </Panel>
  );
}

function Lines() {
  const { t } = useTranslation();
  const can = useCan();
  const numbers = useQuery({ queryKey: ["numbers"], queryFn: getNumbers, enabled: can(P.trunkRead) });
  const trunks = useQuery({ queryKey: ["trunks"], queryFn: getTrunks, enabled: can(P.trunkRead) });
  const own = (numbers.data?.items ?? []).filter((n) => n.outbound).map((n) => ({ value: n.number, label: `${phone(n.number)}${n.note ? ` · ${n.note}` : ""}` }));
  return (
    <Panel title={t("号码与速度")}>
      <div style={two}>
        <Form.Item name="caller_ids" label={t("主叫号码")} extra={t("多个号码轮流使用；不选则用线路的默认主叫。")}><Select mode="multiple" options={own} labelRender={({ label, value }) => label ?? phone(String(value))} loading={numbers.isFetching} placeholder={t("线路默认主叫")} /></Form.Item>
        <Form.Item name="trunk_ids" label={t("限定线路")} extra={t("不选则按路由自动选线。")}><Select mode="multiple" options={(trunks.data?.items ?? []).map((x) => ({ value: x.id, label: x.name }))} placeholder={t("按路由")} /></Form.Item>
      </div>
      <div style={{ display: "grid", gridTemplateColumns: "repeat(4, 1fr)", columnGap: 20 }}>
        <Form.Item name="concurrency_max" label={t("同时呼叫上限")}><InputNumber min={1} max={10000} suffix={t("路")} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="calls_per_second_max" label={t("每秒发起")}><InputNumber min={0.1} max={1000} step={0.5} suffix={t("个")} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="ring_s" label={t("最长振铃")} extra={t("15–120 秒")}><InputNumber min={15} max={120} suffix={t("秒")} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="record" label={t("录音")} valuePropName="checked" extra={t("录下每通接通的电话")}><Switch /></Form.Item>
        <Form.Item name="recording_format" label={t("录音格式")} extra={t("不选则按系统设置。")}><Select allowClear options={Object.entries(recordingFormats).map(([value, text]) => ({ value, label: t(text) }))} placeholder={t("按系统设置")} /></Form.Item>
      </div>
    </Panel>
  );
}

function Listening() {
  const { t } = useTranslation();
  const on = Form.useWatch(["amd", "mode"]) === "detect";
  const then = [{ value: "hang_up", label: t("挂机") }, { value: "message", label: t("等提示音后播放流程") }, { value: "go_on", label: t("立即播放流程") }];
  const choice = (name: string, label: string, extra?: string) => <Form.Item name={["amd", name]} label={label} extra={extra}><Select disabled={!on} options={then} /></Form.Item>;
  return (
    <Panel title={t("接通识别")}>
      <div style={{ display: "grid", gridTemplateColumns: "repeat(4, 1fr)", columnGap: 20 }}>
        <Form.Item name={["amd", "mode"]} label={t("识别答录机")} extra={t("先听是不是真人，再播放流程；流程里可用 call.answered_by 判断。")}>
          <Select options={[{ value: "off", label: t("不识别") }, { value: "detect", label: t("识别") }]} />
        </Form.Item>
        {choice("machine", t("遇到答录机"))}
        {choice("assistant", t("遇到语音助手"))}
        <Form.Item name={["amd", "end_dead_air"]} label={t("接通无声时挂机")} valuePropName="checked"><Switch disabled={!on} /></Form.Item>
      </div>
    </Panel>
  );
}

function useSave(campaign: CampaignView, onConflict: () => void, onDone: () => void) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Draft>();
  const save = useAct((d: Draft) => updateCampaign(campaign.id, { ...toInput(d), revision: campaign.revision }), {
    done: t("设置已保存"), refresh: ["campaign", "campaigns"], form, onDone,
    onFail: (error) => {
      if (error.status !== 409 || !error.code.includes("revision")) return false;
      onConflict();
      return true;
    },
  });
  return { form, save };
}

export function SettingsTab({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const can = useCan();
  const { message } = App.useApp();
  const [dirty, setDirty] = useState(false);
  const [conflict, setConflict] = useState(false);
  const { form, save } = useSave(campaign, () => { setConflict(true); }, () => { setDirty(false); });
  useLeaveGuard(dirty);
  const ended = campaign.status === "finished" || campaign.status === "stopped";
  const locked = !can(P.campaignWrite) || ended;
  const live = campaign.status === "running";
  return (
    <Form form={form} layout="vertical" requiredMark={false} disabled={locked} initialValues={toDraft(campaign)} onValuesChange={() => { setDirty(true); }} scrollToFirstError
      onFinishFailed={() => void message.warning(t("有几处需要修改，已标红"))}
      onFinish={() => { save.mutate(form.getFieldsValue(true) as Draft); }}>
      <div className="fl-stack">
        {ended ? <Alert type="info" showIcon title={t("任务已结束，设置只能查看。可以复制成新任务再修改。")} /> : null}
        {live ? <Alert type="info" showIcon title={t("任务正在拨打：保存后对后续的呼叫生效。")} /> : null}
        {conflict ? <Alert type="warning" showIcon title={t("刚刚有人改过这个任务")} description={t("刷新页面可以看到对方的修改；您的修改还在表单里，可以先抄下来。")} action={<Button size="small" onClick={() => { location.reload(); }}>{t("刷新")}</Button>} /> : null}
        <Basics />
        <Mode campaign={campaign} />
        <Panel title={t("呼叫时段")} extra={<span style={{ color: "#819096" }}>{t("按被叫所在地的时间，且不超出系统的合规时段")}</span>}><Form.Item name="schedule" noStyle><ScheduleEditor /></Form.Item></Panel>
        <Lines />
        <Listening />
        <Panel title={t("重呼规则")} extra={<span style={{ color: "#819096" }}>{t("没有列出的结果不再重呼")}</span>}><Form.Item name="retry" noStyle><RetryEditor /></Form.Item></Panel>
        <Panel title={t("业务结果")} extra={<span style={{ color: "#819096" }}>{t("流程里用代码记结果；都没标“算成功”时，第一个算")}</span>}><Form.Item name="results" noStyle><ResultEditor /></Form.Item></Panel>
        <Panel title={t("名单字段")} extra={<span style={{ color: "#819096" }}>{t("流程里写作 lead.字段名")}</span>}><Form.Item name="fields" noStyle><FieldEditor /></Form.Item></Panel>
        <Panel title={t("任务变量")} extra={<span style={{ color: "#819096" }}>{t("流程里写作 campaign.变量名")}</span>}><Form.Item name="variables" noStyle><VariableEditor /></Form.Item></Panel>
      </div>
      {locked ? null : (
        <div style={{ position: dirty ? "sticky" : "static", bottom: 0, background: "rgba(243,246,246,.95)", padding: "12px 0", display: "flex", gap: 8, alignItems: "center", zIndex: 5 }}>
          <Button type="primary" htmlType="submit" loading={save.isPending} disabled={!dirty}>{t("保存设置")}</Button>
          {dirty ? <><Button onClick={() => { form.resetFields(); setDirty(false); }}>{t("放弃修改")}</Button><span style={{ color: "#9a6408" }}>{t("有未保存的修改")}</span></> : null}
        </div>
      )}
    </Form>
  );
}
