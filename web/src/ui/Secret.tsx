import { Alert, Modal, Typography } from "antd";
import { useTranslation } from "react-i18next";

/** A secret that is shown this once. Closing asks for nothing: the warning stands above it. */
export function SecretDialog({ title, secret, hint, onClose }: { title: string; secret: string; hint: string; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open title={title} onCancel={onClose} onOk={onClose} okText={t("我已保存好")} cancelButtonProps={{ style: { display: "none" } }} mask={{ closable: false }} width={560}>
      <Alert type="warning" showIcon title={t("只显示这一次，请马上复制保存。")} style={{ margin: "8px 0 12px" }} />
      <Typography.Paragraph copyable={{ text: secret, tooltips: [t("复制"), t("已复制")] }} code style={{ wordBreak: "break-all", fontSize: 14 }}>{secret}</Typography.Paragraph>
      <p style={{ color: "#5a6b71", margin: 0 }}>{hint}</p>
    </Modal>
  );
}
