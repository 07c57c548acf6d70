import { useQuery } from "@tanstack/react-query";
import { Table, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { getRules, type PoolNumber, type RuleInForce } from "@/api/rules.ts";
import { flagReason, poolState, ruleFrom, ruleName } from "@/format/rules.ts";
import { count, percent, phone } from "@/format/text.ts";
import { word } from "@/format/words.ts";
import { Time } from "@/ui/fields.tsx";
import { Go } from "@/ui/Go.tsx";
import { Empty, Loaded, Panel } from "@/ui/Page.tsx";
import { CodeTag } from "@/ui/Tag.tsx";

function Value({ rule }: { rule: RuleInForce }) {
  const { t } = useTranslation();
  if (rule.value === "") return <span style={{ color: "#819096" }}>{rule.key === "consent" ? t("不要求") : t("不限")}</span>;
  if (rule.value === "yes") return <>{rule.key === "consent" ? t("要求") : t("从不呼叫")}</>;
  const unit = ruleName[rule.key]?.unit ?? "";
  return <span className="num">{rule.value}{unit ? ` ${t(unit)}` : ""}</span>;
}

function Why({ n }: { n: PoolNumber }) {
  const { t } = useTranslation();
  if (n.state === "resting") return <span>{t("休息到")} <Time at={n.resting_until} /></span>;
  if (n.state === "flagged") return <span>{n.flag_note || t(word(flagReason, n.flag_reason ?? "manual").text)} <Go to="/trunks?tab=numbers">{t("到号码里恢复")}</Go></span>;
  if (n.state === "gone") return <span>{t("登记并允许外呼后才会使用")}</span>;
  return <span style={{ color: "#819096" }}>—</span>;
}

function Pool({ pool }: { pool: PoolNumber[] }) {
  const { t } = useTranslation();
  const columns: TableColumnsType<PoolNumber> = [
    { title: t("主叫号码"), key: "n", width: 150, render: (_, n) => <b className="num">{phone(n.number)}</b> },
    { title: t("归属地"), dataIndex: "region", width: 130, render: (region: string) => region || "—" },
    { title: t("状态"), key: "s", width: 100, render: (_, n) => <CodeTag words={poolState} code={n.state} /> },
    { title: t("说明"), key: "w", render: (_, n) => <Why n={n} /> },
    { title: t("今天"), key: "d", width: 110, align: "right", render: (_, n) => <span className="num">{n.calls_per_day_max > 0 ? `${count(n.calls_today)} / ${count(n.calls_per_day_max)}` : count(n.calls_today)}</span> },
    { title: t("24 小时接通率"), key: "a", width: 130, align: "right", render: (_, n) => <span className="num">{n.calls_24h > 0 ? percent(n.answered_24h, n.calls_24h) : "—"}</span> },
  ];
  return (
    <Table<PoolNumber> rowKey="number" size="small" pagination={false} columns={columns} dataSource={pool}
      locale={{ emptyText: <Empty title={t("没有选主叫号码")} hint={t("现在用线路自己的号码；要轮换、休息和本地号码优先，请到“设置”选几个主叫号码。")} /> }} />
  );
}

/** Which rules hold, whose they are, and how the numbers that are shown stand. */
export function InForce({ id }: { id: number }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ["campaign", id, "rules"], queryFn: () => getRules(id), refetchInterval: 30_000 });
  const columns: TableColumnsType<RuleInForce> = [
    { title: t("规则"), key: "k", render: (_, r) => t(ruleName[r.key]?.text ?? r.key) },
    { title: t("生效的值"), key: "v", width: 150, render: (_, r) => <Value rule={r} /> },
    { title: t("来自"), key: "f", width: 110, render: (_, r) => <CodeTag words={ruleFrom} code={r.from} /> },
  ];
  return (
    <Loaded query={query} rows={8}>
      {({ rules, pool }) => (
        <>
          <Panel title={t("主叫号码池")} extra={<span style={{ color: "#819096" }}>{t("停用和休息中的号码不会显示给被叫")}</span>} flush><Pool pool={pool} /></Panel>
          <Panel title={t("生效的规则")} extra={<span style={{ color: "#819096" }}>{t("每次拨打前都检查，读不到就不拨")}</span>} flush>
            <div style={{ display: "grid", gridTemplateColumns: "1fr 1fr", alignItems: "start" }}>
              {[rules.slice(0, Math.ceil(rules.length / 2)), rules.slice(Math.ceil(rules.length / 2))].map((half, i) => (
                <Table<RuleInForce> key={i === 0 ? "first" : "second"} rowKey="key" size="small" pagination={false} columns={columns} dataSource={half} />
              ))}
            </div>
          </Panel>
        </>
      )}
    </Loaded>
  );
}
