/** An order being written: the same at the desk and for leaders. */
import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { createOrder, getProducts, updateOrder, type Order, type OrderOrigin } from "@/api/sales.ts";
import { useAct } from "@/ui/act.tsx";
import { Lines } from "./Lines.tsx";
import type { Picked } from "./money.ts";

export interface OrderDraft { customer_name: string; phone: string; lines: Picked[]; confirmation: string; note: string }

export const emptyOrder = (name: string, phone: string): OrderDraft => ({ customer_name: name, phone, lines: [], confirmation: "", note: "" });
const drafted = (o: Order): OrderDraft => ({ ...o, lines: o.lines.map(({ product_id, quantity }) => ({ product_id, quantity })) });

export function OrderForm({ order, initial, origin, customer, onDone, onType, dense }: {
  order?: Order; initial: OrderDraft; origin: OrderOrigin; customer?: number | null; onDone: (o: Order) => void;
  /** What is typed, for whoever keeps it. */
  onType?: (d: OrderDraft) => void; dense?: boolean;
}) {
  const { t } = useTranslation();
  const [form] = Form.useForm<OrderDraft>();
  const campaign = order?.campaign_id ?? origin.campaign_id;
  const products = useQuery({ queryKey: ["products", "offered", campaign ?? 0], queryFn: () => getProducts(campaign ? { campaign_id: campaign } : { enabled: true }) });
  const save = useAct(
    ({ confirm, ...f }: OrderDraft & { confirm: boolean }) => {
      const wish = { ...f, ...(customer ? { customer_id: customer } : order?.customer_id ? { customer_id: order.customer_id } : {}) };
      return order ? updateOrder(order.id, { ...wish, revision: order.revision }) : createOrder({ ...wish, ...origin, confirm });
    },
    { done: order ? t("订单已保存") : t("订单已记下"), refresh: ["orders", "order"], form, onDone },
  );
  const submit = (confirm: boolean) => {
    form.validateFields().then(() => { save.mutate({ ...(form.getFieldsValue(true) as OrderDraft), confirm }); }, () => undefined);
  };
  return (
    <Form<OrderDraft> form={form} layout="vertical" requiredMark={false} initialValues={order ? drafted(order) : initial} onValuesChange={() => { onType?.(form.getFieldsValue(true) as OrderDraft); }}>
      <div style={{ display: "grid", gridTemplateColumns: "1fr 1fr", columnGap: 12 }}>
        <Form.Item name="customer_name" label={t("客户姓名")} rules={[{ required: true, whitespace: true, message: t("请填写姓名") }]}><Input maxLength={100} /></Form.Item>
        <Form.Item name="phone" label={t("号码")}><Input maxLength={40} /></Form.Item>
      </div>
      <Form.Item name="lines" label={t("产品")} rules={[{ validator: (_, v: Picked[] | undefined) => (v && v.length > 0 ? Promise.resolve() : Promise.reject(new Error(t("请至少选择一个产品")))) }]}>
        <Lines products={products.data?.items ?? []} lines={order?.lines ?? []} />
      </Form.Item>
      <Form.Item name="confirmation" label={t("二次确认凭证")} tooltip={t("客户亲口同意的依据，例如二次确认通话的编号，方便以后核对录音。")}><Input maxLength={100} placeholder={t("例如：通话编号、短信回复")} /></Form.Item>
      <Form.Item name="note" label={t("备注")}><Input.TextArea maxLength={2000} autoSize={{ minRows: dense ? 1 : 2, maxRows: 5 }} /></Form.Item>
      <div style={{ display: "flex", gap: 8 }}>
        {order ? <Button type="primary" loading={save.isPending} onClick={() => { submit(false); }}>{t("保存")}</Button> : (
          <>
            <Button type="primary" loading={save.isPending} onClick={() => { submit(true); }}>{t("确认下单")}</Button>
            <Button disabled={save.isPending} onClick={() => { submit(false); }}>{t("存为草稿")}</Button>
          </>
        )}
      </div>
    </Form>
  );
}
