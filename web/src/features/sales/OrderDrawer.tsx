/** One order: what was ordered, by whom, and what may still be done with it. */
import { useQuery } from "@tanstack/react-query";
import { App, Button, Drawer, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { cancelOrder, confirmOrder, getOrder, type Order } from "@/api/sales.ts";
import { P, useCan } from "@/app/session.ts";
import { actorText } from "@/format/words.ts";
import { useAct } from "@/ui/act.tsx";
import { Dl, Phone, Time } from "@/ui/fields.tsx";
import { Go } from "@/ui/Go.tsx";
import { Loaded } from "@/ui/Page.tsx";
import { CodeTag } from "@/ui/Tag.tsx";
import { yuan } from "./money.ts";
import { emptyOrder, OrderForm } from "./OrderForm.tsx";
import { orderState } from "./words.ts";

export interface Around { agent: (id: number | null | undefined) => string; campaign: (id: number | null | undefined) => string }

export function OrderDrawer({ id, around, onClose }: { id: number; around: Around; onClose: () => void }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ["order", id], queryFn: () => getOrder(id) });
  return (
    <Drawer open size={560} title={t("订单 {{id}}", { id })} onClose={onClose}>
      <Loaded query={query}>{(o) => <Body key={o.revision} order={o} around={around} />}</Loaded>
    </Drawer>
  );
}

function Body({ order, around }: { order: Order; around: Around }) {
  const { t } = useTranslation();
  const can = useCan();
  const [editing, setEditing] = useState(false);
  if (editing) return <OrderForm order={order} initial={emptyOrder("", "")} origin={{}} onDone={() => { setEditing(false); }} />;
  return (
    <div style={{ display: "grid", gap: 16 }}>
      <Dl rows={[
        [t("状态"), <CodeTag key="s" words={orderState} code={order.state} />], [t("客户"), order.customer_name], [t("号码"), <Phone key="p" value={order.phone} strong />],
        [t("任务"), order.campaign_id ? <Go key="c" to={`/campaigns/${order.campaign_id}/overview`}>{around.campaign(order.campaign_id)}</Go> : "—"], [t("坐席"), around.agent(order.agent_id) || "—"],
        [t("下单"), <span key="t"><Time at={order.created_at} /> <span style={{ color: "#819096" }}>{actorText(order.created_by, t)}</span></span>],
        ...(order.confirmed_at ? [[t("确认时间"), <Time key="k" at={order.confirmed_at} />] as [string, React.ReactNode]] : []),
        [t("二次确认凭证"), order.confirmation || "—"],
        ...(order.call_id ? [[t("通话"), can(P.callRead) ? <Go key="l" to={`/calls?call=${order.call_id}`}>{order.call_id}</Go> : String(order.call_id)] as [string, React.ReactNode]] : []),
        ...(order.note ? [[t("备注"), order.note] as [string, React.ReactNode]] : []),
        ...(order.state === "cancelled" ? [[t("取消原因"), order.cancel_reason] as [string, React.ReactNode]] : []),
      ]} />
      <table className="fl-plain">
        <thead><tr><th>{t("产品")}</th><th className="r">{t("单价（元）")}</th><th className="r">{t("数量")}</th><th className="r">{t("金额（元）")}</th></tr></thead>
        <tbody>{order.lines.map((l) => <tr key={l.product_id}><td>{l.name} <span className="fl-mono" style={{ color: "#819096" }}>{l.code}</span></td><td className="r num">{yuan(l.price_cents)}</td><td className="r num">{l.quantity} {l.unit}</td><td className="r num">{yuan(l.price_cents * l.quantity)}</td></tr>)}</tbody>
        <tfoot><tr><th colSpan={3}>{t("合计")}</th><th className="r num">{yuan(order.total_cents)}</th></tr></tfoot>
      </table>
      {can(P.orderWrite) && order.state !== "cancelled" ? <Actions order={order} onEdit={() => { setEditing(true); }} /> : null}
    </div>
  );
}

function Actions({ order, onEdit }: { order: Order; onEdit: () => void }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const refresh = ["orders", "order"];
  const confirm = useAct(() => confirmOrder(order.id, { revision: order.revision }), { done: t("订单已确认"), refresh });
  const cancel = useAct((reason: string) => cancelOrder(order.id, { revision: order.revision, reason }), { done: t("订单已取消"), refresh });
  const ask = () => {
    let reason = "";
    void modal.confirm({
      title: t("取消订单"), okText: t("取消订单"), okButtonProps: { danger: true }, cancelText: t("先不取消"),
      content: <Input.TextArea autoFocus maxLength={200} placeholder={t("为什么取消，例如：客户反悔")} aria-label={t("取消原因")} onChange={(e) => { reason = e.target.value; }} />,
      onOk: () => cancel.mutateAsync(reason),
    });
  };
  return (
    <div style={{ display: "flex", gap: 8 }}>
      {order.state === "draft" ? <Button type="primary" loading={confirm.isPending} onClick={() => { confirm.mutate(undefined); }}>{t("确认订单")}</Button> : null}
      {order.state === "draft" ? <Button onClick={onEdit}>{t("修改")}</Button> : null}
      <Button danger onClick={ask}>{t("取消订单")}</Button>
    </div>
  );
}
