import { useQuery } from "@tanstack/react-query";
import { Button, Table, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { getBans, liftBan } from "@/api/phones.ts";
import type { Ban } from "@/api/types.ts";
import { count, dateTime } from "@/format/text.ts";
import { useAct } from "@/ui/act.tsx";
import { Time } from "@/ui/fields.tsx";
import { Empty, Loaded, Panel } from "@/ui/Page.tsx";

export function BanTab() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ["bans"], queryFn: getBans, refetchInterval: 10_000 });
  const lift = useAct((address: string) => liftBan(address), { done: t("已解除封禁"), refresh: ["bans"] });
  const why = { guessing: t("多次猜错分机密码"), scanner: t("扫描器") };
  const columns: TableColumnsType<Ban> = [
    { title: t("地址"), key: "a", render: (_, b) => <span className="fl-mono">{b.address}</span> },
    { title: t("原因"), key: "r", render: (_, b) => why[b.reason] },
    { title: t("开始"), key: "s", width: 140, render: (_, b) => <Time at={b.since} /> },
    { title: t("解除时间"), key: "u", width: 170, render: (_, b) => dateTime(b.until) },
    { title: t("第几次"), key: "t", width: 80, align: "right", render: (_, b) => count(b.times) },
    { title: t("已丢弃消息"), key: "d", width: 110, align: "right", render: (_, b) => count(b.dropped) },
    { title: "", key: "x", width: 120, align: "right", render: (_, b) => <Button size="small" type="link" loading={lift.isPending && lift.variables === b.address} onClick={() => { lift.mutate(b.address); }}>{t("解除封禁")}</Button> },
  ];
  return (
    <Panel title={t("被封禁的地址")} flush>
      <Loaded query={query}>
        {({ items }) => <Table<Ban> rowKey="address" size="small" pagination={false} columns={columns} dataSource={items}
          locale={{ emptyText: <Empty title={t("没有被封禁的地址")} hint={t("反复猜分机密码或用扫描工具探测的地址会自动封禁，一次比一次久，到期自动解除。")} /> }} />}
      </Loaded>
    </Panel>
  );
}
