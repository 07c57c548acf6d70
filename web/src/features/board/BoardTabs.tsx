import { Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { useGo } from "@/ui/Go.tsx";

/** 坐席 and 排队: two addresses, one room. */
export function BoardTabs({ current }: { current: "seats" | "queues" }) {
  const { t } = useTranslation();
  const go = useGo();
  return <Tabs activeKey={current} onChange={(key) => { go(key === "seats" ? "/supervisor" : "/supervisor/queues"); }} items={[{ key: "seats", label: t("坐席状态") }, { key: "queues", label: t("排队") }]} />;
}
