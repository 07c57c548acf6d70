import { App, Checkbox, Form, Modal, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { CampaignView, Selection } from "@/api/campaigns.ts";
import { assignLeads } from "@/api/lists.ts";
import { useAgentNames } from "@/features/customers/around.ts";
import { count } from "@/format/text.ts";
import { useAct } from "@/ui/act.tsx";

/** 专属分配: leads to agents, evenly. `n`: how many are meant, where that is known. */
export function AssignLeads({ campaign, which, n, refresh, onClose }: { campaign: CampaignView; which: Selection; n?: number | undefined; refresh: string[]; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<{ agents: number[]; again: boolean }>();
  const agents = useAgentNames();
  const chosen = Form.useWatch("agents", form) as number[] | undefined;
  const give = useAct((f: { agents: number[]; again: boolean }) => assignLeads(campaign.id, { ...which, ...f }), {
    refresh, form, onDone: (r) => { void message.success(t("已分配 {{n}} 个号码", { n: count(r.leads) })); onClose(); },
  });
  const each = n && chosen?.length ? Math.ceil(n / chosen.length) : 0;
  return (
    <Modal open title={t("分配给坐席")} okText={t("分配")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={give.isPending} width={480}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ agents: [], again: false }} onFinish={(f: { agents: number[]; again: boolean }) => { give.mutate(f); }} style={{ marginTop: 12 }}>
        <Form.Item name="agents" label={t("坐席")} rules={[{ required: true, message: t("请选择坐席") }]}
          extra={each > 0 ? t("共 {{n}} 个号码，平均每人约 {{each}} 个。", { n: count(n ?? 0), each: count(each) }) : t("选多个坐席时平均分配，每个号码只归一个坐席呼叫。")}>
          <Select mode="multiple" showSearch={{ optionFilterProp: "label" }} options={agents.options} placeholder={t("请选择坐席")} />
        </Form.Item>
        <Form.Item name="again" valuePropName="checked" style={{ marginBottom: 0 }}><Checkbox>{t("已归其他坐席的也重新分配")}</Checkbox></Form.Item>
      </Form>
    </Modal>
  );
}
