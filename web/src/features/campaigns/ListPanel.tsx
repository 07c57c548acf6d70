/** 名单 of a campaign: what is dialled first, in what proportion, and how far each is. */
import { DeleteOutlined, MoreOutlined, PlusOutlined, SettingOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Dropdown, InputNumber, Progress, Switch, Table, Tooltip, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CampaignView } from "@/api/campaigns.ts";
import { getLists, removeList, updateList, type ListInput, type ListView } from "@/api/lists.ts";
import { P, useCan } from "@/app/session.ts";
import { count } from "@/format/text.ts";
import { listOrigin, word } from "@/format/words.ts";
import { useAct } from "@/ui/act.tsx";
import { GoButton } from "@/ui/Go.tsx";
import { Empty, Loaded, Panel } from "@/ui/Page.tsx";
import { Tag } from "@/ui/Tag.tsx";
import { filterText } from "./filterText.ts";
import { LIST_REFRESH, ListForm } from "./ListForm.tsx";
import { ReuseList } from "./ReuseList.tsx";

const input = ({ name, weight, priority, enabled, filter }: ListView): ListInput => ({ name, weight, priority, enabled, filter });
const OPEN = ["ready", "retry", "leased", "dialing"];

export function useLists(campaign: CampaignView) {
  return useQuery({
    queryKey: ["lead-lists", campaign.id], queryFn: () => getLists(campaign.id), staleTime: 3_000,
    // While a filter is applied, and while the campaign runs, the figures move.
    refetchInterval: (q) => (q.state.data?.items.some((l) => !l.applied) ? 1_500 : campaign.status === "running" ? 10_000 : false),
  });
}

function Share({ list }: { list: ListView }) {
  const { t } = useTranslation();
  const { leads, by_state } = list.progress;
  const open = OPEN.reduce((n, s) => n + (by_state[s] ?? 0), 0);
  if (leads === 0) return <span style={{ color: "#819096" }}>{t("空名单")}</span>;
  const share = Math.floor(((leads - open) / leads) * 100);
  return (
    <Tooltip title={t("已呼完 {{done}}，待呼 {{open}}，有结果 {{r}}", { done: count(leads - open), open: count(open), r: count(list.progress.with_result) })}>
      <span style={{ display: "grid", gridTemplateColumns: "1fr 40px", gap: 8, alignItems: "center" }}>
        <Progress percent={share} showInfo={false} size="small" strokeColor="#0d7a75" /><span className="num">{share}%</span>
      </span>
    </Tooltip>
  );
}

/** A number edited in its place: sent when left or confirmed. */
function Inline({ value, min, max, label, disabled, onSave }: { value: number; min: number; max: number; label: string; disabled: boolean; onSave: (n: number) => void }) {
  const [draft, setDraft] = useState<number | null>();
  const done = () => {
    if (draft != null && draft !== value) onSave(draft);
    setDraft(undefined);
  };
  return <InputNumber size="small" min={min} max={max} precision={0} value={draft === undefined ? value : draft} disabled={disabled} aria-label={label} style={{ width: 66 }} onChange={setDraft} onBlur={done} onPressEnter={done} />;
}

