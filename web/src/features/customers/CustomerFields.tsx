/** The fields of a customer's form. */
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { AutoComplete, Button, DatePicker, Form, Input, InputNumber, Select } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import type { CustomerField } from "@/api/customers.ts";
import { callerClass } from "@/format/words.ts";
import { useAgentNames } from "./around.ts";

const NUMBERS_MAX = 20;
const CLASSES = ["vip", "important", "elderly"];
const two = { display: "grid", gridTemplateColumns: "1fr 1fr", columnGap: 16 } as const;

function Custom({ field }: { field: CustomerField }) {
  const { t } = useTranslation();
  const input = {
    text: <Input maxLength={500} />, number: <InputNumber style={{ width: "100%" }} />, date: <DatePicker style={{ width: "100%" }} />, select: <Select allowClear options={field.choices.map((c) => ({ value: c, label: c }))} />,
  }[field.kind];
  const dates = field.kind === "date" ? { getValueProps: (v: string | null | undefined) => ({ value: v ? dayjs(v) : null }), normalize: (v: dayjs.Dayjs | null) => (v ? v.format("YYYY-MM-DD") : null) } : {};
  return <Form.Item name={["fields", field.key]} label={field.name} rules={field.required ? [{ required: true, message: t("请填写{{name}}", { name: field.name }) }] : []} {...dates}>{input}</Form.Item>;
}

function Numbers() {
  const { t } = useTranslation();
  const form = Form.useFormInstance();
  const main = (at: number) => {
    const numbers = form.getFieldValue("numbers") as { main: boolean }[];
    form.setFieldValue("numbers", numbers.map((n, i) => ({ ...n, main: i === at })));
  };
  const rows = (Form.useWatch("numbers", { form, preserve: true }) as { main?: boolean }[] | undefined) ?? [];
  const labels = [t("手机"), t("办公室"), t("家庭")].map((value) => ({ value }));
  return (
    <Form.Item label={t("号码")} extra={t("手机或带区号的固话；拨打时先用主号码。")}>
      <Form.List name="numbers">
        {(fields, { add, remove }) => (
          <div style={{ display: "grid", gap: 6 }}>
            {fields.map((f) => (
              <div key={f.key} style={{ display: "grid", gridTemplateColumns: "minmax(0, 1.4fr) minmax(0, 1fr) 76px 32px", gap: 8, alignItems: "start" }}>
                <Form.Item name={[f.name, "number"]} rules={[{ required: true, message: t("请输入号码") }]} style={{ marginBottom: 0 }}><Input className="num" inputMode="tel" aria-label={t("号码")} placeholder="13800138000" /></Form.Item>
                <Form.Item name={[f.name, "label"]} style={{ marginBottom: 0 }}><AutoComplete options={labels} aria-label={t("号码类型")} placeholder={t("手机、办公室")} /></Form.Item>
                <Button size="middle" type={rows[f.name]?.main ? "primary" : "default"} ghost={rows[f.name]?.main ?? false} onClick={() => { main(f.name); }}>{rows[f.name]?.main ? t("主号码") : t("设为主")}</Button>
                <Button type="text" icon={<DeleteOutlined />} aria-label={t("删除")} onClick={() => { remove(f.name); }} />
              </div>
            ))}
            <Button type="dashed" size="small" icon={<PlusOutlined />} style={{ width: 120 }} disabled={fields.length >= NUMBERS_MAX} onClick={() => { add({ number: "", label: "", main: fields.length === 0 }); }}>{t("加一个号码")}</Button>
          </div>
        )}
      </Form.List>
    </Form.Item>
  );
}

export function CustomerFields({ custom }: { custom: readonly CustomerField[] }) {
  const { t } = useTranslation();
  const agents = useAgentNames();
  const agent = <Select allowClear showSearch={{ optionFilterProp: "label" }} options={agents.options} placeholder={t("不指定")} labelRender={({ label, value }) => label ?? agents.name(Number(value))} />;
  return (
    <>
      <div style={two}>
        <Form.Item name="name" label={t("姓名")} rules={[{ required: true, whitespace: true, message: t("请输入姓名") }]}><Input maxLength={100} /></Form.Item>
        <Form.Item name="company" label={t("单位")}><Input maxLength={200} /></Form.Item>
      </div>
      <Numbers />
      <div style={two}>
        <Form.Item name="classes" label={t("客户类别")} extra={t("排队时按坐席组的规则往前排。")}><Select mode="multiple" allowClear options={CLASSES.map((c) => ({ value: c, label: t(callerClass[c]?.text ?? c) }))} /></Form.Item>
        <Form.Item name="next_contact_at" label={t("下次联系")}><DatePicker showTime={{ format: "HH:mm", minuteStep: 5 }} format="YYYY-MM-DD HH:mm" style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="owner_id" label={t("归属坐席")} extra={t("来电先找他。")}>{agent}</Form.Item>
        <Form.Item name="seat_id" label={t("VIP 专席")} extra={t("来电直接到这个坐席。")}>{agent}</Form.Item>
        {custom.map((f) => <Custom key={f.key} field={f} />)}
      </div>
      <Form.Item name="note" label={t("备注")}><Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} maxLength={2000} /></Form.Item>
    </>
  );
}
