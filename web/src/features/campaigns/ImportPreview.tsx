import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Alert, Button, Input, Select, Table, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { commitImport, getPreview, type CampaignView, type Preview, type PreviewOptions, type PreviewRow } from "@/api/campaigns.ts";
import type { FieldKind } from "@/api/types.ts";
import { count } from "@/format/text.ts";
import { fieldKind } from "@/format/words.ts";
import { useAct } from "@/ui/act.tsx";
import { Phone } from "@/ui/fields.tsx";
import { Panel } from "@/ui/Page.tsx";
import { Tag } from "@/ui/Tag.tsx";
import { sentTarget, TargetFields, type ImportTarget } from "./ImportTarget.tsx";
import { faults, guess, keyOf, toMapping, type ColumnChoice } from "./mapping.ts";

function Head({ choice, campaign, bad, onChange }: { choice: ColumnChoice; campaign: CampaignView; bad: boolean; onChange: (c: ColumnChoice) => void }) {
  const { t } = useTranslation();
  const options = [
    { value: "phone", label: t("号码") }, { value: "phone2", label: t("其他号码") }, { value: "name", label: t("姓名") }, { value: "source_id", label: t("来源编号") },
    ...campaign.fields.map((f) => ({ value: `field:${f.key}`, label: f.label })),
    { value: "new", label: t("新字段") }, { value: "skip", label: t("不导入") },
  ];
  return (
    <div style={{ display: "grid", gap: 4, width: 170, opacity: choice.target === "skip" ? 0.55 : 1 }}>
      <span className="fl-ellipsis" title={choice.header} style={{ maxWidth: 160 }}>{choice.header || t("（无标题）")}</span>
      <Select size="small" value={choice.target} options={options} {...(bad ? { status: "error" as const } : {})} aria-label={t("“{{name}}”导入为", { name: choice.header })} popupMatchSelectWidth={false}
        onChange={(target: string) => { onChange({ ...choice, target }); }} />
      {choice.target === "new" ? (
        <span style={{ display: "flex", gap: 4 }}>
          <Input size="small" value={choice.label} {...(bad ? { status: "error" as const } : {})} aria-label={t("字段名称")} style={{ width: 82 }}
            onChange={(e) => { onChange({ ...choice, label: e.target.value, key: keyOf(e.target.value, choice.column) }); }} />
          <Select size="small" value={choice.kind} aria-label={t("字段类型")} style={{ width: 84 }} popupMatchSelectWidth={false} onChange={(kind: FieldKind) => { onChange({ ...choice, kind }); }}
            options={Object.entries(fieldKind).map(([k, w]) => ({ value: k, label: t(w.text) }))} />
        </span>
      ) : null}
    </div>
  );
}

function Verdict({ row }: { row: PreviewRow }) {
  const { t, i18n } = useTranslation();
  const why = i18n.language === "en" ? (row.reason_en ?? row.reason) : row.reason;
  if (row.verdict === "ok") return <span style={{ display: "flex", gap: 6 }}><Tag tone="ok">{t("可导入")}</Tag><Phone value={row.phone} /></span>;
  return (
    <span style={{ display: "flex", gap: 6, alignItems: "center" }}>
      <Tag tone={row.verdict === "duplicate" ? "warn" : "bad"}>{row.verdict === "duplicate" ? t("重复") : t("不合格")}</Tag>
      <span className="fl-ellipsis" title={why ?? undefined} style={{ color: "#5a6b71", maxWidth: 190 }}>{why}</span>
    </span>
  );
}

function Options({ preview, options, onChange }: { preview: Preview; options: PreviewOptions; onChange: (o: PreviewOptions) => void }) {
  const { t } = useTranslation();
  return (
    <div className="fl-filters">
      {preview.sheets.length > 1 ? (
        <label>{t("工作表")} <Select size="small" value={options.sheet ?? preview.sheet ?? null} options={preview.sheets.map((s) => ({ value: s, label: s }))} style={{ minWidth: 130 }}
          onChange={(sheet: string | null) => { if (sheet) onChange({ ...options, sheet }); }} /></label>
      ) : null}
      {preview.sheets.length === 0 ? (
        <label>{t("编码")} <Select size="small" value={(options.encoding ?? preview.encoding).toLowerCase()} style={{ width: 120 }} onChange={(encoding: string) => { onChange({ ...options, encoding }); }}
          options={[{ value: "utf-8", label: "UTF-8" }, { value: "gbk", label: "GBK（中文 Excel）" }]} /></label>
      ) : null}
      <label>{t("固话默认区号")} <Input size="small" style={{ width: 80 }} placeholder="010" defaultValue={options.default_area ?? ""}
        onBlur={(e) => { if (e.target.value !== (options.default_area ?? "")) onChange({ ...options, default_area: e.target.value.trim() }); }} /></label>
      <span style={{ color: "#819096" }}>{t("不带区号的固话会按这个区号补全。")}</span>
    </div>
  );
}

