import { Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Customer } from "@/api/customers.ts";
import { releaseCustomer } from "@/api/lists.ts";
import { useAct } from "@/ui/act.tsx";

export function ReleaseDialog({ customer, refresh, onClose }: { customer: Customer; refresh: string[]; onClose: () => void }) {
  const { t } = useTranslation();
  const [note, setNote] = useState("");
  const give = useAct((text: string) => releaseCustomer(customer.id, text), { done: t("已放回公海"), refresh, onDone: onClose });
  return (
    <Modal open title={t("把“{{name}}”放回公海", { name: customer.name || t("未填") })} okText={t("放回公海")} confirmLoading={give.isPending} onOk={() => { give.mutate(note); }} onCancel={onClose} width={420}>
      <p style={{ color: "#5a6b71", margin: "8px 0" }}>{t("放回后其他坐席可以领取；资料和通话记录都保留。")}</p>
      <Input.TextArea rows={3} maxLength={200} value={note} onChange={(e) => { setNote(e.target.value); }} placeholder={t("原因，给下一位跟进的人看（可不填）")} aria-label={t("放回原因")} />
    </Modal>
  );
}
