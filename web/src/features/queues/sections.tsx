/** The rules of a group, section by section. */
import { useQuery } from "@tanstack/react-query";
import { Form, Input, InputNumber, Select, Switch } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { getPrompts } from "@/api/flows.ts";
import { P, useCan } from "@/app/session.ts";
import { ScheduleEditor } from "@/features/campaigns/ScheduleEditor.tsx";
import { Panel } from "@/ui/Page.tsx";
import { CLASSES } from "./draft.ts";
import { PreferenceInput } from "./inputs.tsx";
import { headStartText, strategyText } from "./words.ts";

export const two = { display: "grid", gridTemplateColumns: "1fr 1fr", columnGap: 20 } as const;
export const three = { display: "grid", gridTemplateColumns: "1fr 1fr 1fr", columnGap: 20 } as const;
/** Nothing chosen is the empty text of the server. */
export const blankAsNone = (value: string): { value: string | undefined } => ({ value: value || undefined });
export const noneAsBlank = (value: string | undefined): string => value ?? "";
const wide = { width: "100%" };

export function useAsked() {
  const { t } = useTranslation();
  return [{ required: true, message: t("不能为空") }];
}

/** A number with its unit. */
export function Num({ name, label, unit, min = 0, max, extra, step }: { name: string | (string | number)[]; label: string; unit: string; min?: number; max?: number; extra?: string; step?: number }) {
  const asked = useAsked();
  return (
    <Form.Item name={name} label={label} rules={asked} {...(extra ? { extra } : {})}>
      <InputNumber min={min} {...(max === undefined ? {} : { max })} {...(step === undefined ? {} : { step })} suffix={unit} style={wide} />
    </Form.Item>
  );
}

export function Section({ id, title, hint, children }: { id: string; title: string; hint?: string; children: ReactNode }) {
  return <div id={`q-${id}`} style={{ scrollMarginTop: 60 }}><Panel title={title} {...(hint ? { extra: <span style={{ color: "#819096" }}>{hint}</span> } : {})}>{children}</Panel></div>;
}

export function Basics() {
  const { t } = useTranslation();
  const options = Object.entries(strategyText).map(([value, w]) => ({ value, label: t(w.text), hint: t(w.hint) }));
  return (
    <Section id="basics" title={t("分配")}>
      <div style={two}>
        <Form.Item name="name" label={t("名称")} rules={[{ required: true, whitespace: true, message: t("请输入名称") }]}><Input maxLength={60} placeholder={t("例如：投诉受理")} /></Form.Item>
        <Form.Item name="strategy" label={t("分配方式")} extra={t("有几位坐席空闲时先给谁。")}>
          <Select options={options} optionRender={(o) => <div style={{ whiteSpace: "normal" }}><b>{o.label}</b><div style={{ color: "#819096", fontSize: 12 }}>{(o.data as { hint: string }).hint}</div></div>} />
        </Form.Item>
      </div>
      <div style={three}>
        <Num name="capacity" label={t("最多排队")} unit={t("人")} max={10_000} extra={t("0 表示不排队，没人马上接就走溢出。")} />
        <Num name="weight" label={t("权重")} unit="%" min={1} max={1000} extra={t("坐席同时服务几个组时，权重大的组等待算得更快。")} />
        <Num name="keep_ready" label={t("留给呼入的坐席")} unit={t("人")} max={1000} extra={t("外呼任务占用坐席时，至少留这么多人空闲。")} />
      </div>
    </Section>
  );
}

export function Ringing() {
  const { t } = useTranslation();
  const skip = Form.useWatch<string | undefined>("no_answer") === "skip";
  const manual = Form.useWatch<boolean | undefined>("wrap_up_manual") ?? false;
  return (
    <Section id="ringing" title={t("振铃与话后")}>
      <div style={three}>
        <Num name="ring_s" label={t("振铃")} unit={t("秒")} min={3} max={300} extra={t("超时没接就找下一位。")} />
        <Num name="ring_s_outside" label={t("外线坐席振铃")} unit={t("秒")} min={3} max={300} extra={t("手机接通慢，给长一些。")} />
        <Form.Item name="no_answer" label={t("没接的坐席")}><Select options={[{ value: "break", label: t("转为小休，自己再示闲") }, { value: "skip", label: t("保持空闲，暂不派这个来电") }]} /></Form.Item>
        {skip ? <Num name="skip_s" label={t("多久内不再派")} unit={t("秒")} min={1} max={3600} /> : null}
        <Num name="wrap_up_s" label={t("话后整理")} unit={t("秒")} max={3600} extra={manual ? t("超过后告警。") : t("到时自动示闲；0 表示没有。")} />
        <Form.Item name="wrap_up_manual" label={t("由坐席自己结束整理")} valuePropName="checked"><Switch /></Form.Item>
      </div>
    </Section>
  );
}

