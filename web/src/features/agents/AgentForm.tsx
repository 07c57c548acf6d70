import { useQuery } from "@tanstack/react-query";
import { Form, Input, Modal, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { getUsers } from "@/api/access.ts";
import { createAgent, setGroups, updateAgent, type Agent, type AgentInput, type Skill } from "@/api/agents.ts";
import type { Queue } from "@/api/queues.ts";
import { P, useCan } from "@/app/session.ts";
import { UnitSelect } from "@/features/org/UnitSelect.tsx";
import { useAct } from "@/ui/act.tsx";
import { SkillLevels } from "./SkillLevels.tsx";

export type Fields = AgentInput & { groups: number[]; revision?: number };
const NEW: Fields = { number: "", name: "", mobile: "", user_id: null, unit_id: null, enabled: true, skills: {}, groups: [] };

interface Props { agent: Agent | null; groups: readonly number[]; queues: readonly Queue[]; skills: readonly Skill[]; agents: readonly Agent[]; onClose: () => void }

function useUserOptions(agent: Agent | null, agents: readonly Agent[]) {
  const { t } = useTranslation();
  const may = useCan()(P.userWrite);
  const users = useQuery({ queryKey: ["users"], queryFn: getUsers, enabled: may });
  const taken = new Map(agents.filter((a) => a.id !== agent?.id && a.user_id != null).map((a) => [a.user_id, a.number]));
  const options = (users.data?.items ?? []).map((u) => ({ value: u.id, label: `${u.login} ${u.name}${taken.has(u.id) ? `（${t("已绑定工号 {{number}}", { number: taken.get(u.id) })}）` : ""}`, disabled: taken.has(u.id) }));
  return { may, options, loading: users.isFetching };
}

export function AgentForm({ agent, groups, queues, skills, agents, onClose }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const users = useUserOptions(agent, agents);
  const save = useAct(
    async ({ groups: after, ...f }: Fields) => {
      const input: AgentInput = { number: f.number.trim(), name: f.name.trim(), mobile: (f.mobile ?? "").trim(), user_id: f.user_id ?? null, unit_id: f.unit_id ?? null, enabled: f.enabled, skills: f.skills };
      const revision = (form.getFieldValue("revision") as number | undefined) ?? agent?.revision ?? 0;
      const saved = agent ? await updateAgent(agent.id, { ...input, revision }) : await createAgent(input);
      await setGroups(saved.id, after);
    },
    { done: t("坐席已保存"), refresh: ["agents", "board", "members"], form, adopt: true, onDone: onClose },
  );
  return (
    <Modal open width={560} title={agent ? t("修改坐席") : t("添加坐席")} okText={t("保存")} onOk={() => { form.submit(); }} onCancel={onClose} confirmLoading={save.isPending}>
      <Form<Fields> form={form} layout="vertical" requiredMark={false} style={{ marginTop: 12 }} initialValues={agent ? { ...agent, mobile: agent.mobile.replace(/^\+86(?=1)/, ""), groups } : NEW} onFinish={(f) => { save.mutate({ ...NEW, ...f, user_id: f.user_id ?? null }); }}>
        <div style={{ display: "grid", gridTemplateColumns: "1fr 1fr", columnGap: 16 }}>
          <Form.Item name="number" label={t("工号")} rules={[{ required: true, pattern: /^\d{2,8}$/, message: t("请输入 2–8 位数字") }]} extra={t("同事转接、客户听到的报号都用它。")}><Input className="num" autoFocus={agent === null} maxLength={8} /></Form.Item>
          <Form.Item name="name" label={t("姓名")} rules={[{ required: true, whitespace: true, message: t("请输入姓名") }]}><Input maxLength={60} /></Form.Item>
          <Form.Item name="user_id" label={t("登录用户")} extra={users.may ? t("这个人登录后就用这个工号；留空为公用坐席。") : t("绑定登录用户要有管理用户的权限。")}>
            <Select allowClear disabled={!users.may} showSearch={{ optionFilterProp: "label" }} options={users.options} loading={users.loading} placeholder={t("公用坐席")} labelRender={({ label, value }) => label ?? `#${value}`} />
          </Form.Item>
          <Form.Item name="mobile" label={t("登记手机号")} extra={t("用这个号码打进来，系统认得是本人，可以用异地拨入转拨。")}><Input className="num" allowClear maxLength={32} placeholder="13800138000" /></Form.Item>
          <Form.Item name="unit_id" label={t("部门")} extra={t("部门的班长能看到和管理这个坐席。")}><UnitSelect placeholder={t("不属于任何部门")} /></Form.Item>
          <Form.Item name="enabled" label={t("启用")} valuePropName="checked" extra={t("停用后不能签入，历史记录保留。")}><Switch /></Form.Item>
        </div>
        <Form.Item name="groups" label={t("坐席组")} extra={t("在组里的顺序、VIP 专席和班次到坐席组的“成员”里调。")}><Select mode="multiple" allowClear options={queues.map((q) => ({ value: q.id, label: q.name }))} showSearch={{ optionFilterProp: "label" }} placeholder={t("不在任何组里就接不到排队的来电")} /></Form.Item>
        <Form.Item name="skills" label={t("技能")} extra={t("10 级最强。按技能分配的组先找级别高的坐席。")}><SkillLevels skills={skills} /></Form.Item>
      </Form>
    </Modal>
  );
}
