import { MoreOutlined, PlusOutlined } from "@ant-design/icons";
import { App, Button, DatePicker, Drawer, Dropdown, type TableColumnsType } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { cancelBooking, getBookings, type Booking } from "@/api/bookings.ts";
import type { CampaignView } from "@/api/campaigns.ts";
import { P, useCan } from "@/app/session.ts";
import { useAgentNames } from "@/features/customers/around.ts";
import { dateTime } from "@/format/text.ts";
import { useAct } from "@/ui/act.tsx";
import { CursorTable } from "@/ui/CursorTable.tsx";
import { CodeSelect, Dl, Phone, SearchBox } from "@/ui/fields.tsx";
import { useFilters, type Filters } from "@/ui/filters.ts";
import { Go } from "@/ui/Go.tsx";
import { Empty, Panel } from "@/ui/Page.tsx";
import { CodeTag, Tag } from "@/ui/Tag.tsx";
import { resultLabel, resultTone } from "../words.ts";
import { AddBooking, MoveBooking } from "./Dialogs.tsx";
import { bookingState, isOpen, medium, origin, whyText } from "./words.ts";

const muted = { color: "#a3b0b4" } as const;
const narrow = { display: "inline-block", verticalAlign: "middle" } as const;

function Whom({ of: b }: { of: Booking }) {
  if (b.medium === "mail") return <span className="fl-ellipsis" style={{ ...narrow, maxWidth: 200, fontWeight: 600 }} title={b.mail}>{b.mail}</span>;
  return <Phone value={b.phone} strong />;
}

function Outcome({ of: b, campaign }: { of: Booking; campaign: CampaignView }) {
  const { t } = useTranslation();
  if (b.result) return <Tag tone={resultTone(campaign.results, b.result)}>{resultLabel(campaign.results, b.result)}</Tag>;
  const why = whyText(b.why);
  return why ? <span style={{ color: "#5a6b71" }}>{t(why)}</span> : <span style={muted}>—</span>;
}

function useColumns(campaign: CampaignView, onMove: (b: Booking) => void): TableColumnsType<Booking> {
  const { t } = useTranslation();
  const write = useCan()(P.leadWrite);
  return [
    { title: t("时间"), key: "due", width: 110, render: (_, b) => <time className="num" dateTime={b.due_at} title={dateTime(b.due_at)} style={{ whiteSpace: "nowrap" }}>{dateTime(b.due_at).slice(5)}</time> },
    { title: t("姓名"), key: "name", width: 140, render: (_, b) => (b.name ? <span className="fl-ellipsis" style={{ ...narrow, maxWidth: 140 }} title={b.name}>{b.name}</span> : <span style={muted}>{t("未填")}</span>) },
    { title: t("号码或邮箱"), key: "whom", width: 210, render: (_, b) => <Whom of={b} /> },
    { title: t("方式"), key: "medium", width: 76, render: (_, b) => <CodeTag words={medium} code={b.medium} /> },
    { title: t("来源"), key: "origin", width: 96, render: (_, b) => <CodeTag words={origin} code={b.origin} /> },
    { title: t("状态"), key: "state", width: 104, render: (_, b) => <CodeTag words={bookingState} code={b.state} dot={b.state === "reaching"} /> },
    { title: t("结果"), key: "result", width: 170, render: (_, b) => <Outcome of={b} campaign={campaign} /> },
    { title: t("次数"), key: "tries", width: 60, align: "right", render: (_, b) => (b.medium === "phone" ? b.tries : <span style={muted}>—</span>) },
    ...(write ? [{ title: "", key: "more", width: 48, render: (_: unknown, b: Booking) => (isOpen(b.state) ? <More of={b} onMove={onMove} /> : null) }] : []),
  ];
}

function useCancel(onDone?: () => void) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const cancel = useAct((id: number) => cancelBooking(id), { done: t("预约已取消"), refresh: ["bookings", "slots", "campaign", "leads"], ...(onDone ? { onDone } : {}) });
  const ask = (b: Booking) => void modal.confirm({
    title: t("取消这个预约？"), content: `${dateTime(b.due_at)} ${b.name}`, okText: t("取消预约"), cancelText: t("不取消"), okButtonProps: { danger: true }, onOk: () => cancel.mutateAsync(b.id).catch(() => undefined),
  });
  return ask;
}

function More({ of: b, onMove }: { of: Booking; onMove: (b: Booking) => void }) {
  const { t } = useTranslation();
  const ask = useCancel();
  const items = [{ key: "move", label: t("改时间"), onClick: () => { onMove(b); } }, { key: "cancel", label: t("取消预约"), danger: true, onClick: () => { ask(b); } }];
  // A click on the menu belongs to it and not to the row that it stands in.
  return <span onClick={(e) => { e.stopPropagation(); }}><Dropdown menu={{ items }} trigger={["click"]}><Button size="small" type="text" icon={<MoreOutlined />} aria-label={t("更多操作")} /></Dropdown></span>;
}