export function Priorities() {
  const { t } = useTranslation();
  const people: [string, string, string][] = [
    ["vip_seat", t("VIP 专席"), t("客户资料里指定了专席的，先到那里。")], ["owner", t("客户归属坐席"), t("谁的客户谁先接。")],
    ["last_agent", t("上次接待的坐席"), t("客户再打来，先找上次接他的人。")], ["ticket_agent", t("处理工单的坐席"), t("客户有没办完的工单时，先找经办人。")],
  ];
  return (
    <Section id="priorities" title={t("优先与熟人")}>
      <Form.Item label={t("哪些客户往前排")} extra={t("按“已经多等了这么久”排队；0 表示不提前。VIP 提前一天，等于总排在最前。")} style={{ marginBottom: 16 }}>
        <div style={{ display: "grid", gridTemplateColumns: "repeat(4, 1fr)", gap: 12 }}>
          {CLASSES.map((c) => <Form.Item key={c} name={["head_start_min", c]} noStyle rules={[{ required: true, message: t("不能为空") }]}><InputNumber min={0} max={10_080} prefix={<span style={{ color: "#5a6b71" }}>{t(headStartText[c])}</span>} suffix={t("分钟")} aria-label={t(headStartText[c])} style={wide} /></Form.Item>)}
        </div>
      </Form.Item>
      <div style={two}>
        {people.map(([name, label, extra]) => <Form.Item key={name} name={name} label={label} extra={extra}><PreferenceInput /></Form.Item>)}
      </div>
    </Section>
  );
}

export function Announcing() {
  const { t } = useTranslation();
  const can = useCan();
  const prompts = useQuery({ queryKey: ["prompts"], queryFn: getPrompts, enabled: can(P.flowRead) });
  return (
    <Section id="announcing" title={t("等待时听到什么")}>
      <div style={two}>
        <Num name={["announcements", "first_s"]} label={t("等多久第一次播报")} unit={t("秒")} max={3600} extra={t("0 表示不播报。")} />
        <Num name={["announcements", "every_s"]} label={t("之后每隔多久")} unit={t("秒")} max={3600} extra={t("0 表示只播一次。")} />
        <Form.Item name={["announcements", "position"]} label={t("播报排在第几位")} valuePropName="checked"><Switch /></Form.Item>
        <Form.Item name={["announcements", "wait"]} label={t("播报预计等待时间")} valuePropName="checked" extra={t("来电少时估得不准，建议来电多的组才打开。")}><Switch /></Form.Item>
      </div>
      <div style={two}>
        <Form.Item name="music" getValueProps={blankAsNone} normalize={noneAsBlank} label={t("等待音乐")} extra={t("在“语音”里上传；不选用坐席台设置里的。")}><Select allowClear showSearch={{ optionFilterProp: "label" }} options={(prompts.data?.items ?? []).map((p) => ({ value: p.name, label: p.name }))} placeholder={t("默认音乐")} /></Form.Item>
        <Form.Item name="greeting" label={t("接通前报工号")} extra={t("{number} 会念成工号；不填就不报。")}><Input maxLength={200} placeholder={t("您好，{number} 号为您服务。")} /></Form.Item>
      </div>
    </Section>
  );
}

export function Service() {
  const { t } = useTranslation();
  return (
    <Section id="service" title={t("服务水平与告警")}>
      <div style={{ display: "grid", gridTemplateColumns: "repeat(4, 1fr)", columnGap: 20 }}>
        <Num name={["service_level", "within_s"]} label={t("多久内接起算及时")} unit={t("秒")} min={1} max={3600} />
        <Num name={["service_level", "percent_min"]} label={t("低于多少告警")} unit="%" max={100} extra={t("0 表示不告警。")} />
        <Num name={["service_level", "long_wait_s"]} label={t("等多久告警")} unit={t("秒")} max={7200} extra={t("0 表示不告警。")} />
        <Num name={["service_level", "short_s"]} label={t("多短的放弃不算")} unit={t("秒")} max={600} />
      </div>
    </Section>
  );
}

export function Hours() {
  const { t } = useTranslation();
  const always = Form.useWatch<boolean | undefined>("always_open") ?? true;
  return (
    <Section id="hours" title={t("服务时间与录音")}>
      <div style={two}>
        <Form.Item name="always_open" label={t("全天服务")} valuePropName="checked" extra={t("关闭后按下面的时间；时间外的来电走溢出。")}><Switch /></Form.Item>
        <Form.Item name="record" label={t("通话录音")} valuePropName="checked"><Switch /></Form.Item>
      </div>
      <div hidden={always}><Form.Item name="hours" noStyle><ScheduleEditor holidays={t("节假日不服务，调休上班日照常")} /></Form.Item></div>
    </Section>
  );
}
