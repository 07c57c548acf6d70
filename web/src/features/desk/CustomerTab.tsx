import { DeleteOutlined, PhoneOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, DatePicker, Form, Input, InputNumber, Select } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { createCustomer, getCustomer, updateCustomer, type Customer, type CustomerField } from "@/api/customers.ts";
import type { DeskCall, DeskInfo } from "@/api/desk.ts";
import { P, useCan } from "@/app/session.ts";
import { isMasked } from "@/format/text.ts";
import { callerClass } from "@/format/words.ts";
import { useAct } from "@/ui/act.tsx";
import { Loaded } from "@/ui/Page.tsx";
import { filled, toInput, type CustomerForm } from "./customer.ts";
import { chooseCustomer } from "./drafts.ts";
import { dropNewcomer, keepNewcomer, newcomerOf, revived, useNewcomers } from "./newcomers.ts";
import type { Desk } from "./useDesk.ts";

/** 客户资料: the one chosen, or a new one with the number that is calling. */
export function CustomerTab({ call, info, desk, customer }: { call: DeskCall; info: DeskInfo; desk: Desk; customer: number | null }) {
  const query = useQuery({ queryKey: ["customer", customer], queryFn: () => getCustomer(customer ?? 0), enabled: customer !== null });
  const [turn, setTurn] = useState(0);
  const discard = () => {
    dropNewcomer(call);
    setTurn(turn + 1);
  };
  if (customer === null) return <CustomerEditor key={`new${turn}`} call={call} info={info} desk={desk} onDiscard={discard} />;
  return <Loaded query={query}>{(data) => <CustomerEditor key={`${data.id}:${data.revision}`} call={call} info={info} desk={desk} customer={data} />}</Loaded>;
}

function CustomerEditor({ call, info, desk, customer, onDiscard }: { call: DeskCall; info: DeskInfo; desk: Desk; customer?: Customer; onDiscard?: () => void }) {
  const { t } = useTranslation();
  const can = useCan();
  const [form] = Form.useForm<CustomerForm>();
  const save = useAct(
    (f: CustomerForm) => (customer ? updateCustomer(customer.id, { ...toInput(f, customer), revision: customer.revision }) : createCustomer(toInput(f, null, call))),
    {
      done: customer ? t("客户资料已保存") : t("客户已建好"), refresh: ["customer", "customers", "customer-history"], form, adopt: true,
      onDone: (c) => {
        if (!customer) dropNewcomer(call);
        chooseCustomer(call, c.id);
      },
    },
  );
  const write = can(P.customerWrite);
  const draft = newcomerOf(useNewcomers(), call);
  const typed = customer ? undefined : draft;
  return (
    <Form<CustomerForm>
      form={form} layout="vertical" requiredMark={false} disabled={!write} initialValues={typed ? revived(typed) : filled(customer ?? null, call, info.fields)} onFinish={(f) => { save.mutate(f); }}
      onValuesChange={() => { if (!customer) keepNewcomer(call, form.getFieldsValue(true) as CustomerForm); }}
    >
      <div style={{ display: "grid", gridTemplateColumns: "1fr 1fr", columnGap: 12 }}>
        <Form.Item name="name" label={t("姓名")} rules={[{ required: true, whitespace: true, message: t("请填写姓名") }]}><Input maxLength={100} /></Form.Item>
        <Form.Item name="company" label={t("单位")}><Input maxLength={200} /></Form.Item>
        <Form.Item name="classes" label={t("客户类别")}><Select mode="multiple" options={["vip", "important", "elderly"].map((c) => ({ value: c, label: t(callerClass[c]?.text ?? c) }))} /></Form.Item>
        <Form.Item name="next_contact_at" label={t("下次联系")}><DatePicker style={{ width: "100%" }} showTime={{ format: "HH:mm", minuteStep: 5 }} format="YYYY-MM-DD HH:mm" /></Form.Item>
        {info.fields.map((f) => <FieldItem key={f.key} field={f} />)}
      </div>
      <Numbers desk={desk} {...(customer ? { customer: customer.id } : {})} />
      <Form.Item name="note" label={t("备注")}><Input.TextArea maxLength={2000} autoSize={{ minRows: 2, maxRows: 6 }} /></Form.Item>
      {write ? <Button type="primary" htmlType="submit" loading={save.isPending}>{customer ? t("保存资料") : t("新建客户")}</Button> : null}
      {write && typed ? <Button type="text" style={{ marginInlineStart: 8 }} disabled={save.isPending} onClick={onDiscard}>{t("丢弃")}</Button> : null}
    </Form>
  );
}

function FieldItem({ field }: { field: CustomerField }) {
  const { t } = useTranslation();
  const rules = field.required ? [{ required: true, message: t("请填写{{name}}", { name: field.name }) }] : [];
  const input = {
    text: <Input maxLength={500} />, number: <InputNumber style={{ width: "100%" }} />, date: <DatePicker style={{ width: "100%" }} />,
    select: <Select allowClear options={field.choices.map((c) => ({ value: c, label: c }))} />,
  }[field.kind];
  const dates = field.kind === "date" ? { getValueProps: (v: string | null | undefined) => ({ value: v ? dayjs(v) : null }), normalize: (v: dayjs.Dayjs | null) => (v ? v.format("YYYY-MM-DD") : null) } : {};
  return <Form.Item name={["fields", field.key]} label={field.name} rules={rules} {...dates}>{input}</Form.Item>;
}

function Numbers({ desk, customer }: { desk: Desk; customer?: number }) {
  const { t } = useTranslation();
  const form = Form.useFormInstance<CustomerForm>();
  return (
    <Form.Item label={t("号码")} style={{ marginBottom: 10 }}>
      <Form.List name="numbers">
        {(rows, { add, remove }) => (
          <div style={{ display: "grid", gap: 6 }}>
            {rows.map(({ key, name }) => {
              const kept = form.getFieldValue(["numbers", name, "number"]) as string | undefined;
              const id = form.getFieldValue(["numbers", name, "id"]) as number | undefined;
              return (
                <div key={key} style={{ display: "grid", gridTemplateColumns: "minmax(0, 1fr) 110px auto auto", gap: 6 }}>
                  <Form.Item noStyle name={[name, "number"]} rules={[{ required: true, message: t("请填写号码") }]}><Input className="num" aria-label={t("号码")} readOnly={isMasked(kept ?? "")} maxLength={32} /></Form.Item>
                  <Form.Item noStyle name={[name, "label"]}><Input aria-label={t("号码类型")} placeholder={t("手机、办公室")} maxLength={20} /></Form.Item>
                  <Button type="text" icon={<PhoneOutlined />} disabled={customer === undefined || id === undefined || !desk.may("dial")} aria-label={t("拨打这个号码")} title={t("拨打这个号码")} onClick={() => void desk.ask({ do: "dial", number: `customer:${customer ?? 0}:${id ?? 0}` })} />
                  <Button type="text" icon={<DeleteOutlined />} aria-label={t("删除这个号码")} onClick={() => { remove(name); }} />
                </div>
              );
            })}
            <Button size="small" type="dashed" icon={<PlusOutlined />} style={{ justifySelf: "start" }} onClick={() => { add({ number: "", label: "", main: rows.length === 0 }); }}>{t("加号码")}</Button>
          </div>
        )}
      </Form.List>
    </Form.Item>
  );
}
