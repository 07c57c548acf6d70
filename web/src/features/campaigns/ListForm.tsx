import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Form, Input, InputNumber, Modal, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import type { CampaignView } from "@/api/campaigns.ts";
import { createList, updateList, type FieldOp, type ListFilter, type ListInput, type ListView } from "@/api/lists.ts";
import { carrier } from "@/format/words.ts";
import { useAct } from "@/ui/act.tsx";
import { cleanFilter, FIELD_OP, NEEDS_VALUE } from "./filterText.ts";

export const LIST_REFRESH = ["lead-lists", "leads", "lead", "campaign"];
const WIDE = { width: "100%" };

function FieldTests({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const keys = campaign.fields.map((f) => ({ value: f.key, label: f.label }));
  const ops = Object.entries(FIELD_OP).map(([value, text]) => ({ value, label: t(text) }));
  return (
    <Form.List name={["filter", "fields"]}>
      {(rows, { add, remove }) => (
        <div style={{ display: "grid", gap: 6 }}>
          {rows.map((row) => (
            <span key={row.key} style={{ display: "grid", gridTemplateColumns: "150px 100px 1fr 32px", gap: 6, alignItems: "start" }}>
              <Form.Item name={[row.name, "key"]} noStyle rules={[{ required: true, message: t("请选择字段") }]}><Select options={keys} placeholder={t("字段")} aria-label={t("字段")} /></Form.Item>
              <Form.Item name={[row.name, "op"]} noStyle><Select options={ops} aria-label={t("条件")} /></Form.Item>
              <Form.Item noStyle shouldUpdate>
                {({ getFieldValue }) => NEEDS_VALUE(getFieldValue(["filter", "fields", row.name, "op"]) as FieldOp)
                  ? <Form.Item name={[row.name, "values"]} style={{ margin: 0 }} rules={[{ required: true, message: t("请填写取值") }]}><Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[",", "，", "、", ";"]} placeholder={t("取值，可填多个，回车分隔")} aria-label={t("取值")} /></Form.Item>
                  : <span />}
              </Form.Item>
              <Button type="text" icon={<DeleteOutlined />} aria-label={t("删除条件")} onClick={() => { remove(row.name); }} />
            </span>
          ))}
          {keys.length > 0 ? <Button type="dashed" size="small" icon={<PlusOutlined />} disabled={rows.length >= 20} onClick={() => { add({ op: "in", values: [] }); }} style={{ justifySelf: "start" }}>{t("按字段筛选")}</Button>
            : <span style={{ color: "#819096" }}>{t("任务还没有自定义字段；导入时可以添加。")}</span>}
        </div>
      )}
    </Form.List>
  );
}

/** Name, weight, priority: what every list has. */
export function ListBasics() {
  const { t } = useTranslation();
  return (
    <>
      <Form.Item name="name" label={t("名单名称")} rules={[{ required: true, whitespace: true, message: t("请填写名单名称") }]}><Input maxLength={60} autoFocus /></Form.Item>
      <span style={{ display: "grid", gridTemplateColumns: "1fr 1fr", gap: 16 }}>
        <Form.Item name="weight" label={t("权重")} rules={[{ required: true, message: t("权重须为 1–100") }]} extra={t("同一优先级的名单按权重分配呼叫量。")}><InputNumber min={1} max={100} precision={0} style={WIDE} /></Form.Item>
        <Form.Item name="priority" label={t("优先级")} rules={[{ required: true, message: t("请填写优先级") }]} extra={t("数字大的先呼，呼完再轮到数字小的。")}><InputNumber min={-100} max={100} precision={0} style={WIDE} /></Form.Item>
      </span>
    </>
  );
}

export function ListForm({ campaign, list, onClose }: { campaign: CampaignView; list?: ListView | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<ListInput>();
  const save = useAct((f: ListInput) => {
    const input: ListInput = { ...f, filter: cleanFilter(f.filter) };
    return list ? updateList(list.id, { ...input, revision: list.revision }) : createList(campaign.id, input);
  }, { done: list ? t("名单已保存") : t("名单已建立，可以导入或添加号码"), refresh: LIST_REFRESH, form, onDone: onClose });
  const filter: Partial<ListFilter> = list?.filter ?? {};
  return (
    <Modal open title={list ? t("名单设置") : t("新建名单")} okText={t("保存")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={save.isPending} width={600}>
      <Form<ListInput> form={form} layout="vertical" requiredMark={false} style={{ marginTop: 12 }} onFinish={(f) => { save.mutate(f); }}
        initialValues={{ name: list?.name ?? "", weight: list?.weight ?? 10, priority: list?.priority ?? 0, enabled: list?.enabled ?? true, filter: { ...filter, fields: filter.fields ?? [] } }}>
        <ListBasics />
        <Form.Item name="enabled" label={t("参与呼叫")} valuePropName="checked" layout="horizontal"><Switch /></Form.Item>
        <h3 style={{ fontSize: 14, margin: "0 0 4px" }}>{t("筛选条件")}</h3>
        <p style={{ color: "#819096", margin: "0 0 10px" }}>{t("只呼叫符合条件的人；其他人留在名单里等待，条件改了就会放出来。")}</p>
        <Form.Item name={["filter", "regions"]} label={t("归属地")} extra={t("按开头匹配，如“山东省”或“山东省济南市”。")}><Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[",", "，", "、", ";"]} placeholder={t("不限")} /></Form.Item>
        <span style={{ display: "grid", gridTemplateColumns: "2fr 1fr 1fr", gap: 16 }}>
          <Form.Item name={["filter", "carriers"]} label={t("运营商")}><Select mode="multiple" placeholder={t("不限")} options={Object.entries(carrier).map(([value, w]) => ({ value, label: t(w.text) }))} /></Form.Item>
          <Form.Item name={["filter", "attempts_min"]} label={t("至少呼过")}><InputNumber min={0} max={20} precision={0} placeholder={t("不限")} suffix={t("次")} style={WIDE} /></Form.Item>
          <Form.Item name={["filter", "attempts_max"]} label={t("最多呼过")}><InputNumber min={0} max={20} precision={0} placeholder={t("不限")} suffix={t("次")} style={WIDE} /></Form.Item>
        </span>
        <FieldTests campaign={campaign} />
      </Form>
    </Modal>
  );
}
