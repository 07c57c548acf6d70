import { Button, Input, type TableColumnsType } from "antd";
import { useState, type Key } from "react";
import { useTranslation } from "react-i18next";
import { addToList, getList, removeFromList } from "@/api/lines.ts";
import type { ListEntry } from "@/api/types.ts";
import { P, useCan } from "@/app/session.ts";
import { dateTime, splitNumbers } from "@/format/text.ts";
import { ListFiles } from "@/features/lists/ListFiles.tsx";
import { useAct } from "@/ui/act.tsx";
import { CursorTable } from "@/ui/CursorTable.tsx";
import { Phone, Time } from "@/ui/fields.tsx";
import { Empty, Panel } from "@/ui/Page.tsx";

/** Numbers that this task alone does not call. */
export function TaskExempt({ id }: { id: number }) {
  const { t } = useTranslation();
  const can = useCan();
  const [keys, setKeys] = useState<Key[]>([]);
  const [text, setText] = useState("");
  const list = { kind: "exempt" as const, campaign_id: id };
  const numbers = splitNumbers(text);
  const add = useAct((phones: string[]) => addToList({ ...list, phones, reason: "" }), { done: t("已加入名单"), refresh: ["list"], onDone: () => { setText(""); } });
  const remove = useAct(() => removeFromList({ ...list, ids: keys.map(Number) }), { done: t("已移出名单"), refresh: ["list"], onDone: () => { setKeys([]); } });
  const columns: TableColumnsType<ListEntry> = [
    { title: t("号码"), key: "n", width: 180, render: (_, e) => <Phone value={e.phone} strong /> },
    { title: t("原因"), key: "r", render: (_, e) => e.reason || "—" },
    { title: t("有效期至"), key: "u", width: 150, render: (_, e) => (e.expires_at ? dateTime(e.expires_at) : t("长期")) },
    { title: t("加入时间"), key: "a", width: 130, render: (_, e) => <Time at={e.created_at} /> },
  ];
  const writes = can(P.listWrite);
  return (
    <Panel title={t("本任务免呼")} extra={<ListFiles list={list} />} flush>
      {writes ? (
        <div className="fl-filters">
          <Input size="small" style={{ maxWidth: 360 }} value={text} onChange={(e) => { setText(e.target.value); }} placeholder={t("输入或粘贴号码，可以多个")} aria-label={t("本任务免呼")} onPressEnter={() => { if (numbers.length > 0) add.mutate(numbers); }} />
          <Button size="small" disabled={numbers.length === 0} loading={add.isPending} onClick={() => { add.mutate(numbers); }}>{t("加入")}</Button>
          {keys.length > 0 ? <Button size="small" danger loading={remove.isPending} onClick={() => { remove.mutate(undefined); }}>{t("移出所选 {{n}} 个", { n: keys.length })}</Button> : null}
        </div>
      ) : null}
      <CursorTable<ListEntry> name={["list", "task", id]} params={list} load={getList} columns={columns} {...(writes ? { selection: { keys, onChange: setKeys } } : {})}
        empty={<Empty title={t("名单是空的")} hint={t("加在这里的号码，本任务不再呼叫，别的任务不受影响。")} />} />
    </Panel>
  );
}
