/** 客户. */
import { DownloadOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Select, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { getCustomers, type Customer } from "@/api/customers.ts";
import { P, useCan } from "@/app/session.ts";
import { callerClass, listKind } from "@/format/words.ts";
import { CursorTable } from "@/ui/CursorTable.tsx";
import { CodeSelect, Phone, SearchBox, Time } from "@/ui/fields.tsx";
import { stringifySearch, useFilters } from "@/ui/filters.ts";
import { Go, useGo } from "@/ui/Go.tsx";
import { Empty, Page, Panel } from "@/ui/Page.tsx";
import { CodeTag } from "@/ui/Tag.tsx";
import { useAgentNames, useCustomerSettings } from "./around.ts";
import { NewCustomer } from "./NewCustomer.tsx";

const OWN_COLUMNS = 2;
const { long_distance: _far, ...CLASSES } = callerClass;

function useColumns(agent: (id: number | null | undefined) => string): TableColumnsType<Customer> {
  const { t } = useTranslation();
  const { fields } = useCustomerSettings();
  const own: TableColumnsType<Customer> = fields.slice(0, OWN_COLUMNS).map((f) => ({
    title: f.name, key: `f-${f.key}`, width: 84, ellipsis: true, render: (_, c) => { const text = String(c.fields[f.key] ?? ""); return <span title={text}>{text || "—"}</span>; },
  }));
  return [
    { title: t("姓名"), key: "n", width: 190, render: (_, c) => <span style={{ whiteSpace: "nowrap", display: "flex", gap: 6, alignItems: "center" }}><Go to={`/customers/${c.id}`}><b style={{ fontWeight: 600 }}>{c.name || t("未填")}</b></Go>{c.classes.map((k) => <CodeTag key={k} words={callerClass} code={k} />)}</span> },
    { title: t("号码"), key: "p", width: 150, render: (_, c) => { const main = c.numbers.find((n) => n.main) ?? c.numbers[0]; return main ? <><Phone value={main.number} strong />{c.numbers.length > 1 ? <span style={{ color: "#819096" }}> {t("等 {{n}} 个", { n: c.numbers.length })}</span> : null}</> : "—"; } },
    { title: t("单位"), key: "c", width: 180, render: (_, c) => <span className="fl-ellipsis" style={{ display: "block", maxWidth: 180 }} title={c.company}>{c.company || "—"}</span> },
    { title: t("归属坐席"), key: "o", width: 110, render: (_, c) => agent(c.owner_id) || "—" },
    ...own,
    { title: t("名单"), key: "l", width: 96, render: (_, c) => <span style={{ display: "flex", gap: 4 }}>{c.lists.map((k) => <CodeTag key={k} words={listKind} code={k} />)}</span> },
    { title: t("下次联系"), key: "x", width: 96, render: (_, c) => <Time at={c.next_contact_at} /> },
    { title: t("最近修改"), key: "u", width: 96, render: (_, c) => <Time at={c.updated_at} /> },
  ];
}

export function CustomerList() {
  const { t } = useTranslation();
  const can = useCan();
  const go = useGo();
  const [f, set] = useFilters();
  const [adding, setAdding] = useState(false);
  const agents = useAgentNames();
  const columns = useColumns(agents.name);
  const params = { q: f.q, owner_id: f.owner_id, class: f.class };
  const add = can(P.customerWrite) ? <Button type="primary" icon={<PlusOutlined />} onClick={() => { setAdding(true); }}>{t("新建客户")}</Button> : null;
  const filtered = Object.values(params).some(Boolean);
  return (
    <Page title={t("客户管理")} wide actions={<>{can(P.customerExport) ? <Button icon={<DownloadOutlined />} href={`/api/v1/customers/export${stringifySearch({ ...params, format: "xlsx" })}`} download>{t("导出")}</Button> : null}{add}</>}>
      <Panel flush>
        <div className="fl-filters">
          <SearchBox value={f.q} onChange={(q) => { set({ q }); }} placeholder={t("姓名、单位或号码")} width={220} />
          <CodeSelect words={CLASSES} value={f.class} onChange={(v) => { set({ class: v }); }} placeholder={t("客户类别")} />
          <Select allowClear showSearch={{ optionFilterProp: "label" }} value={f.owner_id ?? null} placeholder={t("归属坐席")} aria-label={t("归属坐席")} style={{ width: 160 }} onChange={(v: string | null | undefined) => { set({ owner_id: v ?? undefined }); }} options={agents.options.map((o) => ({ ...o, value: String(o.value) }))} />
        </div>
        <CursorTable<Customer> name={["customers"]} params={params} load={getCustomers} columns={columns} onOpen={(c) => { go(`/customers/${c.id}`); }}
          empty={filtered ? <Empty title={t("没有符合条件的客户")} hint={t("换个条件试试，或清空筛选。")} /> : <Empty title={t("还没有客户")} hint={t("坐席在通话中就能建客户；也可以在这里先建好，来电时自动弹出。")} action={add} />} />
      </Panel>
      {adding ? <NewCustomer onClose={() => { setAdding(false); }} /> : null}
    </Page>
  );
}
