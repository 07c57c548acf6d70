/** 订单. */
import { DownloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, DatePicker, Select, type TableColumnsType } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import { getCampaigns } from "@/api/campaigns.ts";
import { getOrders, type Order } from "@/api/sales.ts";
import { P, useCan } from "@/app/session.ts";
import { useAgentNames } from "@/features/customers/around.ts";
import { CursorTable } from "@/ui/CursorTable.tsx";
import { CodeSelect, Phone, SearchBox, Time } from "@/ui/fields.tsx";
import { stringifySearch, useFilters } from "@/ui/filters.ts";
import { GoButton } from "@/ui/Go.tsx";
import { Empty, Page, Panel } from "@/ui/Page.tsx";
import { CodeTag } from "@/ui/Tag.tsx";
import { yuan } from "./money.ts";
import { OrderDrawer, type Around } from "./OrderDrawer.tsx";
import { orderState } from "./words.ts";

function useCampaigns() {
  const can = useCan();
  const { data } = useQuery({ queryKey: ["campaigns", "names"], queryFn: () => getCampaigns({ limit: 200 }), enabled: can(P.campaignRead) });
  return data?.items ?? [];
}

function useColumns(around: Around): TableColumnsType<Order> {
  const { t } = useTranslation();
  const what = (o: Order) => o.lines.map((l) => (l.quantity > 1 ? `${l.name}×${l.quantity}` : l.name)).join("、");
  return [
    { title: t("下单时间"), key: "at", width: 110, render: (_, o) => <Time at={o.created_at} /> },
    { title: t("状态"), key: "s", width: 84, render: (_, o) => <CodeTag words={orderState} code={o.state} /> },
    { title: t("客户"), key: "c", width: 110, render: (_, o) => <span className="fl-ellipsis" style={{ display: "block", maxWidth: 110 }} title={o.customer_name}>{o.customer_name}</span> },
    { title: t("号码"), key: "p", width: 140, render: (_, o) => <Phone value={o.phone} /> },
    { title: t("产品"), key: "l", width: 230, render: (_, o) => <span className="fl-ellipsis" style={{ display: "block", maxWidth: 230 }} title={what(o)}>{what(o)}</span> },
    { title: t("金额（元）"), key: "m", width: 110, align: "right", render: (_, o) => <b className="num" style={{ fontWeight: 600 }}>{yuan(o.total_cents)}</b> },
    { title: t("坐席"), key: "a", width: 120, render: (_, o) => around.agent(o.agent_id) || "—" },
    { title: t("任务"), key: "t", width: 180, render: (_, o) => <span className="fl-ellipsis" style={{ display: "block", maxWidth: 180 }} title={around.campaign(o.campaign_id)}>{around.campaign(o.campaign_id) || "—"}</span> },
  ];
}

export function OrderList() {
  const { t } = useTranslation();
  const can = useCan();
  const [f, set] = useFilters();
  const agents = useAgentNames();
  const campaigns = useCampaigns();
  const around: Around = { agent: agents.name, campaign: (id) => (id ? (campaigns.find((c) => c.id === id)?.name ?? `#${id}`) : "") };
  const columns = useColumns(around);
  const params = { q: f.q, state: f.state, campaign_id: f.campaign_id, agent_id: f.agent_id, from: f.from, to: f.to };
  const filtered = Object.values(params).some(Boolean);
  const pick = (name: string, label: string, options: { value: string; label: string }[]) => (
    <Select allowClear showSearch={{ optionFilterProp: "label" }} value={f[name] ?? null} placeholder={label} aria-label={label} style={{ width: 170 }} options={options} onChange={(v: string | null | undefined) => { set({ [name]: v ?? undefined }); }} />
  );
  return (
    <Page title={t("订单")} wide actions={<>{can(P.orderExport) ? <Button icon={<DownloadOutlined />} href={`/api/v1/orders/export${stringifySearch({ ...params, format: "xlsx" })}`} download>{t("导出")}</Button> : null}<GoButton to="/reports/sales_days">{t("销售统计")}</GoButton></>}>
      <Panel flush>
        <div className="fl-filters">
          <SearchBox value={f.q} onChange={(q) => { set({ q }); }} placeholder={t("客户、号码或产品")} />
          <CodeSelect words={orderState} value={f.state} onChange={(state) => { set({ state }); }} placeholder={t("全部状态")} width={110} />
          {campaigns.length > 0 ? pick("campaign_id", t("全部任务"), campaigns.map((c) => ({ value: String(c.id), label: c.name }))) : null}
          {agents.options.length > 0 ? pick("agent_id", t("全部坐席"), agents.options.map((o) => ({ ...o, value: String(o.value) }))) : null}
          <DatePicker.RangePicker style={{ width: 230 }} aria-label={t("下单日期")} value={f.from && f.to ? [dayjs(f.from), dayjs(f.to).subtract(1, "second")] : null}
            onChange={(r) => { set({ from: r?.[0]?.startOf("day").toISOString(), to: r?.[1]?.add(1, "day").startOf("day").toISOString() }); }} />
        </div>
        <CursorTable<Order> name={["orders"]} params={params} load={getOrders} columns={columns} current={Number(f.order) || undefined} onOpen={(o) => { set({ order: String(o.id) }); }}
          empty={filtered ? <Empty title={t("没有符合条件的订单")} hint={t("换个条件试试，或清空筛选。")} /> : <Empty title={t("还没有订单")} hint={t("坐席在通话中点“下单”就能记订单，这里马上看到。")} />} />
      </Panel>
      {f.order ? <OrderDrawer id={Number(f.order)} around={around} onClose={() => { set({ order: undefined }); }} /> : null}
    </Page>
  );
}
