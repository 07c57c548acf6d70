import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, DatePicker, Input, Switch } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import type { Schedule } from "@/api/types.ts";
import { L } from "@/format/words.ts";

const DAYS = [L("周一"), L("周二"), L("周三"), L("周四"), L("周五"), L("周六"), L("周日")];

function Weekdays({ value, onChange, disabled }: { value: number[]; onChange: (v: number[]) => void; disabled: boolean }) {
  const { t } = useTranslation();
  return (
    <div style={{ display: "flex", gap: 6 }} role="group" aria-label={t("星期")}>
      {DAYS.map((name, i) => {
        const day = i + 1;
        const on = value.includes(day);
        return (
          <Button key={name} size="small" disabled={disabled} aria-pressed={on} type={on ? "primary" : "default"} ghost={on} style={{ minWidth: 48, background: on ? "#e0f4f1" : undefined }}
            onClick={() => { onChange(on ? value.filter((d) => d !== day) : [...value, day].sort((a, b) => a - b)); }}>{t(name)}</Button>
        );
      })}
    </div>
  );
}

/** `holidays`: what the switch says where nobody is called. */
export function ScheduleEditor({ value, onChange, disabled, holidays }: { value?: Schedule; onChange?: (v: Schedule) => void; disabled?: boolean; holidays?: string }) {
  const { t } = useTranslation();
  if (!value) return null;
  const off = disabled ?? false;
  const set = (change: Partial<Schedule>) => onChange?.({ ...value, ...change });
  const window = (i: number, change: Partial<{ from: string; to: string }>) => { set({ windows: value.windows.map((w, j) => (j === i ? { ...w, ...change } : w)) }); };
  const clock = /^([01]\d|2[0-3]):[0-5]\d$/;
  const bad = (w: { from: string; to: string }) => !clock.test(w.from) || !(clock.test(w.to) || w.to === "24:00") || w.from >= w.to;
  return (
    <dl className="fl-dl" style={{ gap: "14px 20px", alignItems: "center" }}>
      <dt>{t("日期")}</dt>
      <dd>
        <DatePicker.RangePicker allowEmpty={[true, true]} disabled={off} placeholder={[t("即日起"), t("不限")]}
          value={[value.start_date ? dayjs(value.start_date) : null, value.end_date ? dayjs(value.end_date) : null]}
          onChange={(r) => { set({ start_date: r?.[0]?.format("YYYY-MM-DD") ?? null, end_date: r?.[1]?.format("YYYY-MM-DD") ?? null }); }} />
      </dd>
      <dt>{t("星期")}</dt>
      <dd><Weekdays value={value.weekdays} disabled={off} onChange={(weekdays) => { set({ weekdays }); }} /></dd>
      <dt style={{ alignSelf: "start", paddingTop: 5 }}>{t("时段")}</dt>
      <dd style={{ display: "flex", flexWrap: "wrap", gap: 10 }}>
        {value.windows.map((w, i) => (
          <span key={i} style={{ display: "inline-flex", alignItems: "center", gap: 4 }}>
            <Input style={{ width: 66, textAlign: "center" }} maxLength={5} placeholder="09:00" className="num" disabled={off} value={w.from} {...(bad(w) ? { status: "error" as const } : {})} aria-label={t("开始")} onChange={(e) => { window(i, { from: e.target.value }); }} />–
            <Input style={{ width: 66, textAlign: "center" }} maxLength={5} placeholder="18:00" className="num" disabled={off} value={w.to} {...(bad(w) ? { status: "error" as const } : {})} aria-label={t("结束")} onChange={(e) => { window(i, { to: e.target.value }); }} />
            {value.windows.length > 1 ? <Button type="text" size="small" disabled={off} icon={<DeleteOutlined />} aria-label={t("删除这个时段")} onClick={() => { set({ windows: value.windows.filter((_, j) => j !== i) }); }} /> : null}
          </span>
        ))}
        <Button type="dashed" disabled={off} icon={<PlusOutlined />} onClick={() => { set({ windows: [...value.windows, { from: "14:00", to: "18:00" }] }); }}>{t("加一个时段")}</Button>
      </dd>
      <dt>{t("节假日")}</dt>
      <dd style={{ display: "flex", alignItems: "center", gap: 8 }}>
        <Switch size="small" disabled={off} checked={value.skip_holidays} onChange={(skip_holidays) => { set({ skip_holidays }); }} aria-label={holidays ?? t("节假日不呼叫")} />
        <span>{holidays ?? t("节假日不呼叫，调休上班日照常")}</span>
      </dd>
    </dl>
  );
}
