import { Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { useFilters } from "@/ui/filters.ts";
import { Page } from "@/ui/Page.tsx";
import { P, useCan } from "@/app/session.ts";
import { BanTab } from "./BanTab.tsx";
import { ExtensionTab } from "./ExtensionTab.tsx";
import { NumberTab } from "./NumberTab.tsx";
import { RouteTab } from "./RouteTab.tsx";
import { TrunkTab } from "./TrunkTab.tsx";

export function TrunkPage() {
  const { t } = useTranslation();
  const can = useCan();
  const [f, set] = useFilters();
  const tabs = [
    { key: "trunks", label: t("线路"), children: <TrunkTab /> },
    { key: "routes", label: t("路由与费率"), children: <RouteTab /> },
    { key: "numbers", label: t("号码"), children: <NumberTab /> },
    { key: "extensions", label: t("分机"), children: <ExtensionTab /> },
    ...(can(P.settingsWrite) ? [{ key: "bans", label: t("安全"), children: <BanTab /> }] : []),
  ];
  // A link to a tab that this person does not have leads to the first.
  const tab = tabs.some((x) => x.key === f.tab) ? f.tab : "trunks";
  return (
    <Page title={t("中继线路")} hint={t("接运营商 SIP 中继或语音网关；路由决定走哪条线，号码决定呼入走哪个流程，分机供同事登录。")} wide>
      <Tabs activeKey={tab} onChange={(key) => { set({ tab: key === "trunks" ? undefined : key }); }} destroyOnHidden items={tabs} />
    </Page>
  );
}
