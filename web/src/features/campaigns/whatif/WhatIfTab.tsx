/** 试算: the task's own past days under other settings, so that a leader sees what a change would do before making it. */
import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, DatePicker, Progress } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CampaignView } from "@/api/campaigns.ts";
import { askWhatIf, cancelWhatIf, getWhatIf, type WhatIf } from "@/api/whatIf.ts";
import { count } from "@/format/text.ts";
import { useAct } from "@/ui/act.tsx";
import { Empty, Loaded, Panel } from "@/ui/Page.tsx";
import { Outcome } from "./Outcome.tsx";
import { Variants } from "./Variants.tsx";
import { another, DAYS_MAX, isTried, PART, present, suggested, VARIANTS_MAX } from "./whatif.ts";
import "./whatif.css";

export function WhatIfTab({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ["what-if", campaign.id], queryFn: () => getWhatIf(campaign.id), refetchInterval: (q) => (q.state.data?.state === "running" ? 800 : false) });
  if (!isTried(campaign.mode)) return <Panel><Empty title={t("这个任务不能试算")} hint={t("试算适用于渐进、倍率和预测方式：其他方式由坐席或流程决定什么时候拨。")} /></Panel>;
  return <Loaded query={query} rows={8}>{(last) => <Body key={campaign.id} campaign={campaign} last={last} />}</Loaded>;
}

const yesterday = (): [Dayjs, Dayjs] => [dayjs().subtract(1, "day").startOf("day"), dayjs().subtract(1, "day").startOf("day")];
const daysOf = (w: WhatIf): [Dayjs, Dayjs] => [dayjs(w.from).startOf("day"), dayjs(w.until).subtract(1, "second").startOf("day")];

function Body({ campaign, last }: { campaign: CampaignView; last: WhatIf | null }) {
  const { t } = useTranslation();
  const [days, setDays] = useState<[Dayjs, Dayjs]>(() => (last ? daysOf(last) : yesterday()));
  const [variants, setVariants] = useState(() => last?.variants ?? [suggested(campaign)]);
  const running = last?.state === "running";
  const ask = useAct(() => askWhatIf(campaign.id, { from: days[0].toISOString(), until: days[1].add(1, "day").toISOString(), variants }), { refresh: ["what-if"] });
  const cancel = useAct(() => cancelWhatIf(campaign.id), { refresh: ["what-if"] });
  const back = (n: number, m = n): [Dayjs, Dayjs] => [dayjs().subtract(n, "day").startOf("day"), dayjs().subtract(m, "day").startOf("day")];
  const presets = [{ label: t("今天"), value: back(0) }, { label: t("昨天"), value: back(1) }, { label: t("最近三天"), value: back(3, 1) }, { label: t("最近七天"), value: back(7, 1) }];
  const tooMany = days[1].diff(days[0], "day") >= DAYS_MAX;
  return (
    <div className="fl-stack">
      <Panel title={t("用过去的日子试算")} extra={<span style={{ color: "#819096", fontWeight: 400 }}>{t("按那些天真实的接听、通话和坐席在岗情况，换一套设置重演一遍；不拨电话，也不改任务")}</span>}>
        <div style={{ display: "flex", gap: 10, alignItems: "center", marginBottom: 10, flexWrap: "wrap" }}>
          <span>{t("用哪几天")}</span>
          <DatePicker.RangePicker aria-label={t("用哪几天")} allowClear={false} disabled={running} value={days} presets={presets} maxDate={dayjs().endOf("day")} onChange={(r) => { if (r?.[0] && r[1]) setDays([r[0].startOf("day"), r[1].startOf("day")]); }} style={{ width: 250 }} />
          {tooMany ? <span style={{ color: "#b3372f" }}>{t("一次最多 {{n}} 天", { n: DAYS_MAX })}</span> : null}
          <span style={{ flex: 1 }} />
          <Button icon={<PlusOutlined />} disabled={running || variants.length >= VARIANTS_MAX} onClick={() => { setVariants([...variants, another(campaign, variants)]); }}>{t("加一个方案")}</Button>
          <Button type="primary" disabled={running || tooMany} loading={ask.isPending} onClick={() => { ask.mutate(undefined); }}>{t("开始试算")}</Button>
        </div>
        <Variants now={present(campaign)} variants={variants} onChange={setVariants} disabled={running} />
      </Panel>
      {last ? <Last campaign={campaign} last={last} cancelling={cancel.isPending} cancel={() => { cancel.mutate(undefined); }} /> : <Panel><Empty title={t("还没有试算过")} hint={t("选好日子和要比较的方案，点“开始试算”，一般几秒到一分钟出结果。")} /></Panel>}
    </div>
  );
}

function Last({ campaign, last, cancel, cancelling }: { campaign: CampaignView; last: WhatIf; cancel: () => void; cancelling: boolean }) {
  const { t } = useTranslation();
  switch (last.state) {
    case "running":
      return (
        <Panel title={t("正在试算")} extra={<Button size="small" loading={cancelling} onClick={cancel}>{t("取消试算")}</Button>}>
          <Progress percent={last.total > 0 ? Math.floor((last.done / last.total) * 100) : 0} status="active" aria-label={t("试算进度")} />
          <p style={{ margin: "4px 0 0", color: "#5a6b71" }}>{last.total > 0 ? t("已重演 {{done}} / {{total}} 遍。可以离开这一页，回来再看。", { done: last.done, total: last.total }) : t("正在统计那些天的呼叫和坐席，或者在等别的试算算完。")}</p>
        </Panel>
      );
    case "missing":
      return (
        <Panel>
          <Empty title={t("这些天的数据还不够试算")} hint={(
            <>
              {last.missing.map((m) => <div key={m.part}>{t("{{part}}：有 {{have}}，至少要 {{need}}", { part: t(PART[m.part]), have: count(m.have), need: m.part === "agent_hours" ? t("{{n}} 小时", { n: m.need }) : count(m.need) })}</div>)}
              <div style={{ marginTop: 6 }}>{t("换成拨打多的日子，或多选几天。")}</div>
            </>
          )} />
        </Panel>
      );
    case "done":
      return last.result ? <Outcome campaign={campaign} asked={last} result={last.result} /> : null;
    case "too_much":
      return <Alert type="warning" showIcon title={t("一分钟内没有算完")} description={t("这些天的呼叫太多，请少选几天或少比较几个方案。")} />;
    case "cancelled":
      return <Alert type="info" showIcon title={t("试算已取消")} />;
    case "failed":
      return <Alert type="error" showIcon title={t("试算没有成功")} description={t("请再试一次；还是不行请联系管理员查看服务器日志。")} />;
  }
}
