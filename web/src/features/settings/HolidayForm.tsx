import { DeleteOutlined } from "@ant-design/icons";
import { Button, DatePicker, Input, Segmented, Table } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { putHolidays } from "@/api/messages.ts";
import type { Holidays } from "@/api/types.ts";
import { useAct } from "@/ui/act.tsx";
import { Empty, Panel } from "@/ui/Page.tsx";
import { Tag } from "@/ui/Tag.tsx";

type Kind = "off" | "working";
interface Day { date: string; name: string; kind: Kind }

function AddDays({ onAdd }: { onAdd: (days: Day[]) => void }) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<Kind>("off");
  const [range, setRange] = useState<[Dayjs, Dayjs] | null>(null);
  const [name, setName] = useState("");
  const add = () => {
    if (!range) return;
    const days: Day[] = [];
    for (let d = range[0]; !d.isAfter(range[1], "day") && days.length < 60; d = d.add(1, "day")) days.push({ date: d.format("YYYY-MM-DD"), name: name.trim() || (kind === "off" ? t("放假") : t("调休上班")), kind });
    onAdd(days);
    setRange(null);
    setName("");
  };
  return (
    <div style={{ display: "flex", gap: 8, flexWrap: "wrap", marginBottom: 14 }}>
      <Segmented value={kind} onChange={setKind} options={[{ value: "off", label: t("放假") }, { value: "working", label: t("调休上班") }]} />
      <DatePicker.RangePicker value={range} onChange={(r) => { setRange(r?.[0] && r[1] ? [r[0], r[1]] : null); }} />
      <Input style={{ width: 140 }} placeholder={t("名称，如国庆节")} value={name} onChange={(e) => { setName(e.target.value); }} />
      <Button onClick={add} disabled={!range}>{t("加入日历")}</Button>
    </div>
  );
}

export function HolidayForm({ value }: { value: Holidays }) {
  const { t } = useTranslation();
  const save = useAct((h: Holidays) => putHolidays(h), { done: t("日历已保存"), refresh: ["settings"] });
  const days: Day[] = [
    ...Object.entries(value.off).map(([date, name]): Day => ({ date, name, kind: "off" })),
    ...Object.entries(value.working).map(([date, name]): Day => ({ date, name, kind: "working" })),
  ].sort((a, b) => a.date.localeCompare(b.date));
  const put = (list: Day[]) => {
    const of = (kind: Kind) => Object.fromEntries(list.filter((d) => d.kind === kind).map((d) => [d.date, d.name]));
    save.mutate({ off: of("off"), working: of("working") });
  };
  const merge = (added: Day[]) => { put([...days.filter((d) => !added.some((a) => a.date === d.date)), ...added]); };
  return (
    <Panel title={t("节假日")} style={{ maxWidth: 820 }}>
      <p style={{ color: "#5a6b71", margin: "0 0 16px" }}>{t("任务勾选“节假日不呼叫”后按这份日历：放假不拨，调休上班日照常。每年国务院公布后在这里补上。")}</p>
      <AddDays onAdd={merge} />
      <Table<Day> rowKey="date" size="small" loading={save.isPending} dataSource={days} pagination={{ pageSize: 20, hideOnSinglePage: true, size: "small" }} locale={{ emptyText: <Empty title={t("日历是空的")} hint={t("选好日期，点“加入日历”。")} /> }} columns={[
        { title: t("日期"), dataIndex: "date", width: 140 },
        { title: t("类型"), key: "k", width: 120, render: (_, d) => <Tag tone={d.kind === "off" ? "warn" : "info"}>{d.kind === "off" ? t("放假") : t("调休上班")}</Tag> },
        { title: t("名称"), dataIndex: "name" },
        { title: "", key: "x", width: 60, render: (_, d) => <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={t("删除")} onClick={() => { put(days.filter((x) => x.date !== d.date)); }} /> },
      ]} />
    </Panel>
  );
}
