/** 拨打方式: the mode as choices with what each is for, the group that talks, and the settings that belong to the mode. */
import { useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Form, Input, InputNumber, Radio, Select, Switch } from "antd";
import type { Ref } from "react";
import { useTranslation } from "react-i18next";
import { getFlows } from "@/api/flows.ts";
import { getQueues } from "@/api/queues.ts";
import type { DialMode, PreviewEnd } from "@/api/types.ts";
import { P, useCan } from "@/app/session.ts";
import { dialMode, word } from "@/format/words.ts";
import { Go } from "@/ui/Go.tsx";
import { BOUNDS, HARBOUR, HARBOUR_MAX, lacksFlow, MODES, modeText, needsAgents, needsFlow, previewEnd, settingsOf, type Setting } from "./modes.ts";
import "./pacing.css";

interface Controlled<T> { value?: T; onChange?: (v: T) => void; id?: string; disabled?: boolean }
type NumberRef = Ref<React.ComponentRef<typeof InputNumber>>;

/** The modes as cards. `closed` says why one cannot be chosen. */
export function ModePicker({ value, onChange, disabled, id, closed }: Controlled<DialMode> & { closed?: (m: DialMode) => string | null }) {
  const { t } = useTranslation();
  const pick = (m: DialMode) => {
    if (m !== value) onChange?.(m);
  };
  return (
    <Radio.Group value={value} disabled={disabled ?? false} onChange={(e) => { pick(e.target.value as DialMode); }} className="cm-modes" {...(id ? { id } : {})} aria-label={t("拨打方式")}>
      {MODES.map((m) => {
        const shut = closed?.(m) ?? null;
        const off = (disabled ?? false) || shut !== null;
        // The whole card is the target; by keyboard the radio in it is.
        return (
          <div key={m} className={m === value ? "cm-mode on" : "cm-mode"} onClick={() => { if (!off) pick(m); }}>
            <Radio value={m} disabled={off}><b>{t(word(dialMode, m).text)}</b></Radio>
            <span>{t(modeText[m].what)}</span>
            <small><i>{t("适合")}</i>{t(modeText[m].suits)}</small>
            <small><i className="risk">{t("留意")}</i>{shut ?? t(modeText[m].risk)}</small>
          </div>
        );
      })}
    </Radio.Group>
  );
}

/** Milliseconds, shown in seconds. */
export function Seconds({ value, onChange, min, max, step = 1, ref, ...rest }: Controlled<number | null> & { min: number; max: number; step?: number; ref?: NumberRef }) {
  const { t } = useTranslation();
  return (
    <InputNumber {...rest} {...(ref ? { ref } : {})} value={value == null ? null : value / 1000} min={min / 1000} max={max / 1000} step={step} suffix={t("秒")} style={{ width: "100%" }}
      onChange={(s) => onChange?.(s === null ? null : Math.round(s * 1000))} />
  );
}

/** A number that may be left out; `text` says what it means to set it. */
function Optional({ value, onChange, text, start, disabled, children }: Controlled<number | null> & { text: string; start: number; children: (v: number) => React.ReactNode }) {
  const set = value != null;
  return (
    <div style={{ display: "grid", gap: 4 }}>
      <Checkbox checked={set} disabled={disabled ?? false} onChange={(e) => onChange?.(e.target.checked ? start : null)}>{text}</Checkbox>
      {set ? children(value) : null}
    </div>
  );
}

function OptionalSeconds({ min, max, start, text, ref, ...rest }: Controlled<number | null> & { min: number; max: number; start: number; text: string; ref?: NumberRef }) {
  return <Optional {...rest} text={text} start={start}>{(v) => <Seconds {...rest} value={v} min={min} max={max} {...(ref ? { ref } : {})} />}</Optional>;
}

function OptionalNumber({ min, max, start, text, unit, ref, ...rest }: Controlled<number | null> & { min: number; max: number; start: number; text: string; unit: string; ref?: NumberRef }) {
  const { id, disabled, onChange } = rest;
  return (
    <Optional {...rest} text={text} start={start}>
      {(v) => <InputNumber {...(id ? { id } : {})} {...(ref ? { ref } : {})} disabled={disabled ?? false} value={v} min={min} max={max} precision={0} suffix={unit} style={{ width: "100%" }} onChange={(n) => onChange?.(n ?? start)} />}
    </Optional>
  );
}

