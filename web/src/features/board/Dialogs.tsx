/** What a supervisor has to say more about: why a call is ended, where it goes, who takes a caller. */
import { Alert, Form, Input, Modal, Segmented, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { supervise, type AgentLive, type Destination, type QueueLive, type WaitingLive } from "@/api/board.ts";
import { phone } from "@/format/text.ts";
import { agentState, word } from "@/format/words.ts";
import { useAct } from "@/ui/act.tsx";
import { groupOf, type StateGroup } from "./state.ts";

const FREE_FIRST: StateGroup[] = ["ready", "wrap_up", "break", "ringing", "talking", "off"];

/** Agents to choose from, those who are free first. */
function useAgentOptions(agents: readonly AgentLive[], usable: (a: AgentLive) => boolean) {
  const { t } = useTranslation();
  return agents.filter(usable).toSorted((a, b) => FREE_FIRST.indexOf(groupOf(a.state)) - FREE_FIRST.indexOf(groupOf(b.state)) || a.number.localeCompare(b.number))
    .map((a) => ({ value: a.agent_id, label: `${a.number} ${a.name}（${t(word(agentState, a.state).text)}）` }));
}

const byLabel = { optionFilterProp: "label" };

export function ReleaseDialog({ agent, onClose }: { agent: AgentLive; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ reason: string }>();
  const act = useAct((f: { reason: string }) => supervise({ do: "release", agent: agent.agent_id, reason: f.reason.trim() }), { done: t("已强拆"), form, onDone: onClose });
  return (
    <Modal open width={460} title={t("强拆 {{name}} 的通话", { name: `${agent.number} ${agent.name}` })} okText={t("强拆")} okButtonProps={{ danger: true }} confirmLoading={act.isPending} onCancel={onClose} onOk={() => { form.submit(); }}>
      <Alert type="warning" showIcon title={t("与 {{number}} 的整通电话马上断开，客户会听到忙音。", { number: phone(agent.number_far) })} style={{ margin: "4px 0 14px" }} />
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(f: { reason: string }) => { act.mutate(f); }}>
        <Form.Item name="reason" label={t("原因")} rules={[{ required: true, whitespace: true, message: t("请写明强拆的原因") }]} extra={t("记入操作日志。")}><Input autoFocus maxLength={200} placeholder={t("例如：坐席误操作，线路一直占用")} /></Form.Item>
      </Form>
    </Modal>
  );
}

type Kind = Destination["kind"];
interface Where { agent?: number; queue?: number; number?: string }

function toDestination(kind: Kind, f: Where): Destination {
  if (kind === "agent") return { kind, agent: f.agent ?? 0 };
  if (kind === "queue") return { kind, queue: f.queue ?? 0 };
  return { kind, number: (f.number ?? "").trim() };
}

export function TransferDialog({ agent, agents, queues, onClose }: { agent: AgentLive; agents: readonly AgentLive[]; queues: readonly QueueLive[]; onClose: () => void }) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<Kind>("agent");
  const [form] = Form.useForm<Where>();
  const act = useAct((f: Where) => supervise({ do: "transfer", agent: agent.agent_id, to: toDestination(kind, f) }), { done: t("正在转接"), form, onDone: onClose });
  const options = useAgentOptions(agents, (a) => a.agent_id !== agent.agent_id && a.state !== "off");
  const asked = (message: string) => [{ required: true, message }];
  return (
    <Modal open width={460} title={t("把 {{name}} 的客户转走", { name: `${agent.number} ${agent.name}` })} okText={t("转接")} confirmLoading={act.isPending} onCancel={onClose} onOk={() => { form.submit(); }}>
      <p style={{ color: "#5a6b71", margin: "0 0 12px" }}>{t("坐席退出通话，客户 {{number}} 听等待音直到对方接起。", { number: phone(agent.number_far) })}</p>
      <Segmented<Kind> block value={kind} onChange={setKind} style={{ marginBottom: 14 }} options={[{ value: "agent", label: t("坐席") }, { value: "queue", label: t("坐席组") }, { value: "number", label: t("号码") }]} />
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(f: Where) => { act.mutate(f); }}>
        {kind === "agent" ? <Form.Item name="agent" rules={asked(t("请选择坐席"))}><Select showSearch={byLabel} options={options} placeholder={t("工号或姓名")} /></Form.Item> : null}
        {kind === "queue" ? <Form.Item name="queue" rules={asked(t("请选择坐席组"))}><Select showSearch={byLabel} options={queues.map((q) => ({ value: q.queue_id, label: t("{{name}}（空闲 {{n}} 人，排队 {{w}}）", { name: q.name, n: q.ready, w: q.waiting }) }))} placeholder={t("坐席组")} /></Form.Item> : null}
        {kind === "number" ? <Form.Item name="number" rules={asked(t("请输入号码"))} extra={t("分机号，或要经外线拨打的手机、固话。")}><Input inputMode="tel" className="num" /></Form.Item> : null}
      </Form>
    </Modal>
  );
}

export function AssignDialog({ caller, queue, agents, onClose }: { caller: WaitingLive; queue: QueueLive; agents: readonly AgentLive[]; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ agent: number }>();
  const act = useAct((f: { agent: number }) => supervise({ do: "assign", entry: caller.entry_id, agent: f.agent }), { done: t("已指派"), form, onDone: onClose });
  const own = useAgentOptions(agents, (a) => a.state !== "off" && a.queues.includes(queue.queue_id));
  const others = useAgentOptions(agents, (a) => a.state !== "off" && !a.queues.includes(queue.queue_id));
  return (
    <Modal open width={460} title={t("把 {{number}} 指派给坐席", { number: phone(caller.caller) })} okText={t("指派")} confirmLoading={act.isPending} onCancel={onClose} onOk={() => { form.submit(); }}>
      <Form form={form} layout="vertical" requiredMark={false} style={{ marginTop: 12 }} onFinish={(f: { agent: number }) => { act.mutate(f); }}>
        <Form.Item name="agent" rules={[{ required: true, message: t("请选择坐席") }]} extra={t("空闲的坐席马上振铃；通话中的坐席要等他挂断。")}>
          <Select autoFocus showSearch={byLabel} popupMatchSelectWidth={400} placeholder={t("工号或姓名")} options={[{ label: queue.name, options: own }, { label: t("其他坐席"), options: others }]} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
