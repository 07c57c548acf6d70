import { DatePicker, Drawer, Select, type TableColumnsType } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { getAudit } from "@/api/access.ts";
import type { AuditEntry } from "@/api/types.ts";
import { dateTime } from "@/format/text.ts";
import { actorText, L } from "@/format/words.ts";
import { CursorTable } from "@/ui/CursorTable.tsx";
import { Dl, SearchBox } from "@/ui/fields.tsx";
import { useFilters } from "@/ui/filters.ts";
import { Go } from "@/ui/Go.tsx";
import { Empty, Page, Panel } from "@/ui/Page.tsx";

const NOUNS: Record<string, string> = {
  agent: L("坐席"), queue: L("坐席组"), skill: L("技能"), customer: L("客户"), supervise: L("班长操作"), campaign: L("任务"), lead: L("名单"), import: L("导入"), flow: L("流程"), prompt: L("语音"), trunk: L("线路"), route: L("路由"), number: L("号码"), list: L("黑白名单"), sms: L("短信"),
  extension: L("分机"), ban: L("封禁"), fingerprint: L("识音库"), webhook: L("推送"), settings: L("设置"), user: L("用户"), key: L("密钥"), api_key: L("密钥"), session: L("登录"), recording: L("录音"), call: L("通话"), report: L("报表"), results: L("结果"),
};
const VERBS: Record<string, string> = {
  create: L("新建"), update: L("修改"), delete: L("删除"), submit: L("提交审批"), approve: L("审批通过"), reject: L("驳回"), start: L("开始"), pause: L("暂停"), resume: L("继续"), stop: L("停止"), copy: L("复制"),
  reuse: L("补呼"), export: L("导出"), publish: L("发布"), save: L("保存草稿"), discard: L("放弃草稿"), upload: L("上传"), commit: L("确认导入"), add: L("加入"), remove: L("移出"), exclude: L("排除"), restore: L("恢复"),
  send: L("发送"), retry: L("重发"), rotate: L("更换密钥"), replay: L("重推"), test: L("测试"), enable: L("启用"), disable: L("停用"), revoke: L("吊销"), reset_password: L("重置密码"), change_password: L("修改密码"), rotate_secret: L("更换密钥"), replay_dead: L("重推全部失败"), rename: L("改名"), purge: L("到期清除"), create_first_admin: L("创建首个管理员"), create_from_template: L("从模板新建"), reveal: L("查看完整号码"), password: L("修改密码"),
  sign_in: L("登录"), sign_out: L("退出"), sign_in_failed: L("登录失败"), import: L("导入"), lift: L("解除"), secret: L("换密码"), download: L("下载"), play: L("收听"), speak: L("合成"),
  members: L("调整成员"), force: L("强制状态"), monitor: L("监听"), stop_monitor: L("退出监听"), transfer: L("强制转接"), record: L("录音"), move_up: L("提前"), assign: L("指派"),
};
const PAGES: Record<string, string> = { campaign: "/campaigns/", flow: "/flows/", queue: "/admin/queues/", customer: "/customers/" };
/** What the same verb means of one thing and not of others. */
const OWN: Record<string, string> = { "supervise.release": L("强拆") };

/** One line of what was done; the drawer shows all. */
function brief(detail: unknown): string {
  if (typeof detail !== "object" || detail === null) return detail == null ? "—" : String(detail);
  const parts = Object.entries(detail).filter(([, v]) => v !== null && v !== "").map(([k, v]) => `${k}: ${typeof v === "object" ? JSON.stringify(v) : String(v)}`);
  return parts.join(" · ") || "—";
}

function useActionText() {
  const { t } = useTranslation();
  return (action: string) => {
    if (action === "session.create") return t("登录");
    const [noun = "", verb = ""] = action.split(".");
    return `${t(NOUNS[noun] ?? noun)} · ${t(OWN[action] ?? VERBS[verb] ?? verb)}`;
  };
}

function Target({ target }: { target: string }) {
  const [kind = "", id = ""] = target.split(":");
  const page = PAGES[kind];
  return page && /^\d+$/.test(id) ? <Go to={`${page}${id}`}>{target}</Go> : <>{target || "—"}</>;
}

export function Audit() {
  const { t } = useTranslation();
  const [f, set] = useFilters();
  const [open, setOpen] = useState<AuditEntry>();
  const actionText = useActionText();
  const actor = (a: string) => actorText(a, t);
  const columns: TableColumnsType<AuditEntry> = [
    { title: t("时间"), key: "at", width: 160, render: (_, e) => <span className="num">{dateTime(e.at, true)}</span> },
    { title: t("操作人"), key: "who", width: 130, render: (_, e) => actor(e.actor) },
    { title: t("操作"), key: "what", width: 160, render: (_, e) => <span title={e.action}>{actionText(e.action)}</span> },
    { title: t("对象"), key: "on", width: 200, render: (_, e) => <Target target={e.target} /> },
    { title: t("内容"), key: "detail", width: 340, render: (_, e) => <span className="fl-mono fl-ellipsis" style={{ display: "block", maxWidth: 340, color: "#5a6b71" }}>{brief(e.detail)}</span> },
    { title: "IP", key: "ip", width: 130, render: (_, e) => <span className="fl-mono">{e.remote_ip || "—"}</span> },
  ];
  return (
    <Page title={t("操作日志")} hint={t("谁在什么时候改了什么、导出了什么，只增不改。")} wide>
      <Panel flush>
        <div className="fl-filters">
          <SearchBox value={f.who} onChange={(who) => { set({ who }); }} placeholder={t("工号")} width={140} />
          <Select allowClear value={f.action ?? null} placeholder={t("全部对象")} aria-label={t("全部对象")} style={{ width: 130 }} onChange={(v: string | null | undefined) => { set({ action: v ?? undefined }); }} options={Object.entries(NOUNS).map(([k, n]) => ({ value: `${k}.`, label: t(n) }))} />
          <DatePicker.RangePicker allowEmpty={[true, true]} value={[f.from ? dayjs(f.from) : null, f.to ? dayjs(f.to).subtract(1, "second") : null]} onChange={(r) => { set({ from: r?.[0]?.startOf("day").toISOString(), to: r?.[1]?.add(1, "day").startOf("day").toISOString() }); }} />
        </div>
        <CursorTable<AuditEntry> name={["audit"]} params={{ actor: f.who ? `user:${f.who}` : undefined, action: f.action, from: f.from, to: f.to }} load={getAudit} columns={columns} onOpen={setOpen} current={open?.id} empty={<Empty title={t("没有符合条件的记录")} />} />
      </Panel>
      {open ? (
        <Drawer open size={460} title={actionText(open.action)} onClose={() => { setOpen(undefined); }}>
          <Dl rows={[[t("时间"), dateTime(open.at, true)], [t("操作人"), actor(open.actor)], [t("对象"), <Target key="t" target={open.target} />], ["IP", open.remote_ip || "—"]]} />
          <pre className="fl-mono" style={{ background: "#f7f9f9", padding: 12, borderRadius: 6, marginTop: 16, whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{JSON.stringify(open.detail, null, 2)}</pre>
        </Drawer>
      ) : null}
    </Page>
  );
}
