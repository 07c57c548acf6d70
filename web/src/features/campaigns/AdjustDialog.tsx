/** 调整拨打方式: mode, group and pacing of a task that runs; what is sent holds from the next call on. */
import { Alert, Form, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { inputOf, updateCampaign, type CampaignView } from "@/api/campaigns.ts";
import type { DialMode, Pacing } from "@/api/types.ts";
import { dialMode, word } from "@/format/words.ts";
import { useAct } from "@/ui/act.tsx";
import { changes } from "./modes.ts";
import { ModeFields } from "./ModeSection.tsx";

interface Adjusted { mode: DialMode; queue_id: number | null; pacing: Pacing }

export function AdjustDialog({ campaign, onClose }: { campaign: CampaignView; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Adjusted>();
  const [asked, setAsked] = useState(false);
  const first: Adjusted = { mode: campaign.mode, queue_id: campaign.queue_id ?? null, pacing: campaign.pacing };
  const mode = Form.useWatch("mode", form) ?? first.mode;
  const save = useAct((a: Adjusted) => updateCampaign(campaign.id, { ...inputOf(campaign), ...a, revision: campaign.revision }), {
    done: t("拨打方式已调整，从下一通起生效"), refresh: ["campaign", "campaigns"], form, onDone: onClose,
  });
  const finish = () => {
    const to = form.getFieldsValue(true) as Adjusted;
    const other = to.mode !== first.mode;
    if (!other && (to.queue_id ?? null) === first.queue_id && !changes(first.pacing, to.pacing)) {
      onClose();
      return;
    }
    // A mode is not changed by one click: the next one says what it means.
    if (other && !asked) setAsked(true);
    else save.mutate({ ...to, queue_id: to.queue_id ?? null });
  };
  const names = { from: t(word(dialMode, first.mode).text), to: t(word(dialMode, mode).text) };
  const switching = asked && mode !== first.mode;
  return (
    <Modal
      open width={1060} title={t("调整拨打方式")} onCancel={onClose} onOk={() => { form.submit(); }} confirmLoading={save.isPending} style={{ top: 24 }} styles={{ body: { maxHeight: `calc(100vh - ${switching ? 280 : 170}px)`, overflowY: "auto", overflowX: "hidden", scrollbarWidth: "thin" } }}
      okText={switching ? t("确定换成“{{to}}”", names) : mode === first.mode ? t("保存") : t("换成“{{to}}”", names)}
      footer={(buttons) => (
        <>
          {switching ? <Alert type="warning" showIcon style={{ marginBottom: 10, textAlign: "start" }} title={t("任务正在运行，要从“{{from}}”换成“{{to}}”吗？", names)} description={t("正在响铃和通话的不受影响，坐席台会马上换成新的方式。请先告诉坐席。")} /> : null}
          {buttons}
        </>
      )}
    >
      <Form form={form} layout="vertical" requiredMark={false} initialValues={first} className="cm-narrow" onValuesChange={(c: Partial<Adjusted>) => { if (c.mode) setAsked(false); }} onFinish={finish}>
        <ModeFields mode={mode} fixedFlow={campaign.flow_id} asksFlow={false} />
      </Form>
    </Modal>
  );
}
