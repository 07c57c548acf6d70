/** 试算: which trunks a number would go over, in which order, at what price, and why the others are left out. */
import { useMutation } from "@tanstack/react-query";
import { Input, Table } from "antd";
import { useTranslation } from "react-i18next";
import { getQuote, type Quote, type QuotedLine } from "@/api/lines.ts";
import { carrier, L, word } from "@/format/words.ts";
import { Panel } from "@/ui/Page.tsx";
import { Tag } from "@/ui/Tag.tsx";
import { hours, yuan } from "./rates.ts";
import { trunkLook } from "./state.ts";

const WHY: Record<string, string> = {
  disabled: L("线路已停用"), no_rate: L("费率表里没有适合这个号码的费率"), not_up: L("现在打不了，会跳过去用下一条"),
};

function Found({ quote }: { quote: Quote }) {
  const { t } = useTranslation();
  const rule = (l: QuotedLine) => {
    if (!l.route) return l.rank === null || l.rank === undefined ? "" : t("没有费率表，按空闲程度");
    const parts = [l.route.number_prefix, l.route.region, l.route.carrier ? t(word(carrier, l.route.carrier).text) : "", hours(l.route)].filter(Boolean);
    return parts.length > 0 ? parts.join(" · ") : t("不限条件");
  };
  return (
    <div style={{ display: "grid", gap: 10 }}>
      <span style={{ color: "#5a6b71" }}><b className="num">{quote.e164}</b> · {quote.region || t("归属地未知")} · {t(word(carrier, quote.carrier).text)}</span>
      <Table<QuotedLine> rowKey="trunk_id" size="small" pagination={false} dataSource={quote.lines} locale={{ emptyText: t("还没有线路，请先在“线路”里添加") }} columns={[
        { title: t("顺序"), key: "i", width: 60, render: (_, l) => l.rank ?? "—" },
        { title: t("线路"), dataIndex: "name" },
        { title: t("每分钟费用"), key: "y", align: "right", width: 110, render: (_, l) => (l.route ? yuan(l.route.cost) : "—") },
        { title: t("计费步长"), key: "b", align: "right", width: 90, render: (_, l) => (l.route ? t("{{n}} 秒", { n: l.route.billing_s }) : "—") },
        { title: t("用到的费率"), key: "r", render: (_, l) => rule(l) },
        { title: t("说明"), key: "w", render: (_, l) => (l.skipped ? <Tag tone={l.skipped === "not_up" ? "warn" : "muted"}>{t(WHY[l.skipped] ?? "")}</Tag> : <Tag tone={l.rank === 1 ? "ok" : "neutral"}>{l.rank === 1 ? t("先用这条") : t("前面的不通时用")}</Tag>) },
        { title: t("状态"), key: "s", width: 90, render: (_, l) => { const look = trunkLook(l.state, t); return <Tag tone={look.tone}>{look.label}</Tag>; } },
      ]} />
    </div>
  );
}

export function RateTrial() {
  const { t } = useTranslation();
  const trial = useMutation({ mutationFn: (number: string) => (number ? getQuote(number) : Promise.reject(new Error(t("请输入号码")))) });
  return (
    <Panel title={t("试算")}>
      <div style={{ display: "grid", gap: 12 }}>
        <Input.Search style={{ maxWidth: 480 }} className="num" placeholder={t("输入一个被叫号码，看走哪条线、多少钱")} enterButton={t("试算")} loading={trial.isPending} onSearch={(n) => { trial.mutate(n.trim()); }} />
        {trial.error ? <span style={{ color: "#b23b2e" }}>{trial.error.message}</span> : null}
        {trial.data ? <Found quote={trial.data} /> : null}
      </div>
    </Panel>
  );
}