function useMust() {
  const { t } = useTranslation();
  return [{ required: true, message: t("不能为空") }];
}

function Ratio() {
  const { t } = useTranslation();
  return (
    <Form.Item name={["pacing", "ratio"]} label={t("倍率")} rules={useMust()} extra={t("每位空闲坐席同时拨几路，1–10。接通率三成时，1.5 到 2 比较稳。")}>
      <InputNumber min={BOUNDS.ratio.min} max={BOUNDS.ratio.max} step={BOUNDS.ratio.step} precision={1} suffix={t("倍")} style={{ width: "100%" }} />
    </Form.Item>
  );
}

function Abandon() {
  const { t } = useTranslation();
  return (
    <Form.Item name={["pacing", "abandon_percent_max"]} label={t("呼损上限")} rules={useMust()} extra={t("接通后找不到坐席的，最多占真人接听的百分之几，0.5–3。")}>
      <InputNumber min={BOUNDS.abandon.min} max={BOUNDS.abandon.max} step={BOUNDS.abandon.step} suffix="%" style={{ width: "100%" }} />
    </Form.Item>
  );
}

function Cancel() {
  const { t } = useTranslation();
  return (
    <Form.Item name={["pacing", "cancel_ms_min"]} label={t("提前取消")} extra={t("没有坐席接时，取消响铃最久、最可能马上接起的那一路，15–60 秒；能少呼损，对方会看到未接来电。")}>
      <OptionalSeconds min={BOUNDS.cancel.min} max={BOUNDS.cancel.max} start={15_000} text={t("振铃满这么久才可以取消")} />
    </Form.Item>
  );
}

function Lines() {
  const { t } = useTranslation();
  return (
    <Form.Item name={["pacing", "lines_per_agent_max"]} label={t("每坐席最多在拨")} rules={useMust()} extra={t("防止短时间拨得过多，1–20。")}>
      <InputNumber min={BOUNDS.lines.min} max={BOUNDS.lines.max} precision={0} suffix={t("路")} style={{ width: "100%" }} />
    </Form.Item>
  );
}

function Countdown() {
  const { t } = useTranslation();
  const must = useMust();
  const end = Form.useWatch<PreviewEnd | undefined>(["pacing", "preview_end"]) ?? "wait";
  return (
    <>
      <Form.Item name={["pacing", "preview_end"]} label={t("看资料的时间")}>
        <Select options={Object.entries(previewEnd).map(([value, text]) => ({ value, label: t(text) }))} />
      </Form.Item>
      {end === "wait" ? null : <Form.Item name={["pacing", "preview_ms"]} label={t("倒计时")} rules={must} extra={t("5–600 秒")}><Seconds min={BOUNDS.countdown.min} max={BOUNDS.countdown.max} step={5} /></Form.Item>}
    </>
  );
}

function Skips() {
  const { t } = useTranslation();
  return (
    <Form.Item name={["pacing", "skips_per_hour_max"]} label={t("跳过名单")} extra={t("不限时坐席想跳几个就跳几个；0 表示不许跳过。")}>
      <OptionalNumber min={BOUNDS.skips.min} max={BOUNDS.skips.max} start={10} unit={t("次")} text={t("限制每位坐席每小时跳过")} />
    </Form.Item>
  );
}

function Wait() {
  const { t } = useTranslation();
  return (
    <Form.Item name={["pacing", "wait_ms_max"]} label={t("没有坐席时最多等")} rules={useMust()} extra={t("接通后这么久还没有坐席，就播放道歉语并挂机，0.5–2 秒。")}>
      <Seconds min={BOUNDS.wait.min} max={BOUNDS.wait.max} step={0.1} />
    </Form.Item>
  );
}

function Harbour() {
  const { t } = useTranslation();
  const form = Form.useFormInstance();
  const text = Form.useWatch<string | undefined>(["pacing", "harbour"]) ?? "";
  const disabled = !useCan()(P.campaignWrite);
  return (
    <Form.Item name={["pacing", "harbour"]} label={<span>{t("道歉语")} {text || disabled ? null : <Button type="link" size="small" style={{ height: 20 }} onClick={() => { form.setFieldValue(["pacing", "harbour"], HARBOUR); }}>{t("填入建议的话术")}</Button>}</span>}
      extra={t("客户接通却没有坐席时听到的话；留空则用系统默认的说法。可以用 campaign.name 等变量，写在两层花括号里。")}>
      <Input.TextArea autoSize={{ minRows: 1, maxRows: 4 }} maxLength={HARBOUR_MAX} placeholder={HARBOUR} />
    </Form.Item>
  );
}

