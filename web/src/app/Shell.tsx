import {
  ApartmentOutlined, ApiOutlined, AudioOutlined, AuditOutlined, BarChartOutlined, CommentOutlined, CustomerServiceOutlined, DeploymentUnitOutlined, EyeOutlined, HomeOutlined, IdcardOutlined, InboxOutlined, KeyOutlined, LogoutOutlined, LockOutlined, PartitionOutlined, PhoneOutlined,
  ProfileOutlined, SettingOutlined, ShoppingOutlined, SoundOutlined, StopOutlined, TagsOutlined, TeamOutlined, TranslationOutlined, UserOutlined, ClusterOutlined,
} from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Outlet, useLocation } from "@tanstack/react-router";
import { App, Button, Dropdown, Layout, Menu, Tooltip, type MenuProps } from "antd";
import { lazy, Suspense, useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { signOut } from "@/api/access.ts";
import { role } from "@/format/words.ts";
import { useAdoption, useMonitoring } from "@/features/board/monitor.ts";
import { connect, useLive } from "@/live/socket.ts";
import { Go, useGo } from "@/ui/Go.tsx";
import { Logo } from "@/ui/Logo.tsx";
import { Tag } from "@/ui/Tag.tsx";
import { setLang } from "./i18n.ts";
import { forgetOwn } from "./own.ts";
import { P, sessionQuery, useCan } from "./session.ts";

const MonitorBanner = lazy(() => import("@/features/board/MonitorBanner.tsx").then((m) => ({ default: m.MonitorBanner })));
const PhoneBar = lazy(() => import("@/features/desk/PhoneBar.tsx").then((m) => ({ default: m.PhoneBar })));
const PasswordDialog = lazy(() => import("@/features/auth/PasswordDialog.tsx").then((m) => ({ default: m.PasswordDialog })));

type T = (text: string) => string;
type Item = [path: string, label: string, icon: ReactNode, permission?: string];

function menu(t: T): [string, Item[]][] {
  return [
    ["", [["/", t("首页"), <HomeOutlined key="i" />, P.campaignRead]]],
    [t("客服"), [
      ["/agent", t("坐席台"), <CustomerServiceOutlined key="i" />, P.deskUse],
      ["/supervisor", t("班长台"), <EyeOutlined key="i" />, P.agentRead],
      ["/customers", t("客户管理"), <IdcardOutlined key="i" />, P.customerRead],
      ["/pool", t("公海"), <InboxOutlined key="i" />, P.customerRead],
      ["/reports", t("报表"), <BarChartOutlined key="i" />, P.agentRead],
    ]],
    [t("销售"), [
      ["/orders", t("订单"), <ShoppingOutlined key="i" />, P.orderRead],
      ["/products", t("产品"), <TagsOutlined key="i" />, P.productWrite],
    ]],
    [t("外呼"), [
      ["/campaigns", t("外呼任务"), <ProfileOutlined key="i" />, P.campaignRead],
      ["/calls", t("通话记录"), <PhoneOutlined key="i" />, P.callRead],
      ["/messages", t("消息"), <CommentOutlined key="i" />, P.messageRead],
      ["/lists", t("黑名单与免呼"), <StopOutlined key="i" />, P.listWrite],
    ]],
    [t("话术"), [
      ["/flows", t("流程"), <PartitionOutlined key="i" />, P.flowRead],
      ["/prompts", t("语音"), <SoundOutlined key="i" />, P.flowRead],
    ]],
    [t("系统"), [
      ["/ears", t("识音库"), <AudioOutlined key="i" />, P.campaignRead],
      ["/trunks", t("中继线路"), <ClusterOutlined key="i" />, P.trunkRead],
      ["/webhooks", t("事件推送"), <ApiOutlined key="i" />, P.webhookWrite],
      ["/settings", t("系统设置"), <SettingOutlined key="i" />, P.settingsWrite],
      ["/admin/agents", t("坐席管理"), <CustomerServiceOutlined key="i" />, P.agentRead],
      ["/admin/queues", t("坐席组"), <ApartmentOutlined key="i" />, P.agentRead],
      ["/admin/org", t("组织架构"), <DeploymentUnitOutlined key="i" />, P.userWrite],
      ["/admin/users", t("用户"), <TeamOutlined key="i" />, P.userWrite],
      ["/admin/keys", t("接口密钥"), <KeyOutlined key="i" />, P.keyWrite],
      ["/admin/audit", t("操作日志"), <AuditOutlined key="i" />, P.auditRead],
    ]],
  ];
}

function SideMenu() {
  const { t } = useTranslation();
  const can = useCan();
  const { pathname } = useLocation();
  const groups = menu(t).map(([label, items]) => [label, items.filter(([, , , p]) => !p || can(p))] as const).filter(([, items]) => items.length > 0);
  const selected = groups.flatMap(([, items]) => items.map(([path]) => path)).filter((p) => (p === "/" ? pathname === "/" : pathname.startsWith(p)));
  const items = groups.flatMap(([label, entries]): NonNullable<MenuProps["items"]> => {
    const children = entries.map(([path, text, icon]) => ({ key: path, icon, label: <Go to={path}>{text}</Go> }));
    return label ? [{ type: "group" as const, key: label, label, children }] : children;
  });
  return <nav aria-label={t("主菜单")}><Menu theme="dark" mode="inline" items={items} selectedKeys={selected} style={{ borderInlineEnd: 0 }} /></nav>;
}

/** Whether what is seen is what is. Silent while all is well. */
function LinkBadge() {
  const { t } = useTranslation();
  const link = useLive((s) => s.link);
  if (link === "live") {
    return <Tooltip title={t("与服务器实时同步")}><span><Tag tone="active" dot>{t("实时")}</Tag></span></Tooltip>;
  }
  if (link === "connecting") return <Tag tone="info">{t("连接中…")}</Tag>;
  const text = link === "lagging" ? t("数据可能已过时，正在等服务器") : t("与服务器断开，正在重连；页面数据可能已过时");
  return <span role="status"><Tag tone={link === "lagging" ? "warn" : "bad"} dot>{text}</Tag></span>;
}

function UserMenu({ onPassword }: { onPassword: () => void }) {
  const { t, i18n } = useTranslation();
  const { data } = useQuery(sessionQuery);
  const queries = useQueryClient();
  const go = useGo();
  const { modal } = App.useApp();
  const leave = async () => {
    await signOut().catch(() => undefined);
    forgetOwn();
    queries.clear();
    go("/login");
  };
  const ask = async () => {
    const { inTheWay } = await import("@/features/desk/leaving.ts");
    const { notes, call } = inTheWay();
    if (notes === 0 && !call) return leave();
    const content = (
      <>
        {call ? <p>{t("您还在通话：退出后客户听音乐，半分钟内等不到您，就排到队首由同事接听。")}</p> : null}
        {notes > 0 ? <p>{t("有 {{n}} 条通话小结没有保存，退出后就没有了。", { n: notes })}</p> : null}
      </>
    );
    void modal.confirm({ title: t("现在退出登录？"), content, okText: t("退出登录"), okButtonProps: { danger: true }, cancelText: t("先不退出"), onOk: leave });
  };
  const other = i18n.language === "en" ? "zh" : "en";
  const items: MenuProps["items"] = [
    { key: "lang", icon: <TranslationOutlined />, label: other === "en" ? "Switch to English" : "切换到中文", onClick: () => void setLang(other) },
    { key: "password", icon: <LockOutlined />, label: t("修改密码"), onClick: onPassword },
    { type: "divider" },
    { key: "out", icon: <LogoutOutlined />, label: t("退出登录"), onClick: () => void ask() },
  ];
  const r = data ? role[data.user.role] : undefined;
  return (
    <Dropdown menu={{ items }} trigger={["click"]} placement="bottomRight">
      <Button type="text" icon={<UserOutlined />} aria-label={t("我的菜单")}>
        {data?.user.name || data?.user.login}
        {r ? <span style={{ color: "#819096", fontWeight: 400 }}>{t(r.text)}</span> : null}
      </Button>
    </Dropdown>
  );
}

export function Shell() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { data } = useQuery(sessionQuery);
  const [password, setPassword] = useState(false);
  useEffect(() => connect(queries), [queries]);
  const can = useCan();
  const monitoring = useMonitoring() !== null;
  useAdoption(data?.user.id);
  const must = data?.user.must_change_password ?? false;
  return (
    <Layout style={{ minHeight: "100%" }}>
      <Layout.Sider className="fl-sider" width={188} style={{ position: "sticky", top: 0, height: "100vh" }}>
        <Go to="/" className="fl-brand">
          <Logo size={30} />
          <span style={{ display: "grid", lineHeight: 1.25 }}><b>{t("风铃")}</b><small>{t("智能外呼")}</small></span>
        </Go>
        <SideMenu />
      </Layout.Sider>
      <Layout>
        <Layout.Header className="fl-top">
          <span style={{ color: "#5a6b71" }} className="fl-ellipsis">{data?.tenant.name}</span>
          <span style={{ display: "flex", alignItems: "center", gap: 10 }}>
            <LinkBadge />
            <UserMenu onPassword={() => { setPassword(true); }} />
          </span>
        </Layout.Header>
        {monitoring ? <Suspense fallback={null}><MonitorBanner /></Suspense> : null}
        {can(P.deskUse) ? <Suspense fallback={null}><PhoneBar /></Suspense> : null}
        <Layout.Content><Outlet /></Layout.Content>
      </Layout>
      {password || must ? (
        <Suspense fallback={null}>
          <PasswordDialog forced={must} onClose={() => { setPassword(false); }} />
        </Suspense>
      ) : null}
    </Layout>
  );
}
