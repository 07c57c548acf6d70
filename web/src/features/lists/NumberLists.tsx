import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, DatePicker, Form, Input, Modal, Segmented, Tabs, type TableColumnsType } from "antd";
import type { Dayjs } from "dayjs";
import { useState, type Key } from "react";
import { useTranslation } from "react-i18next";
import { addToList, getList, removeFromList } from "@/api/lines.ts";
import { ApiError } from "@/api/http.ts";
import type { ListAt } from "@/api/rules.ts";
import type { ListEntry, ListKind } from "@/api/types.ts";
import { P, sessionQuery, useCan } from "@/app/session.ts";
import { count, dateTime, splitNumbers } from "@/format/text.ts";
import { L, listKind } from "@/format/words.ts";
import { useAct } from "@/ui/act.tsx";
import { CursorTable } from "@/ui/CursorTable.tsx";
import { Phone, SearchBox, Time } from "@/ui/fields.tsx";
import { useFilters } from "@/ui/filters.ts";
import { Empty, Page, Panel } from "@/ui/Page.tsx";
import { ListFiles } from "./ListFiles.tsx";

const HINTS: Record<ListKind, string> = {
  block: L("名单里的号码呼入时拒接，任何任务都不会呼出。"),
  exempt: L("营销和催收任务不会呼叫这些号码，通知类任务不受影响。"),
  vip: L("呼入时优先接待。"),
  consent: L("要求“只呼叫已同意的号码”的任务，只呼叫这个名单里的号码。"),
};

function AddNumbers({ list, onClose }: { list: ListAt; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ text: string; reason?: string; until?: Dayjs }>();
  const [bad, setBad] = useState<string[]>([]);
  const numbers = splitNumbers(Form.useWatch("text", form) ?? "");
  const add = useAct(
    (f: { reason?: string; until?: Dayjs }) => addToList({ ...list, phones: numbers, reason: f.reason ?? "", expires_at: f.until ? f.until.endOf("day").toISOString() : null }),
    {
      done: t("已加入名单"), refresh: ["list"], onDone: onClose,
      onFail: (error: ApiError) => {
        const lines = error.errors.map((e) => `${numbers[Number(e.field.split(".")[1])] ?? e.field}：${e.detail}`);
        setBad(lines);
        return lines.length > 0;
      },
    },
  );
  return (
    <Modal open width={520} title={t("加入{{list}}", { list: t(listKind[list.kind]?.text ?? list.kind) })} okText={numbers.length > 0 ? t("加入 {{n}} 个号码", { n: count(numbers.length) }) : t("加入")}
      okButtonProps={{ disabled: numbers.length === 0 }} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={add.isPending}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(f: { reason?: string }) => { setBad([]); add.mutate(f); }} style={{ marginTop: 12 }}>
        <Form.Item name="text" label={t("号码")} extra={t("一行一个，也可以用逗号、空格或从表格里直接粘贴，一次最多 10,000 个。")}
          {...(bad.length > 0 ? { validateStatus: "error" as const, help: <div style={{ maxHeight: 110, overflow: "auto" }}>{bad.slice(0, 50).map((b) => <div key={b}>{b}</div>)}</div> } : {})}>
          <Input.TextArea autoFocus autoSize={{ minRows: 5, maxRows: 10 }} placeholder={"13800138000\n010-88886666"} className="num" />
        </Form.Item>
        <Form.Item name="reason" label={t("原因")}><Input maxLength={200} placeholder={t("例如：客户要求不再联系")} /></Form.Item>
        <Form.Item name="until" label={t("有效期至")} extra={t("不填则长期有效。")}><DatePicker /></Form.Item>
      </Form>
    </Modal>
  );
}

export function NumberLists() {
  const { t } = useTranslation();
  const can = useCan();
  const { modal } = App.useApp();
  const [f, set] = useFilters();
  const kind = (f.kind ?? "block") as ListKind;
  const { data: session } = useQuery(sessionQuery);
  // Lists of the whole installation are kept by the first tenant.
  const house = session?.user.tenant_id === 1 && can(P.settingsWrite) && (kind === "block" || kind === "exempt");
  const everywhere = house && f.reach === "all";
  const list: ListAt = everywhere ? { kind, everywhere } : { kind };
  const [adding, setAdding] = useState(false);
  const [keys, setKeys] = useState<Key[]>([]);
  const remove = useAct(() => removeFromList({ ...list, ids: keys.map(Number) }), { done: t("已移出名单"), refresh: ["list"], onDone: () => { setKeys([]); } });
  const columns: TableColumnsType<ListEntry> = [
    { title: t("号码"), key: "phone", width: 160, render: (_, e) => <Phone value={e.phone} strong /> },
    { title: t("原因"), key: "reason", render: (_, e) => <span className="fl-clamp2" title={e.reason}>{e.reason || "—"}</span> },
    { title: t("有效期至"), key: "until", width: 150, render: (_, e) => (e.expires_at ? dateTime(e.expires_at) : t("长期")) },
    { title: t("加入时间"), key: "at", width: 130, render: (_, e) => <Time at={e.created_at} /> },
  ];
  const add = can(P.listWrite) ? <Button type="primary" icon={<PlusOutlined />} onClick={() => { setAdding(true); }}>{t("批量加入")}</Button> : null;
  const askRemove = () => void modal.confirm({
    title: t("移出 {{n}} 个号码", { n: keys.length }), content: t("移出后任务可以再次呼叫这些号码。"), okText: t("移出"), onOk: () => remove.mutateAsync(undefined).catch(() => undefined),
  });
  return (
    <Page title={t("黑名单与免呼")} hint={t(HINTS[kind])} actions={add} wide>
      <Tabs activeKey={kind} onChange={(k) => { setKeys([]); set({ kind: k, q: undefined }); }} items={Object.entries(listKind).map(([key, w]) => ({ key, label: t(w.text) }))} />
      <Panel flush>
        <div className="fl-filters">
          <SearchBox key={kind} value={f.q} onChange={(q) => { set({ q }); }} placeholder={t("搜索号码或原因")} />
          {house ? <Segmented size="small" value={everywhere ? "all" : "own"} onChange={(reach) => { setKeys([]); set({ reach: reach === "all" ? "all" : undefined }); }} options={[{ value: "own", label: t("本单位") }, { value: "all", label: t("全局（所有单位）") }]} /> : null}
          <ListFiles list={list} />
          {keys.length > 0 ? <Button size="small" danger onClick={askRemove}>{t("移出所选 {{n}} 个", { n: keys.length })}</Button> : null}
        </div>
        <CursorTable<ListEntry> name={["list", kind, everywhere]} params={{ ...list, q: f.q }} load={getList} columns={columns}
          {...(can(P.listWrite) ? { selection: { keys, onChange: setKeys } } : {})}
          empty={f.q ? <Empty title={t("没有符合条件的号码")} /> : <Empty title={t("名单是空的")} hint={t(HINTS[kind])} action={add} />} />
      </Panel>
      {adding ? <AddNumbers list={list} onClose={() => { setAdding(false); }} /> : null}
    </Page>
  );
}