function Blended() {
  const { t } = useTranslation();
  return (
    <Form.Item name={["pacing", "blended"]} label={t("兼接来电")} valuePropName="checked" extra={t("任务的坐席同时接其他组的来电；关掉则任务运行时只做外呼。")}><Switch /></Form.Item>
  );
}

function BestHour() {
  const { t } = useTranslation();
  return (
    <Form.Item name={["pacing", "best_hour"]} label={t("挑时段拨打")} valuePropName="checked" extra={t("这个钟点不易接通、当天另一个钟点接通率明显更高的号码先等一等；没有别的号码可拨时照拨。")}><Switch /></Form.Item>
  );
}

const FIELDS: Record<Setting, () => React.ReactNode> = { ratio: Ratio, abandon: Abandon, cancel: Cancel, lines: Lines, countdown: Countdown, skips: Skips, wait: Wait, blended: Blended, hour: BestHour };

/** Inside a form whose fields are named as the campaign's. */
export function PacingFields({ mode }: { mode: DialMode }) {
  const settings = settingsOf(mode);
  if (settings.length === 0) return null;
  return (
    <>
      <div className="cm-settings">{settings.map((s) => { const Field = FIELDS[s]; return <Field key={s} />; })}</div>
      {settings.includes("wait") ? <Harbour /> : null}
    </>
  );
}

export function GroupField() {
  const { t } = useTranslation();
  const queues = useQuery({ queryKey: ["queues"], queryFn: getQueues });
  const none = queues.data?.items.length === 0;
  return (
    <Form.Item name="queue_id" label={t("坐席组")} rules={[{ required: true, message: t("请选择由哪个坐席组来接") }]} extra={none ? <Go to="/admin/queues/new">{t("还没有坐席组，先去新建")}</Go> : t("接通的客户交给这个组里签入并示闲的坐席。")}>
      <Select loading={queues.isPending} showSearch={{ optionFilterProp: "label" }} placeholder={t("选择坐席组")} options={(queues.data?.items ?? []).map((q) => ({ value: q.id, label: q.name }))} notFoundContent={queues.isError ? t("坐席组没有读到，请刷新页面") : null} />
    </Form.Item>
  );
}

export function FlowField({ mode }: { mode: DialMode }) {
  const { t } = useTranslation();
  const flows = useQuery({ queryKey: ["flows"], queryFn: getFlows });
  const options = (flows.data?.items ?? []).map((f) => ({ value: f.id, label: f.published_version == null ? `${f.name}（${t("未发布")}）` : f.name }));
  const flowId = Form.useWatch<number | undefined>("flow_id");
  return (
    <Form.Item name="flow_id" label={mode === "play_agent" ? t("先放的流程") : t("接通后的流程")} getValueProps={(v: number | undefined) => ({ value: v || undefined })}
      rules={[{ required: true, message: t("请选择流程") }, { validator: (_, v: number | undefined) => (v === 0 ? Promise.reject(new Error(t("请选择流程"))) : Promise.resolve()) }]}
      extra={flowId ? <Go to={`/flows/${flowId}`}>{t("打开流程")}</Go> : t("接通后对方听到什么、按键后做什么。")}>
      <Select options={options} loading={flows.isPending} showSearch={{ optionFilterProp: "label" }} placeholder={t("选择流程")} />
    </Form.Item>
  );
}

/** All of it: choice, group, flow and settings. `fixedFlow`: the flow is approved and stays, so modes that need one it lacks are shut. */
export function ModeFields({ mode, fixedFlow, asksFlow = true }: { mode: DialMode; fixedFlow?: number; asksFlow?: boolean }) {
  const { t } = useTranslation();
  const closed = (m: DialMode) => (fixedFlow !== undefined && lacksFlow(m, fixedFlow) ? t("要先有流程；已审批的任务不能换流程，请复制成新任务") : null);
  return (
    <>
      <Form.Item name="mode" noStyle><ModePicker closed={closed} /></Form.Item>
      <div className="cm-two">
        {needsAgents(mode) ? <GroupField /> : null}
        {asksFlow && needsFlow(mode) ? <FlowField mode={mode} /> : null}
      </div>
      <PacingFields mode={mode} />
    </>
  );
}
