/** 接听预测: how well the dialer foresees who answers. Each dot stands for attempts that were given about the same chance. */
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { getCalibration, type Calibration as Figures } from "@/api/overview.ts";
import { count } from "@/format/text.ts";
import { Empty, Loaded, Panel } from "@/ui/Page.tsx";
import { dots, share, verdict, WORD_OF, type Dot } from "./calibration.ts";

const SIDE = 220;
const EDGE = 28;

export function Calibration({ id, live }: { id: number; live: boolean }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ["calibration", id], queryFn: () => getCalibration(id), refetchInterval: live ? 60_000 : false });
  const [asTable, setAsTable] = useState(false);
  const drawn = query.data ? dots(query.data) : [];
  return (
    <Panel title={t("接听预测")} extra={drawn.length > 0 ? <Button size="small" type="text" aria-pressed={asTable} onClick={() => { setAsTable(!asTable); }}>{asTable ? t("看图") : t("看数字")}</Button> : null}>
      <Loaded query={query} rows={4}>{(figures) => drawn.length === 0
        ? <Empty title={t("还没有可比的呼叫")} hint={t("拨出一些电话后，这里比较预测的接听率和实际的接听率。")} />
        : <Shown figures={figures} drawn={drawn} asTable={asTable} />}</Loaded>
    </Panel>
  );
}

function Shown({ figures, drawn, asTable }: { figures: Figures; drawn: Dot[]; asTable: boolean }) {
  const { t } = useTranslation();
  return (
    <div style={{ display: "grid", gridTemplateColumns: "minmax(0,auto) minmax(0,1fr)", gap: 20, alignItems: "center" }}>
      {asTable ? <Numbers drawn={drawn} /> : <Plot drawn={drawn} />}
      <div style={{ color: "#3c4c52" }}>
        <p style={{ margin: 0, fontWeight: 600 }}>{t(WORD_OF[verdict(figures)])}</p>
        <p style={{ margin: "6px 0 0" }}>{t("预测与实际平均相差 {{n}} 个百分点", { n: (figures.error * 100).toFixed(1) })}</p>
        <p style={{ margin: "6px 0 0", color: "#819096" }}>{t("点落在斜线上表示预测得准，点越大呼叫越多。按本单位所有任务的呼叫学习，每次预测都在结果出来之前作出。")}</p>
      </div>
    </div>
  );
}

function Plot({ drawn }: { drawn: Dot[] }) {
  const { t } = useTranslation();
  const at = (p: number) => EDGE + p * SIDE;
  const up = (p: number) => SIDE + 8 - p * SIDE;
  return (
    <svg width={SIDE + EDGE + 12} height={SIDE + 44} role="img" aria-label={t("预测接听率与实际接听率")} style={{ maxWidth: "100%" }}>
      {[0, 0.25, 0.5, 0.75, 1].map((p) => (
        <g key={p}>
          <line x1={at(0)} x2={at(1)} y1={up(p)} y2={up(p)} stroke="#e6ecec" />
          <text x={EDGE - 5} y={up(p) + 4} textAnchor="end" fontSize="10" fill="#819096">{p * 100}</text>
          <text x={at(p)} y={up(0) + 14} textAnchor="middle" fontSize="10" fill="#819096">{p * 100}</text>
        </g>
      ))}
      <line x1={at(0)} y1={up(0)} x2={at(1)} y2={up(1)} stroke="#b9c8c9" strokeDasharray="4 3" />
      {drawn.map((d) => <circle key={d.predicted} cx={at(d.predicted)} cy={up(d.seen)} r={d.radius} fill="#0d7a75" fillOpacity={0.65}><title>{t("预测 {{p}}，实际 {{s}}，{{n}} 次", { p: share(d.predicted), s: share(d.seen), n: count(d.attempts) })}</title></circle>)}
      <text x={at(0.5)} y={up(0) + 30} textAnchor="middle" fontSize="11" fill="#5a6b71">{t("预测接听率 %")}</text>
    </svg>
  );
}

function Numbers({ drawn }: { drawn: Dot[] }) {
  const { t } = useTranslation();
  return (
    <div style={{ maxHeight: SIDE + 40, overflowY: "auto" }}>
      <table className="fl-plain">
        <thead><tr><th className="r">{t("预测")}</th><th className="r">{t("实际")}</th><th className="r">{t("呼叫")}</th></tr></thead>
        <tbody>{drawn.map((d) => <tr key={d.predicted}><td className="r num">{share(d.predicted)}</td><td className="r num">{share(d.seen)}</td><td className="r num">{count(d.attempts)}</td></tr>)}</tbody>
      </table>
    </div>
  );
}
