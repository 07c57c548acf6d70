import { PlusOutlined, UploadOutlined, UserSwitchOutlined } from "@ant-design/icons";
import { App, Button, Form, Input, InputNumber, Modal, Select, type TableColumnsType } from "antd";
import { useState, type Key } from "react";
import { useTranslation } from "react-i18next";
import { createLead, excludeLeads, getLeads, removeLeads, restoreLeads, type CampaignView, type LeadFilter } from "@/api/campaigns.ts";
import { unassignLeads } from "@/api/lists.ts";
import type { Lead, Vars } from "@/api/types.ts";
import { P, useCan } from "@/app/session.ts";
import { useAgentNames } from "@/features/customers/around.ts";
import { count } from "@/format/text.ts";
import { carrier, disposition, leadHold, leadNote, leadState, word } from "@/format/words.ts";
import { useAct } from "@/ui/act.tsx";
import { CursorTable } from "@/ui/CursorTable.tsx";
import { CodeSelect, Phone, SearchBox, Time } from "@/ui/fields.tsx";
import { useFilters } from "@/ui/filters.ts";
import { GoButton } from "@/ui/Go.tsx";
import { Empty, Panel } from "@/ui/Page.tsx";
import { CodeTag, Tag } from "@/ui/Tag.tsx";
import { AssignLeads } from "./AssignLeads.tsx";
import { ListPanel, useLists } from "./ListPanel.tsx";
import { LeadDrawer } from "./LeadDrawer.tsx";
import { ExportButton } from "./Overview.tsx";
import { resultLabel, resultTone } from "./words.ts";

const REFRESH = ["leads", "lead", "campaign", "lead-lists"];
const OPEN = ["ready", "retry", "leased"];

function useColumns(campaign: CampaignView): TableColumnsType<Lead> {
  const { t } = useTranslation();
  const agents = useAgentNames();
  const lists = useLists(campaign).data?.items ?? [];
  const several = lists.length > 1;
  const custom: TableColumnsType<Lead> = campaign.fields.slice(0, 3).map((f) => ({
    title: f.label, key: `f_${f.key}`, ellipsis: true, width: 140,
    render: (_, l) => { const text = String(l.variables[f.key] ?? ""); return <span title={text}>{text || "—"}</span>; },
  }));
  return [
    { title: t("姓名"), key: "name", width: 100, render: (_, l) => l.name || <span style={{ color: "#a3b0b4" }}>{t("未填")}</span> },
    { title: t("号码"), key: "phone", width: 140, render: (_, l) => <><Phone value={l.phone} strong />{l.phones.length > 0 ? <span style={{ color: "#819096" }} title={t("还有 {{n}} 个号码依次试呼", { n: l.phones.length })}> +{l.phones.length}</span> : null}</> },
    {
      title: t("归属地"), key: "region", width: 140,
      ellipsis: true, render: (_, l) => <span title={`${l.region} ${t(word(carrier, l.carrier).text)}`}>{l.region || "—"}</span>,
    },
    { title: t("状态"), key: "state", width: 96, render: (_, l) => <span title={l.note ? t(word(leadNote, l.note).text) : l.hold in leadHold && OPEN.includes(l.state) ? t(word(leadHold, l.hold).text) : undefined}><CodeTag words={leadState} code={l.state} dot={l.state === "dialing"} /></span> },
    { title: t("结果"), key: "result", width: 110, render: (_, l) => { const r = resultLabel(campaign.results, l.result); return r ? <Tag tone={resultTone(campaign.results, l.result)}>{r}</Tag> : <span style={{ color: "#a3b0b4" }}>—</span>; } },
    { title: t("最近一次"), key: "last", width: 110, render: (_, l) => <CodeTag words={disposition} code={l.last_disposition ?? null} /> },
    { title: t("次数"), key: "attempts", width: 60, align: "right", render: (_, l) => count(l.attempts) },
    { title: t("呼叫时间"), key: "at", width: 110, render: (_, l) => <Time at={l.last_attempt_at} /> },
    ...(several ? [{ title: t("名单"), key: "list", width: 110, ellipsis: true, render: (_: unknown, l: Lead) => lists.find((x) => x.id === l.list_id)?.name ?? "—" }] : []),
    { title: t("专属坐席"), key: "agent", width: 110, ellipsis: true, render: (_, l) => agents.name(l.agent_id) || "—" },
    { title: t("下次呼叫"), key: "next", width: 110, render: (_, l) => (l.state === "retry" || l.hold === "time" ? <Time at={l.next_at} /> : <span style={{ color: "#a3b0b4" }}>—</span>) },
    ...custom,
  ];
}

