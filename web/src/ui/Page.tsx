import { Button, Skeleton } from "antd";
import { useEffect, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/http.ts";
import { Logo } from "./Logo.tsx";

export function Page({ title, hint, actions, wide, children }: {
  title: ReactNode; hint?: ReactNode; actions?: ReactNode; wide?: boolean; children: ReactNode;
}) {
  const name = typeof title === "string" ? title : undefined;
  useEffect(() => {
    if (name) document.title = `${name} · 风铃`;
  }, [name]);
  return (
    <div className="fl-page" style={wide ? { maxWidth: "none" } : undefined}>
      <div className="fl-head">
        <div style={{ minWidth: 0 }}>
          <h1>{title}</h1>
          {hint ? <p>{hint}</p> : null}
        </div>
        {actions ? <div style={{ display: "flex", gap: 8, flex: "none" }}>{actions}</div> : null}
      </div>
      {children}
    </div>
  );
}

export function Panel({ title, extra, children, flush, style }: {
  title?: ReactNode; extra?: ReactNode; children: ReactNode; flush?: boolean; style?: React.CSSProperties;
}) {
  return (
    <section className="fl-panel" style={style}>
      {title ? (
        <header>
          <span>{title}</span>
          <span style={{ fontWeight: 400 }}>{extra}</span>
        </header>
      ) : null}
      {flush ? children : <div className="body">{children}</div>}
    </section>
  );
}

/** Nothing here yet: says why, and names the next step. */
export function Empty({ title, hint, action }: { title: string; hint?: ReactNode; action?: ReactNode }) {
  return (
    <div className="fl-empty">
      <Logo size={40} />
      <h3>{title}</h3>
      {hint ? <p>{hint}</p> : null}
      {action}
    </div>
  );
}

/** What went wrong and the way out. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const api = error instanceof ApiError ? error : undefined;
  const title = api?.status === 403 ? t("没有权限") : api?.status === 404 ? t("没有找到") : t("没能打开");
  return (
    <div className="fl-empty" role="alert">
      <Logo size={40} />
      <h3>{title}</h3>
      <p>{error instanceof Error ? error.message : String(error)}</p>
      {retry && api?.status !== 403 ? <Button onClick={retry}>{t("重试")}</Button> : null}
    </div>
  );
}

interface Loadable<T> { data: T | undefined; error: unknown; isPending: boolean; refetch: () => unknown }

/** Shows a query's skeleton, its failure or its data. */
export function Loaded<T>({ query, children, rows = 6 }: { query: Loadable<T>; children: (data: T) => ReactNode; rows?: number }) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Failure error={query.error} retry={() => query.refetch()} />;
  return (
    <div style={{ padding: 16 }} aria-busy="true">
      <Skeleton active title={false} paragraph={{ rows }} />
    </div>
  );
}
