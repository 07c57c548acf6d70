/** 线路识音: what is listened for before and after the answer, and the tones of the country or carrier. */
import { DeleteOutlined, DownloadOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Form, Input, InputNumber, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { putEars } from "@/api/messages.ts";
import type { EarsSettings, ToneDef } from "@/api/types.ts";
import { heardClass, word } from "@/format/words.ts";
import { Section, THREE, TWO } from "./Section.tsx";

const CADENCES_MAX = 40;
const toneClasses = ["ringing", "busy", "congestion", "invalid", "suspended", "off", "unreachable", "no_answer", "restricted", "changed", "information"];
const row = { display: "grid", gridTemplateColumns: "1.5fr 1.2fr 0.9fr 0.9fr 0.9fr 0.9fr 0.7fr 32px", gap: 8, alignItems: "start" } as const;

interface ToneRow { name: string; class: string; hz: number; hz2?: number | null; on_ms: number; off_ms: number; repeats: number }
interface Fields { early_media: boolean; end_on_announcement: boolean; keep_s: number; silence_ms: number; dead_air_ms: number; cadences: ToneRow[] }

const toRow = ({ hz, ...c }: ToneDef): ToneRow => ({ ...c, hz: hz[0] ?? 450, hz2: hz[1] ?? null });
const toDef = ({ hz, hz2, ...c }: ToneRow): ToneDef => ({ ...c, hz: hz2 ? [hz, hz2] : [hz] });
const fromForm = (f: Fields): EarsSettings => ({ ...f, cadences: f.cadences.map(toDef) });

/** The built-in tones, named as people here call them. */
const named = (tone: ToneDef, t: (key: string) => string): ToneRow => ({ ...toRow(tone), name: `${t(word(heardClass, tone.class).text)} ${tone.hz.join("+")} Hz` });

function Tones({ standard }: { standard: ToneDef[] }) {
  const { t } = useTranslation();
  const wide = { width: "100%" };
  const asked = [{ required: true, message: t("必填") }];
  return (
    <Form.Item label={t("信号音表")} extra={t("留空就用内置的国标 450 Hz 信号音和北美忙音；填了就只认表里的（三音组成的特别信息音始终识别）。没有第二频率就不填。频率 200–3400 Hz，响、停各 100–6000 毫秒，重复 1–6 遍，超出的会改成最近的值。")}>
      <Form.List name="cadences">
        {(fields, { add, remove }) => (
          <div style={{ display: "grid", gap: 6 }}>
            {fields.length > 0 ? (
              <div style={{ ...row, color: "#819096", fontSize: 12 }}>
                <span>{t("名称")}</span><span>{t("表示")}</span><span>{t("频率 Hz")}</span><span>{t("第二频率 Hz")}</span><span>{t("响（毫秒）")}</span><span>{t("停（毫秒）")}</span><span>{t("重复几遍")}</span><span />
              </div>
            ) : null}
            {fields.map((f) => (
              <div key={f.key} style={row}>
                <Form.Item name={[f.name, "name"]} rules={asked} style={{ marginBottom: 0 }}><Input maxLength={60} placeholder={t("忙音 450 Hz")} /></Form.Item>
                <Form.Item name={[f.name, "class"]} rules={asked} style={{ marginBottom: 0 }}><Select options={toneClasses.map((c) => ({ value: c, label: t(word(heardClass, c).text) }))} /></Form.Item>
                <Form.Item name={[f.name, "hz"]} rules={asked} style={{ marginBottom: 0 }}><InputNumber min={200} max={3400} style={wide} /></Form.Item>
                <Form.Item name={[f.name, "hz2"]} style={{ marginBottom: 0 }}><InputNumber min={200} max={3400} style={wide} /></Form.Item>
                <Form.Item name={[f.name, "on_ms"]} rules={asked} style={{ marginBottom: 0 }}><InputNumber min={100} max={6000} step={50} style={wide} /></Form.Item>
                <Form.Item name={[f.name, "off_ms"]} rules={asked} style={{ marginBottom: 0 }}><InputNumber min={100} max={6000} step={50} style={wide} /></Form.Item>
                <Form.Item name={[f.name, "repeats"]} rules={asked} style={{ marginBottom: 0 }}><InputNumber min={1} max={6} style={wide} /></Form.Item>
                <Button type="text" aria-label={t("删除")} icon={<DeleteOutlined />} onClick={() => { remove(f.name); }} />
              </div>
            ))}
            {fields.length === 0 ? <Button size="small" icon={<DownloadOutlined />} onClick={() => { standard.forEach((tone) => { add(named(tone, t)); }); }}>{t("载入内置音表")}</Button> : null}
            <Button size="small" type="dashed" icon={<PlusOutlined />} {...(fields.length >= CADENCES_MAX ? { disabled: true } : {})} onClick={() => { add({ name: "", class: "busy", hz: 450, hz2: null, on_ms: 350, off_ms: 350, repeats: 3 }); }}>{t("加一种信号音")}</Button>
          </div>
        )}
      </Form.List>
    </Form.Item>
  );
}

export function EarsForm({ value, standard }: { value: EarsSettings; standard: ToneDef[] }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const wide = { width: "100%" };
  const asked = [{ required: true, message: t("不能为空") }];
  return (
    <Section<Fields> form={form} title={t("线路识音")} hint={t("听懂线路上的信号音和运营商提示音，把空号、停机、关机、占线记准。要识别的提示音在“识音库”里；答录机怎么处理在每个任务的设置里。")}
      initial={{ ...value, cadences: value.cadences.map(toRow) }} save={(f) => putEars(fromForm(f))}>
      <div style={TWO}>
        <Form.Item name="early_media" label={t("接通前就开始听")} extra={t("彩铃、忙音和运营商提示音都在接通前播放。")} valuePropName="checked"><Switch /></Form.Item>
        <Form.Item name="end_on_announcement" label={t("听出打不通就挂断")} extra={t("不用等对方网络自己拆线，线路更快腾出来。")} valuePropName="checked"><Switch /></Form.Item>
      </div>
      <div style={THREE}>
        <Form.Item name="keep_s" rules={asked} label={t("没接通时留存提示音")} extra={t("留下来供标记；0 表示不留")}><InputNumber min={0} max={20} suffix={t("秒")} style={wide} /></Form.Item>
        <Form.Item name="silence_ms" rules={asked} label={t("接通后无人说话多久开始流程")} extra={t("500–5000 毫秒")}><InputNumber min={500} max={5000} step={100} suffix={t("毫秒")} style={wide} /></Form.Item>
        <Form.Item name="dead_air_ms" rules={asked} label={t("一直无声多久算接通无声")} extra={t("3000–20000 毫秒")}><InputNumber min={3000} max={20000} step={500} suffix={t("毫秒")} style={wide} /></Form.Item>
      </div>
      <Tones standard={standard} />
    </Section>
  );
}
