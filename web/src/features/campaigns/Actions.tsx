/** What can be done with a campaign now: the next step as a button, everything else in a menu. */
import { CaretRightOutlined, CheckOutlined, DownOutlined, PauseOutlined, SendOutlined } from "@ant-design/icons";
import { App, Button, Dropdown, Input, Modal, type MenuProps } from "antd";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import * as api from "@/api/campaigns.ts";
import type { Campaign } from "@/api/types.ts";
import { P, useCan } from "@/app/session.ts";
import { count } from "@/format/text.ts";
import { useAct } from "@/ui/act.tsx";
import { useGo } from "@/ui/Go.tsx";
import { nextStep, type Step } from "./words.ts";

const REFRESH = ["campaigns", "campaign", "dashboard"];

interface StepLook { label: string; icon: ReactNode; right: string; run: (id: number) => Promise<unknown>; done: string; ask?: string }

function useSteps(campaign: api.CampaignView): Record<Exclude<Step, "none">, StepLook> {
  const { t } = useTranslation();
  const n = count(campaign.progress.leads);
  return {
    submit: { label: t("提交审批"), icon: <SendOutlined />, right: P.campaignWrite, run: api.submit, done: t("已提交审批") },
    approve: { label: t("审批通过"), icon: <CheckOutlined />, right: P.campaignApprove, run: api.approve, done: t("已审批通过"), ask: t("同意后即可开始拨打 {{n}} 个号码。", { n }) },
    start: { label: t("开始拨打"), icon: <CaretRightOutlined />, right: P.campaignControl, run: api.start, done: t("任务已开始"), ask: t("将按呼叫时段拨打 {{n}} 个号码，确定开始吗？", { n }) },
    pause: { label: t("暂停"), icon: <PauseOutlined />, right: P.campaignControl, run: api.pause, done: t("已暂停，正在进行的通话会继续到结束") },
    resume: { label: t("继续拨打"), icon: <CaretRightOutlined />, right: P.campaignControl, run: api.resume, done: t("任务已继续") },
  };
}

export function MainAction({ campaign, size = "middle" }: { campaign: api.CampaignView; size?: "small" | "middle" }) {
  const { t } = useTranslation();
  const can = useCan();
  const { modal } = App.useApp();
  const steps = useSteps(campaign);
  const step = nextStep(campaign.status);
  const look = step === "none" ? null : steps[step];
  const act = useAct(() => look?.run(campaign.id) ?? Promise.resolve(), { done: look?.done ?? "", refresh: REFRESH });
  if (!look || !can(look.right)) {
    return campaign.status === "pending" ? <span style={{ color: "#819096" }}>{t("等待审批")}</span> : null;
  }
  const press = () => {
    if (!look.ask) act.mutate(undefined);
    else void modal.confirm({ title: look.label, content: look.ask, okText: look.label, onOk: () => act.mutateAsync(undefined).catch(() => undefined) });
  };
  const loud = size === "middle" && step !== "pause";
  return (
    <Button size={size} type={loud ? "primary" : "default"} icon={look.icon} loading={act.isPending} onClick={press}>{look.label}</Button>
  );
}

function NameDialog({ title, hint, initial, ok, onOk, onClose, busy }: {
  title: string; hint?: string; initial: string; ok: string; onOk: (text: string) => void; onClose: () => void; busy: boolean;
}) {
  const [text, setText] = useState(initial);
  return (
    <Modal open title={title} okText={ok} onOk={() => { onOk(text.trim()); }} okButtonProps={{ disabled: !text.trim() }} onCancel={onClose} confirmLoading={busy} width={440}>
      {hint ? <p style={{ color: "#5a6b71", marginTop: 0 }}>{hint}</p> : null}
      <Input.TextArea autoFocus autoSize={{ minRows: 1, maxRows: 4 }} value={text} maxLength={200} onChange={(e) => { setText(e.target.value); }} />
    </Modal>
  );
}

type Dialog = "reject" | "copy" | "reuse" | null;

