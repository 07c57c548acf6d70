/** 卖哪些产品: what agents may sell in this campaign, in the order they see it. */
import { useQuery } from "@tanstack/react-query";
import { Button, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { getOffer, getProducts, putOffer } from "@/api/sales.ts";
import { P, useCan } from "@/app/session.ts";
import { yuan } from "@/features/sales/money.ts";
import { useAct } from "@/ui/act.tsx";
import { Go } from "@/ui/Go.tsx";
import { Panel } from "@/ui/Page.tsx";

export function OfferPanel({ campaign }: { campaign: number }) {
  const { t } = useTranslation();
  const can = useCan();
  const may = can(P.orderRead);
  const products = useQuery({ queryKey: ["products"], queryFn: () => getProducts(), enabled: may });
  const offer = useQuery({ queryKey: ["offer", campaign], queryFn: () => getOffer(campaign), enabled: may });
  const [typed, setTyped] = useState<number[]>();
  const save = useAct((ids: number[]) => putOffer(campaign, ids), { done: t("已保存"), refresh: ["offer", "products"], onDone: () => { setTyped(undefined); } });
  if (!may || !offer.data || !products.data) return null;
  const all = products.data.items;
  const value = typed ?? offer.data.products;
  return (
    <Panel title={t("卖哪些产品")} style={{ marginTop: 12 }}>
      {all.length === 0 ? <span style={{ color: "#5a6b71" }}>{t("还没有产品。")}{can(P.productWrite) ? <Go to="/products">{t("去添加产品")}</Go> : null}</span> : (
        <div style={{ display: "flex", gap: 8, alignItems: "flex-start" }}>
          <Select mode="multiple" style={{ flex: 1 }} value={value} onChange={setTyped} disabled={!can(P.campaignWrite)} showSearch={{ optionFilterProp: "label" }} placeholder={t("不选就是全部在售产品")} aria-label={t("卖哪些产品")}
            options={all.map((p) => ({ value: p.id, label: `${p.name}\u3000¥${yuan(p.price_cents)}${p.enabled ? "" : `（${t("停售")}）`}` }))} />
          {can(P.campaignWrite) ? <Button type="primary" disabled={typed === undefined} loading={save.isPending} onClick={() => { save.mutate(value); }}>{t("保存")}</Button> : null}
        </div>
      )}
    </Panel>
  );
}
