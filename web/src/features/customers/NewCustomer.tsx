import { Button, Drawer, Form } from "antd";
import { useTranslation } from "react-i18next";
import { createCustomer, matchCustomers } from "@/api/customers.ts";
import { phone } from "@/format/text.ts";
import { useAct } from "@/ui/act.tsx";
import { useGo } from "@/ui/Go.tsx";
import { useCustomerSettings } from "./around.ts";
import { CustomerFields } from "./CustomerFields.tsx";
import { BLANK, toInput, type CustomerDraft } from "./draft.ts";
import { App } from "antd";

/** Whose number it is already, by name; a switchboard may well belong to several. */
async function known(d: CustomerDraft): Promise<string[]> {
  const numbers = toInput(d).numbers.map((n) => n.number);
  const found = await Promise.all(numbers.map(async (n) => (await matchCustomers(n).catch(() => [])).map((c) => `${phone(n)}：${c.name}${c.company ? `（${c.company}）` : ""}`)));
  return found.flat();
}

export function NewCustomer({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const go = useGo();
  const { fields } = useCustomerSettings();
  const [form] = Form.useForm<CustomerDraft>();
  const create = useAct((d: CustomerDraft) => createCustomer(toInput(d)), { done: t("客户已建好"), refresh: ["customers"], form, onDone: (c) => { go(`/customers/${c.id}`); } });
  const check = useAct((d: CustomerDraft) => known(d));
  const ask = async (d: CustomerDraft) => {
    const same = await check.mutateAsync(d);
    if (same.length === 0) create.mutate(d);
    else void modal.confirm({ title: t("号码已有客户"), content: <div>{same.map((s) => <div key={s}>{s}</div>)}<p style={{ color: "#5a6b71" }}>{t("总机、家庭电话可以属于几位客户；是同一个人就不用再建。")}</p></div>, okText: t("仍然新建"), onOk: () => create.mutateAsync(d).catch(() => undefined) });
  };
  return (
    <Drawer open size={600} title={t("新建客户")} onClose={onClose} mask={{ closable: false }}
      extra={<span style={{ display: "flex", gap: 8 }}><Button onClick={onClose}>{t("取消")}</Button><Button type="primary" loading={create.isPending || check.isPending} onClick={() => { form.submit(); }}>{t("保存")}</Button></span>}>
      <Form<CustomerDraft> form={form} layout="vertical" requiredMark={false} initialValues={BLANK} onFinish={(d) => { void ask({ ...BLANK, ...d }).catch(() => undefined); }}>
        <CustomerFields custom={fields} />
      </Form>
    </Drawer>
  );
}
