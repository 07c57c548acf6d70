/** An agent's part in outbound tasks: which of the three views the desk shows, what may be asked, and refusals in the words of the act. Pure. */
import type { DeskCommand, DeskView, Preview, TaskBrief } from "@/api/desk.ts";
import { answersAlone, isPaced, isShown } from "@/features/campaigns/modes.ts";
import { L } from "@/format/words.ts";
import { blocked, phoneAway, type Standing } from "./state.ts";

/** 服务 (callers alone), 预览 (a lead is seen first), 预测 (calls come answered). */
export type WorkView = "service" | "preview" | "predictive";

export const tasksOf = (view: DeskView): TaskBrief[] => view.tasks ?? [];
export const manualTasks = (view: DeskView): TaskBrief[] => tasksOf(view).filter((task) => task.mode === "manual");

/** What the agent waits for is what comes by itself; a lead that is shown goes before all. */
export function workView(view: DeskView): WorkView {
  const tasks = tasksOf(view);
  if (view.preview) return "preview";
  if (tasks.some((task) => isPaced(task.mode))) return "predictive";
  return tasks.some((task) => isShown(task.mode)) ? "preview" : "service";
}

/** The lead of the desk, unless somebody is on the line: then the call is what counts. */
export function previewOf(view: DeskView): Preview | null {
  const customer = view.call?.parties.some((p) => p.kind === "customer") ?? false;
  return customer || view.agent.state === "ringing" ? null : (view.preview ?? null);
}

/** The agent's own line rings or stands and the lead is not on it yet: that is no call to show. A call that is written up is one. */
export const lineOnly = (view: DeskView): boolean => previewOf(view) !== null && view.agent.state !== "wrap_up";
/** The agent is kept for the lead that they look at. */
export const isLooking = (view: DeskView): boolean => view.agent.state === "reserved" && previewOf(view) !== null;

export const modeOfPreview = (view: DeskView): TaskBrief["mode"] | null => tasksOf(view).find((task) => task.campaign_id === view.preview?.campaign_id)?.mode ?? null;

/** 先接坐席: the agent's line comes first, and is not there yet. */
export const awaitsLine = (view: DeskView): boolean =>
  modeOfPreview(view) === "preview_connect" && !(view.call?.parties.some((p) => p.kind === "agent" && p.agent_id === view.agent.agent_id && p.state !== "ringing") ?? false);

export type TaskAct = "previewDial" | "skip" | "next";

/** Whether it may be asked now. Server state alone decides. */
export function mayAct(s: Standing, act: TaskAct): boolean {
  if (s.busy || blocked(s)) return false;
  const preview = previewOf(s.view);
  if (act === "next") return preview === null && s.view.agent.state === "ready" && manualTasks(s.view).length > 0;
  if (!preview || preview.dialing) return false;
  return act === "previewDial" ? !phoneAway(s) && !awaitsLine(s.view) : preview.skips_left !== 0;
}

/** A call that is offered comes from a task that dials for its agents: it is answered by itself. */
export const isPacedOffer = ({ agent, call, tasks }: DeskView): boolean =>
  (agent.state === "ringing" || agent.state === "reserved") && (tasks ?? []).some((task) => task.campaign_id === call?.campaign_id && answersAlone(task.mode));

export const SKIP_REASONS: readonly string[] = [L("现在不适合联系"), L("资料不全，没法谈"), L("刚联系过"), L("号码或姓名不对"), L("要先问一下再联系")];
export const SKIP_REASON_MAX = 100;

const REFUSED: Partial<Record<DeskCommand["do"], Record<string, string>>> = {
  next_lead: {
    not_now: L("暂时没有可拨的名单，过几秒再取；也可能不在呼叫时段"), busy: L("您正在通话，结束后再取下一个"), no_such_party: L("这个任务暂时没有可拨的名单，过一会儿再取"),
    forbidden: L("这个任务现在不能拨打：不在呼叫时段，或已暂停"), limit: L("名单正在准备，请稍等几秒再取"), no_route: L("任务没有可用的线路，请联系班长"),
  },
  preview_dial: {
    not_now: L("这位客户现在不能拨打，可能已经收回或正在拨"), no_call: L("这位客户已经收回，请取下一个"), no_such_party: L("这位客户已经收回，请取下一个"), forbidden: L("呼叫规则不允许现在拨打这个号码：名单、时段或次数上限，请跳过它"),
    limit: L("线路或任务的并发已满，请稍等再拨"), no_phone: L("您的电话还没有接好，请稍等再拨；一直不好请检查话机"), no_route: L("任务没有可用的线路，请联系班长"),
  },
  preview_skip: {
    limit: L("本小时的跳过次数已用完，请拨打这位客户"), forbidden: L("本小时的跳过次数已用完，请拨打这位客户"), not_now: L("这位客户正在拨打，不能跳过"), no_call: L("这位客户已经收回"), no_such_party: L("这位客户已经收回"),
  },
};

/** Better than the server's words for any command; null: those are said. */
export const refusedText = (what: DeskCommand["do"], code: string): string | null => REFUSED[what]?.[code] ?? null;

/** The lead's columns that say something, in the list's order. */
export function dataRows(data: Preview["data"]): [string, string][] {
  const text = (v: unknown) => (typeof v === "string" ? v : typeof v === "number" || typeof v === "boolean" ? String(v) : JSON.stringify(v));
  return Object.entries(data).filter(([, v]) => v !== null && v !== undefined && v !== "").map(([k, v]) => [k, text(v)]);
}
