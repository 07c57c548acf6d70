import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { Page, Panel } from "@/ui/Page.tsx";
import { DeviceCheck } from "./DeviceCheck.tsx";
import { BrowserFacts } from "./BrowserFacts.tsx";
import "./desk.css";

/** /device-check: for an agent before the first call, and for whoever helps one by telephone. */
export function DeviceCheckPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("检测设备")} hint={t("上岗前试一遍麦克风、耳机和铃声；选好的设备记在这台电脑上。")}>
      <div style={{ display: "grid", gridTemplateColumns: "repeat(auto-fit, minmax(320px, 1fr))", gap: 12, maxWidth: 960 }}>
        <Panel title={t("声音")}><DeviceCheck /></Panel>
        <Panel title={t("浏览器")}><BrowserFacts /></Panel>
      </div>
      <Alert style={{ marginTop: 12, maxWidth: 960 }} type="info" showIcon title={t("还是不行？请把这个页面截图发给管理员。")} />
    </Page>
  );
}
