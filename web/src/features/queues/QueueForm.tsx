/** 坐席组的规则: all on one page, with the sections at its side. */
import { Anchor, App, Button, Form } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { createQueue, updateQueue, type Queue } from "@/api/queues.ts";
import { P, useCan } from "@/app/session.ts";
import { goToField, useAct } from "@/ui/act.tsx";
import { useLeaveGuard } from "@/ui/guard.ts";
import { useGo } from "@/ui/Go.tsx";
import { FIELDS, NEW_RULES, toDraft, toRules, type QueueDraft } from "./draft.ts";
import { Announcing, Basics, Hours, Priorities, Ringing, Service } from "./sections.tsx";
import { Callback, LongWait, Needs, Overflows } from "./waiting.tsx";

function useSections(): { key: string; href: string; title: string }[] {
  const { t } = useTranslation();
  const of = (id: string, title: string) => ({ key: id, href: `#q-${id}`, title });
  return [
    of("basics", t("分配")), of("ringing", t("振铃与话后")), of("priorities", t("优先与熟人")), of("needs", t("要求的技能")), of("announcing", t("等待时听到什么")), of("long", t("等得太久")),
    of("overflow", t("溢出")), of("callback", t("回拨")), of("service", t("服务水平与告警")), of("hours", t("服务时间与录音")),
  ];
}

/** In the order of the server: adopting the newest version keeps what was typed. */
function useSave(queue: Queue | null, setDirty: (dirty: boolean) => void) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const go = useGo();
  const [form] = Form.useForm<QueueDraft>();
  const [revision, setRevision] = useState(queue?.revision ?? 0);
  const save = useAct((d: QueueDraft) => (queue ? updateQueue(queue.id, { ...toRules(d), revision }) : createQueue(toRules(d))), {
    done: t("坐席组已保存，马上生效"), refresh: ["queues", "queue", "board"], form, fields: FIELDS,
    onDone: (saved) => {
      setDirty(false);
      setRevision(saved.revision);
      if (!queue) setTimeout(() => { go(`/admin/queues/${saved.id}`, { tab: "members" }); });
    },
    onFail: (error) => {
      const current = error.current as Queue | undefined;
      if (error.status !== 409 || !error.code.includes("revision") || !current) return false;
      const typed = form.getFieldsValue(true, (meta) => meta?.touched ?? false) as object;
      form.setFieldsValue(toDraft(current));
      form.setFieldsValue(typed);
      setRevision(current.revision);
      void message.warning(t("刚刚有人改过这条内容，已为您载入最新版本，请核对后再保存"), 6);
      return true;
    },
  });
  return { form, save };
}

export function QueueForm({ queue }: { queue: Queue | null }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const may = useCan()(P.agentWrite);
  const [dirty, setDirty] = useState(queue === null);
  const [touched, setTouched] = useState(false);
  const sections = useSections();
  const { form, save } = useSave(queue, (d) => { setDirty(d); setTouched(false); });
  useLeaveGuard(touched);
  const initial = toDraft(queue ?? NEW_RULES);
  return (
    <div style={{ display: "grid", gridTemplateColumns: "150px minmax(0, 900px)", gap: 16, alignItems: "start" }}>
      <Anchor items={sections} offsetTop={64} targetOffset={64} replace affix onClick={(e) => { e.preventDefault(); }} />
      <Form<QueueDraft> form={form} layout="vertical" requiredMark={false} disabled={!may} initialValues={initial} onValuesChange={() => { setDirty(true); setTouched(true); }}
        onFinishFailed={({ errorFields }) => {
          if (errorFields[0]) goToField(form, errorFields[0].name);
          void message.warning(t("有几处需要修改，已标红"));
        }}
        onFinish={() => { save.mutate(form.getFieldsValue(true) as QueueDraft); }}>
        <div className="fl-stack">
          <Basics />
          <Ringing />
          <Priorities />
          <Needs />
          <Announcing />
          <LongWait self={queue?.id} />
          <Overflows self={queue?.id} />
          <Callback />
          <Service />
          <Hours />
        </div>
        {may ? (
          <div style={{ position: "sticky", bottom: 0, background: "rgba(243,246,246,.95)", padding: "12px 0", display: "flex", gap: 8, alignItems: "center", zIndex: 5 }}>
            <Button type="primary" htmlType="submit" loading={save.isPending} disabled={!dirty}>{queue ? t("保存") : t("新建坐席组")}</Button>
            {touched ? <><Button onClick={() => { form.setFieldsValue(initial); setDirty(queue === null); setTouched(false); }}>{t("放弃修改")}</Button><span style={{ color: "#9a6408" }}>{t("有未保存的修改")}</span></> : null}
          </div>
        ) : null}
      </Form>
    </div>
  );
}
