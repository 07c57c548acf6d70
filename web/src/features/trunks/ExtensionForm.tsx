import { Form, Input, InputNumber, Modal, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { createExtension, updateExtension, type ExtensionInput, type WithSecret } from "@/api/phones.ts";
import type { Extension } from "@/api/types.ts";
import { useAct } from "@/ui/act.tsx";
import { CODECS } from "./codecs.ts";

const NEW: ExtensionInput = { number: "", name: "", enabled: true, contacts_max: 3, allowed_from: [], codecs: [] };

interface Props { extension: Extension | null; onClose: () => void; onSecret: (made: WithSecret) => void }

export function ExtensionForm({ extension, onClose, onSecret }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm<ExtensionInput & { revision?: number }>();
  const save = useAct(
    async (f: ExtensionInput) => {
      const input = { ...NEW, ...f };
      if (extension) await updateExtension(extension.id, { ...input, number: extension.number, revision: form.getFieldValue("revision") ?? extension.revision });
      else onSecret(await createExtension(input));
    },
    { done: t("分机已保存"), refresh: ["extensions"], form, adopt: true, onDone: onClose },
  );
  return (
    <Modal open title={extension ? t("修改分机") : t("添加分机")} okText={t("保存")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={save.isPending}>
      <Form form={form} layout="vertical" requiredMark={false} style={{ marginTop: 12 }} initialValues={extension ?? NEW} onFinish={(f: ExtensionInput) => { save.mutate(f); }}>
        <div style={{ display: "grid", gridTemplateColumns: "1fr 1fr", columnGap: 16 }}>
          <Form.Item name="number" label={t("分机号")} rules={[{ required: true, pattern: /^\d{2,8}$/, message: t("请输入 2–8 位数字") }]} extra={t("同事直接拨这个号，建好不能改。")}><Input className="num" disabled={extension !== null} autoFocus /></Form.Item>
          <Form.Item name="name" label={t("名称")}><Input placeholder={t("例如：前台")} maxLength={60} /></Form.Item>
          <Form.Item name="contacts_max" label={t("同时在线话机")} rules={[{ required: true, message: t("不能为空") }]} extra={t("来电时一起振铃，先接先得。")}><InputNumber min={1} max={10} suffix={t("部")} style={{ width: "100%" }} /></Form.Item>
          <Form.Item name="enabled" label={t("启用")} valuePropName="checked" extra={t("停用后话机立即下线。")}><Switch /></Form.Item>
        </div>
        <Form.Item name="codecs" label={t("编码，按优先顺序")} extra={t("不选就用 G.711；话机支持时可选 G.722、Opus，声音更清楚。")}><Select mode="multiple" allowClear options={CODECS} placeholder="G.711 A · G.711 μ" /></Form.Item>
        <Form.Item name="allowed_from" label={t("允许登录的来源")} extra={t("只让这些 IP 或网段的话机登录；不填则不限。")}><Select mode="tags" open={false} tokenSeparators={[",", " "]} placeholder="192.168.1.0/24" /></Form.Item>
      </Form>
    </Modal>
  );
}
