import { useQuery } from "@tanstack/react-query";
import { App, Button, Switch, Table, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { deleteFingerprint, getFingerprints, updateFingerprint } from "@/api/ears.ts";
import type { Fingerprint } from "@/api/types.ts";
import { P, useCan } from "@/app/session.ts";
import { count } from "@/format/text.ts";
import { heardClass } from "@/format/words.ts";
import { useAct } from "@/ui/act.tsx";
import { Time } from "@/ui/fields.tsx";
import { Empty, Loaded, Page, Panel } from "@/ui/Page.tsx";
import { CodeTag } from "@/ui/Tag.tsx";

export function Library() {
  const { t } = useTranslation();
  const can = useCan();
  const { modal } = App.useApp();
  const query = useQuery({ queryKey: ["fingerprints"], queryFn: getFingerprints });
  const change = useAct(({ id, enabled }: { id: number; enabled: boolean }) => updateFingerprint(id, { enabled }), { refresh: ["fingerprints"] });
  const remove = useAct((id: number) => deleteFingerprint(id), { done: t("已删除"), refresh: ["fingerprints"] });
  const ask = (f: Fingerprint) => void modal.confirm({
    title: t("删除“{{name}}”？", { name: f.name }), content: t("删除后不再识别这段提示音，已有的通话记录不变。"), okButtonProps: { danger: true }, okText: t("删除"),
    onOk: () => remove.mutateAsync(f.id).catch(() => undefined),
  });
  const write = can(P.settingsWrite);
  const columns: TableColumnsType<Fingerprint> = [
    { title: t("类别"), key: "class", width: 120, render: (_, f) => <CodeTag words={heardClass} code={f.class} /> },
    { title: t("名称"), key: "name", width: 220, render: (_, f) => <b>{f.name}</b> },
    { title: t("时长"), key: "ms", width: 90, render: (_, f) => <span className="num">{t("{{n}} 秒", { n: (f.duration_ms / 1000).toFixed(1) })}</span> },
    { title: t("识别次数"), key: "hits", width: 100, render: (_, f) => <span className="num">{count(f.hits)}</span> },
    { title: t("最近识别"), key: "last", width: 120, render: (_, f) => (f.last_hit_at ? <Time at={f.last_hit_at} /> : "—") },
    { title: t("来源"), key: "source", ellipsis: true, render: (_, f) => <span className="fl-mono" title={f.source} style={{ fontSize: 12 }}>{f.source}</span> },
    { title: t("加入人"), key: "by", width: 110, render: (_, f) => f.created_by },
    { title: t("启用"), key: "on", width: 80, render: (_, f) => <Switch size="small" checked={f.enabled} disabled={!write} onChange={(enabled) => { change.mutate({ id: f.id, enabled }); }} /> },
    ...(write ? [{ title: "", key: "x", width: 80, render: (_: unknown, f: Fingerprint) => <Button size="small" type="text" danger onClick={() => { ask(f); }}>{t("删除")}</Button> }] : []),
  ];
  const hint = t("在通话详情里对录音点“标记录音”，选好类别，下一次同样的提示音就会被识别。");
  return (
    <Page title={t("识音库")} hint={hint} wide>
      <Panel flush>
        <Loaded query={query}>
          {(items) => (items.length === 0
            ? <Empty title={t("识音库是空的")} hint={hint} />
            : <Table<Fingerprint> rowKey="id" size="middle" pagination={false} dataSource={items} columns={columns} scroll={{ x: 1000 }} />)}
        </Loaded>
      </Panel>
    </Page>
  );
}
