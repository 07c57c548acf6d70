import { DownloadOutlined, UploadOutlined } from "@ant-design/icons";
import { App, Button } from "antd";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { importList, listUrl, type ListAt } from "@/api/rules.ts";
import { P, useCan } from "@/app/session.ts";
import { count } from "@/format/text.ts";
import { useAct } from "@/ui/act.tsx";

/** Spreadsheets in Chinese Windows write GBK where they do not write UTF-8. */
async function textOf(file: File): Promise<string> {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
}

/** A list as a sheet: in, all or nothing, with each mistake by its line; and out. */
export function ListFiles({ list }: { list: ListAt }) {
  const { t } = useTranslation();
  const can = useCan();
  const { message, modal } = App.useApp();
  const input = useRef<HTMLInputElement>(null);
  const bring = useAct((text: string) => importList({ ...list, text }), {
    refresh: ["list"], onDone: ({ added }) => { void message.success(t("已加入 {{n}} 个号码", { n: count(added) })); },
    onFail: (error) => {
      if (error.errors.length === 0) return false;
      modal.error({ title: t("文件没有导入，请改好后重新选择"), width: 520, content: <div style={{ maxHeight: 260, overflow: "auto" }}>{error.errors.map((e) => <div key={e.field + e.detail}>{e.detail}</div>)}</div> });
      return true;
    },
  });
  return (
    <span style={{ display: "inline-flex", gap: 8 }}>
      {can(P.listWrite) ? (
        <>
          <Button size="small" icon={<UploadOutlined />} loading={bring.isPending} title={t("三列：号码、原因、有效期至（2026-12-31），后两列可以没有")} onClick={() => input.current?.click()}>{t("导入 CSV")}</Button>
          <input ref={input} type="file" accept=".csv,.txt" hidden aria-label={t("导入 CSV")} onChange={(e) => {
            const file = e.target.files?.[0];
            e.target.value = "";
            if (file) void textOf(file).then((text) => { bring.mutate(text); });
          }} />
        </>
      ) : null}
      {can(P.resultExport) ? <Button size="small" icon={<DownloadOutlined />} href={listUrl(list)}>{t("导出 CSV")}</Button> : null}
    </span>
  );
}