export function ImportPreview({ id, file, first, campaign, onCancel, onStarted }: {
  id: number; file: string; first: Preview; campaign: CampaignView; onCancel: () => void; onStarted: () => void;
}) {
  const { t } = useTranslation();
  const [options, setOptions] = useState<PreviewOptions>({});
  const again = Object.keys(options).length > 0;
  const query = useQuery({ queryKey: ["preview", id, options], queryFn: () => getPreview(id, options), enabled: again, placeholderData: keepPreviousData });
  const preview = again ? (query.data ?? first) : first;
  const layout = preview.columns.map((c) => c.header).join("\u0001");
  const [target, setTarget] = useState<ImportTarget>({ list: "own", name: file.replace(/\.[^.]+$/, "").slice(0, 60), dedupe: {} });
  const [edited, setEdited] = useState<{ layout: string; choices: ColumnChoice[] }>();
  const choices = edited?.layout === layout ? edited.choices : guess(preview.columns, campaign.fields);
  const wrong = faults(choices, campaign.fields);
  const commit = useAct(() => commitImport(id, { mapping: toMapping(choices), ...sentTarget(target), ...options, ...(preview.sheet ? { sheet: preview.sheet } : {}) }), { onDone: onStarted, refresh: ["imports", "campaign", "lead-lists"] });
  const columns: TableColumnsType<PreviewRow> = [
    { title: t("行"), dataIndex: "row", width: 56, fixed: "left" },
    { title: t("检查结果"), key: "v", width: 230, fixed: "left", render: (_, r) => <Verdict row={r} /> },
    ...choices.map((c, at) => ({
      key: c.column, ellipsis: true, width: 186,
      title: <Head choice={c} campaign={campaign} bad={wrong.columns.some((f) => f.column === c.column)} onChange={(next) => { setEdited({ layout, choices: choices.map((old, i) => (i === at ? next : old)) }); }} />,
      render: (_: unknown, r: PreviewRow) => <span className="num" style={{ opacity: c.target === "skip" ? 0.4 : 1 }}>{r.values[c.column]}</span>,
    })),
  ];
  const bad = preview.rows.filter((r) => r.verdict !== "ok").length;
  return (
    <Panel title={t("预览：{{file}}", { file })} flush
      extra={<span style={{ color: "#5a6b71" }}>{preview.rows_total != null ? t("共 {{n}} 行", { n: count(preview.rows_total) }) : null} {bad > 0 ? t("，前 {{all}} 行里有 {{n}} 行不会导入", { all: preview.rows.length, n: bad }) : null}</span>}>
      <Options preview={preview} options={options} onChange={setOptions} />
      {query.error ? <Alert type="error" banner title={query.error.message} /> : null}
      {wrong.needsPhone ? <Alert type="warning" banner title={t("请在表头指定哪一列是号码。")} /> : wrong.columns.length > 0 ? <Alert type="warning" banner title={t("标红的列重复或没有名称，请修改。")} /> : null}
      <Table<PreviewRow> rowKey="row" size="small" pagination={false} loading={query.isFetching} dataSource={preview.rows} columns={columns} scroll={{ x: 290 + choices.length * 186, y: 330 }} />
      <TargetFields campaign={campaign} value={target} onChange={setTarget} />
      <div className="fl-pager">
        <span>{t("重复和不合格的行会自动跳过，导入后可以下载。")}</span>
        <span style={{ display: "flex", gap: 8 }}>
          <Button onClick={onCancel}>{t("换个文件")}</Button>
          <Button type="primary" disabled={wrong.needsPhone || wrong.columns.length > 0 || (target.list === "new" && !target.name.trim())} loading={commit.isPending} onClick={() => { commit.mutate(undefined); }}>{t("确认导入")}</Button>
        </span>
      </div>
    </Panel>
  );
}
