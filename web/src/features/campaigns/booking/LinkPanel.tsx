import { CopyOutlined, ExportOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, App, Button, QRCode } from "antd";
import { useTranslation } from "react-i18next";
import { getLink, renewLink, switchOffLink } from "@/api/bookings.ts";
import { pageUrl } from "@/features/booking/form.ts";
import { dateTime } from "@/format/text.ts";
import { useAct } from "@/ui/act.tsx";
import { Loaded, Panel } from "@/ui/Page.tsx";

/** The link that customers get, as text and as a code to scan. */
export function LinkPanel({ campaign, enabled }: { campaign: number; enabled: boolean }) {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const query = useQuery({ queryKey: ["booking-link", campaign], queryFn: () => getLink(campaign) });
  const renew = useAct(() => renewLink(campaign), { done: t("新链接已生成"), refresh: ["booking-link"] });
  const off = useAct(() => switchOffLink(campaign), { done: t("链接已停用"), refresh: ["booking-link"] });
  const askRenew = () => void modal.confirm({ title: t("换一个新链接？"), content: t("旧链接和旧二维码马上失效，发出去的都打不开了。"), okText: t("更换"), onOk: () => renew.mutateAsync(undefined).catch(() => undefined) });
  const askOff = () => void modal.confirm({ title: t("停用这个链接？"), content: t("客户打开时会看到“没有开放”。已有的预约不受影响。"), okText: t("停用"), okButtonProps: { danger: true }, onOk: () => off.mutateAsync(undefined).catch(() => undefined) });
  const copy = (url: string) => { navigator.clipboard?.writeText(url).then(() => void message.success(t("已复制")), () => void message.warning(t("没能复制，请手工选中复制"))); };
  return (
    <Panel title={t("预约链接")}>
      <Loaded query={query} rows={3}>
        {({ link, open }) => !link ? (
          <div style={{ display: "grid", gap: 10, justifyItems: "start" }}>
            <span style={{ color: "#5a6b71" }}>{t("还没有链接。生成后发给客户，或打印二维码，客户不用登录就能预约。")}</span>
            <Button type="primary" loading={renew.isPending} onClick={() => { renew.mutate(undefined); }}>{t("生成链接")}</Button>
          </div>
        ) : (
          <div style={{ display: "grid", gridTemplateColumns: "auto 1fr", gap: 20, alignItems: "start" }}>
            <QRCode value={pageUrl(location.origin, link.token)} size={148} type="svg" />
            <div style={{ display: "grid", gap: 10, minWidth: 0 }}>
              {open ? null : <Alert type="warning" showIcon title={enabled ? t("任务还没有运行，客户现在打不开这个页面。") : t("网上预约没有打开，客户现在打不开这个页面。")} />}
              <code className="fl-mono" style={{ background: "#f3f6f6", borderRadius: 6, padding: "8px 10px", overflowWrap: "anywhere" }}>{pageUrl(location.origin, link.token)}</code>
              <span style={{ display: "flex", flexWrap: "wrap", gap: 8 }}>
                <Button icon={<CopyOutlined />} onClick={() => { copy(pageUrl(location.origin, link.token)); }}>{t("复制链接")}</Button>
                <Button icon={<ExportOutlined />} href={pageUrl(location.origin, link.token)} target="_blank" rel="noreferrer">{t("打开看看")}</Button>
                <Button onClick={askRenew} loading={renew.isPending}>{t("更换链接")}</Button>
                <Button danger onClick={askOff} loading={off.isPending}>{t("停用")}</Button>
              </span>
              <span style={{ color: "#819096" }}>{t("{{who}} 于 {{at}} 生成", { who: link.made_by.replace(/^user:/, ""), at: dateTime(link.made_at) })}</span>
            </div>
          </div>
        )}
      </Loaded>
    </Panel>
  );
}
