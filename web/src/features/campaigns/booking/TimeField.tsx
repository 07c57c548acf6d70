import { useQuery } from "@tanstack/react-query";
import { Button, DatePicker, Select } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { getSlots } from "@/api/bookings.ts";
import { slotGroups } from "./words.ts";

const DAYS_MAX = 90;

/** A slot with a place left, or any time of the day. Holds an ISO time. */
export function TimeField({ campaign, value, onChange, id }: { campaign: number; value?: string; onChange?: (at: string | undefined) => void; id?: string }) {
  const { t } = useTranslation();
  const [free, setFree] = useState(false);
  const slots = useQuery({ queryKey: ["slots", campaign], queryFn: () => getSlots(campaign), staleTime: 15_000 });
  const groups = slotGroups(slots.data?.items ?? []);
  const swap = <Button type="link" size="small" style={{ paddingInline: 0 }} onClick={() => { setFree(!free); onChange?.(undefined); }}>{free ? t("从空闲时段里选") : t("选别的时间")}</Button>;
  return (
    <div>
      {free ? (
        <DatePicker {...(id ? { id } : {})} style={{ width: "100%" }} showTime={{ format: "HH:mm", minuteStep: 5 }} format="YYYY-MM-DD HH:mm" value={value ? dayjs(value) : null}
          disabledDate={(d) => d.isBefore(dayjs(), "day") || d.isAfter(dayjs().add(DAYS_MAX, "day"))} onChange={(d: dayjs.Dayjs | null) => { onChange?.(d ? d.second(0).millisecond(0).toISOString() : undefined); }} />
      ) : (
        <Select {...(id ? { id } : {})} showSearch={{ optionFilterProp: "label" }} loading={slots.isPending} value={value ?? null} onChange={(v: string | null) => { onChange?.(v ?? undefined); }} placeholder={t("选择时段")}
          options={groups} optionRender={(o) => <span style={{ display: "flex", justifyContent: "space-between", gap: 12 }}><span className="num">{o.label}</span><span style={{ color: "#819096" }}>{t("剩 {{n}} 个", { n: (o.data as unknown as { free: number }).free })}</span></span>}
          notFoundContent={slots.isError ? t("时段没有读到，请刷新页面") : t("没有空闲的时段")} style={{ width: "100%" }} />
      )}
      {swap}
    </div>
  );
}