function Detail({ of: b, campaign, onMove, onClose }: { of: Booking; campaign: CampaignView; onMove: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  const agents = useAgentNames();
  const ask = useCancel(onClose);
  const write = useCan()(P.leadWrite) && isOpen(b.state);
  const rows: [string, React.ReactNode][] = [
    [t("预约时间"), <b key="d">{dateTime(b.due_at)}</b>], [t("最晚"), dateTime(b.late_at)], [t("状态"), <CodeTag key="s" words={bookingState} code={b.state} />],
    [t("结果"), <Outcome key="r" of={b} campaign={campaign} />], [t("方式"), <CodeTag key="m" words={medium} code={b.medium} />],
    ...(b.phone ? [[t("号码"), <Phone key="p" value={b.phone} strong />] as [string, React.ReactNode]] : []), ...(b.mail ? [[t("邮箱"), b.mail] as [string, React.ReactNode]] : []),
    [t("来源"), <CodeTag key="o" words={origin} code={b.origin} />],
    ...(b.agent_id != null ? [[t("坐席"), agents.name(b.agent_id)] as [string, React.ReactNode]] : []), ...(b.source_id ? [[t("来源编号"), b.source_id] as [string, React.ReactNode]] : []),
    ...Object.entries(b.variables).map(([key, v]): [string, React.ReactNode] => [campaign.fields.find((f) => f.key === key)?.label ?? key, typeof v === "object" ? JSON.stringify(v) : String(v)]),
    ...(b.note ? [[t("备注"), <span key="n" style={{ whiteSpace: "pre-wrap" }}>{b.note}</span>] as [string, React.ReactNode]] : []),
    [t("创建时间"), dateTime(b.created_at)], ...(b.done_at ? [[t("完成时间"), dateTime(b.done_at)] as [string, React.ReactNode]] : []),
    ...(b.call_id != null ? [[t("通话"), <Go key="k" to={`/calls?call=${b.call_id}`}>{t("查看通话")}</Go>] as [string, React.ReactNode]] : []),
    ...(b.sms_id != null ? [[t("短信"), <Go key="x" to="/messages">{t("查看短信")}</Go>] as [string, React.ReactNode]] : []),
    ...(b.mail_id != null ? [[t("邮件"), <Go key="y" to="/messages?tab=mail">{t("查看邮件")}</Go>] as [string, React.ReactNode]] : []),
  ];
  return (
    <Drawer open size={440} title={b.name || t("预约")} onClose={onClose} extra={write ? <span style={{ display: "flex", gap: 8 }}><Button onClick={onMove}>{t("改时间")}</Button><Button danger onClick={() => { ask(b); }}>{t("取消预约")}</Button></span> : null}>
      <Dl rows={rows} />
    </Drawer>
  );
}

/** A day of this browser as the list is asked for it. */
function dayRange(day: string | undefined): Filters {
  const from = day ? dayjs(day) : null;
  return from?.isValid() ? { due_from: from.startOf("day").toISOString(), due_until: from.add(1, "day").startOf("day").toISOString() } : {};
}

export function BookingList({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const write = useCan()(P.leadWrite);
  const [f, set] = useFilters();
  const [adding, setAdding] = useState(false);
  const [moving, setMoving] = useState<Booking>();
  const [open, setOpen] = useState<Booking>();
  const columns = useColumns(campaign, setMoving);
  const add = write ? <Button type="primary" icon={<PlusOutlined />} onClick={() => { setAdding(true); }}>{t("新增预约")}</Button> : null;
  const filtered = Boolean(f.q ?? f.state ?? f.medium ?? f.origin ?? f.day);
  return (
    <Panel flush>
      <div className="fl-filters">
        <SearchBox value={f.q} onChange={(q) => { set({ q }); }} placeholder={t("搜索号码、姓名或邮箱")} width={200} />
        <CodeSelect words={bookingState} value={f.state} onChange={(state) => { set({ state }); }} placeholder={t("全部状态")} width={112} />
        <CodeSelect words={medium} value={f.medium} onChange={(m) => { set({ medium: m }); }} placeholder={t("全部方式")} width={104} />
        <CodeSelect words={origin} value={f.origin} onChange={(o) => { set({ origin: o }); }} placeholder={t("全部来源")} width={112} />
        <DatePicker value={f.day ? dayjs(f.day) : null} placeholder={t("预约日期")} onChange={(d: dayjs.Dayjs | null) => { set({ day: d?.format("YYYY-MM-DD") }); }} style={{ width: 140 }} />
        <span style={{ flex: 1 }} />
        {add}
      </div>
      <CursorTable<Booking> name={["bookings", campaign.id]} params={{ q: f.q, state: f.state, medium: f.medium, origin: f.origin, ...dayRange(f.day) }} load={(query) => getBookings(campaign.id, query)}
        columns={columns} onOpen={setOpen} current={open?.id}
        empty={filtered ? <Empty title={t("没有符合条件的预约")} hint={t("换个条件试试，或清空筛选。")} />
          : <Empty title={t("还没有预约")} hint={t("客户可以在网上预约，坐席、来电按键、接口和导入也会写到这里。")} action={write ? <Button icon={<PlusOutlined />} onClick={() => { setAdding(true); }}>{t("新增预约")}</Button> : null} />} />
      {adding ? <AddBooking campaign={campaign} onClose={() => { setAdding(false); }} /> : null}
      {moving ? <MoveBooking booking={moving} onClose={() => { setMoving(undefined); setOpen(undefined); }} /> : null}
      {open ? <Detail of={open} campaign={campaign} onMove={() => { setMoving(open); }} onClose={() => { setOpen(undefined); }} /> : null}
    </Panel>
  );
}
