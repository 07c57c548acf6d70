/** Between two calls of outbound tasks: what comes by itself, and what the agent takes. */
import { Button, Modal } from "antd";
import { useTranslation } from "react-i18next";
import type { DeskView, TaskBrief } from "@/api/desk.ts";
import { answersAlone, isPaced } from "@/features/campaigns/modes.ts";
import { dialMode, L } from "@/format/words.ts";
import { Empty, Panel } from "@/ui/Page.tsx";
import { CodeTag } from "@/ui/Tag.tsx";
import { press } from "./BarButtons.tsx";
import { manualTasks, mayAct, tasksOf, workView } from "./tasks.ts";
import type { Desk } from "./useDesk.ts";
import "./tasks.css";

const WHAT: Record<TaskBrief["mode"], string> = {
  ivr: "", appointment: "", manual: L("自己取名单，看好再拨"), preview: L("名单自动弹出，看完再拨"), preview_connect: L("电话先接好，名单自动弹出"), progressive: L("接通后自动转来"), power: L("接通后自动转来"),
  predictive: L("接通后自动转来"), play_agent: L("客户听完语音要找人时转来"),
};

/** For the middle of the desk while nobody is on the line and no lead is shown. */
export function TaskWaiting({ desk }: { desk: Desk }) {
  const { t } = useTranslation();
  const { view } = desk;
  return (
    <Panel style={{ flex: 1, overflowY: "auto" }}>
      <Words desk={desk} />
      <div className="dk-tasks" role="list" aria-label={t("我的外呼任务")}>{tasksOf(view).map((task) => <One key={task.campaign_id} task={task} desk={desk} />)}</div>
    </Panel>
  );
}

function useWords(view: DeskView): { title: string; hint: string } {
  const { t } = useTranslation();
  const { state, seat } = view.agent;
  if (state === "off") return { title: t("还没有签入"), hint: t("签入并示闲后，下面的任务就会给您派电话或名单。") };
  if (state === "break") return { title: t("示忙中"), hint: t("示忙时任务不会给您派电话和名单。准备好了请示闲。") };
  if (state !== "ready") return { title: t("正在接入电话"), hint: t("马上就好。") };
  if (workView(view) === "predictive") {
    const rings = !tasksOf(view).some((task) => answersAlone(task.mode));
    const hint = rings ? t("客户要找人时会给您振铃，请接听。") : seat?.kind === "browser" ? t("客户接通后自动转给您：听到“嘀嘀”一声就可以说话，不用按接听。")
      : seat?.kind === "phone" ? t("客户接通后转到您的话机，话机会自动接起；没有自动接起请马上接听。") : t("用外线电话签入时收不到这些任务的电话，请换成浏览器或 SIP 话机签入。");
    return { title: t("等待任务来电"), hint };
  }
  const own = manualTasks(view).length === tasksOf(view).length;
  return own ? { title: t("取一个名单开始"), hint: t("取下一个后，客户资料显示在这里，看好再拨。") } : { title: t("等待下一位客户"), hint: t("名单会自动显示在这里，看完资料再拨或跳过。") };
}

function Words({ desk }: { desk: Desk }) {
  const { t } = useTranslation();
  const { state } = desk.view.agent;
  const words = useWords(desk.view);
  const action = state === "off" ? <Button type="primary" disabled={!desk.may("signIn")} onClick={() => { press(desk, "signIn"); }}>{t("签入")}</Button>
    : state === "break" ? <Button className="dk-answer" disabled={!desk.may("ready")} onClick={() => { press(desk, "ready"); }}>{t("示闲")}</Button> : null;
  return <Empty title={words.title} hint={words.hint} action={action} />;
}

function One({ task, desk }: { task: TaskBrief; desk: Desk }) {
  const { t } = useTranslation();
  const live = desk.view.agent.state === "ready" && isPaced(task.mode);
  return (
    <div className="dk-task" role="listitem">
      <span className="fl-clamp2" title={task.name}>{task.name}</span>
      <CodeTag words={dialMode} code={task.mode} dot={live} />
      <small>{t(WHAT[task.mode])}</small>
      {task.mode === "manual" ? <Next task={task} desk={desk} /> : null}
    </div>
  );
}

function Next({ task, desk, first, onDone }: { task: TaskBrief; desk: Desk; first?: boolean; onDone?: () => void }) {
  const { t } = useTranslation();
  const take = async () => {
    if (await desk.ask({ do: "next_lead", campaign: task.campaign_id })) onDone?.();
  };
  return <Button size="small" type="primary" autoFocus={first ?? false} disabled={!mayAct(desk, "next")} aria-label={t("取下一个：{{name}}", { name: task.name })} title="Ctrl+Shift+L" onClick={() => void take()}>{t("取下一个")}</Button>;
}

/** Beside a past call whose notes are not saved yet: the next lead is there all the same. */
export function NextLeads({ desk }: { desk: Desk }) {
  const { t } = useTranslation();
  const tasks = manualTasks(desk.view);
  if (tasks.length === 0 || desk.view.agent.state !== "ready") return null;
  return <Panel title={t("我的外呼任务")}><div className="dk-tasks">{tasks.map((task) => <One key={task.campaign_id} task={task} desk={desk} />)}</div></Panel>;
}

/** Asked by keyboard with several tasks to choose from. */
export function NextDialog({ desk, onClose }: { desk: Desk; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open width={440} title={t("从哪个任务取名单")} footer={null} onCancel={onClose} style={{ top: 120 }}>
      <div className="dk-tasks">
        {manualTasks(desk.view).map((task, i) => (
          <div key={task.campaign_id} className="dk-task"><span className="fl-clamp2" style={{ gridColumn: "1 / 3" }}>{task.name}</span><small /><Next task={task} desk={desk} first={i === 0} onDone={onClose} /></div>
        ))}
      </div>
    </Modal>
  );
}
