/** 话术 of a lead that is looked at and not called yet: how the talk begins, and what earlier calls came to. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { getLeadWork } from "@/api/work.ts";
import { Time } from "@/ui/fields.tsx";
import { Tag } from "@/ui/Tag.tsx";

export function ScriptPeek({ lead }: { lead: number }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ["lead-work", lead], queryFn: () => getLeadWork(lead), staleTime: Infinity, retry: 1 });
  const first = query.data?.script[0];
  const earlier = query.data?.earlier ?? [];
  if (!first && earlier.length === 0) return null;
  return (
    <section className="fl-panel grow" aria-label={t("话术")}>
      <header><span>{t("话术")}</span>{first ? <span style={{ fontWeight: 400, color: "#5a6b71" }}>{first.title}</span> : null}</header>
      <div className="dk-scroll" style={{ flex: 1, display: "grid", gap: 10, alignContent: "start" }}>
        {first ? <div className="dk-say">{first.text}</div> : null}
        {earlier.map((e) => <div key={e.at} style={{ display: "flex", gap: 8, alignItems: "center" }}><Tag tone="muted">{e.outcome_label || t("未选")}</Tag><Time at={e.at} /></div>)}
      </div>
    </section>
  );
}
