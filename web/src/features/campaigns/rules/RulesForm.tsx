import { Alert, Button, Form, InputNumber, Select, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CampaignView } from "@/api/campaigns.ts";
import { updateRules, type DialRules } from "@/api/rules.ts";
import { P, useCan } from "@/app/session.ts";
import { useAct } from "@/ui/act.tsx";
import { useLeaveGuard } from "@/ui/guard.ts";
import { Panel } from "@/ui/Page.tsx";

const grid = { display: "grid", gridTemplateColumns: "repeat(4, 1fr)", columnGap: 20 } as const;

/** What the task asks for besides the tenant's rules. */
export function RulesForm({ campaign }: { campaign: CampaignView }) {
  const { t } = useTranslation();
  const can = useCan();
  const [form] = Form.useForm<DialRules>();
  const [dirty, setDirty] = useState(false);
  const [conflict, setConflict] = useState(false);
  useLeaveGuard(dirty);
  const locked = !can(P.campaignWrite) || campaign.status === "finished" || campaign.status === "stopped";
  const save = useAct((rules: DialRules) => updateRules(campaign, rules), {
    done: t("规则已保存，对后续的呼叫生效"), refresh: ["campaign", "campaigns"], form, onDone: () => { setDirty(false); },
    fields: Object.fromEntries(Object.keys(campaign.dial_rules).map((key) => [`dial_rules.${key}`, key])),
    onFail: (error) => {
      if (error.status !== 409 || !error.code.includes("revision")) return false;
      setConflict(true);
      return true;
    },
  });
  const results = campaign.results.map((r) => ({ value: r.code, label: r.label }));
  const cap = (name: keyof DialRules, label: string, unit = t("次")) => <Form.Item name={name} label={label}><InputNumber min={0} max={100_000} suffix={unit} style={{ width: "100%" }} /></Form.Item>;
  return (
    <Form<DialRules> form={form} layout="vertical" requiredMark={false} disabled={locked} initialValues={campaign.dial_rules} onValuesChange={() => { setDirty(true); }}
      onFinish={() => { save.mutate({ ...campaign.dial_rules, ...form.getFieldsValue() }); }}>
      <Panel title={t("本任务的规则")} extra={<span style={{ color: "#819096" }}>{t("只能比本单位的更严；0 表示沿用本单位的")}</span>}>
        {conflict ? <Alert type="warning" showIcon style={{ marginBottom: 12 }} title={t("刚刚有人改过这个任务")} action={<Button size="small" onClick={() => { location.reload(); }}>{t("刷新")}</Button>} /> : null}
        <div style={grid}>
          <Form.Item name="rotation" label={t("主叫号码怎么轮换")}><Select options={[{ value: "turn", label: t("轮流") }, { value: "least_used", label: t("用得最少的优先") }, { value: "random", label: t("随机") }]} /></Form.Item>
          <Form.Item name="local_presence" label={t("本地号码优先")} valuePropName="checked" tooltip={t("先用与被叫同城的号码，再用同省的。")}><Switch /></Form.Item>
          {cap("caller_id_interval_s", t("同一主叫两次呼叫的间隔"), t("秒"))}
          {cap("caller_id_per_day_max", t("每个主叫号码每天最多"))}
          {cap("caller_id_rest_after", t("主叫连续呼叫多少次后休息"))}
          {cap("caller_id_rest_min", t("主叫每次休息"), t("分钟"))}
          {cap("contact_per_day_max", t("每人每天最多"))}
          {cap("campaign_per_day_max", t("任务每天最多"))}
          {cap("number_per_24h_max", t("每个号码 24 小时最多"))}
          {cap("number_per_5min_max", t("每个号码 5 分钟最多"))}
          <Form.Item name="consent_required" label={t("只呼叫已同意的号码")} valuePropName="checked" tooltip={t("没有同意记录的号码会被拦下并排除。")}><Switch /></Form.Item>
        </div>
        <div style={{ display: "grid", gridTemplateColumns: "2fr 1fr 2fr", columnGap: 20 }}>
          <Form.Item name="refusal_results" label={t("表示“不要再打”的结果")} extra={t("按键或坐席记下这些结果，号码立刻进免呼名单。")}><Select mode="multiple" options={results} placeholder={t("不选则没有")} /></Form.Item>
          <Form.Item name="refusal_scope" label={t("拒绝的范围")}><Select options={[{ value: "tenant", label: t("所有营销和催收") }, { value: "campaign", label: t("只是这个任务") }]} /></Form.Item>
          <Form.Item name="consent_results" label={t("表示“同意”的结果")} extra={t("记下这些结果，号码进“已同意”名单。")}><Select mode="multiple" options={results} placeholder={t("不选则没有")} /></Form.Item>
        </div>
        {locked ? null : (
          <div style={{ display: "flex", gap: 8, alignItems: "center" }}>
            <Button type="primary" htmlType="submit" loading={save.isPending} disabled={!dirty}>{t("保存规则")}</Button>
            {dirty ? <><Button onClick={() => { form.resetFields(); setDirty(false); }}>{t("放弃修改")}</Button><span style={{ color: "#9a6408" }}>{t("有未保存的修改")}</span></> : null}
          </div>
        )}
      </Panel>
    </Form>
  );
}
