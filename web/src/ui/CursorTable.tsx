/** A table over a cursor list: the server pages, so the hundred-thousandth row comes as fast as the first. */
import { LeftOutlined, RightOutlined } from "@ant-design/icons";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button, Select, Table, type TableColumnsType } from "antd";
import { useState, type Key, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Page } from "@/api/types.ts";
import { count } from "@/format/text.ts";
import { Failure } from "./Page.tsx";

type Params = Record<string, unknown>;

export interface CursorTableProps<T> {
  /** Key of the query; its first word is what live events refresh. */
  name: readonly unknown[];
  params: Params;
  load: (query: Params & { cursor?: string; limit: number }) => Promise<Page<T>>;
  columns: TableColumnsType<T>;
  empty: ReactNode;
  onOpen?: (row: T) => void;
  /** Row opened in the drawer. */
  current?: Key | undefined;
  refetchMs?: number;
  selection?: { keys: Key[]; onChange: (keys: Key[]) => void };
}

function usePages(reset: string) {
  const [state, setState] = useState<{ reset: string; stack: string[] }>({ reset, stack: [] });
  const stack = state.reset === reset ? state.stack : [];
  return {
    stack,
    cursor: stack.at(-1),
    next: (cursor: string) => {
      setState({ reset, stack: [...stack, cursor] });
    },
    back: () => {
      setState({ reset, stack: stack.slice(0, -1) });
    },
  };
}

const LIMIT_KEY = "fengling.rows";

export function CursorTable<T extends { id: number }>(props: CursorTableProps<T>) {
  const { name, params, load, columns, empty, onOpen, current, selection } = props;
  const [limit, setLimit] = useState(() => Number(localStorage.getItem(LIMIT_KEY) ?? "50") || 50);
  const pages = usePages(JSON.stringify([params, limit]));
  const query = useQuery({
    queryKey: [...name, params, limit, pages.cursor ?? ""],
    queryFn: () => load({ ...params, limit, ...(pages.cursor ? { cursor: pages.cursor } : {}) }),
    placeholderData: keepPreviousData,
    ...(props.refetchMs ? { refetchInterval: props.refetchMs } : {}),
  });
  if (query.error && !query.data) return <Failure error={query.error} retry={() => void query.refetch()} />;
  const page = query.data;
  return (
    <>
      <Table<T>
        className={onOpen ? "fl-clickable" : ""}
        rowKey="id"
        size="small"
        columns={columns}
        dataSource={page?.items ?? []}
        loading={query.isPending || query.isPlaceholderData}
        pagination={false}
        scroll={{ x: "max-content" }}
        locale={{ emptyText: query.isPending ? <div style={{ height: 120 }} /> : empty }}
        {...(selection ? { rowSelection: { selectedRowKeys: selection.keys, onChange: selection.onChange } } : {})}
        onRow={(row) => ({
          ...(row.id === current ? { style: { background: "#eaf6f4" } } : {}),
          ...(onOpen
            ? {
                tabIndex: 0,
                onClick: (e) => {
                  if (!(e.target as HTMLElement).closest("a,button,input,.ant-checkbox-wrapper")) onOpen(row);
                },
                onKeyDown: (e) => {
                  if (e.key === "Enter" && e.target === e.currentTarget) onOpen(row);
                },
              }
            : {}),
        })}
      />
      <Pager
        page={page} depth={pages.stack.length} limit={limit} busy={query.isFetching}
        onBack={pages.back} onNext={pages.next}
        onLimit={(n) => {
          localStorage.setItem(LIMIT_KEY, String(n));
          setLimit(n);
        }}
      />
    </>
  );
}

function Pager({ page, depth, limit, busy, onBack, onNext, onLimit }: {
  page: Page<unknown> | undefined; depth: number; limit: number; busy: boolean; onBack: () => void;
  onNext: (cursor: string) => void; onLimit: (n: number) => void;
}) {
  const { t } = useTranslation();
  const shown = page?.items.length ?? 0;
  if (depth === 0 && !page?.next_cursor && shown < 15) {
    return shown > 0 ? <div className="fl-pager"><span>{t("共 {{n}} 条", { n: count(page?.total ?? shown) })}</span></div> : null;
  }
  const from = depth * limit + 1;
  return (
    <div className="fl-pager">
      <span>
        {shown > 0 ? t("第 {{from}}–{{to}} 条", { from: count(from), to: count(from + shown - 1) }) : null}
        {page?.total != null ? `\u3000${t("共 {{n}} 条", { n: count(page.total) })}` : null}
      </span>
      <span style={{ display: "flex", gap: 8 }}>
        <Select size="small" value={limit} onChange={onLimit} aria-label={t("每页条数")}
          options={[20, 50, 100, 200].map((n) => ({ value: n, label: t("每页 {{n}} 条", { n }) }))} />
        <Button size="small" icon={<LeftOutlined />} disabled={depth === 0 || busy} onClick={onBack}>{t("上一页")}</Button>
        <Button size="small" icon={<RightOutlined />} iconPlacement="end" disabled={!page?.next_cursor || busy}
          onClick={() => { if (page?.next_cursor) onNext(page.next_cursor); }}>{t("下一页")}</Button>
      </span>
    </div>
  );
}
