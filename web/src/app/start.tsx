import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./app/app.css";
import { ApiError, onSignedOut } from "./api/http.ts";
import { startI18n, storedLang } from "./app/i18n.ts";
import { Look } from "./app/Look.tsx";
import { makeRouter } from "./app/router.tsx";

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

// A page older than the server's assets fetches itself anew, once.
window.addEventListener("vite:preloadError", (event) => {
  if (sessionStorage.getItem("fengling.reloaded") === "1") return;
  event.preventDefault();
  sessionStorage.setItem("fengling.reloaded", "1");
  location.reload();
});

await startI18n(storedLang());
const root = document.getElementById("root");
if (root) {
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
setTimeout(() => {
  sessionStorage.removeItem("fengling.reloaded");
}, 10_000);
