import { useQuery } from "@tanstack/react-query";
import { Table, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { getRefusals, type RefusalCount } from "@/api/rules.ts";
import { refusalHint } from "@/format/rules.ts";
import { count } from "@/format/text.ts";
import { refusal, word } from "@/format/words.ts";
import { Empty, Loaded, Panel } from "@/ui/Page.tsx";

export const useRefusals = (id: number) => useQuery({ queryKey: ["campaign", id, "refusals"], queryFn: () => getRefusals(id), refetchInterval: 30_000 });

/** Whom the rules did not let us call, by rule, with what to do. */
export function Refusals({ id, brief }: { id: number; brief?: boolean }) {
  const { t } = useTranslation();
  const query = useRefusals(id);
  const columns: TableColumnsType<RefusalCount> = [
    { title: t("规则"), key: "rule", width: 240, render: (_, r) => <b style={{ fontWeight: 600 }}>{t(word(refusal, r.rule).text)}</b> },
    { title: t("怎么办"), key: "hint", render: (_, r) => <span style={{ color: "#5a6b71" }}>{t(refusalHint[r.rule] ?? "")}</span> },
    { title: t("今天"), key: "today", width: 90, align: "right", render: (_, r) => <span className="num">{count(r.today)}</span> },
    { title: t("累计"), key: "all", width: 100, align: "right", render: (_, r) => <span className="num">{count(r.all)}</span> },
  ];
  if (brief && (query.data?.items.length ?? 0) === 0) return null;
  return (
    <Panel title={t("没有拨出的呼叫")} extra={<span style={{ color: "#819096" }}>{t("拨打前被规则拦下，对方没有振铃")}</span>} flush>
      <Loaded query={query} rows={3}>
        {({ items }) => <Table<RefusalCount> rowKey="rule" size="small" pagination={false} columns={columns} dataSource={items}
          locale={{ emptyText: <Empty title={t("还没有被拦下的呼叫")} hint={t("拨打前会逐条检查规则，拦下的次数记在这里。")} /> }} />}
      </Loaded>
    </Panel>
  );
}
