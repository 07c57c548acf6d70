import { useQuery } from "@tanstack/react-query";
import { Alert, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { getLedger, type AbandonedCall, type LedgerSum } from "@/api/rules.ts";
import { count } from "@/format/text.ts";
import { CursorTable } from "@/ui/CursorTable.tsx";
import { Figures, Phone, Time } from "@/ui/fields.tsx";
import { Empty, Loaded, Panel } from "@/ui/Page.tsx";
import { Tag } from "@/ui/Tag.tsx";

/** The table wants an id. */
type Row = AbandonedCall & { id: number };

/** 呼损台账: people who answered and found nobody; the list takes no changes. */
export function Ledger({ id }: { id: number }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ["campaign", id, "ledger"], queryFn: () => getLedger(id, { limit: 1 }), refetchInterval: 30_000 });
  const figure = (label: string, s: LedgerSum) => ({
    label, value: `${s.percent.toFixed(2)}%`, note: t("接起 {{a}} 人，呼损 {{b}} 人，还可 {{c}} 人", { a: count(s.answers), b: count(s.abandoned), c: count(s.left) }), ...(s.over ? { color: "#c0392b" } : {}),
  });
  const columns: TableColumnsType<Row> = [
    { title: t("号码"), key: "n", width: 170, render: (_, c) => <Phone value={c.phone} strong /> },
    { title: t("姓名"), dataIndex: "name", render: (name: string) => name || "—" },
    { title: t("接起时间"), key: "at", width: 140, render: (_, c) => <Time at={c.answered_at} /> },
    { title: t("等了"), key: "w", width: 90, align: "right", render: (_, c) => <span className="num">{(c.waited_ms / 1000).toFixed(1)} {t("秒")}</span> },
    { title: t("致歉语"), key: "m", width: 110, render: (_, c) => (c.message ? <Tag tone="ok">{t("已播放")}</Tag> : <Tag tone="warn">{t("没有听到")}</Tag>) },
    { title: t("锁定到"), key: "l", width: 140, render: (_, c) => <Time at={c.locked_until} /> },
  ];
  return (
    <Panel title={t("呼损台账")} extra={<span style={{ color: "#819096" }}>{t("接起来却没有坐席的每一通，只增不改")}</span>} flush>
      <Loaded query={query} rows={3}>
        {({ day, month, percent_max }) => (
          <div style={{ padding: "12px 16px 0" }}>
            {day.over || month.over ? <Alert type="error" showIcon style={{ marginBottom: 12 }} title={t("呼损率超过 {{n}}% 的上限", { n: percent_max })} description={t("外呼会自动放慢；请增加坐席，或把任务调成更稳的方式。")} /> : null}
            <Figures items={[figure(t("24 小时"), day), figure(t("30 天"), month), { label: t("上限"), value: `${percent_max}%`, note: t("在“合规限制”里设置") }]} />
          </div>
        )}
      </Loaded>
      <CursorTable<Row> name={["campaign", id, "abandoned"]} params={{ id }} load={({ id: _, ...q }) => getLedger(id, q).then((l) => ({ ...l.calls, items: l.calls.items.map((c) => ({ ...c, id: c.attempt_id })) }))} columns={columns}
        empty={<Empty title={t("没有呼损")} hint={t("有人接起却没有坐席应答时，记在这里。")} />} />
    </Panel>
  );
}
