/** 导出结果: the numbers behind a figure, chosen by what came of them and when. */
import { Button, DatePicker, Form, Modal, Radio, Select } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { resultsUrl, type CampaignView } from "@/api/campaigns.ts";
import { count } from "@/format/text.ts";
import { disposition, word } from "@/format/words.ts";
import { stringifySearch } from "@/ui/filters.ts";
import { Go } from "@/ui/Go.tsx";
import { resultCounts } from "./words.ts";

export function ExportDialog({ campaign, onClose }: { campaign: CampaignView; onClose: () => void }) {
  const { t } = useTranslation();
  const [results, setResults] = useState<string[]>([]);
  const [ends, setEnds] = useState<string[]>([]);
  const [days, setDays] = useState<[Dayjs | null, Dayjs | null] | null>(null);
  const [format, setFormat] = useState<"xlsx" | "csv">("xlsx");
  const chosen = { result: results.join(","), disposition: ends.join(",") };
  const range = { from: days?.[0]?.startOf("day").toISOString(), to: days?.[1]?.add(1, "day").startOf("day").toISOString() };
  const href = `${resultsUrl(campaign.id, format)}${stringifySearch({ ...chosen, ...range })}`;
  return (
    <Modal open width={520} title={t("导出结果")} onCancel={onClose} footer={<><Button onClick={onClose}>{t("取消")}</Button><Button type="primary" href={href} download onClick={onClose}>{t("导出")}</Button></>}>
      <Form layout="vertical" style={{ marginTop: 12 }}>
        <Form.Item label={t("业务结果")}>
          <Select mode="multiple" value={results} onChange={setResults} placeholder={t("不选就是全部")} aria-label={t("业务结果")} options={resultCounts(campaign.results, campaign.progress).map((r) => ({ value: r.code, label: `${r.label}（${count(r.count)}）` }))} />
        </Form.Item>
        <Form.Item label={t("末次呼叫结果")}>
          <Select mode="multiple" value={ends} onChange={setEnds} placeholder={t("不选就是全部")} aria-label={t("末次呼叫结果")} options={Object.entries(campaign.progress.by_disposition).filter(([code]) => code).map(([code, n]) => ({ value: code, label: `${t(word(disposition, code).text)}（${count(n)}）` }))} />
        </Form.Item>
        <Form.Item label={t("末次呼叫日期")}><DatePicker.RangePicker style={{ width: "100%" }} value={days} onChange={setDays} aria-label={t("末次呼叫日期")} /></Form.Item>
        <Form.Item label={t("文件格式")} extra={<>{t("导出会记入操作日志。")}{results.length + ends.length > 0 ? <>{"\u3000"}<Go to={`/campaigns/${campaign.id}/list${stringifySearch(chosen)}`}>{t("先看看这些名单")}</Go></> : null}</>}>
          <Radio.Group value={format} onChange={(e) => { setFormat(e.target.value as "xlsx" | "csv"); }} options={[{ value: "xlsx", label: t("Excel 表格（.xlsx）") }, { value: "csv", label: t("CSV 文件") }]} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
