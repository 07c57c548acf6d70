/** The lines of an order as they are picked: each product once, with its price and attributes. */
import { DeleteOutlined } from "@ant-design/icons";
import { Button, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { OrderLine, Product } from "@/api/sales.ts";
import { add, total, yuan, type Picked } from "./money.ts";

export function Lines({ value = [], onChange, products, lines = [] }: {
  value?: Picked[]; onChange?: (v: Picked[]) => void; products: readonly Product[];
  /** Of the order as it is stored: their prices stay. */
  lines?: readonly OrderLine[];
}) {
  const { t } = useTranslation();
  const set = (next: Picked[]) => onChange?.(next);
  const options = products.filter((p) => !value.some((v) => v.product_id === p.id)).map((p) => ({ value: p.id, label: `${p.name}\u3000¥${yuan(p.price_cents)}` }));
  return (
    <div style={{ display: "grid", gap: 6 }}>
      <Select<number> showSearch={{ optionFilterProp: "label" }} value={null} placeholder={t("选择产品加入订单")} aria-label={t("选择产品加入订单")} options={options}
        notFoundContent={products.length === 0 ? t("没有可卖的产品，请班长先在“产品”里添加") : t("没有符合条件的产品")} onChange={(id) => { if (id) set(add(value, id)); }} />
      {value.map((v) => {
        const line = lines.find((l) => l.product_id === v.product_id);
        const product = products.find((p) => p.id === v.product_id);
        const price = line?.price_cents ?? product?.price_cents ?? 0;
        const name = line?.name ?? product?.name ?? `#${v.product_id}`;
        const more = Object.entries(product?.attributes ?? {}).map(([k, x]) => `${k}：${String(x)}`).join("\u3000");
        return (
          <div key={v.product_id} style={{ display: "grid", gridTemplateColumns: "minmax(0,1fr) 76px 92px 26px", gap: 6, alignItems: "center", borderTop: "1px solid #edf1f2", paddingTop: 6 }}>
            <span style={{ minWidth: 0 }}>
              <span className="fl-ellipsis" style={{ display: "block", fontWeight: 600 }} title={name}>{name}</span>
              <span className="fl-ellipsis" style={{ display: "block", color: "#819096", fontSize: 12 }} title={more}>¥{yuan(price)}{line?.unit ?? product?.unit ? ` / ${line?.unit ?? product?.unit ?? ""}` : ""}{more ? `\u3000${more}` : ""}</span>
            </span>
            <InputNumber size="small" min={1} max={9999} precision={0} value={v.quantity} aria-label={t("{{name}}的数量", { name })} style={{ width: "100%" }}
              onChange={(n) => { set(value.map((x) => (x.product_id === v.product_id ? { ...x, quantity: n ?? 1 } : x))); }} />
            <b className="num" style={{ textAlign: "right" }}>¥{yuan(price * v.quantity)}</b>
            <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={t("去掉{{name}}", { name })} onClick={() => { set(value.filter((x) => x.product_id !== v.product_id)); }} />
          </div>
        );
      })}
      {value.length > 0 ? <div style={{ display: "flex", justifyContent: "space-between", borderTop: "1px solid #d9e1e4", paddingTop: 6 }}><span>{t("合计")}</span><b className="num" style={{ fontSize: 16 }}>¥{yuan(total(value, lines, products))}</b></div> : null}
    </div>
  );
}
