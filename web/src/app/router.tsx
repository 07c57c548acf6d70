/** Every page is its own chunk. A page: a file in `features/`, one line in `PAGES`, one in the menu. */
import type { QueryClient } from "@tanstack/react-query";
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { getSetup } from "@/api/access.ts";
import { ApiError } from "@/api/http.ts";
import { parseSearch, stringifySearch, type Filters } from "@/ui/filters.ts";
import { GoButton } from "@/ui/Go.tsx";
import { Failure } from "@/ui/Page.tsx";
import { sessionQuery } from "./session.ts";
import { Shell } from "./Shell.tsx";

const filters = (search: Record<string, unknown>): Filters => search as Filters;

export function makeRouter(queries: QueryClient) {
  const root = createRootRoute({ component: Outlet });
  const signedIn = async ({ location }: { location: { href: string } }) => {
    try {
      await queries.ensureQueryData(sessionQuery);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      const setup = await getSetup();
      if (setup.needed) throw redirect({ to: "/setup" as never });
      throw redirect({ to: "/login" as never, search: (location.href === "/" ? {} : { back: location.href }) as never });
    }
  };
  const inside = createRoute({ getParentRoute: () => root, id: "inside", component: Shell, beforeLoad: signedIn });
  /** For those who are signed in, without menu and head. */
  const bare = createRoute({ getParentRoute: () => root, id: "bare", component: Outlet, beforeLoad: signedIn });
  const outer = (path: string, load: () => Promise<Record<string, unknown>>, name: string) =>
    createRoute({ getParentRoute: () => root, path, validateSearch: filters, component: lazyRouteComponent(load as never, name) });
  const page = (path: string, load: () => Promise<Record<string, unknown>>, name: string) =>
    createRoute({ getParentRoute: () => inside, path, validateSearch: filters, component: lazyRouteComponent(load as never, name) });

  const wallboard = createRoute({ getParentRoute: () => bare, path: "/wallboard", validateSearch: filters, component: lazyRouteComponent(() => import("@/features/wallboard/Wallboard.tsx"), "Wallboard") });

  const pages = [
    page("/", () => import("@/features/home/Home.tsx"), "Home"),
    page("/agent", () => import("@/features/desk/AgentPage.tsx"), "AgentPage"),
    page("/device-check", () => import("@/features/desk/DeviceCheckPage.tsx"), "DeviceCheckPage"),
    page("/campaigns", () => import("@/features/campaigns/CampaignList.tsx"), "CampaignList"),
    page("/campaigns/new", () => import("@/features/campaigns/NewCampaign.tsx"), "NewCampaign"),
    page("/campaigns/$id", () => import("@/features/campaigns/CampaignPage.tsx"), "CampaignPage"),
    page("/campaigns/$id/$tab", () => import("@/features/campaigns/CampaignPage.tsx"), "CampaignPage"),
    page("/supervisor", () => import("@/features/board/Supervisor.tsx"), "Supervisor"),
    page("/supervisor/queues", () => import("@/features/board/QueueBoard.tsx"), "QueueBoard"),
    page("/products", () => import("@/features/sales/ProductList.tsx"), "ProductList"),
    page("/orders", () => import("@/features/sales/OrderList.tsx"), "OrderList"),
    page("/customers", () => import("@/features/customers/CustomerList.tsx"), "CustomerList"),
    page("/pool", () => import("@/features/pool/PoolPage.tsx"), "PoolPage"),
    page("/customers/$id", () => import("@/features/customers/CustomerPage.tsx"), "CustomerPage"),
    page("/reports", () => import("@/features/reports/Reports.tsx"), "Reports"),
    page("/reports/$code", () => import("@/features/reports/Reports.tsx"), "Reports"),
    page("/calls", () => import("@/features/calls/CallList.tsx"), "CallList"),
    page("/flows", () => import("@/features/flows/FlowList.tsx"), "FlowList"),
    page("/flows/$id", () => import("@/features/flows/FlowPage.tsx"), "FlowPage"),
    page("/prompts", () => import("@/features/prompts/PromptList.tsx"), "PromptList"),
    page("/ears", () => import("@/features/ears/Library.tsx"), "Library"),
    page("/trunks", () => import("@/features/trunks/TrunkPage.tsx"), "TrunkPage"),
    page("/lists", () => import("@/features/lists/NumberLists.tsx"), "NumberLists"),
    page("/messages", () => import("@/features/messages/MessagePage.tsx"), "MessagePage"),
    page("/webhooks", () => import("@/features/webhooks/WebhookPage.tsx"), "WebhookPage"),
    page("/settings", () => import("@/features/settings/SettingsPage.tsx"), "SettingsPage"),
    page("/admin/agents", () => import("@/features/agents/Agents.tsx"), "Agents"),
    page("/admin/queues", () => import("@/features/queues/QueueList.tsx"), "QueueList"),
    page("/admin/queues/new", () => import("@/features/queues/QueuePage.tsx"), "NewQueue"),
    page("/admin/queues/$id", () => import("@/features/queues/QueuePage.tsx"), "QueuePage"),
    page("/admin/org", () => import("@/features/org/OrgPage.tsx"), "OrgPage"),
    page("/admin/users", () => import("@/features/admin/Users.tsx"), "Users"),
    page("/admin/keys", () => import("@/features/admin/Keys.tsx"), "Keys"),
    page("/admin/audit", () => import("@/features/admin/Audit.tsx"), "Audit"),
  ];
  const tree = root.addChildren([
    outer("/login", () => import("@/features/auth/Login.tsx"), "Login"),
    outer("/setup", () => import("@/features/auth/Setup.tsx"), "Setup"),
    bare.addChildren([wallboard]),
    inside.addChildren(pages),
  ]);
  return createRouter({
    routeTree: tree, parseSearch, stringifySearch, defaultPreload: "intent", defaultPreloadDelay: 80, scrollRestoration: true,
    defaultErrorComponent: ({ error, reset }) => <Failure error={error} retry={reset} />,
    defaultNotFoundComponent: () => <NotFound />,
  });
}

function NotFound() {
  const { t } = useTranslation();
  return (
    <div style={{ paddingTop: "18vh", textAlign: "center" }}>
      <Failure error={new ApiError(404, { detail: t("没有这个页面，地址可能写错了，或者内容已被删除。") })} />
      <GoButton to="/" type="primary">{t("回首页")}</GoButton>
    </div>
  );
}