function Dialogs({ campaign, dialog, onClose }: { campaign: api.CampaignView; dialog: Dialog; onClose: () => void }) {
  const { t } = useTranslation();
  const go = useGo();
  const reject = useAct((note: string) => api.reject(campaign.id, note), { done: t("已驳回，任务退回草稿"), refresh: REFRESH, onDone: onClose });
  const copy = useAct((name: string) => api.copy(campaign.id, name), {
    done: t("已复制为新草稿"), refresh: REFRESH, onDone: (c) => { onClose(); go(`/campaigns/${c.id}/settings`); },
  });
  const reuse = useAct(
    (name: string) => api.reuse(campaign.id, { name, filter: { states: ["exhausted", "retry"] } }),
    { done: t("已用未接通的名单新建任务"), refresh: REFRESH, onDone: (r) => { onClose(); go(`/campaigns/${r.campaign.id}/overview`); } },
  );
  if (dialog === "reject") {
    return <NameDialog title={t("驳回任务")} hint={t("请写明需要改什么，提交人会看到。")} initial="" ok={t("驳回")} onOk={(x) => { reject.mutate(x); }} onClose={onClose} busy={reject.isPending} />;
  }
  if (dialog === "copy") {
    return <NameDialog title={t("复制任务")} hint={t("复制全部设置，不含名单。")} initial={`${campaign.name} (2)`} ok={t("复制")} onOk={(x) => { copy.mutate(x); }} onClose={onClose} busy={copy.isPending} />;
  }
  if (dialog === "reuse") {
    return <NameDialog title={t("未接通的再呼一次")} hint={t("把没有接通的名单放进一个新任务，呼叫记录从零开始。")} initial={`${campaign.name} (${t("补呼")})`} ok={t("新建")} onOk={(x) => { reuse.mutate(x); }} onClose={onClose} busy={reuse.isPending} />;
  }
  return null;
}

export function MoreActions({ campaign }: { campaign: api.CampaignView }) {
  const { t } = useTranslation();
  const can = useCan();
  const go = useGo();
  const { modal } = App.useApp();
  const [dialog, setDialog] = useState<Dialog>(null);
  const stop = useAct(() => api.stop(campaign.id), { done: t("任务已停止"), refresh: REFRESH });
  const remove = useAct(() => api.deleteCampaign(campaign.id), { done: t("草稿已删除"), refresh: REFRESH, onDone: () => { go("/campaigns"); } });
  const askStop = () => void modal.confirm({
    title: t("停止任务"), okText: t("停止"), okButtonProps: { danger: true },
    content: t("停止后不能再继续，正在进行的通话会被挂断。只想暂时不拨，请用“暂停”。"),
    onOk: () => stop.mutateAsync(undefined).catch(() => undefined),
  });
  const askRemove = () => void modal.confirm({
    title: t("删除草稿"), okText: t("删除"), okButtonProps: { danger: true }, content: t("任务和其中的名单都会删除，不能恢复。"),
    onOk: () => remove.mutateAsync(undefined).catch(() => undefined),
  });
  const live = campaign.status === "running" || campaign.status === "paused";
  const items: MenuProps["items"] = [
    can(P.campaignWrite) ? { key: "copy", label: t("复制任务"), onClick: () => { setDialog("copy"); } } : null,
    can(P.campaignWrite) && can(P.leadWrite) && campaign.progress.attempts > 0 ? { key: "reuse", label: t("未接通的再呼一次"), onClick: () => { setDialog("reuse"); } } : null,
    can(P.campaignControl) && live ? { key: "stop", label: t("停止任务"), danger: true, onClick: askStop } : null,
    can(P.campaignWrite) && campaign.status === "draft" ? { key: "delete", label: t("删除草稿"), danger: true, onClick: askRemove } : null,
  ].filter((x) => x !== null);
  return (
    <>
      {campaign.status === "pending" && can(P.campaignApprove) ? <Button danger onClick={() => { setDialog("reject"); }}>{t("驳回")}</Button> : null}
      {items.length > 0 ? <Dropdown menu={{ items }} trigger={["click"]}><Button icon={<DownOutlined />} iconPlacement="end">{t("更多")}</Button></Dropdown> : null}
      <Dialogs campaign={campaign} dialog={dialog} onClose={() => { setDialog(null); }} />
    </>
  );
}

export function StatusSteps({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation();
  const order = ["draft", "pending", "running", "finished"];
  const position = { draft: 0, pending: 1, approved: 2, running: 2, paused: 2, stopped: 3, finished: 3 }[campaign.status];
  const ended = campaign.status === "finished" || campaign.status === "stopped";
  const labels: Record<string, string> = {
    draft: t("草稿"), pending: campaign.status === "pending" ? t("等待审批") : t("审批"),
    running: { approved: t("可以开始"), running: t("运行中"), paused: t("已暂停") }[campaign.status as string] ?? t("运行"),
    finished: campaign.status === "stopped" ? t("已停止") : t("完成"),
  };
  return (
    <div className="fl-steps" aria-label={t("任务进展")}>
      {order.map((key, i) => (
        <span key={key} className={`fl-step ${i < position || (ended && i === position) ? "done" : i === position ? "now" : ""}`}>
          <i>{i < position || (ended && i === position) ? "✓" : i + 1}</i>{labels[key]}
        </span>
      ))}
    </div>
  );
}
