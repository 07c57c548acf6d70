/** 坐席台: why agents may rest, how long phones are waited for, what callers hear. */
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input, InputNumber, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { putDesk, type DeskSettings } from "@/api/agents.ts";
import { getPrompts } from "@/api/flows.ts";
import { deskDraft, deskSettings, type DeskDraft } from "./desk.ts";
import { Section, THREE, TWO } from "./Section.tsx";

const BREAKS_MAX = 30;
const row = { display: "grid", gridTemplateColumns: "1fr 1.2fr 1fr 32px", gap: 8, alignItems: "start", maxWidth: 640 } as const;
const SYSTEM = ["signed_in", "no_answer", "declined", "unreachable", "link_lost"];

function Breaks() {
  const { t } = useTranslation();
  const code = [
    { required: true, pattern: /^\w{1,32}$/, message: t("1–32 位字母、数字或下划线") },
    { validator: (_: unknown, v: string) => (SYSTEM.includes(v) ? Promise.reject(new Error(t("系统自己用的代码，请换一个"))) : Promise.resolve()) },
  ];
  return (
    <Form.Item label={t("小休原因")} extra={t("坐席示忙时选一个；超过时限班长台变红并告警，0 表示不限。")}>
      <Form.List name="breaks">
        {(fields, { add, remove }) => (
          <div style={{ display: "grid", gap: 6 }}>
            {fields.length > 0 ? <div style={{ ...row, color: "#819096", fontSize: 12 }}><span>{t("名称")}</span><span>{t("代码")}</span><span>{t("时限")}</span><span /></div> : <span style={{ color: "#819096" }}>{t("没有原因，坐席就不能自己示忙。")}</span>}
            {fields.map((f) => (
              <div key={f.key} style={row}>
                <Form.Item name={[f.name, "name"]} rules={[{ required: true, whitespace: true, message: t("请输入名称") }]} style={{ marginBottom: 0 }}><Input maxLength={30} placeholder={t("用餐")} /></Form.Item>
                <Form.Item name={[f.name, "code"]} rules={code} style={{ marginBottom: 0 }}><Input className="fl-mono" maxLength={32} placeholder="meal" /></Form.Item>
                <Form.Item name={[f.name, "min"]} rules={[{ required: true, message: t("不能为空") }]} style={{ marginBottom: 0 }}><InputNumber min={0} max={480} suffix={t("分钟")} style={{ width: "100%" }} /></Form.Item>
                <Button type="text" aria-label={t("删除")} icon={<DeleteOutlined />} onClick={() => { remove(f.name); }} />
              </div>
            ))}
            <Button size="small" type="dashed" icon={<PlusOutlined />} style={{ width: 140 }} disabled={fields.length >= BREAKS_MAX} onClick={() => { add({ name: "", code: "", min: 0 }); }}>{t("加一个原因")}</Button>
          </div>
        )}
      </Form.List>
    </Form.Item>
  );
}

const FIELDS = { link_grace_ms: "link_grace_s", setup_ms_max: "setup_s", setup_ms_max_outside: "setup_s_outside", direct_ring_ms: "direct_ring_s", direct_wrap_up_ms: "direct_wrap_up_s" };

export function DeskForm({ value }: { value: DeskSettings }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<DeskDraft>();
  const prompts = useQuery({ queryKey: ["prompts"], queryFn: getPrompts });
  const asked = [{ required: true, message: t("不能为空") }];
  const seconds = (name: string, label: string, min: number, max: number, extra: string) => <Form.Item name={name} label={label} rules={asked} extra={extra}><InputNumber min={min} max={max} suffix={t("秒")} style={{ width: "100%" }} /></Form.Item>;
  return (
    <Section<DeskDraft> form={form} fields={FIELDS} title={t("坐席台")} hint={t("对所有坐席生效；振铃、话后整理等随坐席组不同的规则在“坐席组”里。")} initial={deskDraft(value)} save={(d) => putDesk(deskSettings(d))}>
      <Breaks />
      <div style={THREE}>
        {seconds("link_grace_s", t("断线保留"), 0, 600, t("坐席台断线这么久仍没连上，就转为小休。"))}
        {seconds("setup_s", t("话机多久没振铃算不通"), 1, 60, t("浏览器和 SIP 话机"))}
        {seconds("setup_s_outside", t("外线多久没振铃算不通"), 3, 120, t("手机、固话"))}
        {seconds("direct_ring_s", t("直接呼叫振铃"), 5, 180, t("转接、咨询同事或坐席自己拨号"))}
        {seconds("direct_wrap_up_s", t("直接呼叫的话后整理"), 0, 3600, t("不经坐席组的通话；0 表示没有。"))}
        <Form.Item name="record_dialed" label={t("坐席拨出的电话录音")} valuePropName="checked"><Switch /></Form.Item>
      </div>
      <div style={TWO}>
        <Form.Item name="music" label={t("保持和等待音乐")} getValueProps={(v: string) => ({ value: v || undefined })} normalize={(v: string | undefined) => v ?? ""} extra={t("在“语音”里上传；坐席组可以另选。")}><Select allowClear showSearch={{ optionFilterProp: "label" }} options={(prompts.data?.items ?? []).map((p) => ({ value: p.name, label: p.name }))} placeholder={t("内置旋律")} /></Form.Item>
        <Form.Item name="zone" label={t("时区")} rules={asked} extra={t("班次、服务时间和“今日”按它算。")}><Input className="fl-mono" placeholder="Asia/Shanghai" /></Form.Item>
      </div>
      <Form.Item name="survey_text" label={t("满意度评价提示语")} extra={t("坐席挂机后请客户评价时念；1 满意、2 不满意、3 一般。")}><Input.TextArea autoSize={{ minRows: 2, maxRows: 5 }} maxLength={300} showCount /></Form.Item>
    </Section>
  );
}
