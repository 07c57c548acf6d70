import { useQuery } from "@tanstack/react-query";
import { App, DatePicker, Form, Modal, Select } from "antd";
import type { Dayjs } from "dayjs";
import { useTranslation } from "react-i18next";
import { getCampaigns, type CampaignView } from "@/api/campaigns.ts";
import { listFromResults, type Dedupe } from "@/api/lists.ts";
import { count } from "@/format/text.ts";
import { disposition } from "@/format/words.ts";
import { useAct } from "@/ui/act.tsx";
import { DedupeItem } from "./DedupeFields.tsx";
import { LIST_REFRESH, ListBasics } from "./ListForm.tsx";

interface Fields { name: string; weight: number; priority: number; from: number; dispositions?: string[]; results?: string[]; dates?: [Dayjs, Dayjs] | null; dedupe?: Dedupe }

/** 从呼叫结果生成: numbers that came to something in another campaign. */
export function ReuseList({ campaign, onClose }: { campaign: CampaignView; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const from = Form.useWatch("from", form);
  const query = useQuery({ queryKey: ["campaigns", "choose"], queryFn: () => getCampaigns({ limit: 200 }) });
  const others = (query.data?.items ?? []).filter((c) => c.id !== campaign.id);
  const source = others.find((c) => c.id === from);
  const make = useAct((f: Fields) => listFromResults(campaign.id, {
    name: f.name, weight: f.weight, priority: f.priority, enabled: true, filter: {}, from_campaign_id: f.from, dedupe: f.dedupe ?? {},
    leads: {
      dispositions: f.dispositions ?? [], results: f.results ?? [],
      ...(f.dates ? { called_from: f.dates[0].startOf("day").toISOString(), called_until: f.dates[1].add(1, "day").startOf("day").toISOString() } : {}),
    },
  }), {
    refresh: LIST_REFRESH, form, fields: { from_campaign_id: "from" },
    onDone: (r) => { void message.success(t("已生成名单：{{n}} 个号码，跳过重复 {{d}} 个", { n: count(r.copied), d: count(r.duplicates) })); onClose(); },
  });
  return (
    <Modal open title={t("从呼叫结果生成名单")} okText={t("生成")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={make.isPending} width={560}>
      <Form<Fields> form={form} layout="vertical" requiredMark={false} style={{ marginTop: 12 }} initialValues={{ weight: 10, priority: 0 }} onFinish={(f) => { make.mutate(f); }}>
        <Form.Item name="from" label={t("取自哪个任务")} rules={[{ required: true, message: t("请选择任务") }]}>
          <Select showSearch={{ optionFilterProp: "label" }} loading={query.isPending} placeholder={t("请选择任务")} options={others.map((c) => ({ value: c.id, label: c.name }))}
            onChange={(id: number) => { form.setFieldsValue({ results: [], ...(form.getFieldValue("name") ? {} : { name: others.find((c) => c.id === id)?.name ?? "" }) }); }} />
        </Form.Item>
        <span style={{ display: "grid", gridTemplateColumns: "1fr 1fr", gap: 16 }}>
          <Form.Item name="dispositions" label={t("最近一次呼叫")}><Select mode="multiple" maxTagCount="responsive" placeholder={t("不限")} options={Object.entries(disposition).map(([value, w]) => ({ value, label: t(w.text) }))} /></Form.Item>
          <Form.Item name="results" label={t("结果")}><Select mode="multiple" maxTagCount="responsive" disabled={!source} placeholder={t("不限")} options={(source?.results ?? []).map((r) => ({ value: r.code, label: r.label }))} /></Form.Item>
        </span>
        <Form.Item name="dates" label={t("呼叫日期")}><DatePicker.RangePicker style={{ width: "100%" }} /></Form.Item>
        <ListBasics />
        <DedupeItem campaign={campaign} />
      </Form>
    </Modal>
  );
}
