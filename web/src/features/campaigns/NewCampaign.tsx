import { FileAddOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { createCampaign, createFromTemplate, getTemplates, type Template } from "@/api/campaigns.ts";
import type { DialMode } from "@/api/types.ts";
import { useAct } from "@/ui/act.tsx";
import { useGo } from "@/ui/Go.tsx";
import { Logo } from "@/ui/Logo.tsx";
import { Loaded, Page, Panel } from "@/ui/Page.tsx";
import { FlowField, GroupField, ModePicker } from "./ModeSection.tsx";
import { HARBOUR, isPaced, needsAgents, needsFlow } from "./modes.ts";

const FIRST = /expert|专家/;

function TemplateCard({ name, hint, chosen, first, icon, onPick }: {
  name: string; hint: string; chosen: boolean; first?: boolean; icon: React.ReactNode; onPick: () => void;
}) {
  const { t } = useTranslation();
  return (
    <button type="button" onClick={onPick} aria-pressed={chosen} className="fl-panel"
      style={{ display: "flex", flexDirection: "column", alignItems: "stretch", textAlign: "left", padding: 16, cursor: "pointer", font: "inherit", borderColor: chosen ? "#0d7a75" : "#e3e9ea", boxShadow: chosen ? "0 0 0 1px #0d7a75" : "none", background: chosen ? "#f5fbfa" : "#fff" }}>
      <span style={{ display: "flex", justifyContent: "space-between", alignItems: "flex-start" }}>
        {icon}
        {first ? <span className="fl-tag" style={{ color: "#9a6408", background: "#fdf4e1", borderColor: "#f2dba6" }}>{t("最常用")}</span> : null}
      </span>
      <b style={{ display: "block", margin: "10px 0 4px", fontSize: 14 }}>{name}</b>
      <span style={{ color: "#5a6b71" }}>{hint}</span>
    </button>
  );
}

const BLANK = "";

interface Named { name: string; mode?: DialMode; flow_id?: number; queue_id?: number }

/** A task of one's own: modes that may leave an answered call without an agent begin with the words proposed for it. */
function blankTask({ name, mode = "ivr", flow_id, queue_id }: Named) {
  return createCampaign({
    name, mode, ...(needsFlow(mode) && flow_id ? { flow_id } : {}), ...(needsAgents(mode) && queue_id ? { queue_id } : {}), ...(isPaced(mode) ? { pacing: { harbour: HARBOUR } } : {}),
  });
}

function NameForm({ template, suggested }: { template: string; suggested: string }) {
  const { t } = useTranslation();
  const go = useGo();
  const [form] = Form.useForm<Named>();
  const mode = Form.useWatch("mode", form) ?? "ivr";
  const create = useAct(
    (f: Named) => (template === BLANK ? blankTask(f) : createFromTemplate({ template, name: f.name })),
    { done: mode === "appointment" ? t("任务已创建，下一步设置预约") : t("任务已创建，下一步导入名单"), refresh: ["campaigns", "flows"], form, onDone: (c) => { go(c.mode === "appointment" ? `/campaigns/${c.id}/booking?part=plan` : `/campaigns/${c.id}/import`); } },
  );
  return (
    <Form form={form} layout="vertical" requiredMark={false} initialValues={{ name: suggested, mode: "ivr" }} onFinish={(f: Named) => { create.mutate(f); }} style={template === BLANK ? {} : { maxWidth: 460 }}>
      <Form.Item name="name" label={t("任务名称")} rules={[{ required: true, message: t("请输入任务名称") }]} style={{ maxWidth: 460 }}><Input maxLength={100} showCount /></Form.Item>
      {template === BLANK ? (
        <>
          <Form.Item label={t("拨打方式")} style={{ marginBottom: 0 }}><Form.Item name="mode" noStyle><ModePicker /></Form.Item></Form.Item>
          <div className="cm-two">
            {needsAgents(mode) ? <GroupField /> : null}
            {needsFlow(mode) ? <FlowField mode={mode} /> : null}
          </div>
        </>
      ) : null}
      <Button type="primary" htmlType="submit" loading={create.isPending}>{mode === "appointment" && template === BLANK ? t("创建并设置预约") : t("创建并导入名单")}</Button>
    </Form>
  );
}

export function NewCampaign() {
  const { t, i18n } = useTranslation();
  const [picked, setPicked] = useState<string>();
  const query = useQuery({ queryKey: ["templates"], queryFn: getTemplates, staleTime: Infinity });
  const english = i18n.language === "en";
  const name = (x: Template) => (english ? x.name_en : x.name_zh);
  return (
    <Page title={t("新建任务")} hint={t("选一个模板：流程、结果、重呼规则都已配好，创建后仍可修改。")}>
      <Loaded query={query}>
        {({ items }) => {
          const sorted = [...items].sort((a, b) => Number(FIRST.test(b.code + b.name_zh)) - Number(FIRST.test(a.code + a.name_zh)));
          const chosen = picked ?? sorted[0]?.code ?? BLANK;
          const template = sorted.find((x) => x.code === chosen);
          const day = `${new Date().getMonth() + 1}月${new Date().getDate()}日`;
          return (
            <div style={{ display: "grid", gap: 16 }}>
              <div style={{ display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(260px, 1fr))", gap: 12 }}>
                {sorted.map((x, i) => (
                  <TemplateCard key={x.code} name={name(x)} hint={english ? x.description_en : x.description_zh} chosen={chosen === x.code} first={i === 0} icon={<Logo size={30} />} onPick={() => { setPicked(x.code); }} />
                ))}
                <TemplateCard name={t("空白任务")} hint={t("自己选拨打方式和流程，坐席外呼从这里建。")} chosen={chosen === BLANK} icon={<FileAddOutlined style={{ fontSize: 26, color: "#819096" }} />} onPick={() => { setPicked(BLANK); }} />
              </div>
              <Panel title={template ? name(template) : t("空白任务")}>
                <NameForm key={chosen} template={chosen} suggested={template ? (english ? name(template) : `${day}${name(template)}`) : ""} />
              </Panel>
            </div>
          );
        }}
      </Loaded>
    </Page>
  );
}
