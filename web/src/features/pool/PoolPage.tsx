/** 公海: customers who are nobody's. Agents take them and give them back; leaders give them out and set the rules. */
import { SettingOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Form, InputNumber, Modal, Segmented, Select, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { getCustomers, type Customer } from "@/api/customers.ts";
import { assignCustomer, claimCustomer, getPool, getPoolShare, putPoolRules, type PoolRules, type PoolShare } from "@/api/lists.ts";
import { getDesk } from "@/api/desk.ts";
import { P, useCan } from "@/app/session.ts";
import { useAgentNames } from "@/features/customers/around.ts";
import { count } from "@/format/text.ts";
import { callerClass } from "@/format/words.ts";
import { useAct } from "@/ui/act.tsx";
import { CursorTable } from "@/ui/CursorTable.tsx";
import { Phone, SearchBox, Time } from "@/ui/fields.tsx";
import { useFilters } from "@/ui/filters.ts";
import { Go, useGo } from "@/ui/Go.tsx";
import { Empty, Page, Panel } from "@/ui/Page.tsx";
import { CodeTag } from "@/ui/Tag.tsx";
import { Moves } from "./Moves.tsx";
import { ReleaseDialog } from "./ReleaseDialog.tsx";

const REFRESH = ["pool", "customers", "customer"];

function Rules({ rules, onClose }: { rules: PoolRules; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<PoolRules>();
  const save = useAct(putPoolRules, { done: t("公海规则已保存"), refresh: ["pool", "settings"], form, onDone: onClose });
  const number = { precision: 0, min: 0, style: { width: "100%" } };
  return (
    <Modal open title={t("公海规则")} okText={t("保存")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={save.isPending} width={440}>
      <Form<PoolRules> form={form} layout="vertical" requiredMark={false} initialValues={rules} onFinish={(f) => { save.mutate(f); }} style={{ marginTop: 12 }}>
        <Form.Item name="claims_per_day_max" label={t("每人每天最多领取")} extra={t("填 0 表示不限。")}><InputNumber {...number} max={1000} suffix={t("个")} /></Form.Item>
        <Form.Item name="holds_max" label={t("每人名下最多客户")} extra={t("填 0 表示不限。")}><InputNumber {...number} max={100000} suffix={t("个")} /></Form.Item>
        <Form.Item name="recycle_days" label={t("多少天没有联系就自动收回")} extra={t("没有接通的通话、没有小结也没有修改，就算没有联系；填 0 表示不收回。")}><InputNumber {...number} max={3650} suffix={t("天")} /></Form.Item>
      </Form>
    </Modal>
  );
}

function Assign({ customer, onClose }: { customer: Customer; onClose: () => void }) {
  const { t } = useTranslation();
  const [agent, setAgent] = useState<number>();
  const agents = useAgentNames();
  const give = useAct((id: number) => assignCustomer(customer.id, id), { done: t("已分配"), refresh: REFRESH, onDone: onClose });
  return (
    <Modal open title={t("把“{{name}}”分配给", { name: customer.name || t("未填") })} okText={t("分配")} okButtonProps={{ disabled: agent === undefined }} confirmLoading={give.isPending} onOk={() => { if (agent !== undefined) give.mutate(agent); }} onCancel={onClose} width={400}>
      <Select showSearch={{ optionFilterProp: "label" }} options={agents.options} value={agent ?? null} onChange={(id: number | null) => { setAgent(id ?? undefined); }} placeholder={t("请选择坐席")} aria-label={t("请选择坐席")} style={{ width: "100%", margin: "12px 0" }} />
    </Modal>
  );
}

/** What the agent may still do today, in one line. */
function shareText(t: (text: string, holes?: Record<string, unknown>) => string, share: PoolShare): string {
  const { claims_per_day_max: day, holds_max: hold } = share.rules;
  const today = day > 0 ? t("今天已领 {{n}} / {{max}} 个", { n: share.taken_today, max: day }) : t("今天已领 {{n}} 个", { n: share.taken_today });
  const held = hold > 0 ? t("名下 {{n}} / {{max}} 个", { n: count(share.held), max: count(hold) }) : t("名下 {{n}} 个", { n: count(share.held) });
  return share.agent ? `${today}，${held}` : "";
}

export function PoolPage() {
  const { t } = useTranslation();
  const can = useCan();
  const go = useGo();
  const [f, set] = useFilters();
  const mine = f.view === "mine";
  const leads = can(P.agentSupervise);
  const [open, setOpen] = useState<{ what: "rules" } | { what: "assign" | "release" | "moves"; customer: Customer }>();
  const share = useQuery({ queryKey: ["pool", "share"], queryFn: getPoolShare });
  const desk = useQuery({ queryKey: ["desk", "own"], queryFn: getDesk, enabled: mine && can(P.deskUse), retry: false });
  const agent = desk.data?.view.agent.agent_id;
  const take = useAct((c: Customer) => claimCustomer(c.id), { done: t("已领取，现在归您跟进"), refresh: REFRESH });
  const may = share.data?.agent ?? false;
  const columns: TableColumnsType<Customer> = [
    { title: t("姓名"), key: "n", width: 190, render: (_, c) => <span style={{ display: "flex", gap: 6, alignItems: "center", whiteSpace: "nowrap" }}><Go to={`/customers/${c.id}`}><b style={{ fontWeight: 600 }}>{c.name || t("未填")}</b></Go>{c.classes.map((k) => <CodeTag key={k} words={callerClass} code={k} />)}</span> },
    { title: t("号码"), key: "p", width: 150, render: (_, c) => { const main = c.numbers.find((n) => n.main) ?? c.numbers[0]; return main ? <Phone value={main.number} strong /> : "—"; } },
    { title: t("单位"), key: "c", width: 200, render: (_, c) => <span className="fl-ellipsis" style={{ display: "block", maxWidth: 200 }} title={c.company}>{c.company || "—"}</span> },
    { title: t("最近变动"), key: "u", width: 110, render: (_, c) => <Time at={c.updated_at} /> },
    {
      title: "", key: "x", width: 210, align: "right", render: (_, c) => (
        <span style={{ display: "inline-flex", gap: 4 }}>
          {mine ? <Button size="small" onClick={() => { setOpen({ what: "release", customer: c }); }}>{t("放回公海")}</Button>
            : <>{may ? <Button size="small" type="primary" ghost loading={take.isPending && take.variables?.id === c.id} onClick={() => { take.mutate(c); }}>{t("领取")}</Button> : null}
              {leads ? <Button size="small" onClick={() => { setOpen({ what: "assign", customer: c }); }}>{t("分配")}</Button> : null}</>}
          <Button size="small" type="text" onClick={() => { setOpen({ what: "moves", customer: c }); }}>{t("流转记录")}</Button>
        </span>
      ),
    },
  ];
  const close = () => { setOpen(undefined); };
  const empty = mine ? <Empty title={t("您名下还没有客户")} hint={t("到公海里领取，或等班长分配。")} />
    : f.q ? <Empty title={t("没有符合条件的客户")} hint={t("换个条件试试，或清空筛选。")} /> : <Empty title={t("公海里没有客户")} hint={t("没有归属坐席的客户会出现在这里：新建时没选归属、坐席放回，或太久没有联系被自动收回的。")} />;
  return (
    <Page wide title={t("公海")} hint={share.data ? shareText(t, share.data) : ""}
      actions={can(P.settingsWrite) && share.data ? <Button icon={<SettingOutlined />} onClick={() => { setOpen({ what: "rules" }); }}>{t("公海规则")}</Button> : null}>
      <Panel flush>
        <div className="fl-filters">
          {may ? <Segmented value={mine ? "mine" : "pool"} onChange={(v) => { set({ view: v === "mine" ? "mine" : undefined, q: undefined }); }} options={[{ value: "pool", label: t("公海客户") }, { value: "mine", label: t("我的客户") }]} /> : null}
          <SearchBox value={f.q} onChange={(q) => { set({ q }); }} placeholder={t("姓名或单位")} width={220} />
        </div>
        {mine && agent === undefined ? null : (
          <CursorTable<Customer> name={["pool", mine ? "mine" : "all"]} params={{ q: f.q, ...(mine ? { owner_id: agent } : {}) }} load={mine ? getCustomers : getPool} columns={columns} onOpen={(c) => { go(`/customers/${c.id}`); }} empty={empty} />
        )}
      </Panel>
      {open?.what === "rules" && share.data ? <Rules rules={share.data.rules} onClose={close} /> : null}
      {open?.what === "assign" ? <Assign customer={open.customer} onClose={close} /> : null}
      {open?.what === "release" ? <ReleaseDialog customer={open.customer} refresh={REFRESH} onClose={close} /> : null}
      {open?.what === "moves" ? <Moves customer={open.customer} onClose={close} /> : null}
    </Page>
  );
}
