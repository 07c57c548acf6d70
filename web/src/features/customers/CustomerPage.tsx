/** One customer: who it is, what passed between us, and which lists hold the numbers. */
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Alert, App, Button, Dropdown, Form } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { deleteCustomer, getCustomer, putOnList, takeOffList, updateCustomer, type Customer, type CustomerInput } from "@/api/customers.ts";
import type { ListKind } from "@/api/types.ts";
import { P, useCan } from "@/app/session.ts";
import { dateTime } from "@/format/text.ts";
import { callerClass, listKind, word } from "@/format/words.ts";
import { goToField, useAct } from "@/ui/act.tsx";
import { useLeaveGuard } from "@/ui/guard.ts";
import { GoButton, useGo } from "@/ui/Go.tsx";
import { Loaded, Page, Panel } from "@/ui/Page.tsx";
import { CodeTag } from "@/ui/Tag.tsx";
import { useAgentNames, useCustomerSettings } from "./around.ts";
import { CustomerFields } from "./CustomerFields.tsx";
import { differences, toDraft, toInput, type CustomerDraft } from "./draft.ts";
import { History } from "./History.tsx";

/** 黑名单、免呼、VIP: of all the customer's numbers. */
function Lists({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const can = useCan();
  const { modal } = App.useApp();
  const on = new Set(customer.lists);
  const set = useAct(({ kind, to }: { kind: ListKind; to: boolean }) => (to ? putOnList(customer.id, kind) : takeOffList(customer.id, kind)), { done: t("名单已更新"), refresh: ["customer", "customers", "list"] });
  const change = (kind: ListKind) => {
    const name = t(word(listKind, kind).text);
    if (on.has(kind) || kind === "vip") set.mutate({ kind, to: !on.has(kind) });
    else void modal.confirm({ title: t("加入{{list}}", { list: name }), content: kind === "block" ? t("这位客户的所有号码呼入时拒接，任何任务都不会呼出。") : t("营销和催收任务不再呼叫这位客户的号码。"), okText: t("加入"), onOk: () => set.mutateAsync({ kind, to: true }).catch(() => undefined) });
  };
  if (!can(P.customerWrite) && !can(P.listWrite)) return null;
  const items = (["vip", "exempt", "block"] as ListKind[]).map((kind) => { const list = t(word(listKind, kind).text); return { key: kind, label: on.has(kind) ? t("移出{{list}}", { list }) : t("加入{{list}}", { list }), danger: kind === "block" && !on.has(kind), onClick: () => { change(kind); } }; });
  return <Dropdown menu={{ items }} trigger={["click"]}><Button loading={set.isPending} disabled={customer.numbers.length === 0}>{t("名单")}</Button></Dropdown>;
}

function Conflict({ theirs, mine, onTake, onKeep }: { theirs: Customer; mine: CustomerInput; onTake: () => void; onKeep: () => void }) {
  const { t } = useTranslation();
  const { fields } = useCustomerSettings();
  const agents = useAgentNames();
  const differ = differences(toInput(toDraft(theirs)), mine, { t, agent: agents.name, field: fields, cls: (c) => t(word(callerClass, c).text) });
  return (
    <Alert type="warning" showIcon style={{ marginBottom: 14 }} title={t("您编辑时有人改过这位客户（{{at}}）", { at: dateTime(theirs.updated_at) })} description={(
      <>
        {differ.length === 0 ? <p>{t("对方的内容和您的一样。")}</p> : (
          <table className="fl-diff">
            <thead><tr><th>{t("字段")}</th><th>{t("对方的")}</th><th>{t("您的")}</th></tr></thead>
            <tbody>{differ.map((d) => <tr key={d.key}><th>{d.label}</th><td>{d.theirs || "—"}</td><td>{d.mine || "—"}</td></tr>)}</tbody>
          </table>
        )}
        <span style={{ display: "flex", gap: 8, marginTop: 8 }}><Button size="small" onClick={onTake}>{t("用对方的")}</Button><Button size="small" type="primary" onClick={onKeep}>{t("用我的覆盖")}</Button></span>
      </>
    )} />
  );
}

function Editor({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const may = useCan()(P.customerWrite);
  const { message } = App.useApp();
  const { fields } = useCustomerSettings();
  const [form] = Form.useForm<CustomerDraft>();
  const [base, setBase] = useState(customer);
  const [dirty, setDirty] = useState(false);
  const [conflict, setConflict] = useState<{ theirs: Customer; mine: CustomerInput }>();
  useLeaveGuard(dirty);
  // While nothing is typed the form shows what the server shows.
  if (!dirty && !conflict && base.revision !== customer.revision) {
    setBase(customer);
    setTimeout(() => { form.setFieldsValue(toDraft(customer)); });
  }
  const save = useAct(({ input, revision }: { input: CustomerInput; revision: number }) => updateCustomer(base.id, { ...input, revision }), {
    done: t("客户资料已保存"), refresh: ["customer", "customers"], form,
    onDone: (saved) => { setBase(saved); setConflict(undefined); setDirty(false); form.setFieldsValue(toDraft(saved)); },
    onFail: (error) => {
      if (error.status !== 409 || !error.code.includes("revision") || !error.current) return false;
      setConflict({ theirs: error.current as Customer, mine: toInput(form.getFieldsValue(true) as CustomerDraft) });
      return true;
    },
  });
  const take = (theirs: Customer) => { setBase(theirs); setConflict(undefined); setDirty(false); form.setFieldsValue(toDraft(theirs)); };
  return (
    <Panel title={t("客户资料")}>
      {conflict ? <Conflict {...conflict} onTake={() => { take(conflict.theirs); }} onKeep={() => { save.mutate({ input: toInput(form.getFieldsValue(true) as CustomerDraft), revision: conflict.theirs.revision }); }} /> : null}
      <Form<CustomerDraft> form={form} layout="vertical" requiredMark={false} disabled={!may} initialValues={toDraft(customer)} onValuesChange={() => { setDirty(true); }}
        onFinishFailed={({ errorFields }) => { if (errorFields[0]) goToField(form, errorFields[0].name); void message.warning(t("有几处需要修改，已标红")); }}
        onFinish={() => { save.mutate({ input: toInput(form.getFieldsValue(true) as CustomerDraft), revision: base.revision }); }}>
        <CustomerFields custom={fields} />
        {may ? (
          <div style={{ position: "sticky", bottom: 0, background: "#fff", padding: "10px 0 2px", display: "flex", gap: 8, alignItems: "center", zIndex: 5 }}>
            <Button type="primary" htmlType="submit" loading={save.isPending} disabled={!dirty}>{t("保存")}</Button>
            {dirty ? <><Button onClick={() => { take(base); }}>{t("放弃修改")}</Button><span style={{ color: "#9a6408" }}>{t("有未保存的修改")}</span></> : null}
          </div>
        ) : null}
      </Form>
    </Panel>
  );
}

function Actions({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const can = useCan();
  const go = useGo();
  const { modal } = App.useApp();
  const remove = useAct(() => deleteCustomer(customer.id), { done: t("客户已删除"), refresh: ["customers"], onDone: () => { go("/customers"); } });
  const ask = () => void modal.confirm({ title: t("删除客户 {{name}}", { name: customer.name }), content: t("资料和号码删除后不能恢复；通话记录、录音和小结保留。"), okText: t("删除"), okButtonProps: { danger: true }, onOk: () => remove.mutateAsync(undefined).catch(() => undefined) });
  return (
    <>
      <GoButton to="/customers">{t("全部客户")}</GoButton>
      <Lists customer={customer} />
      {can(P.customerWrite) ? <Button danger onClick={ask}>{t("删除")}</Button> : null}
    </>
  );
}

export function CustomerPage() {
  const { t } = useTranslation();
  const { id } = useParams({ strict: false }) as { id: string };
  const query = useQuery({ queryKey: ["customer", Number(id)], queryFn: () => getCustomer(Number(id)) });
  const agents = useAgentNames();
  const { dispositions } = useCustomerSettings();
  const c = query.data;
  const title = c ? <span style={{ display: "inline-flex", gap: 8, alignItems: "center", flexWrap: "wrap" }}>{c.name || t("未填")}{c.classes.map((k) => <CodeTag key={k} words={callerClass} code={k} />)}{c.lists.map((k) => <CodeTag key={k} words={listKind} code={k} />)}</span> : t("客户");
  return (
    <Page title={title} wide {...(c ? { hint: [c.company, t("建于 {{at}}", { at: dateTime(c.created_at) })].filter(Boolean).join(" · "), actions: <Actions customer={c} /> } : {})}>
      <Loaded query={query}>
        {(customer) => (
          <div style={{ display: "grid", gridTemplateColumns: "minmax(0, 1.25fr) minmax(0, 1fr)", gap: 12, alignItems: "start" }}>
            <Editor key={customer.id} customer={customer} />
            <History customer={customer.id} words={{ dispositions, agent: agents.name }} />
          </div>
        )}
      </Loaded>
    </Page>
  );
}
