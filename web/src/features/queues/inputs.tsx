/** Fields of a group's rules that are more than one value. */
import { useQuery } from "@tanstack/react-query";
import { InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";
import { getFlows } from "@/api/flows.ts";
import { getQueues, type Choice, type Target } from "@/api/queues.ts";
import { P, useCan } from "@/app/session.ts";
import type { PreferenceDraft } from "./draft.ts";
import { choiceText, preferenceText, targetText } from "./words.ts";

interface Input<T> { value?: T; onChange?: (v: T) => void; id?: string; disabled?: boolean }
const options = (words: Record<string, string>, t: (text: string) => string) => Object.entries(words).map(([value, text]) => ({ value, label: t(text) }));
const byLabel = { optionFilterProp: "label" };

/** Another kind of place, with nothing chosen yet: the form's rule asks for it. */
function blank(to: Target["to"]): Target {
  switch (to) {
    case "queue":
      return { to, queue: 0 };
    case "flow":
      return { to, flow: 0 };
    case "numbers":
      return { to, numbers: [] };
    default:
      return { to };
  }
}

export const isWhole = (target: Target): boolean =>
  target.to === "queue" ? target.queue > 0 : target.to === "flow" ? target.flow > 0 : target.to === "numbers" ? target.numbers.length > 0 : true;

export function TargetInput({ value, onChange, id, self, disabled }: Input<Target> & { self?: number | undefined }) {
  const { t } = useTranslation();
  const can = useCan();
  const target = value ?? { to: "resume" };
  const queues = useQuery({ queryKey: ["queues"], queryFn: getQueues, enabled: target.to === "queue" });
  const flows = useQuery({ queryKey: ["flows"], queryFn: getFlows, enabled: target.to === "flow" && can(P.flowRead) });
  const off = disabled ?? false;
  return (
    <div style={{ display: "flex", gap: 8, minWidth: 0 }}>
      <Select {...(id ? { id } : {})} disabled={off} value={target.to} style={{ width: 150, flex: "none" }} options={options(targetText, t)} onChange={(to: Target["to"]) => onChange?.(blank(to))} />
      {target.to === "queue" ? <Select showSearch={byLabel} disabled={off} value={target.queue || null} placeholder={t("选择坐席组")} style={{ flex: 1, minWidth: 120 }} loading={queues.isFetching} options={(queues.data?.items ?? []).filter((q) => q.id !== self).map((q) => ({ value: q.id, label: q.name }))} onChange={(queue) => onChange?.({ to: "queue", queue: queue ?? 0 })} /> : null}
      {target.to === "flow" ? <Select showSearch={byLabel} disabled={off} value={target.flow || null} placeholder={t("选择流程")} style={{ flex: 1, minWidth: 120 }} loading={flows.isFetching} options={(flows.data?.items ?? []).map((f) => ({ value: f.id, label: f.published_version == null ? `${f.name}（${t("未发布")}）` : f.name }))} onChange={(flow) => onChange?.({ to: "flow", flow: flow ?? 0 })} /> : null}
      {target.to === "numbers" ? <Select mode="tags" open={false} disabled={off} tokenSeparators={[",", " ", "，", "、"]} value={target.numbers} placeholder={t("依次拨打，如 13900001111")} style={{ flex: 1, minWidth: 120 }} onChange={(numbers: string[]) => onChange?.({ to: "numbers", numbers })} /> : null}
    </div>
  );
}

export function ChoiceInput({ value, onChange, self, id, only }: Input<Choice> & { self?: number | undefined; only?: Choice["choice"][] }) {
  const { t } = useTranslation();
  const choice = value ?? { choice: "keep" };
  const shown = Object.fromEntries(Object.entries(choiceText).filter(([k]) => !only || only.includes(k as Choice["choice"])));
  const pick = (kind: Choice["choice"]) => onChange?.(kind === "go" ? { choice: "go", target: { to: "voicemail" } } : { choice: kind });
  return (
    <div style={{ display: "flex", gap: 8, flexWrap: "wrap" }}>
      <Select {...(id ? { id } : {})} value={choice.choice} style={{ width: 158, flex: "none" }} options={options(shown, t)} onChange={pick} />
      {choice.choice === "go" ? <div style={{ flex: 1, minWidth: 280 }}><TargetInput value={choice.target} self={self} onChange={(target) => onChange?.({ choice: "go", target })} /></div> : null}
    </div>
  );
}

export function PreferenceInput({ value, onChange, id }: Input<PreferenceDraft>) {
  const { t } = useTranslation();
  const p = value ?? { mode: "off", wait_s: 60 };
  return (
    <div style={{ display: "grid", gridTemplateColumns: p.mode === "wait" ? "minmax(0, 1fr) 130px" : "1fr", gap: 8 }}>
      <Select {...(id ? { id } : {})} value={p.mode} options={options(preferenceText, t)} onChange={(mode: PreferenceDraft["mode"]) => onChange?.({ ...p, mode })} />
      {p.mode === "wait" ? <InputNumber min={1} max={3600} value={p.wait_s} prefix={t("最多")} suffix={t("秒")} aria-label={t("最多等多久")} style={{ width: "100%" }} onChange={(n) => onChange?.({ ...p, wait_s: n ?? 60 })} /> : null}
    </div>
  );
}
