/** Skills with a level each, 1–10. */
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { Skill } from "@/api/agents.ts";

interface Props { value?: Record<string, number>; onChange?: (v: Record<string, number>) => void; skills: readonly Skill[] }
const LEVEL = 5;

export function SkillLevels({ value, onChange, skills }: Props) {
  const { t } = useTranslation();
  const has = value ?? {};
  const free = skills.filter((s) => !(s.id in has));
  const set = (id: string | number, level: number) => onChange?.({ ...has, [id]: level });
  const drop = (id: string) => onChange?.(Object.fromEntries(Object.entries(has).filter(([k]) => k !== id)));
  const swap = (from: string, to: string) => onChange?.(Object.fromEntries(Object.entries(has).map(([k, v]) => [k === from ? to : k, v])));
  if (skills.length === 0) return <span style={{ color: "#819096" }}>{t("还没有技能，先到“技能”页添加。")}</span>;
  return (
    <div style={{ display: "grid", gap: 6 }}>
      {Object.entries(has).map(([id, level]) => (
        <div key={id} style={{ display: "grid", gridTemplateColumns: "minmax(0, 1fr) 110px 32px", gap: 8 }}>
          <Select value={id} aria-label={t("技能")} onChange={(to) => { swap(id, to); }} options={skills.filter((s) => String(s.id) === id || !(s.id in has)).map((s) => ({ value: String(s.id), label: s.name }))} />
          <InputNumber min={1} max={10} precision={0} value={level} suffix={t("级")} aria-label={t("级别")} onChange={(n) => { set(id, n ?? 1); }} style={{ width: "100%" }} />
          <Button type="text" icon={<DeleteOutlined />} aria-label={t("删除")} onClick={() => { drop(id); }} />
        </div>
      ))}
      {free[0] ? <Button type="dashed" size="small" icon={<PlusOutlined />} onClick={() => { if (free[0]) set(free[0].id, LEVEL); }}>{t("加一项技能")}</Button> : null}
    </div>
  );
}
