import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { getQueue } from "@/api/queues.ts";
import { useFilters } from "@/ui/filters.ts";
import { GoButton } from "@/ui/Go.tsx";
import { Loaded, Page } from "@/ui/Page.tsx";
import { Members } from "./Members.tsx";
import { QueueForm } from "./QueueForm.tsx";

export function NewQueue() {
  const { t } = useTranslation();
  return (
    <Page title={t("新建坐席组")} hint={t("只有名称必填，其他都有合适的默认值，以后随时可改。")} actions={<GoButton to="/admin/queues">{t("返回")}</GoButton>} wide>
      <QueueForm queue={null} />
    </Page>
  );
}

export function QueuePage() {
  const { t } = useTranslation();
  const { id } = useParams({ strict: false }) as { id: string };
  const [f, set] = useFilters();
  const query = useQuery({ queryKey: ["queue", Number(id)], queryFn: () => getQueue(Number(id)) });
  return (
    <Page title={query.data?.name ?? t("坐席组")} actions={<GoButton to="/admin/queues">{t("全部坐席组")}</GoButton>} wide>
      <Loaded query={query}>
        {(queue) => (
          <Tabs activeKey={f.tab === "members" ? "members" : "rules"} onChange={(tab) => { set({ tab: tab === "rules" ? undefined : tab }); }} items={[
            { key: "rules", label: t("规则"), children: <QueueForm key={queue.id} queue={queue} /> },
            { key: "members", label: t("成员"), children: <Members queue={queue.id} /> },
          ]} />
        )}
      </Loaded>
    </Page>
  );
}
