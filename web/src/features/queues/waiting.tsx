/** What becomes of a caller who waits long, wants to leave, or cannot be served here. */
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Form, InputNumber, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { getSkills } from "@/api/agents.ts";
import type { Choice, Overflow, Target } from "@/api/queues.ts";
import { ChoiceInput, isWhole, TargetInput } from "./inputs.tsx";
import { Num, Section, two, useAsked } from "./sections.tsx";
import { whenText } from "./words.ts";

const KEYS = [..."1234567890*#"];
const keyOptions = KEYS.map((k) => ({ value: k, label: k }));
const OVERFLOWS_MAX = 20;
const CHOICES_MAX = 10;
const row = (columns: string) => ({ display: "grid", gridTemplateColumns: `${columns} 32px`, gap: 8, alignItems: "start" }) as const;

function useWhole() {
  const { t } = useTranslation();
  const whole = (_: unknown, target: Target) => (isWhole(target) ? Promise.resolve() : Promise.reject(new Error(target.to === "numbers" ? t("请填号码") : t("请选择转到哪里"))));
  return {
    target: [{ validator: whole }],
    choice: [{ validator: (_: unknown, c: Choice) => (c.choice === "go" ? whole(_, c.target) : Promise.resolve()) }],
  };
}

export function Needs() {
  const { t } = useTranslation();
  const skills = useQuery({ queryKey: ["skills"], queryFn: getSkills });
  const options = (skills.data?.items ?? []).map((s) => ({ value: s.id, label: s.name }));
  const asked = useAsked();
  return (
    <Section id="needs" title={t("要求的技能")} hint={t("坐席要有全部技能才会被分到")}>
      <Form.List name="needs">
        {(fields, { add, remove }) => (
          <div style={{ display: "grid", gap: 8, marginBottom: 12 }}>
            {fields.length === 0 ? <span style={{ color: "#819096" }}>{t("没有要求：组里的坐席都可以接。")}</span> : null}
            {fields.map((f) => (
              <div key={f.key} style={{ ...row("minmax(0, 1fr) 150px"), maxWidth: 520 }}>
                <Form.Item name={[f.name, "skill"]} rules={[{ required: true, message: t("请选择技能") }]} style={{ marginBottom: 0 }}><Select options={options} placeholder={t("技能")} notFoundContent={t("还没有技能，请到“坐席管理”的“技能”页添加")} /></Form.Item>
                <Form.Item name={[f.name, "level_min"]} rules={asked} style={{ marginBottom: 0 }}><InputNumber min={1} max={10} prefix={t("至少")} suffix={t("级")} style={{ width: "100%" }} /></Form.Item>
                <Button type="text" icon={<DeleteOutlined />} aria-label={t("删除")} onClick={() => { remove(f.name); }} />
              </div>
            ))}
            <Button type="dashed" size="small" icon={<PlusOutlined />} style={{ width: 140 }} disabled={fields.length >= 10} onClick={() => { add({ level_min: 1 }); }}>{t("加一项技能")}</Button>
          </div>
        )}
      </Form.List>
      <div style={two}><Num name="relax_s" label={t("等不到就放宽")} unit={t("秒")} max={3600} extra={t("每等这么久，要求的级别降一级，最低到 1；0 表示不放宽。")} /></div>
    </Section>
  );
}

