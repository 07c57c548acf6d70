import { Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { useFilters } from "@/ui/filters.ts";
import { Page } from "@/ui/Page.tsx";
import { AgentsTab } from "./AgentsTab.tsx";
import { SkillsTab } from "./SkillsTab.tsx";

export function Agents() {
  const { t } = useTranslation();
  const [f, set] = useFilters();
  return (
    <Page title={t("坐席管理")} hint={t("一位坐席一个工号，用浏览器、SIP 话机或外线电话接听都跟着工号走。")} wide>
      <Tabs activeKey={f.tab === "skills" ? "skills" : "agents"} onChange={(tab) => { set({ tab: tab === "agents" ? undefined : tab, q: undefined, queue: undefined }); }} destroyOnHidden
        items={[{ key: "agents", label: t("坐席名单"), children: <AgentsTab /> }, { key: "skills", label: t("技能"), children: <SkillsTab /> }]} />
    </Page>
  );
}
