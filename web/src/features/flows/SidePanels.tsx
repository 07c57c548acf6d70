import { CheckCircleFilled, CloseCircleFilled, LoadingOutlined, WarningFilled } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import type { FlowFault } from "@/api/flows.ts";
import { NODE_KINDS } from "./nodes.ts";

export function FaultList({ broken, checking, errors, warnings, onShow }: { broken: boolean; checking: boolean; errors: FlowFault[]; warnings: FlowFault[]; onShow: (path: string) => void }) {
  const { t, i18n } = useTranslation();
  const text = (f: FlowFault) => (i18n.language === "en" ? f.message_en : f.message_zh);
  const row = (f: FlowFault, i: number, bad: boolean) => (
    <button key={`${f.field}${i}`} type="button" onClick={() => { onShow(f.field || `nodes.${f.node ?? ""}`); }}
      style={{ display: "flex", gap: 8, border: 0, background: "none", padding: "4px 12px", font: "inherit", textAlign: "left", cursor: "pointer", width: "100%" }}>
      {bad ? <CloseCircleFilled style={{ color: "#b3372f", marginTop: 3 }} /> : <WarningFilled style={{ color: "#c47f10", marginTop: 3 }} />}
      <span><span className="fl-mono" style={{ color: "#5a6b71" }}>{f.field || f.node}</span>{"\u3000"}{text(f)}</span>
    </button>
  );
  const state = broken ? <><CloseCircleFilled style={{ color: "#b3372f" }} /> {t("JSON 语法有误，见标红处")}</>
    : checking ? <><LoadingOutlined /> {t("正在检查…")}</>
    : errors.length > 0 ? <><CloseCircleFilled style={{ color: "#b3372f" }} /> {t("{{n}} 处错误，改正后才能发布", { n: errors.length })}</>
    : <><CheckCircleFilled style={{ color: "#2c7a3f" }} /> {warnings.length > 0 ? t("可以发布，有 {{n}} 处提醒", { n: warnings.length }) : t("检查通过，可以发布")}</>;
  return (
    <div style={{ borderTop: "1px solid #edf1f2", maxHeight: 150, overflow: "auto", background: "#fbfcfc" }} aria-live="polite">
      <div style={{ padding: "6px 12px", color: "#3d4f55", position: "sticky", top: 0, background: "#fbfcfc" }}>{state}</div>
      {broken ? null : <>{errors.map((f, i) => row(f, i, true))}{warnings.map((f, i) => row(f, i, false))}</>}
    </div>
  );
}

export function NodeHelp({ writable, onInsert }: { writable: boolean; onInsert: (text: string) => void }) {
  const { t } = useTranslation();
  const snippet = (kind: string, body: Record<string, unknown>) => `"${kind}_1": ${JSON.stringify(body, null, 2).replace(/\n/g, "\n    ")},\n    `;
  return (
    <div style={{ overflow: "auto", padding: 14, display: "grid", gap: 12, alignContent: "start" }}>
      <div style={{ background: "#f1f8f7", borderRadius: 6, padding: "8px 12px", color: "#3d4f55" }}>
        {t("话里用 {{a}} 取名单字段，用 {{b}} 取任务变量。", { a: "{{ lead.name }}", b: "{{ campaign.place }}" })}{" "}
        <a href="/api/v1/schemas/flow.json" target="_blank" rel="noreferrer">{t("完整格式（JSON Schema）")}</a>
      </div>
      {NODE_KINDS.map((n) => (
        <details key={n.kind} style={{ borderBottom: "1px solid #edf1f2", paddingBottom: 10 }}>
          <summary style={{ cursor: "pointer", display: "list-item" }}>
            <b>{t(n.name)}</b> <span className="fl-mono" style={{ color: "#819096" }}>{n.kind}</span>{"\u3000"}<span style={{ color: "#5a6b71" }}>{t(n.hint)}</span>
          </summary>
          <pre className="fl-mono" style={{ background: "#f7f9f9", padding: 10, borderRadius: 6, margin: "8px 0", overflow: "auto" }}>{JSON.stringify(n.snippet, null, 2)}</pre>
          {writable ? <Button size="small" onClick={() => { onInsert(snippet(n.kind, n.snippet)); }}>{t("插入到光标处")}</Button> : null}
        </details>
      ))}
    </div>
  );
}
