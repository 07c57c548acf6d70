/** 下单: orders of the call at the desk, during it and after it. What is typed stays until it is saved, call by call. */
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DeskCall } from "@/api/desk.ts";
import { getOrders } from "@/api/sales.ts";
import { own } from "@/app/own.ts";
import { yuan } from "@/features/sales/money.ts";
import { emptyOrder, OrderForm, type OrderDraft } from "@/features/sales/OrderForm.tsx";
import { OrderDrawer } from "@/features/sales/OrderDrawer.tsx";
import { orderState } from "@/features/sales/words.ts";
import { Empty } from "@/ui/Page.tsx";
import { CodeTag } from "@/ui/Tag.tsx";

const KEPT_MAX = 20;
const kept = own<readonly { call_id: number; draft: OrderDraft }[]>("orders", []);

export function OrderPanel({ call, customer, name }: { call: DeskCall; customer: number | null; name: string }) {
  const { t } = useTranslation();
  const typed = kept.use().find((k) => k.call_id === call.call_id)?.draft;
  const [writing, setWriting] = useState(typed !== undefined);
  const [open, setOpen] = useState<number>();
  const orders = useQuery({ queryKey: ["orders", "call", call.call_id], queryFn: () => getOrders({ call_id: call.call_id }) });
  const items = orders.data?.items ?? [];
  const keep = (draft: OrderDraft | null) => {
    const rest = kept.get().filter((k) => k.call_id !== call.call_id);
    kept.set((draft ? [{ call_id: call.call_id, draft }, ...rest] : rest).slice(0, KEPT_MAX));
  };
  const origin = { call_id: call.call_id, ...(call.campaign_id ? { campaign_id: call.campaign_id } : {}), ...(call.lead_id ? { lead_id: call.lead_id } : {}) };
  return (
    <div style={{ display: "grid", gap: 12 }}>
      {items.map((o) => (
        <button key={o.id} type="button" className="dk-choice" style={{ display: "flex", gap: 8, alignItems: "center", padding: "6px 10px" }} onClick={() => { setOpen(o.id); }}>
          <CodeTag words={orderState} code={o.state} />
          <span className="fl-ellipsis" style={{ flex: 1 }}>{o.lines.map((l) => (l.quantity > 1 ? `${l.name}×${l.quantity}` : l.name)).join("、")}</span>
          <b className="num">¥{yuan(o.total_cents)}</b>
        </button>
      ))}
      {writing ? (
        <>
          <OrderForm dense initial={typed ?? emptyOrder(name, call.number)} origin={origin} customer={customer} onType={keep} onDone={() => { keep(null); setWriting(false); }} />
          <div><Button type="text" size="small" onClick={() => { keep(null); setWriting(false); }}>{t("丢弃")}</Button></div>
        </>
      ) : items.length > 0 ? <div><Button onClick={() => { setWriting(true); }}>{t("再下一单")}</Button></div> : (
        <Empty title={t("这通电话还没有订单")} hint={t("客户要买时点下面的按钮，通话结束后也可以补。")} action={<Button type="primary" onClick={() => { setWriting(true); }}>{t("下单")}</Button>} />
      )}
      {open !== undefined ? <OrderDrawer id={open} around={{ agent: () => t("我"), campaign: () => call.campaign_name ?? "" }} onClose={() => { setOpen(undefined); }} /> : null}
    </div>
  );
}
