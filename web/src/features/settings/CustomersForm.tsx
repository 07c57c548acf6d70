/** 客户资料: the fields of customers, and what agents may note about a call. */
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Form, Input, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { putCustomerSettings, type CustomerField, type CustomerSettings } from "@/api/customers.ts";
import { L } from "@/format/words.ts";
import { Section } from "./Section.tsx";

const KINDS: Record<CustomerField["kind"], string> = { text: L("文字"), number: L("数字"), date: L("日期"), select: L("选择") };
const EACH_MAX = 50;
const fieldRow = { display: "grid", gridTemplateColumns: "1fr 1fr 92px 1.6fr 56px 32px", gap: 8, alignItems: "start" } as const;
const resultRow = { display: "grid", gridTemplateColumns: "1fr 1fr 32px", gap: 8, alignItems: "start", maxWidth: 520 } as const;
const tight = { marginBottom: 0 };

function useRules() {
  const { t } = useTranslation();
  return { code: [{ required: true, pattern: /^\w{1,32}$/, message: t("1–32 位字母、数字或下划线") }], name: [{ required: true, whitespace: true, message: t("请输入名称") }] };
}

function CustomFields() {
  const { t } = useTranslation();
  const rules = useRules();
  const fieldsNow = Form.useWatch<Partial<CustomerField>[] | undefined>("fields") ?? [];
  return (
    <Form.Item label={t("客户字段")} extra={t("在客户资料和来电弹屏里填写、显示。代码用过后不要改，否则已填的内容就找不到了。")}>
      <Form.List name="fields">
        {(fields, { add, remove }) => (
          <div style={{ display: "grid", gap: 6 }}>
            {fields.length > 0 ? <div style={{ ...fieldRow, color: "#819096", fontSize: 12 }}><span>{t("名称")}</span><span>{t("代码")}</span><span>{t("类型")}</span><span>{t("选项")}</span><span>{t("必填")}</span><span /></div> : <span style={{ color: "#819096" }}>{t("还没有自定义字段；姓名、单位、号码、备注等是自带的。")}</span>}
            {fields.map((f) => (
              <div key={f.key} style={fieldRow}>
                <Form.Item name={[f.name, "name"]} rules={rules.name} style={tight}><Input maxLength={30} placeholder={t("所在城市")} /></Form.Item>
                <Form.Item name={[f.name, "key"]} rules={rules.code} style={tight}><Input className="fl-mono" maxLength={32} placeholder="city" /></Form.Item>
                <Form.Item name={[f.name, "kind"]} style={tight}><Select options={Object.entries(KINDS).map(([value, text]) => ({ value, label: t(text) }))} /></Form.Item>
                {fieldsNow[f.name]?.kind === "select" ? <Form.Item name={[f.name, "choices"]} rules={[{ required: true, message: t("至少填一个选项") }]} style={tight}><Select mode="tags" open={false} tokenSeparators={[",", "，", "、"]} placeholder={t("输入后回车")} /></Form.Item> : <span style={{ color: "#a3b0b4", paddingTop: 4 }}>—</span>}
                <Form.Item name={[f.name, "required"]} valuePropName="checked" style={tight}><Switch size="small" aria-label={t("必填")} /></Form.Item>
                <Button type="text" aria-label={t("删除")} icon={<DeleteOutlined />} onClick={() => { remove(f.name); }} />
              </div>
            ))}
            <Button size="small" type="dashed" icon={<PlusOutlined />} style={{ width: 140 }} disabled={fields.length >= EACH_MAX} onClick={() => { add({ key: "", name: "", kind: "text", choices: [], required: false }); }}>{t("加一个字段")}</Button>
          </div>
        )}
      </Form.List>
    </Form.Item>
  );
}

function Results() {
  const { t } = useTranslation();
  const rules = useRules();
  return (
    <Form.Item label={t("通话小结的结果")} extra={t("坐席挂机后选一个；报表按它统计。")}>
      <Form.List name="dispositions">
        {(fields, { add, remove }) => (
          <div style={{ display: "grid", gap: 6 }}>
            {fields.length > 0 ? <div style={{ ...resultRow, color: "#819096", fontSize: 12 }}><span>{t("名称")}</span><span>{t("代码")}</span><span /></div> : null}
            {fields.map((f) => (
              <div key={f.key} style={resultRow}>
                <Form.Item name={[f.name, "name"]} rules={rules.name} style={tight}><Input maxLength={30} placeholder={t("已解决")} /></Form.Item>
                <Form.Item name={[f.name, "code"]} rules={rules.code} style={tight}><Input className="fl-mono" maxLength={32} placeholder="solved" /></Form.Item>
                <Button type="text" aria-label={t("删除")} icon={<DeleteOutlined />} onClick={() => { remove(f.name); }} />
              </div>
            ))}
            <Button size="small" type="dashed" icon={<PlusOutlined />} style={{ width: 140 }} disabled={fields.length >= EACH_MAX} onClick={() => { add({ code: "", name: "" }); }}>{t("加一个结果")}</Button>
          </div>
        )}
      </Form.List>
    </Form.Item>
  );
}

/** Choices of a field that is no longer a choice are let go. */
const tidy = (s: CustomerSettings): CustomerSettings => ({
  dispositions: s.dispositions, fields: s.fields.map((f) => ({ ...f, name: f.name.trim(), choices: f.kind === "select" ? f.choices : [] })),
});

export function CustomersForm({ value }: { value: CustomerSettings }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<CustomerSettings>();
  return (
    <Section<CustomerSettings> form={form} title={t("客户资料")} hint={t("每个行业关心的客户信息不同，在这里加上您要的字段。")} initial={value} save={(s) => putCustomerSettings(tidy(s))}>
      <CustomFields />
      <Results />
    </Section>
  );
}
