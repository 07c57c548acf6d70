import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./app.css";
import { ApiError, onSignedOut } from "@/api/http.ts";
import { startI18n, storedLang } from "./i18n.ts";
import { Look } from "./Look.tsx";
import { makeRouter } from "./router.tsx";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: true,
      retry: (tries, error) => tries < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
});
const router = makeRouter(queries);

onSignedOut(() => {
  if (["/login", "/setup"].includes(location.pathname)) return;
  queries.clear();
  void router.navigate({ to: "/login", search: { back: location.pathname + location.search } as never });
});

/** The employees' app. */
export async function start(root: HTMLElement): Promise<void> {
  await startI18n(storedLang());
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Look>
          <RouterProvider router={router} />
        </Look>
      </QueryClientProvider>
    </StrictMode>,
  );
}
