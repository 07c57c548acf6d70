import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Table, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { getBoard } from "@/api/board.ts";
import { deleteQueue, getQueues, type Queue } from "@/api/queues.ts";
import { P, useCan } from "@/app/session.ts";
import { count, duration } from "@/format/text.ts";
import { useAct } from "@/ui/act.tsx";
import { Go, GoButton } from "@/ui/Go.tsx";
import { Empty, Loaded, Page, Panel } from "@/ui/Page.tsx";
import { Tag } from "@/ui/Tag.tsx";
import { strategyText } from "./words.ts";

export function QueueList() {
  const { t } = useTranslation();
  const write = useCan()(P.agentWrite);
  const { modal } = App.useApp();
  const query = useQuery({ queryKey: ["queues"], queryFn: getQueues });
  const board = useQuery({ queryKey: ["board", "groups"], queryFn: getBoard });
  const remove = useAct((id: number) => deleteQueue(id), { done: t("坐席组已删除"), refresh: ["queues", "board"] });
  const ask = (q: Queue) => void modal.confirm({ title: t("删除坐席组“{{name}}”", { name: q.name }), content: t("还有人在排队，或者别的组还会转到这里时，不能删除。"), okText: t("删除"), okButtonProps: { danger: true }, onOk: () => remove.mutateAsync(q.id).catch(() => undefined) });
  const members = (id: number) => (board.data ? board.data.agents.filter((a) => a.queues.includes(id)).length : null);
  const columns: TableColumnsType<Queue> = [
    { title: t("名称"), key: "n", width: 220, ellipsis: true, render: (_, q) => <Go to={`/admin/queues/${q.id}`} title={q.name}><b style={{ fontWeight: 600 }}>{q.name}</b></Go> },
    { title: t("分配方式"), key: "s", width: 120, render: (_, q) => t(strategyText[q.strategy]?.text ?? q.strategy) },
    { title: t("成员"), key: "m", width: 70, align: "right", render: (_, q) => count(members(q.id)) },
    { title: t("振铃"), key: "r", width: 70, align: "right", render: (_, q) => duration(q.ring_ms) },
    { title: t("话后整理"), key: "w", width: 110, align: "right", render: (_, q) => (q.wrap_up_manual ? t("坐席结束") : duration(q.wrap_up_ms)) },
    { title: t("服务目标"), key: "l", width: 150, render: (_, q) => t("{{n}}% 在 {{s}} 秒内", { n: q.service_level.percent_min, s: q.service_level.within_ms / 1000 }) },
    { title: t("服务时间"), key: "h", width: 100, render: (_, q) => (q.hours ? t("按时间表") : t("全天")) },
    { title: t("其他"), key: "o", render: (_, q) => <span style={{ display: "flex", gap: 4, flexWrap: "wrap" }}>{q.callback.enabled ? <Tag tone="accent">{t("回拨")}</Tag> : null}{q.overflow.length > 0 ? <Tag tone="neutral">{t("溢出 {{n}} 条", { n: q.overflow.length })}</Tag> : null}{q.record ? null : <Tag tone="muted">{t("不录音")}</Tag>}</span> },
    { title: "", key: "x", width: 150, align: "right", render: (_, q) => <><GoButton size="small" type="link" to={`/admin/queues/${q.id}?tab=members`}>{t("成员")}</GoButton>{write ? <Button size="small" type="text" danger onClick={() => { ask(q); }}>{t("删除")}</Button> : null}</> },
  ];
  const add = write ? <GoButton type="primary" icon={<PlusOutlined />} to="/admin/queues/new">{t("新建坐席组")}</GoButton> : null;
  return (
    <Page title={t("坐席组")} hint={t("来电在坐席组里排队，按组的规则分给组里的坐席。")} actions={add} wide>
      <Panel flush>
        <Loaded query={query}>
          {({ items }) => <Table<Queue> rowKey="id" size="small" pagination={{ pageSize: 50, hideOnSinglePage: true, size: "small" }} columns={columns} dataSource={items} scroll={{ x: 1050 }}
            locale={{ emptyText: <Empty title={t("还没有坐席组")} hint={t("按业务分组，例如咨询、投诉。建好后放进坐席，再在流程里用“排队转坐席”节点把来电转进来。")} action={add} /> }} />}
        </Loaded>
      </Panel>
    </Page>
  );
}