interface AddFields { phone: string; phones?: string[]; name?: string; variables?: Vars; list_id: number; after_minutes?: number | null; call_within_minutes?: number | null }

function AddLead({ campaign, list, onClose }: { campaign: CampaignView; list: number | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<AddFields>();
  const lists = useLists(campaign).data?.items ?? [];
  const minutes = { min: 1, max: 43_200, precision: 0, suffix: t("分钟"), style: { width: "100%" } };
  const add = useAct((f: AddFields) => createLead(campaign.id, {
    phone: f.phone, phones: f.phones ?? [], name: f.name ?? "", variables: f.variables ?? {}, list_id: f.list_id,
    ...(f.after_minutes ? { after_minutes: f.after_minutes } : {}), ...(f.call_within_minutes ? { call_within_minutes: f.call_within_minutes } : {}),
  }), {
    done: t("已加入名单"), refresh: REFRESH, form, onDone: onClose,
  });
  return (
    <Modal open title={t("添加一个号码")} okText={t("添加")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={add.isPending} width={440}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ list_id: list ?? campaign.id }} onFinish={(f: AddFields) => { add.mutate(f); }} style={{ marginTop: 12 }}>
        <Form.Item name="phone" label={t("号码")} rules={[{ required: true, message: t("请输入号码") }]} extra={t("手机或带区号的固话，如 13800138000、010-88886666。")}><Input autoFocus inputMode="tel" /></Form.Item>
        <Form.Item name="phones" label={t("其他号码")} extra={t("打不通时依次试呼，回车分隔，最多 9 个。")}><Select mode="tags" open={false} suffixIcon={null} maxCount={9} tokenSeparators={[",", "，", " "]} /></Form.Item>
        <Form.Item name="name" label={t("姓名")}><Input /></Form.Item>
        {lists.length > 1 ? <Form.Item name="list_id" label={t("名单")}><Select options={lists.map((l) => ({ value: l.id, label: l.name }))} /></Form.Item> : <Form.Item name="list_id" hidden><Input /></Form.Item>}
        <span style={{ display: "grid", gridTemplateColumns: "1fr 1fr", gap: 16 }}>
          <Form.Item name="after_minutes" label={t("多久以后呼叫")}><InputNumber {...minutes} placeholder={t("马上")} /></Form.Item>
          <Form.Item name="call_within_minutes" label={t("限时呼叫")} extra={t("优先呼叫，超时不再呼。")}><InputNumber {...minutes} placeholder={t("不限时")} /></Form.Item>
        </span>
        {campaign.fields.map((f) => <Form.Item key={f.key} name={["variables", f.key]} label={f.label}><Input /></Form.Item>)}
      </Form>
    </Modal>
  );
}

function Bulk({ campaign, keys, onDone }: { campaign: CampaignView; keys: Key[]; onDone: () => void }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const ids = keys.map(Number);
  const exclude = useAct(() => excludeLeads(campaign.id, { ids }), { done: t("已排除，不再拨打"), refresh: REFRESH, onDone });
  const restore = useAct(() => restoreLeads(campaign.id, { ids }), { done: t("已恢复为待呼"), refresh: REFRESH, onDone });
  const [assigning, setAssigning] = useState(false);
  const free = useAct(() => unassignLeads(campaign.id, { ids }), { done: t("已取消专属，任何坐席都可以呼叫"), refresh: REFRESH, onDone });
  const remove = useAct(() => removeLeads(campaign.id, { ids }), { done: t("已删除；呼叫过的保留记录并排除"), refresh: REFRESH, onDone });
  const askRemove = () => void modal.confirm({
    title: t("删除 {{n}} 个号码", { n: ids.length }), content: t("没有呼叫过的会直接删除；呼叫过的保留记录，只是不再拨打。"), okText: t("删除"), okButtonProps: { danger: true },
    onOk: () => remove.mutateAsync(undefined).catch(() => undefined),
  });
  return (
    <div className="fl-filters" style={{ background: "#f5fbfa" }}>
      <span>{t("已选 {{n}} 个", { n: ids.length })}</span>
      <Button size="small" onClick={() => { exclude.mutate(undefined); }} loading={exclude.isPending}>{t("排除")}</Button>
      <Button size="small" onClick={() => { restore.mutate(undefined); }} loading={restore.isPending}>{t("恢复")}</Button>
      <Button size="small" onClick={() => { setAssigning(true); }}>{t("分配给坐席")}</Button>
      <Button size="small" onClick={() => { free.mutate(undefined); }} loading={free.isPending}>{t("取消专属")}</Button>
      <Button size="small" danger onClick={askRemove}>{t("删除")}</Button>
      {assigning ? <AssignLeads campaign={campaign} which={{ ids }} n={ids.length} refresh={REFRESH} onClose={() => { setAssigning(false); onDone(); }} /> : null}
    </div>
  );
}