export function ListPanel({ campaign, current, onChoose }: { campaign: CampaignView; current?: number | undefined; onChoose: (id: number | undefined) => void }) {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const can = useCan();
  const write = can(P.leadWrite);
  const query = useLists(campaign);
  const [open, setOpen] = useState<"new" | "reuse" | ListView>();
  const change = useAct((v: { list: ListView; to: Partial<ListInput> }) => updateList(v.list.id, { ...input(v.list), ...v.to, revision: v.list.revision }), { done: t("名单已保存"), refresh: LIST_REFRESH });
  const remove = useAct((list: ListView) => removeList(list.id), {
    refresh: LIST_REFRESH, onDone: (r) => { onChoose(undefined); void message.success(t("名单已删除，移除待呼号码 {{n}} 个", { n: count(r.leads) })); },
  });
  const ask = (list: ListView) => void modal.confirm({
    title: t("删除名单“{{name}}”", { name: list.name }), okText: t("删除"), okButtonProps: { danger: true },
    content: t("名单里等待呼叫的号码会一起移除；呼叫过的保留记录，正在通话的不会中断，挂机后不再重呼。"),
    onOk: () => remove.mutateAsync(list).catch(() => undefined),
  });
  const columns: TableColumnsType<ListView> = [
    {
      title: t("名单"), key: "n", render: (_, l) => (
        <span style={{ display: "grid" }}>
          <span style={{ display: "flex", gap: 6, alignItems: "center" }}>
            <Button type="link" size="small" className="fl-ellipsis" title={l.name} style={{ padding: 0, maxWidth: 230, fontWeight: l.id === current ? 600 : 400 }} onClick={() => { onChoose(l.id === current ? undefined : l.id); }}>{l.name}</Button>
            <Tag tone="muted">{t(word(listOrigin, l.origin).text)}</Tag>
            {l.applied ? null : <Tag tone="warn">{t("筛选中，暂不呼叫")}</Tag>}
          </span>
          <span className="fl-ellipsis" style={{ color: "#819096", maxWidth: 380 }} title={filterText(t, l.filter, campaign.fields) || l.origin_note}>
            {filterText(t, l.filter, campaign.fields) || l.origin_note}
          </span>
        </span>
      ),
    },
    { title: t("号码"), key: "c", width: 90, align: "right", render: (_, l) => <span className="num">{count(l.progress.leads)}</span> },
    { title: t("进度"), key: "p", width: 170, render: (_, l) => <Share list={l} /> },
    { title: <Tooltip title={t("数字大的先呼，呼完再轮到数字小的。")}>{t("优先级")}</Tooltip>, key: "o", width: 84, render: (_, l) => <Inline value={l.priority} min={-100} max={100} label={t("优先级")} disabled={!write} onSave={(priority) => { change.mutate({ list: l, to: { priority } }); }} /> },
    { title: <Tooltip title={t("同一优先级的名单按权重分配呼叫量。")}>{t("权重")}</Tooltip>, key: "w", width: 84, render: (_, l) => <Inline value={l.weight} min={1} max={100} label={t("权重")} disabled={!write} onSave={(weight) => { change.mutate({ list: l, to: { weight } }); }} /> },
    { title: t("参与呼叫"), key: "e", width: 80, render: (_, l) => <Switch size="small" checked={l.enabled} disabled={!write} aria-label={t("参与呼叫")} onChange={(enabled) => { change.mutate({ list: l, to: { enabled } }); }} /> },
    ...(write ? [{
      title: "", key: "x", width: 72, render: (_: unknown, l: ListView) => (
        <span style={{ display: "flex" }}>
          <Button type="text" size="small" icon={<SettingOutlined />} aria-label={t("名单设置")} title={t("名单设置")} onClick={() => { setOpen(l); }} />
          <Button type="text" size="small" danger icon={<DeleteOutlined />} aria-label={t("删除名单")} title={t("删除名单")} onClick={() => { ask(l); }} />
        </span>
      ),
    }] : []),
  ];
  const more = { items: [{ key: "reuse", label: t("从呼叫结果生成名单"), onClick: () => { setOpen("reuse"); } }] };
  return (
    <Panel flush title={t("名单")} extra={write ? (
      <span style={{ display: "flex", gap: 8 }}>
        <Button size="small" icon={<PlusOutlined />} onClick={() => { setOpen("new"); }}>{t("新建名单")}</Button>
        <GoButton size="small" to={`/campaigns/${campaign.id}/import`}>{t("导入名单")}</GoButton>
        <Dropdown menu={more}><Button size="small" icon={<MoreOutlined />} aria-label={t("更多")} /></Dropdown>
      </span>
    ) : null}>
      <Loaded query={query} rows={2}>
        {({ items }) => <Table<ListView> rowKey="id" size="small" pagination={false} dataSource={items} columns={columns} rowClassName={(l) => (l.id === current ? "fl-chosen" : "")} {...(items.length > 6 ? { scroll: { y: 280 } } : {})}
          locale={{ emptyText: <Empty title={t("还没有名单")} hint={t("新建一个名单，或直接导入号码。")} /> }} />}
      </Loaded>
      {open === "new" ? <ListForm campaign={campaign} onClose={() => { setOpen(undefined); }} /> : null}
      {open === "reuse" ? <ReuseList campaign={campaign} onClose={() => { setOpen(undefined); }} /> : null}
      {typeof open === "object" ? <ListForm campaign={campaign} list={open} onClose={() => { setOpen(undefined); }} /> : null}
    </Panel>
  );
}