export function LongWait({ self }: { self: number | undefined }) {
  const { t } = useTranslation();
  const whole = useWhole();
  return (
    <Section id="long" title={t("等得太久")} hint={t("到时间念出选项，由客户按键选择")}>
      <div style={two}>
        <Num name="longest_wait_s" label={t("每等多久问一次")} unit={t("秒")} max={7200} extra={t("0 表示不问。")} />
        <Num name="choice_s" label={t("等客户按键")} unit={t("秒")} min={1} max={60} />
      </div>
      <Form.Item label={t("按键选项")} extra={t("没有选项时不会打断等待。")}>
        <Form.List name="choices">
          {(fields, { add, remove }) => (
            <div style={{ display: "grid", gap: 8 }}>
              {fields.map((f) => (
                <div key={f.key} style={row("84px minmax(0, 1fr)")}>
                  <Form.Item name={[f.name, "key"]} style={{ marginBottom: 0 }} rules={[{ required: true, message: t("请选按键") }, ({ getFieldValue }) => ({ validator: (_, key) => ((getFieldValue("choices") as { key: string }[]).filter((c) => c.key === key).length > 1 ? Promise.reject(new Error(t("按键重复"))) : Promise.resolve()) })]}><Select options={keyOptions} placeholder={t("按键")} /></Form.Item>
                  <Form.Item name={[f.name, "choice"]} style={{ marginBottom: 0 }} rules={whole.choice}><ChoiceInput self={self} /></Form.Item>
                  <Button type="text" icon={<DeleteOutlined />} aria-label={t("删除")} onClick={() => { remove(f.name); }} />
                </div>
              ))}
              <Button type="dashed" size="small" icon={<PlusOutlined />} style={{ width: 140 }} disabled={fields.length >= CHOICES_MAX} onClick={() => { add({ choice: { choice: "keep" } }); }}>{t("加一个按键")}</Button>
            </div>
          )}
        </Form.List>
      </Form.Item>
      <Form.Item name="unchosen" label={t("没有按键时")} rules={whole.choice}><ChoiceInput self={self} /></Form.Item>
      <div style={two}>
        <Form.Item name="leave_key" label={t("随时按键离开")} extra={t("不选就不能按键离开。")}><Select allowClear options={keyOptions} placeholder={t("不能")} /></Form.Item>
        <Form.Item name="leave_to" label={t("离开后")} rules={whole.target}><TargetInput self={self} /></Form.Item>
        <Num name="wait_max_min" label={t("最长等待")} unit={t("分钟")} min={0.1} max={1440} extra={t("到了不再等，不管客户怎么选。")} />
        <Form.Item name="at_wait_max" label={t("到了最长等待")} rules={whole.target}><TargetInput self={self} /></Form.Item>
      </div>
    </Section>
  );
}

export function Overflows({ self }: { self: number | undefined }) {
  const { t } = useTranslation();
  const whole = useWhole();
  const asked = useAsked();
  const list = (Form.useWatch<{ when?: Overflow["when"] }[] | undefined>("overflow") ?? []);
  const options = Object.entries(whenText).map(([value, text]) => ({ value, label: t(text) }));
  const timed = (i: number) => list[i]?.when === "estimate" || list[i]?.when === "waited";
  return (
    <Section id="overflow" title={t("溢出")} hint={t("从上往下，用第一条符合的")}>
      <Form.List name="overflow">
        {(fields, { add, remove }) => (
          <div style={{ display: "grid", gap: 8 }}>
            {fields.length === 0 ? <span style={{ color: "#819096" }}>{t("没有溢出：接不了的来电回到原来的流程。")}</span> : null}
            {fields.map((f) => (
              <div key={f.key} style={row("150px 110px minmax(0, 1fr)")}>
                <Form.Item name={[f.name, "when"]} style={{ marginBottom: 0 }}><Select options={options} /></Form.Item>
                {timed(f.name) ? <Form.Item name={[f.name, "s"]} rules={asked} style={{ marginBottom: 0 }}><InputNumber min={1} max={7200} suffix={t("秒")} style={{ width: "100%" }} /></Form.Item> : <span />}
                <Form.Item name={[f.name, "target"]} rules={whole.target} style={{ marginBottom: 0 }}><TargetInput self={self} /></Form.Item>
                <Button type="text" icon={<DeleteOutlined />} aria-label={t("删除")} onClick={() => { remove(f.name); }} />
              </div>
            ))}
            <Button type="dashed" size="small" icon={<PlusOutlined />} style={{ width: 140 }} disabled={fields.length >= OVERFLOWS_MAX} onClick={() => { add({ when: "no_agents", s: 60, target: { to: "voicemail" } }); }}>{t("加一条溢出")}</Button>
          </div>
        )}
      </Form.List>
    </Section>
  );
}

export function Callback() {
  const { t } = useTranslation();
  const on = Form.useWatch<boolean | undefined>(["callback", "enabled"]) ?? false;
  return (
    <Section id="callback" title={t("回拨")} hint={t("客户挂机保留位置，轮到时打回去")}>
      <Form.Item name={["callback", "enabled"]} label={t("允许回拨")} valuePropName="checked" extra={t("打开后，在“等得太久”里加一个“挂机，轮到时回拨”的按键。")}><Switch /></Form.Item>
      <div hidden={!on}>
        <div style={{ display: "grid", gridTemplateColumns: "repeat(4, 1fr)", columnGap: 20 }}>
          <Num name={["callback", "attempts_max"]} label={t("最多回拨")} unit={t("次")} min={1} max={10} />
          <Num name={["callback", "retry_min"]} label={t("没打通隔多久再打")} unit={t("分钟")} min={0.1} max={1440} />
          <Num name={["callback", "ring_s"]} label={t("客户振铃")} unit={t("秒")} min={10} max={120} />
          <Num name={["callback", "keep_h"]} label={t("多久后作废")} unit={t("小时")} min={0.1} max={168} />
        </div>
      </div>
    </Section>
  );
}
