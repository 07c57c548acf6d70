import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { getUnits, type OrgUnit } from "@/api/org.ts";
import { paths } from "./tree.ts";

export const useUnits = () => useQuery({ queryKey: ["units"], queryFn: getUnits });

interface Props { id?: string; value?: number | null; onChange?: (unit: number | null) => void; placeholder: string; label?: string; width?: number; without?: (u: OrgUnit) => boolean }

/** One unit of the tree, found by any part of its way. */
export function UnitSelect({ id, value, onChange, placeholder, label, width, without }: Props) {
  const { data, isFetching } = useUnits();
  const units = data?.items ?? [];
  const left = new Set(units.filter((u) => without?.(u)).map((u) => u.id));
  return (
    <Select<number> {...(id ? { id } : {})} {...(label ? { "aria-label": label } : {})} allowClear showSearch={{ optionFilterProp: "label" }} value={value ?? (null as unknown as number)} loading={isFetching} placeholder={placeholder}
      {...(width ? { style: { width } } : {})} popupMatchSelectWidth={false} options={paths(units).filter((o) => !left.has(o.value))} onChange={(v: number | undefined) => { onChange?.(v ?? null); }} />
  );
}
