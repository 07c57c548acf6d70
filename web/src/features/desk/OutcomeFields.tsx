/** 处理结果 of a task: what may be chosen, what follows from it, and what it asks for. */
import { CheckCircleFilled, ExclamationCircleFilled, LoadingOutlined } from "@ant-design/icons";
import { Button, DatePicker, Radio } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import type { DeskCall } from "@/api/desk.ts";
import type { OutcomeDef, Refusal, WorkView } from "@/api/work.ts";
import { dateTime } from "@/format/text.ts";
import { change } from "./drafts.ts";
import type { Desk } from "./useDesk.ts";
import { setWork } from "./useWork.ts";
import { confirmationOf, follows, quickTimes, type Lack, type WorkDraft } from "./work.ts";

interface Props { call: DeskCall; work: WorkView; draft: WorkDraft; chosen: string; desk: Desk }

export function OutcomeFields({ call, work, draft, chosen, desk }: Props) {
  const { t } = useTranslation();
  const outcome = work.outcomes.find((o) => o.code === chosen);
  return (
    <>
      <div role="radiogroup" aria-label={t("处理结果")} className="dk-outcomes">
        {work.outcomes.map((o) => (
          <label key={o.code} className={o.code === chosen ? "on" : ""}>
            <input type="radio" name={`outcome${call.call_id}`} checked={o.code === chosen} onChange={() => { change(call, { disposition: o.code }); }} />
            <span>{o.label}</span>
          </label>
        ))}
      </div>
      {outcome ? <Follows outcome={outcome} work={work} draft={draft} /> : null}
      {outcome?.then.do === "callback" ? <Callback call={call} draft={draft} over={work.over} /> : null}
      {outcome?.then.do === "refuse" ? <Refuse call={call} draft={draft} /> : null}
      {outcome?.then.do === "confirm" ? <Confirm call={call} work={work} flow={outcome.then.flow} desk={desk} /> : null}
    </>
  );
}

/** Said before it is saved. */
function Follows({ outcome, work, draft }: { outcome: OutcomeDef; work: WorkView; draft: WorkDraft }) {
  const { t } = useTranslation();
  const f = follows(outcome, work.results);
  const when = outcome.then.do === "callback" && draft.callback ? t("{{at}} 由{{who}}回呼", { at: dateTime(draft.callback.at), who: draft.callback.mine ? t("我") : t("空闲的坐席") }) : null;
  const then = when ?? t(f.then, f.span ? { span: t(f.span.text, { n: f.span.n }) } : {});
  return <p className="dk-follows">{t("保存后：")}{f.result ? t("记为“{{result}}”，", { result: f.result }) : ""}{then}</p>;
}

function Callback({ call, draft, over }: { call: DeskCall; draft: WorkDraft; over: boolean }) {
  const { t } = useTranslation();
  const now = dayjs();
  const mine = over || (draft.callback?.mine ?? true);
  const set = (at: dayjs.Dayjs | null, own = mine) => { setWork(call, draft, { callback: at ? { at: at.toISOString(), mine: own } : null }); };
  const at = draft.callback ? dayjs(draft.callback.at) : null;
  return (
    <div className="dk-callback">
      <b>{t("回呼时间")}</b>
      <div className="dk-quick">{quickTimes(now).map((q) => <Button key={q.text} size="small" type={at?.isSame(q.at, "minute") ? "primary" : "default"} title={q.at.format("MM-DD HH:mm")} onClick={() => { set(q.at); }}>{t(q.text)}</Button>)}</div>
      <DatePicker
        id="dk-callback" style={{ width: "100%" }} aria-label={t("回呼时间")} showTime={{ format: "HH:mm", minuteStep: 5 }} format="YYYY-MM-DD HH:mm" value={at} placeholder={t("其他时间")}
        disabledDate={(d) => d.isBefore(now, "day") || d.isAfter(now.add(90, "day"))} onChange={(d: dayjs.Dayjs | null) => { set(d); }}
      />
      <Radio.Group
        value={mine} disabled={over} aria-label={t("谁来回呼")} options={[{ value: true, label: t("我来回呼") }, { value: false, label: t("任何人") }]}
        onChange={(e) => { set(at, e.target.value as boolean); }}
      />
      {over ? <small>{t("任务已结束，不会再自动呼叫，只能约给自己。")}</small> : null}
    </div>
  );
}

function Refuse({ call, draft }: { call: DeskCall; draft: WorkDraft }) {
  const { t } = useTranslation();
  return (
    <Radio.Group
      className="dk-options" value={draft.refusal} aria-label={t("不再呼叫的范围")} onChange={(e) => { setWork(call, draft, { refusal: e.target.value as Refusal }); }}
      options={[{ value: "task", label: t("本任务不再呼叫") }, { value: "all", label: t("列入免呼名单，营销和催收都不再呼叫") }]}
    />
  );
}

/** The customer goes through the flow and comes back; once they have pressed the key it may be saved. */
function Confirm({ call, work, flow, desk }: { call: DeskCall; work: WorkView; flow: number; desk: Desk }) {
  const { t } = useTranslation();
  const came = confirmationOf(call, work);
  if (came === "pressed") return <p className="dk-follows" role="status"><CheckCircleFilled style={{ color: "#2c7a3f" }} /> {t("客户已按键确认")}</p>;
  if (came === "running") return <p className="dk-follows" role="status"><LoadingOutlined style={{ color: "#b9862f" }} /> {t("二次确认进行中，请等客户按键…")}</p>;
  const talking = desk.view.call?.call_id === call.call_id && desk.view.agent.state === "talking" && !desk.blocked;
  return (
    <div className="dk-callback">
      {came === "missed" ? <span role="status" style={{ color: "#b3372f" }}><ExclamationCircleFilled /> {t("客户没有按键确认")}</span> : null}
      <Button type="primary" ghost disabled={!talking} loading={desk.busy} onClick={() => void desk.ask({ do: "confirm", flow, back: true })}>{came === "missed" ? t("再做一次二次确认") : t("转客户做二次确认")}</Button>
      <small>{talking ? t("客户按语音提示确认，完成后回到您这里；按了键才算确认。") : came === "missed" ? t("通话已结束，请选择别的处理结果。") : t("通话中才能转二次确认。")}</small>
    </div>
  );
}

/** What is still missing, each a way to where it is. */
export function Lacking({ items, onGo }: { items: Lack[]; onGo: (lack: Lack) => void }) {
  const { t } = useTranslation();
  if (items.length === 0) return null;
  return (
    <div className="dk-lacking" role="alert">
      <b>{t("还差 {{n}} 项：", { n: items.length })}</b>
      {items.slice(0, 8).map((l) => <button key={`${l.at}${l.key}`} type="button" onClick={() => { onGo(l); }}>{l.at === "summary" ? t(l.label) : l.label}</button>)}
      {items.length > 8 ? "…" : null}
    </div>
  );
}
