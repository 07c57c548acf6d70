import { useQueryClient } from "@tanstack/react-query";
import { Form, Input, Modal } from "antd";
import { useTranslation } from "react-i18next";
import { changePassword } from "@/api/access.ts";
import { begin, sessionQuery } from "@/app/session.ts";
import { useAct } from "@/ui/act.tsx";

interface Fields { current: string; new: string }

/** Changing the password ends every session; the answer begins a new one for this page. */
export function PasswordDialog({ forced, onClose }: { forced: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const queries = useQueryClient();
  const save = useAct((f: Fields) => changePassword({ current: f.current, new: f.new }), {
    done: t("密码已修改，其他地方的登录已退出"), form,
    onDone: (session) => {
      begin(session);
      queries.setQueryData(sessionQuery.queryKey, session);
      onClose();
    },
  });
  return (
    <Modal open title={forced ? t("请先设置自己的密码") : t("修改密码")} okText={t("保存")} onOk={() => { form.submit(); }} confirmLoading={save.isPending}
      onCancel={onClose} closable={!forced} keyboard={!forced} mask={{ closable: false }} {...(forced ? { cancelButtonProps: { style: { display: "none" } } } : {})} width={400}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(f: Fields) => { save.mutate(f); }} style={{ marginTop: 12 }}>
        <Form.Item name="current" label={t("当前密码")} rules={[{ required: true, message: t("请输入当前密码") }]}>
          <Input.Password autoFocus autoComplete="current-password" />
        </Form.Item>
        <Form.Item name="new" label={t("新密码")} extra={t("至少 10 个字符，不要和别处相同。")} rules={[{ required: true, min: 10, message: t("至少 10 个字符") }]}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item name="again" label={t("再输一遍新密码")} dependencies={["new"]}
          rules={[({ getFieldValue }) => ({ validator: (_, v) => (v === getFieldValue("new") ? Promise.resolve() : Promise.reject(new Error(t("两次输入不一致")))) })]}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
      </Form>
    </Modal>
  );
}
