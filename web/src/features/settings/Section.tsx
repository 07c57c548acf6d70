import { Button, Form, type FormInstance } from "antd";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { P, useCan } from "@/app/session.ts";
import { useAct } from "@/ui/act.tsx";
import { useLeaveGuard } from "@/ui/guard.ts";
import { Panel } from "@/ui/Page.tsx";

/** One section of the settings: a form that knows whether it has been changed. */
export function Section<F extends object>({ title, hint, initial, save, form, fields, extra, children }: {
  title: string; hint: string; initial: F; save: (values: F) => Promise<unknown>; form: FormInstance<F>;
  /** What the form calls a field, where the server calls it otherwise. */
  fields?: Record<string, string>; extra?: ReactNode; children: ReactNode;
}) {
  const { t } = useTranslation();
  const may = useCan()(P.settingsWrite);
  const [dirty, setDirty] = useState(false);
  useLeaveGuard(dirty);
  const act = useAct(save, { done: t("设置已保存，马上生效"), refresh: ["settings"], form, ...(fields ? { fields } : {}), onDone: () => { setDirty(false); } });
  return (
    <Panel title={title} style={{ maxWidth: 820 }}>
      <p style={{ color: "#5a6b71", margin: "0 0 16px" }}>{hint}</p>
      <Form<F> form={form} disabled={!may} layout="vertical" requiredMark={false} initialValues={initial} onValuesChange={() => { setDirty(true); }} onFinish={() => { act.mutate(form.getFieldsValue(true) as F); }}>
        {children}
        <div style={{ display: "flex", gap: 8, alignItems: "center" }}>
          <Button type="primary" htmlType="submit" loading={act.isPending} disabled={!dirty || !may}>{t("保存")}</Button>
          {extra}
          {dirty ? <span style={{ color: "#9a6408" }}>{t("有未保存的修改")}</span> : null}
        </div>
      </Form>
    </Panel>
  );
}

export const TWO = { display: "grid", gridTemplateColumns: "1fr 1fr", columnGap: 20 } as const;
export const THREE = { display: "grid", gridTemplateColumns: "1fr 1fr 1fr", columnGap: 20 } as const;
