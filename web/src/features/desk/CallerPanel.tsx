import { PhoneOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { getCustomer, type CustomerBrief } from "@/api/customers.ts";
import type { DeskCall, DeskInfo } from "@/api/desk.ts";
import { phone } from "@/format/text.ts";
import { callerClass, direction } from "@/format/words.ts";
import { Dl, Phone } from "@/ui/fields.tsx";
import { CodeTag, Tag } from "@/ui/Tag.tsx";
import { chooseCustomer, draftOf, useDrafts } from "./drafts.ts";
import type { Desk } from "./useDesk.ts";

/** Who is calling and why. */
export function CallerPanel({ call, info, desk, live }: { call: DeskCall; info: DeskInfo; desk: Desk; live: boolean }) {
  const { t } = useTranslation();
  const chosen = draftOf(useDrafts(), call).customer_id;
  const brief = call.customers.find((c) => c.id === chosen);
  // Created during the call.
  const made = useQuery({ queryKey: ["customer", chosen], queryFn: () => getCustomer(chosen ?? 0), enabled: chosen !== null && !brief });
  const customer = brief ?? (chosen === null ? undefined : made.data);
  const name = customer?.name || call.name;
  return (
    <section className="fl-panel grow" aria-label={t("来电信息")}>
      <header>
        <span>{live ? t("客户") : t("上一通电话")}</span>
        <CodeTag words={direction} code={call.direction} />
      </header>
      <div className="dk-scroll" style={{ display: "grid", gap: 10, alignContent: "start" }}>
        <div>
          <div className="dk-name">{name || t("未知客户")}</div>
          {customer?.company ? <div style={{ color: "#5a6b71", overflowWrap: "anywhere" }}>{customer.company}</div> : null}
          <div className="dk-number"><Phone value={call.number} strong /> {call.number && desk.may("dial") ? <Button size="small" icon={<PhoneOutlined />} onClick={() => void desk.ask({ do: "dial", number: `call:${call.call_id}` })}>{t("回拨")}</Button> : null}</div>
          {call.classes.length > 0 ? <div style={{ display: "flex", gap: 4, flexWrap: "wrap", marginTop: 6 }}>{call.classes.map((c) => <CodeTag key={c} words={callerClass} code={c} />)}</div> : null}
        </div>
        {call.customers.length > 1 ? <Picker call={call} chosen={chosen} /> : null}
        <Way call={call} info={info} />
        <Gathered call={call} />
      </div>
    </section>
  );
}

/** A number that several customers share: the agent says who it is. */
function Picker({ call, chosen }: { call: DeskCall; chosen: number | null }) {
  const { t } = useTranslation();
  const line = (c: CustomerBrief) => [c.name || t("未填姓名"), c.company].filter(Boolean).join(" · ");
  return (
    <div role="group" aria-label={t("这个号码属于几位客户，请选是哪一位")} style={{ display: "grid", gap: 5 }}>
      <span style={{ color: "#9a6408" }}>{t("这个号码属于 {{n}} 位客户，请问清是哪一位：", { n: call.customers.length })}</span>
      {call.customers.map((c) => (
        <button key={c.id} type="button" aria-pressed={c.id === chosen} className="dk-choice" style={c.id === chosen ? { borderColor: "#0d7a75", background: "#eaf6f4" } : { padding: "5px 10px" }} onClick={() => { chooseCustomer(call, c.id); }}>
          <span className="fl-clamp2" style={{ flex: 1 }}>{line(c)}</span>
        </button>
      ))}
      <button type="button" aria-pressed={chosen === null} className="dk-choice" style={{ padding: "5px 10px" }} onClick={() => { chooseCustomer(call, null); }}><PlusOutlined />{t("都不是，新建客户")}</button>
    </div>
  );
}

function Way({ call, info }: { call: DeskCall; info: DeskInfo }) {
  const { t } = useTranslation();
  const queue = info.queues.find((q) => q.id === call.queue_id)?.name;
  const rows: [string, React.ReactNode][] = [
    [call.direction === "inbound" ? t("拨打的号码") : t("显示号码"), <span key="c" className="num">{phone(call.called)}</span>],
    ...(queue ? [[t("坐席组"), queue] as [string, React.ReactNode]] : []),
    ...(call.service ? [[t("所选服务"), call.service] as [string, React.ReactNode]] : []),
    ...(call.campaign_name ? [[t("外呼任务"), call.campaign_name] as [string, React.ReactNode]] : []),
    ...(call.survey ? [[t("挂断后"), <Tag key="s" tone="info">{t("请客户评价")}</Tag>] as [string, React.ReactNode]] : []),
  ];
  return <Dl rows={rows} />;
}

const shown = (value: unknown): string => (typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : JSON.stringify(value));

/** What the caller pressed and said, and what the campaign knows. */
function Gathered({ call }: { call: DeskCall }) {
  const { t } = useTranslation();
  const data = Object.entries(call.data).filter(([, v]) => v !== null && v !== "");
  return (
    <>
      {data.length > 0 ? <div><b>{t("业务数据")}</b><div style={{ marginTop: 4 }}><Dl rows={data.map(([k, v]) => [k, shown(v)])} /></div></div> : null}
      {call.digits ? <div><b>{t("按过的键")}</b> <span className="fl-mono" style={{ letterSpacing: 2, overflowWrap: "anywhere" }}>{call.digits}</span></div> : null}
      {call.said.length > 0 ? <div><b>{t("之前说过")}</b><ul className="dk-said" style={{ marginTop: 4 }}>{call.said.map((s, i) => <li key={`${i}${s}`}>{s}</li>)}</ul></div> : null}
    </>
  );
}
