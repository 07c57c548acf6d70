/** 导入费率: a carrier's price list becomes the rate table, after a look at what would come of it. */
import { UploadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, App, Button, Checkbox, Modal, Select, Table, Upload } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { getTrunks, importRates, type RateImport as Result, type RateLineView } from "@/api/lines.ts";
import { useAct } from "@/ui/act.tsx";
import { hours, yuan } from "./rates.ts";

const EXAMPLE = "线路,号码前缀,被叫运营商,被叫归属地,每分钟费用,计费步长,开始时间,结束时间,优先级\n,138,移动,,0.060,60,,,\n,010,,,0.050,6,08:00,20:00,\n";

/** Sheets saved by Excel in China are GBK more often than UTF-8. */
async function textOf(file: File): Promise<string> {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
}

function Preview({ result }: { result: Result }) {
  const { t, i18n } = useTranslation();
  const trunks = useQuery({ queryKey: ["trunks"], queryFn: getTrunks });
  return (
    <div style={{ display: "grid", gap: 10 }}>
      <Alert type={result.rejected > 0 ? "warning" : "success"} showIcon title={result.rejected > 0 ? t("{{ok}} 行可以导入，{{bad}} 行有问题不会导入", { ok: result.accepted, bad: result.rejected }) : t("{{ok}} 行都可以导入", { ok: result.accepted })} />
      <Table<RateLineView> rowKey="line" size="small" pagination={false} scroll={{ y: 260 }} dataSource={result.lines} columns={[
        { title: t("行"), dataIndex: "line", width: 60 },
        { title: t("线路"), key: "t", render: (_, l) => (l.route ? trunks.data?.items.find((x) => x.id === l.route?.trunk_id)?.name : <span style={{ color: "#b23b2e" }}>{i18n.language.startsWith("zh") ? l.zh : l.en}</span>) },
        { title: t("号码前缀"), key: "p", width: 110, render: (_, l) => l.route?.number_prefix ?? "" },
        { title: t("每分钟费用"), key: "y", width: 110, align: "right", render: (_, l) => (l.route ? yuan(l.route.cost) : "") },
        { title: t("计费步长"), key: "b", width: 90, align: "right", render: (_, l) => (l.route ? t("{{n}} 秒", { n: l.route.billing_s }) : "") },
        { title: t("时段"), key: "h", width: 120, render: (_, l) => (l.route ? hours(l.route) || t("全天") : "") },
      ]} />
    </div>
  );
}

export function RateImport({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const trunks = useQuery({ queryKey: ["trunks"], queryFn: getTrunks });
  const [text, setText] = useState("");
  const [name, setName] = useState("");
  const [trunk, setTrunk] = useState<number | null>(null);
  const [replace, setReplace] = useState(true);
  const [result, setResult] = useState<Result | null>(null);
  const look = useAct((b: { text: string; trunk: number | null }) => importRates({ text: b.text, trunk_id: b.trunk, replace: false, commit: false }), { onDone: setResult });
  const save = useAct(() => importRates({ text, trunk_id: trunk, replace, commit: true }), { done: t("费率已导入"), refresh: ["routes"], onDone: onClose });
  const take = (file: File) => {
    if (file.size > 1_500_000) {
      void message.error(t("文件超过 1.5 MB，请拆成几个文件"));
      return false;
    }
    void textOf(file).then((read) => { setText(read); setName(file.name); look.mutate({ text: read, trunk }); });
    return false;
  };
  const choose = (id: number | undefined) => {
    setTrunk(id ?? null);
    if (text) look.mutate({ text, trunk: id ?? null });
  };
  return (
    <Modal open width={760} title={t("导入费率")} okText={t("导入 {{n}} 行", { n: result?.accepted ?? 0 })} okButtonProps={{ disabled: !result || result.accepted === 0 }} confirmLoading={save.isPending} onOk={() => { save.mutate(undefined); }} onCancel={onClose}>
      <div style={{ display: "grid", gap: 14 }}>
        <div style={{ color: "#5a6b71" }}>
          {t("CSV 文件，首行写列名：号码前缀、每分钟费用（必填）、线路、被叫运营商、被叫归属地、计费步长、开始时间、结束时间、优先级。")}{" "}
          <a href={`data:text/csv;charset=utf-8,%EF%BB%BF${encodeURIComponent(EXAMPLE)}`} download="rates.csv">{t("下载样例")}</a>
        </div>
        <div style={{ display: "flex", gap: 12, flexWrap: "wrap", alignItems: "center" }}>
          <Upload accept=".csv,.txt" showUploadList={false} beforeUpload={take}><Button icon={<UploadOutlined />} loading={look.isPending}>{name || t("选择文件")}</Button></Upload>
          <Select allowClear style={{ width: 220 }} placeholder={t("没写线路的行归到哪条")} value={trunk} onChange={choose} options={(trunks.data?.items ?? []).map((x) => ({ value: x.id, label: x.name }))} />
          <Checkbox checked={replace} onChange={(e) => { setReplace(e.target.checked); }}>{t("替换这些线路现有的费率")}</Checkbox>
        </div>
        {result ? <Preview result={result} /> : null}
      </div>
    </Modal>
  );
}
