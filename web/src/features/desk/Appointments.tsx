/** 我的回呼: whom one has promised to call, and when; dialled from here. */
import { ClockCircleOutlined, MoreOutlined, PhoneOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Dropdown } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import { changeAppointment, getAppointments, type Appointment } from "@/api/work.ts";
import { count } from "@/format/text.ts";
import { useAct } from "@/ui/act.tsx";
import { Phone, Time } from "@/ui/fields.tsx";
import { Tag } from "@/ui/Tag.tsx";
import { BookButton } from "./BookDialog.tsx";
import type { Desk } from "./useDesk.ts";
import { nearness, quickTimes } from "./work.ts";

const FRESH_MS = 60_000;

export function useAppointments(): Appointment[] {
  const query = useQuery({ queryKey: ["appointments"], queryFn: getAppointments, refetchInterval: FRESH_MS, staleTime: 5_000 });
  return query.data?.items ?? [];
}

export function Appointments({ desk }: { desk: Desk }) {
  const { t } = useTranslation();
  const all = useAppointments();
  const due = all.filter((a) => nearness(a.due_at, Date.now()) !== "later").length;
  return (
    <section className="fl-panel grow" aria-label={t("我的回呼")}>
      <header><span>{t("我的回呼")} {all.length > 0 ? <span className="num">{count(all.length)}</span> : null}</span><span style={{ display: "flex", gap: 8, alignItems: "center" }}>{due > 0 ? <Tag tone="warn">{t("{{n}} 个到时间了", { n: due })}</Tag> : null}<BookButton small /></span></header>
      <div className="dk-scroll" style={{ flex: 1, paddingTop: 4 }}>
        {all.length === 0 ? <p style={{ color: "#5a6b71" }}>{t("小结里约了“我来回呼”或“下次联系”的客户会列在这里，到时间提醒您。")}</p> : all.map((a) => <One key={a.id} of={a} desk={desk} />)}
      </div>
    </section>
  );
}

function One({ of: a, desk }: { of: Appointment; desk: Desk }) {
  const { t } = useTranslation();
  const act = useAct((b: Parameters<typeof changeAppointment>[1]) => changeAppointment(a.id, b), { done: t("已更新"), refresh: ["appointments"] });
  const near = nearness(a.due_at, Date.now());
  const times = quickTimes(dayjs()).map((q) => ({ key: q.at.toISOString(), label: `${t(q.text)} ${q.at.format("MM-DD HH:mm")}`, onClick: () => { act.mutate({ due_at: q.at.toISOString() }); } }));
  const items = [
    { key: "move", label: t("改时间"), children: times },
    { key: "done", label: t("已联系过"), onClick: () => { act.mutate({ state: "done" }); } }, { key: "cancel", label: t("取消回呼"), danger: true, onClick: () => { act.mutate({ state: "cancelled" }); } },
  ];
  return (
    <div className="dk-due">
      <div style={{ minWidth: 0 }}>
        <b className="fl-ellipsis">{a.name || <Phone value={a.phone} />}</b>
        {a.name ? <div><Phone value={a.phone} /></div> : null}
        <div style={{ display: "flex", gap: 6, alignItems: "center" }}><ClockCircleOutlined /><Time at={a.due_at} />{near === "late" ? <Tag tone="bad">{t("已过时间")}</Tag> : near === "now" ? <Tag tone="warn">{t("到时间了")}</Tag> : near === "soon" ? <Tag tone="info">{t("快到了")}</Tag> : null}</div>
        {a.note ? <div className="fl-clamp2" style={{ color: "#5a6b71" }} title={a.note}>{a.note}</div> : null}
      </div>
      <span style={{ display: "flex", gap: 2 }}>
        <Button size="small" type={near === "later" ? "default" : "primary"} icon={<PhoneOutlined />} disabled={!desk.may("dial")} onClick={() => void desk.ask({ do: "dial", number: `appointment:${a.id}` })}>{t("拨打")}</Button>
        <Dropdown menu={{ items }} trigger={["click"]}><Button size="small" type="text" icon={<MoreOutlined />} loading={act.isPending} aria-label={t("更多操作")} /></Dropdown>
      </span>
    </div>
  );
}