export function LeadTab({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const can = useCan();
  const [f, set] = useFilters();
  const [keys, setKeys] = useState<Key[]>([]);
  const [adding, setAdding] = useState(false);
  const columns = useColumns(campaign);
  const agents = useAgentNames();
  const [assigning, setAssigning] = useState(false);
  const filtered = Boolean(f.q ?? f.state ?? f.disposition ?? f.result ?? f.list ?? f.agent);
  const owner = f.agent === "none" ? { assigned: false } : f.agent ? { agent_id: Number(f.agent) } : {};
  const list = f.list ? { list_id: Number(f.list) } : {};
  const filter: LeadFilter = {
    ...list, ...owner, ...(f.q ? { q: f.q } : {}), ...(f.state ? { states: [f.state] } : {}), ...(f.disposition ? { dispositions: [f.disposition] } : {}), ...(f.result ? { results: [f.result] } : {}),
  };
  const write = can(P.leadWrite);
  return (
    <div className="fl-stack">
    <ListPanel campaign={campaign} current={f.list ? Number(f.list) : undefined} onChoose={(id) => { set({ list: id?.toString() }); }} />
    <Panel flush>
      <div className="fl-filters">
        <SearchBox value={f.q} onChange={(q) => { set({ q }); }} placeholder={t("搜索号码或姓名")} width={190} />
        <CodeSelect words={leadState} value={f.state} onChange={(state) => { set({ state }); }} placeholder={t("全部状态")} width={112} />
        <CodeSelect words={disposition} value={f.disposition} onChange={(d) => { set({ disposition: d }); }} placeholder={t("最近一次呼叫")} />
        <Select allowClear value={f.result ?? null} placeholder={t("全部结果")} aria-label={t("全部结果")} style={{ width: 120 }} popupMatchSelectWidth={false}
          onChange={(r: string | null | undefined) => { set({ result: r ?? undefined }); }} options={campaign.results.map((r) => ({ value: r.code, label: r.label }))} />
        <Select allowClear showSearch={{ optionFilterProp: "label" }} value={f.agent ?? null} placeholder={t("专属坐席")} aria-label={t("专属坐席")} style={{ width: 130 }} popupMatchSelectWidth={false}
          onChange={(v: string | null | undefined) => { set({ agent: v ?? undefined }); }} options={[{ value: "none", label: t("没有专属坐席") }, ...agents.options.map((o) => ({ ...o, value: String(o.value) }))]} />
        <span style={{ flex: 1 }} />
        {write ? <Button size="small" icon={<UserSwitchOutlined />} onClick={() => { setAssigning(true); }}>{filtered ? t("分配筛选结果") : t("全部分配")}</Button> : null}
        {write ? <Button size="small" icon={<PlusOutlined />} onClick={() => { setAdding(true); }}>{t("添加号码")}</Button> : null}
        <ExportButton campaign={campaign} />
      </div>
      {keys.length > 0 ? <Bulk campaign={campaign} keys={keys} onDone={() => { setKeys([]); }} /> : null}
      <CursorTable<Lead>
        name={["leads", campaign.id]} params={{ q: f.q, state: f.state, disposition: f.disposition, result: f.result, ...list, ...owner }}
        load={(query) => getLeads(campaign.id, query)} columns={columns} current={f.lead ? Number(f.lead) : undefined}
        onOpen={(l) => { set({ lead: String(l.id) }); }}
        {...(write ? { selection: { keys, onChange: setKeys } } : {})}
        empty={filtered ? <Empty title={t("没有符合条件的名单")} hint={t("换个条件试试，或清空筛选。")} />
          : <Empty title={t("还没有名单")} hint={t("导入 Excel 或 CSV，也可以逐个添加。")} action={write ? <GoButton to={`/campaigns/${campaign.id}/import`} type="primary" icon={<UploadOutlined />}>{t("导入名单")}</GoButton> : null} />}
      />
      {adding ? <AddLead campaign={campaign} list={f.list ? Number(f.list) : undefined} onClose={() => { setAdding(false); }} /> : null}
      {assigning ? <AssignLeads campaign={campaign} which={{ filter }} refresh={REFRESH} onClose={() => { setAssigning(false); }} /> : null}
      {f.lead ? <LeadDrawer id={Number(f.lead)} campaign={campaign} onClose={() => { set({ lead: undefined }); }} /> : null}
    </Panel>
    </div>
  );
}
