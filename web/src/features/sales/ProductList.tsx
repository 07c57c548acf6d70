/** 产品. */
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input, InputNumber, Modal, Switch, Table, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { createProduct, getProducts, updateProduct, type Product } from "@/api/sales.ts";
import { P, useCan } from "@/app/session.ts";
import { useAct } from "@/ui/act.tsx";
import { SearchBox } from "@/ui/fields.tsx";
import { useFilters } from "@/ui/filters.ts";
import { Empty, Loaded, Page, Panel } from "@/ui/Page.tsx";
import { Tag } from "@/ui/Tag.tsx";
import { toCents, yuan } from "./money.ts";

interface Fields { code: string; name: string; price: number; unit: string; attributes: { key: string; value: string }[]; enabled: boolean }

const filled = (p: Product | null): Fields => (p
  ? { ...p, price: p.price_cents / 100, attributes: Object.entries(p.attributes).map(([key, value]) => ({ key, value: String(value) })) }
  : { code: "", name: "", price: 0, unit: "", attributes: [], enabled: true });

function Editor({ product, onClose }: { product: Product | null; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const save = useAct(
    ({ price, attributes, ...f }: Fields) => {
      const wish = { ...f, price_cents: toCents(price), attributes: Object.fromEntries(attributes.filter((a) => a.key.trim()).map((a) => [a.key.trim(), a.value])) };
      return product ? updateProduct(product.id, { ...wish, revision: product.revision }) : createProduct(wish);
    },
    { done: t("产品已保存"), refresh: ["products"], form, fields: { price_cents: "price" }, onDone: onClose },
  );
  return (
    <Modal open width={560} title={product ? t("修改产品") : t("添加产品")} okText={t("保存")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={save.isPending}>
      <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={filled(product)} onFinish={() => { save.mutate(form.getFieldsValue(true) as Fields); }} style={{ marginTop: 12 }}>
        <div style={{ display: "grid", gridTemplateColumns: "1fr 1fr", columnGap: 12 }}>
          <Form.Item name="code" label={t("产品编码")} rules={[{ required: true, message: t("请输入产品编码") }]}><Input maxLength={40} placeholder={t("业务系统里的编码")} /></Form.Item>
          <Form.Item name="name" label={t("产品名称")} rules={[{ required: true, whitespace: true, message: t("请输入名称") }]}><Input maxLength={100} /></Form.Item>
          <Form.Item name="price" label={t("单价（元）")} rules={[{ required: true, message: t("不能为空") }]} extra={product ? t("已有的订单保持下单时的价格。") : undefined}><InputNumber min={0} max={10_000_000} precision={2} style={{ width: "100%" }} /></Form.Item>
          <Form.Item name="unit" label={t("单位")}><Input maxLength={10} placeholder={t("例如：年、件、份")} /></Form.Item>
        </div>
        <Form.List name="attributes">
          {(rows, { add, remove }) => (
            <Form.Item label={t("产品属性")} extra={t("坐席下单时看得到，例如速率、赠品、合约期。")}>
              <div style={{ display: "grid", gap: 6 }}>
                {rows.map((r) => (
                  <div key={r.key} style={{ display: "grid", gridTemplateColumns: "150px 1fr 28px", gap: 6 }}>
                    <Form.Item name={[r.name, "key"]} noStyle><Input maxLength={30} placeholder={t("属性")} aria-label={t("属性")} /></Form.Item>
                    <Form.Item name={[r.name, "value"]} noStyle><Input maxLength={500} placeholder={t("内容")} aria-label={t("内容")} /></Form.Item>
                    <Button type="text" icon={<DeleteOutlined />} aria-label={t("删除")} onClick={() => { remove(r.name); }} />
                  </div>
                ))}
                <Button type="dashed" icon={<PlusOutlined />} disabled={rows.length >= 30} onClick={() => { add({ key: "", value: "" }); }}>{t("添加属性")}</Button>
              </div>
            </Form.Item>
          )}
        </Form.List>
        <Form.Item name="enabled" label={t("在售")} valuePropName="checked" extra={t("停售后坐席选不到它，以前的订单不受影响。")}><Switch /></Form.Item>
      </Form>
    </Modal>
  );
}

export function ProductList() {
  const { t } = useTranslation();
  const can = useCan();
  const [f, set] = useFilters();
  const [editing, setEditing] = useState<Product | null>();
  const query = useQuery({ queryKey: ["products"], queryFn: () => getProducts() });
  const write = can(P.productWrite);
  const attributes = (p: Product) => Object.entries(p.attributes).map(([k, v]) => `${k}：${String(v)}`).join("\u3000");
  const columns: TableColumnsType<Product> = [
    { title: t("产品编码"), key: "code", width: 130, render: (_, p) => <span className="fl-mono">{p.code}</span> },
    { title: t("产品名称"), key: "name", width: 220, render: (_, p) => <b style={{ fontWeight: 600 }}>{p.name}</b> },
    { title: t("单价（元）"), key: "price", width: 110, align: "right", render: (_, p) => <span className="num">{yuan(p.price_cents)}{p.unit ? ` / ${p.unit}` : ""}</span> },
    { title: t("产品属性"), key: "more", render: (_, p) => <span className="fl-clamp2" title={attributes(p)}>{attributes(p) || "—"}</span> },
    { title: t("状态"), key: "on", width: 80, render: (_, p) => <Tag tone={p.enabled ? "ok" : "muted"}>{p.enabled ? t("在售") : t("停售")}</Tag> },
    ...(write ? [{ title: t("操作"), key: "act", width: 80, render: (_: unknown, p: Product) => <Button size="small" type="link" onClick={() => { setEditing(p); }}>{t("修改")}</Button> }] : []),
  ];
  const add = write ? <Button type="primary" icon={<PlusOutlined />} onClick={() => { setEditing(null); }}>{t("添加产品")}</Button> : null;
  const shown = (all: Product[]) => all.filter((p) => !f.q || p.name.includes(f.q) || p.code.includes(f.q));
  return (
    <Page title={t("产品")} hint={t("外呼任务卖什么：坐席下单时从这里选，任务设置里可以只选一部分。")} actions={add} wide>
      <Panel flush>
        <div className="fl-filters"><SearchBox value={f.q} onChange={(q) => { set({ q }); }} placeholder={t("编码或名称")} /></div>
        <Loaded query={query}>
          {({ items }) => <Table<Product> rowKey="id" size="small" columns={columns} dataSource={shown(items)} scroll={{ x: 800 }} pagination={{ defaultPageSize: 50, hideOnSinglePage: true, size: "small" }}
            locale={{ emptyText: items.length > 0 ? <Empty title={t("没有符合条件的产品")} hint={t("换个条件试试，或清空筛选。")} /> : <Empty title={t("还没有产品")} hint={t("添加后，坐席在通话中就能下单。")} action={add} /> }} />}
        </Loaded>
      </Panel>
      {editing !== undefined ? <Editor product={editing} onClose={() => { setEditing(undefined); }} /> : null}
    </Page>
  );
}
