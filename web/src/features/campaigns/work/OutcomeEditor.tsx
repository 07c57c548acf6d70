import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Input, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";
import { getFlows } from "@/api/flows.ts";
import type { Follow, OutcomeDef } from "@/api/work.ts";
import type { ResultDef } from "@/api/types.ts";
import { Empty } from "@/ui/Page.tsx";
import { moved, newOutcome, replaced } from "./edit.ts";
import { FOLLOWS, HELD, RowKeys } from "./parts.tsx";
import type { EditorProps } from "./ScriptEditor.tsx";

const AS_ITSELF = "\u0000same";

/** `results`: the campaign's, with those that are added along; `onResult`: none when no more may be added. */
export function OutcomeEditor({ work, off, held, results, onChange, onResult }: EditorProps & { results: ResultDef[]; onResult: ((r: ResultDef) => void) | null }) {
  const { t } = useTranslation();
  const set = (outcomes: OutcomeDef[]) => { onChange({ ...work, outcomes }); };
  const add = () => { set([...work.outcomes, newOutcome(work)]); };
  if (work.outcomes.length === 0) return <Empty title={t("还没有处理结果")} hint={t("坐席挂断后选一个结果，系统照着去做：办结、再呼、约回呼、免呼。不设则用系统设置里的小结结果。")} action={off ? null : <Button type="primary" onClick={add}>{t("加处理结果")}</Button>} />;
  return (
    <div className="wk-list">
      {work.outcomes.map((o, i) => (
        <OutcomeRow key={i} o={o} off={off} held={held.has(o.code)} results={results} onResult={onResult} first={i === 0} last={i === work.outcomes.length - 1}
          onMove={(by) => { set(moved(work.outcomes, i, by)); }} onRemove={() => { set(work.outcomes.filter((_, j) => j !== i)); }} onChange={(part) => { set(replaced(work.outcomes, i, part)); }} />
      ))}
      {off ? null : <Button size="small" type="dashed" icon={<PlusOutlined />} style={{ justifySelf: "start" }} onClick={add}>{t("加处理结果")}</Button>}
    </div>
  );
}

interface RowProps { o: OutcomeDef; off: boolean; held: boolean; results: ResultDef[]; onResult: ((r: ResultDef) => void) | null; first: boolean; last: boolean; onMove: (by: -1 | 1) => void; onRemove: () => void; onChange: (part: Partial<OutcomeDef>) => void }

function OutcomeRow({ o, off, held, results, onResult, first, last, onMove, onRemove, onChange }: RowProps) {
  const { t } = useTranslation();
  const settles = o.then.do !== "retry" && o.then.do !== "callback";
  // What settles cannot be called again.
  const fitting = results.filter((r) => settles || !r.settles).map((r) => ({ value: r.code, label: t("记为“{{result}}”", { result: r.label }) }));
  const same = onResult && o.label.trim() && !results.some((r) => r.code === o.code) ? [{ value: AS_ITSELF, label: t("记为“{{result}}”（新建业务结果）", { result: o.label }) }] : [];
  const result = (v: string) => {
    if (v === AS_ITSELF) onResult?.({ code: o.code, label: o.label.trim(), settles });
    onChange({ result: v === AS_ITSELF ? o.code : v || null });
  };
  const then = (d: Follow["do"]) => {
    const next: Follow = d === "retry" ? { do: d, minutes: 30 } : d === "confirm" ? { do: d, flow: 0 } : { do: d };
    const fits = results.find((r) => r.code === o.result);
    onChange({ then: next, ...((d === "retry" || d === "callback") && fits?.settles ? { result: null } : {}) });
  };
  const need = (key: "needs_answers" | "needs_form" | "needs_note", label: string) => <Checkbox checked={o[key]} disabled={off} onChange={(e) => { onChange({ [key]: e.target.checked }); }}>{label}</Checkbox>;
  return (
    <div className="wk-row">
      <div className="wk-line">
        <Input size="small" style={{ flex: 1, minWidth: 140 }} value={o.label} maxLength={40} disabled={off} aria-label={t("处理结果")} placeholder={t("坐席看到的名称，如：同意参加")} onChange={(e) => { onChange({ label: e.target.value }); }} />
        <Select size="small" style={{ width: 168, flex: "none" }} value={o.then.do} disabled={off || held} title={held ? t(HELD) : ""} aria-label={t("接下来怎么办")} options={Object.entries(FOLLOWS).map(([value, label]) => ({ value, label: t(label) }))} onChange={then} />
        {o.then.do === "retry" ? <InputNumber size="small" style={{ width: 120, flex: "none" }} min={1} max={43_200} value={o.then.minutes} disabled={off || held} suffix={t("分钟后")} aria-label={t("多少分钟后再呼")} onChange={(v) => { onChange({ then: { do: "retry", minutes: v ?? 30 } }); }} /> : null}
        {o.then.do === "confirm" ? <FlowChoice flow={o.then.flow} off={off || held} onChange={(flow) => { onChange({ then: { do: "confirm", flow } }); }} /> : null}
        <Select size="small" style={{ width: 214, flex: "none" }} value={o.result ?? ""} disabled={off || held} aria-label={t("业务结果")} options={[{ value: "", label: t("不记业务结果") }, ...fitting, ...same]} onChange={result} />
        <RowKeys first={first} last={last} off={off} {...(held ? { why: t(HELD) } : {})} onMove={onMove} onRemove={onRemove} />
      </div>
      <div className="wk-line" style={{ gap: 16 }}>
        <span className="wk-hint">{t("选它之前须")}</span>
        {need("needs_answers", t("问完必问题"))}{need("needs_form", t("填完必填项"))}{need("needs_note", t("写备注"))}
        <span style={{ marginInlineStart: "auto" }} className="wk-hint">{t("代码")} <Input size="small" className="fl-mono" style={{ width: 110 }} value={o.code} maxLength={40} disabled={off || held} aria-label={t("代码")} onChange={(e) => { onChange({ code: e.target.value }); }} /></span>
      </div>
    </div>
  );
}

function FlowChoice({ flow, off, onChange }: { flow: number; off: boolean; onChange: (flow: number) => void }) {
  const { t } = useTranslation();
  const flows = useQuery({ queryKey: ["flows"], queryFn: getFlows });
  const options = (flows.data?.items ?? []).filter((f) => f.published_version != null).map((f) => ({ value: f.id, label: f.name }));
  return <Select size="small" style={{ width: 160, flex: "none" }} value={flow || null} disabled={off} loading={flows.isPending} aria-label={t("二次确认的流程")} placeholder={t("选择流程")} options={options} onChange={onChange} />;
}
