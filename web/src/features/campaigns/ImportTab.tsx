import { DownloadOutlined, InboxOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Progress, Table, Upload } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { getImport, getImports, getPreview, rejectedUrl, uploadSheet, type CampaignView, type Preview } from "@/api/campaigns.ts";
import type { Import } from "@/api/types.ts";
import { count } from "@/format/text.ts";
import { importState } from "@/format/words.ts";
import { useAct } from "@/ui/act.tsx";
import { Time } from "@/ui/fields.tsx";
import { GoButton } from "@/ui/Go.tsx";
import { Empty, Loaded, Panel } from "@/ui/Page.tsx";
import { CodeTag } from "@/ui/Tag.tsx";
import { ImportPreview } from "./ImportPreview.tsx";

function DropZone({ campaign, onUploaded }: { campaign: CampaignView; onUploaded: (i: Import, p: Preview) => void }) {
  const { t } = useTranslation();
  const [share, setShare] = useState(0);
  const send = useAct((file: File) => uploadSheet(campaign.id, file, setShare), { onDone: (r) => { onUploaded(r.import, r.preview); }, refresh: ["imports"] });
  return (
    <Upload.Dragger accept=".xlsx,.xls,.csv,.txt" showUploadList={false} disabled={send.isPending} maxCount={1}
      beforeUpload={(file) => {
        setShare(0);
        send.mutate(file);
        return false;
      }} style={{ background: "#fbfdfd" }}>
      <p style={{ margin: "10px 0 6px" }}><InboxOutlined style={{ fontSize: 34, color: "#0d7a75" }} /></p>
      <p style={{ fontSize: 15, margin: 0, fontWeight: 500 }}>{t("把文件拖到这里，或点击选择")}</p>
      <p style={{ color: "#5a6b71", margin: "4px 0 10px" }}>{t("Excel（.xlsx）或 CSV（UTF-8、GBK 自动识别），最大 50 MB。先预览，确认后才会导入。")}</p>
      {send.isPending ? <Progress percent={Math.round(share * 100)} style={{ width: 320 }} status="active" /> : null}
    </Upload.Dragger>
  );
}

function ImportProgress({ id, campaign, onAgain }: { id: number; campaign: CampaignView; onAgain: () => void }) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ["import", id], queryFn: () => getImport(id),
    refetchInterval: (q) => (q.state.data?.state === "done" || q.state.data?.state === "failed" ? false : 700),
  });
  return (
    <Panel title={t("导入进度")}>
      <Loaded query={query} rows={2}>
        {(i) => {
          const done = i.state === "done";
          const share = i.rows_total > 0 ? Math.min(100, Math.floor((i.rows_read / i.rows_total) * 100)) : 0;
          return (
            <div className="fl-stack">
              <Progress percent={done ? 100 : share} status={i.state === "failed" ? "exception" : done ? "success" : "active"} />
              <span className="num">
                {t("已读 {{n}} 行", { n: count(i.rows_read) })} · {t("导入 {{n}}", { n: count(i.accepted) })} · {t("重复 {{n}}", { n: count(i.duplicates) })} · {t("不合格 {{n}}", { n: count(i.rejected) })}
              </span>
              {i.error ? <Alert type="error" showIcon title={i.error} /> : null}
              {done || i.state === "failed" ? (
                <span style={{ display: "flex", gap: 8 }}>
                  {done ? <GoButton to={`/campaigns/${campaign.id}/list`} type="primary">{t("查看名单")}</GoButton> : null}
                  {i.rejected > 0 ? <Button href={rejectedUrl(i.id)} download icon={<DownloadOutlined />}>{t("下载不合格的行")}</Button> : null}
                  <Button onClick={onAgain}>{t("继续导入")}</Button>
                </span>
              ) : null}
            </div>
          );
        }}
      </Loaded>
    </Panel>
  );
}

function History({ campaign, onOpen }: { campaign: CampaignView; onOpen: (i: Import) => void }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ["imports", campaign.id], queryFn: () => getImports(campaign.id) });
  return (
    <Panel title={t("导入记录")} flush>
      <Loaded query={query} rows={3}>
        {({ items }) => (
          <Table<Import> rowKey="id" size="small" pagination={false} dataSource={items} locale={{ emptyText: <Empty title={t("还没有导入过")} /> }} columns={[
            { title: t("文件"), dataIndex: "file_name", ellipsis: true },
            { title: t("状态"), key: "s", width: 90, render: (_, i) => <span title={i.error ?? undefined}><CodeTag words={importState} code={i.state} dot={i.state === "running"} /></span> },
            { title: t("总行数"), key: "n", width: 90, align: "right", render: (_, i) => count(i.rows_total) },
            { title: t("导入"), key: "a", width: 90, align: "right", render: (_, i) => count(i.accepted) },
            { title: t("重复"), key: "d", width: 80, align: "right", render: (_, i) => count(i.duplicates) },
            { title: t("不合格"), key: "r", width: 110, align: "right", render: (_, i) => (i.rejected > 0 ? <a href={rejectedUrl(i.id)} download>{count(i.rejected)} <DownloadOutlined /></a> : 0) },
            { title: t("导入人"), key: "by", width: 100, render: (_, i) => i.created_by.replace(/^user:/, "") },
            { title: t("时间"), key: "t", width: 110, render: (_, i) => <Time at={i.created_at} /> },
            { title: "", key: "x", width: 90, render: (_, i) => (i.state === "uploaded" ? <Button size="small" type="link" onClick={() => { onOpen(i); }}>{t("继续")}</Button> : null) },
          ]} />
        )}
      </Loaded>
    </Panel>
  );
}

export function ImportTab({ campaign }: { campaign: CampaignView }) {
  const [open, setOpen] = useState<{ id: number; preview: Preview | undefined; file: string; running: boolean }>();
  const query = useQuery({
    queryKey: ["preview", open?.id], queryFn: () => getPreview(open?.id ?? 0, {}), enabled: open !== undefined && !open.preview && !open.running, gcTime: 0,
  });
  const preview = open?.preview ?? query.data;
  const close = () => { setOpen(undefined); };
  return (
    <div className="fl-stack">
      {!open ? <DropZone campaign={campaign} onUploaded={(i, p) => { setOpen({ id: i.id, preview: p, file: i.file_name, running: false }); }} /> : null}
      {open && !open.running ? (preview
        ? <ImportPreview id={open.id} file={open.file} first={preview} campaign={campaign} onCancel={close} onStarted={() => { setOpen({ ...open, running: true }); }} />
        : <Loaded query={query}>{() => null}</Loaded>) : null}
      {open?.running ? <ImportProgress id={open.id} campaign={campaign} onAgain={close} /> : null}
      <History campaign={campaign} onOpen={(i) => { setOpen({ id: i.id, preview: undefined, file: i.file_name, running: false }); }} />
    </div>
  );
}
