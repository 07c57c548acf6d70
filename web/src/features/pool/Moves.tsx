import { useQuery } from "@tanstack/react-query";
import { Drawer, Timeline } from "antd";
import { useTranslation } from "react-i18next";
import type { Customer } from "@/api/customers.ts";
import { getPoolMoves, type PoolMove } from "@/api/lists.ts";
import { useAgentNames } from "@/features/customers/around.ts";
import { poolMove, TONE, word } from "@/format/words.ts";
import { Time } from "@/ui/fields.tsx";
import { Empty, Loaded } from "@/ui/Page.tsx";
import { CodeTag } from "@/ui/Tag.tsx";

export function Moves({ customer, onClose }: { customer: Customer; onClose: () => void }) {
  const { t } = useTranslation();
  const agents = useAgentNames();
  const query = useQuery({ queryKey: ["pool", "moves", customer.id], queryFn: () => getPoolMoves(customer.id) });
  const way = (m: PoolMove) => `${m.from_agent == null ? t("公海") : agents.name(m.from_agent)} → ${m.to_agent == null ? t("公海") : agents.name(m.to_agent)}`;
  return (
    <Drawer open size={420} title={t("{{name}} 的流转记录", { name: customer.name || t("未填") })} onClose={onClose}>
      <Loaded query={query}>
        {({ items }) => items.length === 0 ? <Empty title={t("还没有流转过")} hint={t("领取、放回、分配和自动收回都会记在这里。")} /> : (
          <Timeline items={items.map((m) => ({
            key: m.id, color: TONE[word(poolMove, m.kind).tone].fg,
            content: (
              <div style={{ display: "grid", gap: 2 }}>
                <span style={{ display: "flex", gap: 8, alignItems: "center" }}><CodeTag words={poolMove} code={m.kind} /><Time at={m.at} /></span>
                <span>{way(m)}</span>
                {m.note ? <span style={{ color: "#5a6b71" }}>{m.note}</span> : null}
                {m.actor ? <span style={{ color: "#819096" }}>{t("操作人 {{name}}", { name: m.actor.replace(/^user:/, "") })}</span> : null}
              </div>
            ),
          }))} />
        )}
      </Loaded>
    </Drawer>
  );
}
